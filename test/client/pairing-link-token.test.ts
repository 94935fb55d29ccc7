import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairingLinkToken, takePairingLinkToken } from '../../src/client/pairing-link-token.js'
import { anyText } from '../any-text.js'

const TOKEN = 'eyJ2ZXJzaW9uIjoxfQ.c2lnbmF0dXJl-_'

describe('pairingLinkToken', () => {
  it.each([
    ['the address of the page', `https://app.example/pair#pairing=${TOKEN}`],
    ['the address as a URL', new URL(`https://app.example/pair#pairing=${TOKEN}`)],
    ['an address with a query', `https://app.example/pair?lang=de#pairing=${TOKEN}`],
    ['the hash alone', `#pairing=${TOKEN}`],
    ['a hash with parameters before it', `#lang=de&pairing=${TOKEN}`],
    ['a hash with parameters after it', `#pairing=${TOKEN}&lang=de`],
    ['the route of a hash router', `https://app.example/#/pair?pairing=${TOKEN}`],
    ['a route with parameters', `https://app.example/#/pair?lang=de&pairing=${TOKEN}&step=2`],
    ['a hash with another hash in it', `#/a#b?pairing=${TOKEN}`],
  ])('finds the token in %s', (_, url) => {
    expect(pairingLinkToken(url)).toBe(TOKEN)
  })

  it.each([
    ['no hash', 'https://app.example/pair'],
    ['an empty hash', 'https://app.example/pair#'],
    ['a hash without the parameter', '#section'],
    ['a parameter without a value', '#pairing='],
    ['a parameter whose name ends like it', `#repairing=${TOKEN}`],
    ['a parameter whose name begins like it', `#pairings=${TOKEN}`],
    ['the name in another case', `#Pairing=${TOKEN}`],
    ['a token in the query, which servers see', `https://app.example/pair?pairing=${TOKEN}`],
    ['a token in the query before a hash', `https://app.example/pair?pairing=${TOKEN}#section`],
    ['a hash in the hash', `#section#pairing=${TOKEN}`],
    ['nothing', ''],
  ])('finds none in an address with %s', (_, url) => {
    expect(pairingLinkToken(url)).toBeUndefined()
  })

  it('takes the last of several, since createPairingLink adds its own behind what is there', () => {
    expect(pairingLinkToken(`#/pair?pairing=the.oldest&pairing=an.old-one&pairing=${TOKEN}`)).toBe(TOKEN)
  })

  it('gives nothing that a header cannot carry, whatever is behind the hash', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const token = pairingLinkToken(`https://app.example/#pairing=${text}`) ?? ''
        expect(new Headers({ authorization: `Bearer ${token}x` }).get('authorization')).toBe(
          `Bearer ${token}x`,
        )
      }),
    )
  })
})

it('takePairingLinkToken() returns undefined on a server', () => {
  expect(takePairingLinkToken()).toBeUndefined()
})
