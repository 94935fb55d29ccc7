import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import {
  PairingError,
  type PairingLocale,
  type PairingMessagesOverride,
  type PairingSession,
  pairingErrorCodes,
} from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { localeOf, localesByFile } from '../../stories/all-locales.js'
import { stillPairing } from '../browser/still-pairing.js'
import { part } from './user.js'

const states = pairingStates()
const failed = (code: (typeof pairingErrorCodes)[number]): PairingSession => ({
  ...states.qr.failed,
  error: new PairingError(code, 'Why it failed.'),
  account: { phoneNumber: '4915112345678' },
})

function show(session: PairingSession, locale: PairingLocale, messages?: PairingMessagesOverride) {
  const pairing = stillPairing(session)
  return render(<PairingCard {...{ pairing, locale, messages }} appName="Acme Inbox" />)
}

const root = () => document.querySelector<HTMLElement>('[data-scope="whatsapp-pairing"]')

describe.each([...localesByFile])('in %s', (tag, locale) => {
  it('the component sets the `lang` that screen readers and page translators need', () => {
    show(states.qr['awaiting-scan'], locale)
    expect(root()?.lang).toBe(tag)
    expect(root()?.dir).toBe(locale.direction)
  })
})

// `test/locales` compares the placeholders and the markup of each language with English.
it.each(['en', 'ar'])('in %s every text of every state has no placeholder and no markup left', (tag) => {
  const locale = localeOf(tag)
  const sessions = [
    ...Object.values(states.qr),
    ...Object.values(states['phone-code']),
    ...pairingErrorCodes.map(failed),
  ]
  for (const session of sessions) {
    const { unmount } = show(session, locale)
    expect(root()?.textContent, session.status).not.toMatch(/[{}]|\*\*|undefined/)
    unmount()
  }
})

describe.each(['ar', 'he', 'ur'])('from right to left, in %s', (tag) => {
  const locale = localeOf(tag)

  it('dir={undefined} and lang={undefined} keep the values of the language', () => {
    const pairing = stillPairing(states.qr['awaiting-scan'])
    render(<PairingCard pairing={pairing} locale={locale} dir={undefined} lang={undefined} />)
    expect([root()?.dir, root()?.lang]).toEqual(['rtl', tag])
  })

  it('the pairing code and its phone number are left to right', () => {
    show(states['phone-code']['awaiting-code'], locale)
    expect(root()?.dir).toBe('rtl')
    expect(part('pairing-code')?.dir).toBe('ltr')
    expect(part('pairing-code')?.textContent).toBe('8RBZ-DSEK')
    const number = screen.getByText('+55 11 98765 4321')
    expect([number.tagName, number.dir]).toEqual(['BDI', 'ltr'])
  })

  it('the number in the field is left to right', () => {
    show(states['phone-code']['awaiting-number'], locale)
    expect(part('phone-input')?.dir).toBe('ltr')
  })

  it('the number of the linked phone, and of the wrong phone, is left to right', () => {
    show(states.qr.linked, locale)
    expect(part('account-number')?.dir).toBe('ltr')
    show(failed('wrong-phone-number'), locale)
    expect(screen.getByText('+49 1511 2345678').dir).toBe('ltr')
  })
})

describe('texts of the app', () => {
  it('replace single texts of a language, and the others stay', () => {
    const german = localeOf('de').messages
    show(states.qr['awaiting-scan'], localeOf('de'), { titleScan: 'Verbinde den Laden' })
    expect(screen.getByRole('heading').textContent).toBe('Verbinde den Laden')
    expect(screen.getByRole('tab', { name: german.methodPhoneCode })).toBeDefined()
  })

  it('show markup as text, and so does the name of the app', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const pairing = stillPairing(states.qr['awaiting-scan'])
    render(<PairingCard pairing={pairing} appName={evil} messages={{ titleScan: `**${evil}**` }} />)
    expect(document.querySelector('img')).toBeNull()
    expect(screen.getByRole('heading').textContent).toContain(evil)
    expect(part('safety-note')?.textContent).toContain(evil)
  })

  it('replace the texts of one error, and other errors keep theirs', () => {
    const network = { title: 'Kein Netz', advice: 'Geh ans Fenster.' }
    const messages = { errors: { network } }
    const { unmount } = show(failed('network'), localeOf('de'), messages)
    expect(screen.getByRole('heading').textContent).toBe('Kein Netz')
    expect(screen.getByText('Geh ans Fenster.')).toBeDefined()
    unmount()
    show(failed('timeout'), localeOf('de'), messages)
    expect(screen.getByRole('heading').textContent).toBe(localeOf('de').messages.errors.timeout.title)
  })
})
