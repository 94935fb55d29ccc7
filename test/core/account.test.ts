import { describe, expect, it } from 'vitest'
import { normalizeAccount } from '../../src/core/account.js'

const numberIn = (phoneNumber: unknown) => normalizeAccount({ phoneNumber }).phoneNumber

describe('normalizeAccount', () => {
  it.each([
    '5491155554444.0:53@s.whatsapp.net',
    '5491155554444.0:53',
    '5491155554444.12:3@s.whatsapp.net',
    '5491155554444_1:53@s.whatsapp.net',
    '5491155554444_1@c.us',
    '5491155554444.0@s.whatsapp.net',
    '5491155554444.0',
    '5491155554444_2',
    '5491155554444:53@s.whatsapp.net',
    '5491155554444:0',
    '5491155554444-1612345678@c.us',
    '5491155554444/2@c.us',
    '5491155554444 @s.whatsapp.net',
    '+5491155554444@S.WhatsApp.net',
    '+54 9 11 5555-4444@c.us',
    '+54 9 (11) 5555-4444.0:53@s.whatsapp.net',
    '5491155554444:99@hosted',
    '5491155554444@c.us',
    'whatsapp:+5491155554444',
    'tel:+54-9-11-5555-4444',
    '+54 9 11 5555-4444',
    '54.9.11.5555.4444',
    '(54) 9 11 5555 4444',
    '005491155554444',
    5491155554444,
  ])('reads the phone number in %s', (phoneNumber) => {
    expect(numberIn(phoneNumber)).toBe('5491155554444')
  })

  it.each([
    '123456789012345@lid',
    '123456789012345:7@lid',
    '123456789012345.0:7@LID',
    '123456789012345:99@hosted.lid',
    'lid:123456789012345',
    '120363041234567890@g.us',
    '5491155554444@newsletter',
    '5491155554444@broadcast',
    '5491155554444@bot',
    '5491155554444@c.us.example',
    '@s.whatsapp.net',
    ':8@s.whatsapp.net',
    'wid5491155554444',
    '0',
    0,
    '0.0:0@s.whatsapp.net',
    '12.0:53@s.whatsapp.net',
    '',
    null,
  ])('finds no phone number in %s', (phoneNumber) => {
    expect(numberIn(phoneNumber)).toBeUndefined()
  })

  it('keeps the whole address as the id, because the id identifies the device', () => {
    const id = '5491155554444.0:53@s.whatsapp.net'
    expect(normalizeAccount({ phoneNumber: id, id })).toEqual({ phoneNumber: '5491155554444', id })
  })
})
