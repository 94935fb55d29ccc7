import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairingLinkToken, takePairingLinkToken } from '../../src/client/pairing-link-token.js'
import { anyText } from '../any-text.js'

const TOKEN = 'eyJ2ZXJzaW9uIjoxfQ.c2lnbmF0dXJl-_'

describe('pairingLinkToken', () => {
  it.each([
    ['the URL of the page', `https://app.example/pair#pairing=${TOKEN}`],
    ['the URL as an object', new URL(`https://app.example/pair#pairing=${TOKEN}`)],
    ['a URL with a query', `https://app.example/pair?lang=de#pairing=${TOKEN}`],
    ['only the hash', `#pairing=${TOKEN}`],
    ['a hash with parameters before it', `#lang=de&pairing=${TOKEN}`],
    ['a hash with parameters after it', `#pairing=${TOKEN}&lang=de`],
    ['the route of a hash router', `https://app.example/#/pair?pairing=${TOKEN}`],
    ['a route with parameters', `https://app.example/#/pair?lang=de&pairing=${TOKEN}&step=2`],
    ['a hash that contains another hash', `#/a#b?pairing=${TOKEN}`],
  ])('finds the token in %s', (_, url) => {
    expect(pairingLinkToken(url)).toBe(TOKEN)
  })

  it.each([
    ['no hash', 'https://app.example/pair'],
    ['an empty hash', 'https://app.example/pair#'],
    ['a hash without the parameter', '#section'],
    ['a parameter without a value', '#pairing='],
    ['a parameter whose name ends with the right name', `#repairing=${TOKEN}`],
    ['a parameter whose name begins with the right name', `#pairings=${TOKEN}`],
    ['the name in different case', `#Pairing=${TOKEN}`],
    ['a token in the query, which servers see', `https://app.example/pair?pairing=${TOKEN}`],
    ['a token in the query before a hash', `https://app.example/pair?pairing=${TOKEN}#section`],
    ['a hash in the hash', `#section#pairing=${TOKEN}`],
    ['nothing', ''],
  ])('finds no token in a URL with %s', (_, url) => {
    expect(pairingLinkToken(url)).toBeUndefined()
  })

  it('returns the last of several tokens, because createPairingLink adds its own at the end', () => {
    expect(pairingLinkToken(`#/pair?pairing=the.oldest&pairing=an.old-one&pairing=${TOKEN}`)).toBe(TOKEN)
  })

  it('returns nothing that is invalid in a header, for any text after the hash', () => {
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
