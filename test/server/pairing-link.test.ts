import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { pairingLinkToken } from '../../src/client/pairing-link-token.js'
import { proxy } from '../../src/client/proxy.js'
import { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import {
  type CreatePairingLinkOptions,
  createPairingLink,
  redeemPairingLink,
  verifyPairingLink,
} from '../../src/server/pairing-link.js'
import type { PairingLinkClaims } from '../../src/server/pairing-link-token.js'
import { anyText } from '../any-text.js'
import { randomRuns } from '../long-runs.js'
import { everythingIn, rejection } from '../providers/fetch-stub.js'
import { separateHandler } from './setup.js'
import { type SpyProvider, spyProvider } from './spy-provider.js'

const SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const OTHER_SECRET = 'another-Secret-of-32-characters!'
const PAGE = 'https://app.example/pair'
const URL_OF_HANDLER = 'https://app.example/api/pairing'
const NOW = Date.UTC(2026, 0, 15, 12)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** The allowed difference between the clocks of two servers: a link works that much longer. */
const SKEW_MS = 60_000

const now = (): number => NOW
const at = (time: number) => ({ secret: SECRET, now: () => time })

function link(options: Partial<CreatePairingLinkOptions> = {}): Promise<string> {
  return createPairingLink({ secret: SECRET, url: PAGE, sessionId: 'tenant-7', now, ...options })
}

async function token(options: Partial<CreatePairingLinkOptions> = {}): Promise<string> {
  return pairingLinkToken(await link(options)) ?? ''
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

const HS256 = { alg: 'HS256', typ: 'JWT' }

/** Signs as another back end with the secret does, without the code under test: RFC 7515, appendix A.1. */
function signedByHand(payload: string, secret = SECRET, header: object = HS256, hash = 'sha256'): string {
  const signed = `${base64url(JSON.stringify(header))}.${payload}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

const bearing = (authorization: string): Request =>
  new Request(URL_OF_HANDLER, { headers: { authorization } })

const codeOf = async (
  input: Request | string | undefined,
  options: Parameters<typeof verifyPairingLink>[1] = at(NOW),
): Promise<string> => (await rejection(verifyPairingLink(input, options))).code

const anySessionId = fc.oneof(
  anyText({ minLength: 1, maxLength: 100 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(({ length }) => length <= 200),
  fc.constantFrom('\ud800', '\u0000'.repeat(200), '\ud83d'.repeat(200), '日本 🇯🇵', ' ', '"}', '__proto__'),
)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a pairing link', () => {
  it('is valid for its session until it expires', async () => {
    expect(await verifyPairingLink(await token({ expiresInMs: MINUTE_MS, id: 'link-1' }), at(NOW))).toEqual({
      id: 'link-1',
      sessionId: 'tenant-7',
      expiresAt: NOW + MINUTE_MS + SKEW_MS,
    })
  })

  it('returns any session id unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(anySessionId, async (sessionId) => {
        expect((await verifyPairingLink(await token({ sessionId }), at(NOW))).sessionId).toBe(sessionId)
      }),
    )
  })

  it('is exactly the JWT that RFC 7515 describes', async () => {
    const payload = base64url(
      JSON.stringify({
        expectedPhoneNumber: '5511987654321',
        aud: 'whatsapp-pairing',
        sub: 'tenant-7',
        jti: 'link-1',
        iat: NOW / 1_000,
        exp: NOW / 1_000 + 900,
      }),
    )
    expect(await token({ id: 'link-1', expectedPhoneNumber: '+55 11 98765-4321' })).toBe(
      signedByHand(payload),
    )
  })

  it('gets a new id each time if none is given', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await verifyPairingLink(await token(), at(NOW))).id),
    )
    expect(new Set(ids).size).toBe(20)
  })

  it('uses the clock of the machine if none is given', async () => {
    const before = Date.now()
    const { expiresAt } = await verifyPairingLink(await token({ now: undefined }), { secret: SECRET })
    expect(expiresAt).toBeGreaterThanOrEqual(before + 15 * MINUTE_MS + SKEW_MS)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 15 * MINUTE_MS + SKEW_MS + 1_000)
  })

  it.each([
    ['15 minutes by default', undefined, 15 * MINUTE_MS],
    ['a second if a shorter time is set', 1, 1_000],
    ['a day', DAY_MS, DAY_MS],
  ])(
    'is valid for %s plus one minute of clock tolerance, to the millisecond',
    async (_, expiresInMs, lifetimeMs) => {
      const ours = await token({ expiresInMs })
      const end = NOW + lifetimeMs + SKEW_MS
      expect(await verifyPairingLink(ours, at(end - 1))).toMatchObject({ expiresAt: end })
      expect(await codeOf(ours, at(end))).toBe('sign-in-required')
    },
  )

  it('is accepted by a server whose clock is a minute behind or ahead of the one that made it', async () => {
    for (const expiresInMs of [MINUTE_MS, DAY_MS]) {
      const ours = await token({ expiresInMs })
      for (const skewMs of [-SKEW_MS, SKEW_MS])
        expect(await verifyPairingLink(ours, at(NOW + skewMs))).toMatchObject({ sessionId: 'tenant-7' })
    }
    expect(await codeOf(await token({ expiresInMs: DAY_MS }), at(NOW - 2 * SKEW_MS))).toBe('forbidden')
  })

  it('is expired if the clock returns no number', async () => {
    expect(await codeOf(await token(), at(Number.NaN))).toBe('sign-in-required')
  })
})

describe('the URL of a link', () => {
  const address = async (url: string | URL): Promise<string> =>
    (await link({ url })).replace(/pairing=[\w-]+\.[\w-]+\.[\w-]+$/, 'pairing=TOKEN')

  it.each([
    [PAGE, `${PAGE}#pairing=TOKEN`],
    [new URL(PAGE), `${PAGE}#pairing=TOKEN`],
    ['https://app.example', 'https://app.example/#pairing=TOKEN'],
    ['http://localhost:3000/pair', 'http://localhost:3000/pair#pairing=TOKEN'],
    [`${PAGE}?lang=de&pairing=1`, `${PAGE}?lang=de&pairing=1#pairing=TOKEN`],
    [`${PAGE}#`, `${PAGE}#pairing=TOKEN`],
    [`${PAGE}#/pair`, `${PAGE}#/pair?pairing=TOKEN`],
    [`${PAGE}#/pair?lang=de`, `${PAGE}#/pair?lang=de&pairing=TOKEN`],
    [`${PAGE}?a=1#lang=de`, `${PAGE}?a=1#lang=de&pairing=TOKEN`],
  ])('is built from a base URL: %s becomes %s', async (url, expected) => {
    expect(await address(url)).toBe(expected)
  })

  it('keeps the token in a part that no server receives', async () => {
    const url = new URL(await link({ url: `${PAGE}?lang=de` }))
    const hash = url.hash
    url.hash = ''
    expect(url.href).toBe(`${PAGE}?lang=de`)
    expect(pairingLinkToken(hash)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/)
  })

  it('gets its own token even if the page URL already has an older one', async () => {
    const older = await link({ sessionId: 'older' })
    expect(await verifyPairingLink(await token({ url: older }), at(NOW))).toMatchObject({
      sessionId: 'tenant-7',
    })
  })

  it.each([
    ['a path', '/pair'],
    ['a host without a scheme', 'app.example/pair'],
    ['a script', 'javascript:alert(1)'],
    ['a file', 'file:///pair.html'],
    ['another scheme', 'whatsapp://send'],
    ['a scheme alone', 'https://'],
    ['a URL with a user name', 'https://admin@app.example/pair'],
    ['a URL with a password', 'https://:geheim@app.example/pair'],
    ['nothing', ''],
  ])('cannot be built from %s', async (_, url) => {
    const error = await rejection(link({ url }))
    expect(error.code).toBe('invalid-options')
    expect(everythingIn(error)).not.toMatch(/geheim|admin/)
  })
})

describe('invalid options of a pairing link', () => {
  it.each([
    ['an empty session id', { sessionId: '' }],
    ['a session id of 201 characters', { sessionId: 'x'.repeat(201) }],
    ['a session id that is a number', { sessionId: 7 as never }],
    ['no session id', { sessionId: undefined as never }],
    ['an empty id', { id: '' }],
    ['an id of 201 characters', { id: 'x'.repeat(201) }],
    ['an id that is a number', { id: 7 as never }],
    ['zero time', { expiresInMs: 0 }],
    ['a negative time', { expiresInMs: -1 }],
    ['more than a day', { expiresInMs: DAY_MS + 1 }],
    ['no end', { expiresInMs: Number.POSITIVE_INFINITY }],
    ['a time that is not a number', { expiresInMs: Number.NaN }],
    ['a clock that returns no number', { now: () => Number.NaN }],
  ])('throw before a link is created: %s', async (_, options) => {
    expect((await rejection(link(options))).code).toBe('invalid-options')
  })

  const short = SECRET.slice(1)
  it.each([
    ['of 31 characters', short],
    ['that is empty', ''],
    ['that is not set', undefined as never],
    ['that is not text', { length: 32 } as never],
    ['in an empty list', []],
    ['of 31 characters first in a list', [short, SECRET]],
    ['of 31 characters last in a list', [SECRET, short]],
    ['that is not set in a list', [SECRET, undefined as never]],
  ])('throw for creating and checking a link: a secret %s', async (_, secret) => {
    const ours = await token()
    for (const failing of [link({ secret }), verifyPairingLink(ours, { secret, now })]) {
      const error = await rejection(failing)
      expect(error.code).toBe('invalid-options')
      expect(everythingIn(error)).not.toContain(short)
    }
  })
})

describe('verifyPairingLink', () => {
  it.each(['Bearer ', 'bearer ', 'BEARER ', 'Bearer   '])(
    'reads the token behind "%s" in the Authorization header',
    async (scheme) => {
      const request = bearing(`${scheme}${await token()}`)
      expect(await verifyPairingLink(request, at(NOW))).toMatchObject({ sessionId: 'tenant-7' })
    },
  )

  it('does not read the body, which is for the handler', async () => {
    const request = new Request(URL_OF_HANDLER, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}` },
      body: '{"action":"reset"}',
    })
    await verifyPairingLink(request, at(NOW))
    expect(request.bodyUsed).toBe(false)
  })

  it.each([
    ['without Authorization', new Request(URL_OF_HANDLER)],
    ['with another scheme', bearing('Basic dXNlcjpwYXNz')],
    ['with a scheme that begins like ours', bearing('BearerToken abc')],
    ['with only the scheme', bearing('Bearer ')],
    ['with an empty text', ''],
    ['with an empty token', undefined],
  ])('requires a sign-in for a request %s', async (_, request) => {
    expect(await codeOf(request)).toBe('sign-in-required')
  })

  it('ignores a token in the query, because queries end up in logs', async () => {
    expect(await codeOf(new Request(`${URL_OF_HANDLER}?pairing=${await token()}`))).toBe('sign-in-required')
  })

  it.each([
    ['text that is not a token', () => 'undefined'],
    ['a dot', () => '.'],
    [
      'a token of another system',
      () => 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
    ],
    ['only the payload', (ours: string) => ours.slice(0, ours.indexOf('.'))],
    ['an empty signature', (ours: string) => ours.slice(0, ours.indexOf('.') + 1)],
    ['only the signature', (ours: string) => ours.slice(ours.indexOf('.'))],
    ['two tokens', (ours: string) => `${ours}, Bearer ${ours}`],
    ['additional text at the end', (ours: string) => `${ours}.${ours}`],
    ['white space around it', (ours: string) => ` ${ours}`],
    ['a line break at the end', (ours: string) => `${ours}\n`],
    ['padding at the end', (ours: string) => `${ours}=`],
    ['characters of plain base64', (ours: string) => `${ours.slice(0, -3)}+/0`],
    ['characters outside of Latin-1', (ours: string) => `${ours}€`],
  ])('refuses %s', async (_, altered) => {
    expect(await codeOf(altered(await token()))).toBe('forbidden')
  })

  it('refuses a link if any character is changed, added or removed', async () => {
    const ours = await token()
    const character = fc.oneof(
      fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'),
      anyText({ minLength: 1, maxLength: 1 }),
    )
    const place = fc.integer({ min: 0, max: ours.length - 1 })
    const change = fc.constantFrom('changed', 'added', 'taken away')
    await fc.assert(
      fc.asyncProperty(place, character, change, async (index, text, kind) => {
        const rest = ours.slice(kind === 'added' ? index : index + 1)
        const altered = ours.slice(0, index) + (kind === 'taken away' ? '' : text) + rest
        fc.pre(altered !== ours)
        expect(await codeOf(altered)).toBe('forbidden')
      }),
      randomRuns(150, 2_000),
    )
  })

  it('accepts one spelling of the signature, although its last character has two unused bits', async () => {
    const ours = await token()
    const accepted: string[] = []
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const claims = await verifyPairingLink(ours.slice(0, -1) + last, at(NOW)).catch(() => undefined)
      if (claims) accepted.push(last)
    }
    expect(accepted).toEqual([ours.slice(-1)])
  })

  it('refuses a huge token before any work on it', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const huge = `${'A'.repeat(5_000_000)}.${'A'.repeat(43)}`
    expect(await codeOf(huge)).toBe('forbidden')
    expect(await codeOf(`A.${huge}`)).toBe('forbidden')
    expect(await codeOf('.'.repeat(5_000_000))).toBe('forbidden')
    expect(verify).not.toHaveBeenCalled()
    expect(importKey).not.toHaveBeenCalled()
    await verifyPairingLink(await token(), at(NOW))
    expect(verify).toHaveBeenCalledOnce()
  })

  it('does not trust the payload before the signature: a changed link is not "expired"', async () => {
    const expired = await token({ now: () => NOW - DAY_MS })
    const altered = `${expired.slice(0, -43)}${'A'.repeat(43)}`
    expect(await codeOf(expired)).toBe('sign-in-required')
    expect(await codeOf(altered)).toBe('forbidden')
  })
})

describe('a payload that was signed with the secret', () => {
  const good = { aud: 'whatsapp-pairing', sub: 'tenant-7', jti: 'link-1', exp: (NOW + MINUTE_MS) / 1_000 }
  const claims = { id: 'link-1', sessionId: 'tenant-7', expiresAt: NOW + MINUTE_MS + SKEW_MS }
  const json = (value: unknown): string => base64url(JSON.stringify(value))

  it.each([
    ['has the required claims', good, claims],
    [
      'names a phone as people write it',
      { ...good, expectedPhoneNumber: '+55 (11) 98765-4321' },
      { ...claims, expectedPhoneNumber: '5511987654321' },
    ],
    [
      'names a phone as a number',
      { ...good, expectedPhoneNumber: 5511987654321 },
      { ...claims, expectedPhoneNumber: '5511987654321' },
    ],
    ['has several audiences', { ...good, aud: ['my-app', 'whatsapp-pairing'] }, claims],
    ['has additional claims', { ...good, iss: 'my-app', iat: NOW / 1_000, role: 'admin' }, claims],
    ['starts within the minute of clock tolerance', { ...good, nbf: NOW / 1_000 + 60 }, claims],
  ])('is accepted if it %s', async (_, payload, expected) => {
    expect(await verifyPairingLink(signedByHand(json(payload)), at(NOW))).toEqual(expected)
  })

  it.each([
    ['without an audience', { ...good, aud: undefined }],
    ['with the audience of another program', { ...good, aud: 'whatsapp-pairing/other' }],
    ['with the audience of a redeemed link', { ...good, aud: 'whatsapp-pairing/redeemed' }],
    ['with a number as audience', { ...good, aud: 1 }],
    ['with an empty session id', { ...good, sub: '' }],
    ['with a session id of 201 characters', { ...good, sub: 'x'.repeat(201) }],
    ['with a number as session id', { ...good, sub: 7 }],
    ['without a session id', { ...good, sub: undefined }],
    ['without an id', { ...good, jti: undefined }],
    ['with an empty id', { ...good, jti: '' }],
    ['with a number as id', { ...good, jti: 7 }],
    ['with an id of 201 characters', { ...good, jti: 'x'.repeat(201) }],
    ['with its end as text', { ...good, exp: String(good.exp) }],
    ['without an end', { ...good, exp: undefined }],
    ['with null as its end', { ...good, exp: null }],
    ['with an end in milliseconds', { ...good, exp: NOW + MINUTE_MS }],
    [
      'with an end more than a day and two minutes away',
      { ...good, exp: (NOW + DAY_MS + SKEW_MS) / 1_000 + 1 },
    ],
    ['with an end beyond the largest integer', { ...good, exp: 2 ** 53 }],
    ['that starts later', { ...good, nbf: NOW / 1_000 + 61 }],
    ['with an invalid phone number', { ...good, expectedPhoneNumber: '0' }],
    ['with an empty phone', { ...good, expectedPhoneNumber: '' }],
    ['with null as its phone', { ...good, expectedPhoneNumber: null }],
    ['that is null', null],
    ['that is a list', ['tenant-7', good.exp]],
    ['that is text', 'tenant-7'],
  ])('is refused %s', async (_, payload) => {
    expect(await codeOf(signedByHand(json(payload)))).toBe('forbidden')
  })

  it.each([
    ['not JSON', base64url('tenant-7')],
    ['half of the JSON', base64url(JSON.stringify(good).slice(0, -1))],
    ['empty', ''],
    ['not UTF-8', Buffer.from(JSON.stringify({ ...good, sub: '\xff' }), 'latin1').toString('base64url')],
    ['not encoded', JSON.stringify(good)],
    ['padded', `${base64url(JSON.stringify(good))}==`],
    ['of an impossible length', 'AAAAA'],
    ['deep', base64url('['.repeat(2_000))],
    ['a payload with its claims in the prototype', base64url(`{"__proto__":${JSON.stringify(good)}}`)],
  ])('is refused if it is %s', async (_, payload) => {
    expect(await codeOf(signedByHand(payload))).toBe('forbidden')
  })

  it('is refused in the form of earlier versions', async () => {
    const payload = json({ version: 1, sessionId: 'tenant-7', expiresAt: NOW + MINUTE_MS })
    const signature = createHmac('sha256', SECRET)
      .update(`whatsapp-pairing/link.${payload}`)
      .digest('base64url')
    expect(await codeOf(`${payload}.${signature}`)).toBe('forbidden')
  })

  const signedUnder = (header: object, secret?: string, hash?: string): string =>
    signedByHand(json(good), secret, header, hash)

  // RFC 8725, section 2.1: the header of a token must not choose the method of verification.
  it.each<readonly [string, string]>([
    ['none, without a signature', `${json({ alg: 'none' })}.${json(good)}.`],
    ['none, with a signature', signedUnder({ alg: 'none' })],
    ['None', signedUnder({ alg: 'None' })],
    ['hs256', signedUnder({ alg: 'hs256' })],
    ['HS512 with the same secret', signedUnder({ alg: 'HS512' }, SECRET, 'sha512')],
    ['HS384 with the same secret', signedUnder({ alg: 'HS384' }, SECRET, 'sha384')],
    ['RS256, signed with the secret', signedUnder({ alg: 'RS256' })],
    ['ES256, signed with the secret', signedUnder({ alg: 'ES256' })],
    ['no algorithm', signedUnder({})],
    ['a list of algorithms', signedUnder({ alg: ['HS256'] })],
    [
      'its own key',
      signedUnder({ alg: 'HS256', jwk: { kty: 'oct', k: base64url('k'.repeat(32)) } }, 'k'.repeat(32)),
    ],
    ['the URL of a key', signedUnder({ alg: 'HS256', jku: 'https://evil.example/keys' }, 'k'.repeat(32))],
    ['an extension that must be understood', signedUnder({ alg: 'HS256', crit: ['x'], x: 1 })],
    ['a payload that is not encoded', signedUnder({ alg: 'HS256', b64: false, crit: ['b64'] })],
    ['compression', signedUnder({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })],
  ])('is refused if its header contains %s', async (_, forged) => {
    expect(await codeOf(forged)).toBe('forbidden')
  })

  it('is refused with RS256 and a key pair of the sender', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const signed = `${json({ alg: 'RS256', typ: 'JWT' })}.${json(good)}`
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
    expect(await codeOf(`${signed}.${signature}`)).toBe('forbidden')
  })
})

describe('a revoked link', () => {
  it('is refused by its id or its session, and the claims contain both', async () => {
    const isRevoked = vi.fn(({ id }: PairingLinkClaims) => id === 'link-1')
    const first = await token({ id: 'link-1' })
    const second = await token({ id: 'link-2' })
    expect(await codeOf(first, { ...at(NOW), isRevoked })).toBe('forbidden')
    expect(await verifyPairingLink(second, { ...at(NOW), isRevoked })).toMatchObject({ id: 'link-2' })
    expect(isRevoked.mock.calls.map(([{ id, sessionId }]) => [id, sessionId])).toEqual([
      ['link-1', 'tenant-7'],
      ['link-2', 'tenant-7'],
    ])
  })

  it('is refused if isRevoked returns no decision', async () => {
    for (const decision of [undefined, null, 0, 'no', Promise.resolve(undefined)]) {
      const isRevoked = (): boolean => decision as never
      expect(await codeOf(await token(), { ...at(NOW), isRevoked })).toBe('forbidden')
    }
  })

  it('is not looked up for a forged or expired token', async () => {
    const isRevoked = vi.fn(() => false)
    const ours = await token()
    await rejection(verifyPairingLink(`${ours.slice(0, -43)}${'A'.repeat(43)}`, { ...at(NOW), isRevoked }))
    await rejection(verifyPairingLink(ours, { ...at(NOW + DAY_MS), isRevoked }))
    expect(isRevoked).not.toHaveBeenCalled()
  })

  it('causes a 500 and a report if the look-up fails', async () => {
    const onError = vi.fn()
    const provider = spyProvider()
    const handler = separateHandler({
      provider,
      onError,
      authorize: (request) =>
        verifyPairingLink(request, { ...at(NOW), isRevoked: () => Promise.reject(new Error('database')) }),
    })
    const answer = await handler(
      new Request(`${URL_OF_HANDLER}?want=code`, { headers: { authorization: `Bearer ${await token()}` } }),
    )
    expect(answer.status).toBe(500)
    expect(onError).toHaveBeenCalledWith(new Error('database'), { in: 'authorize' })
    expect(provider.calls).toEqual([])
  })
})

describe('redeemPairingLink()', () => {
  /** Works as `SET key NX PX ttl` of Redis. */
  function takeOnce() {
    const taken = new Map<string, number>()
    const take = async (key: string, ttlMs: number): Promise<boolean> => {
      if (taken.has(key)) return false
      taken.set(key, ttlMs)
      return true
    }
    return { taken, take }
  }

  it('opens a link once, even for two browsers at the same moment', async () => {
    const { take } = takeOnce()
    const ours = await token()
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => redeemPairingLink(ours, { ...at(NOW), take })),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect((await rejection(redeemPairingLink(ours, { ...at(NOW), take }))).code).toBe('forbidden')
    expect(await redeemPairingLink(await token(), { ...at(NOW), take })).toMatchObject({
      sessionId: 'tenant-7',
    })
  })

  it('keeps the key as long as the link is valid, under the id of the link', async () => {
    const { taken, take } = takeOnce()
    await redeemPairingLink(await token({ id: 'link-1' }), { ...at(NOW + MINUTE_MS), take })
    expect([...taken]).toEqual([['pairing-link:link-1', 15 * MINUTE_MS]])
  })

  it('returns a token that opens the session until the same time and that cannot be redeemed', async () => {
    const { take } = takeOnce()
    const link = await token({ expectedPhoneNumber: '5511987654321' })
    const redeemed = await redeemPairingLink(link, { ...at(NOW), take })
    const { token: own, ...claims } = redeemed
    expect(claims).toEqual(await verifyPairingLink(link, at(NOW)))
    expect(await verifyPairingLink(own, { ...at(NOW), redeemed: true })).toEqual(claims)
    expect(await codeOf(own)).toBe('forbidden')
    expect(await codeOf(link, { ...at(NOW), redeemed: true })).toBe('forbidden')
    expect((await rejection(redeemPairingLink(own, { ...at(NOW), take }))).code).toBe('forbidden')
    expect(await codeOf(own, { ...at(claims.expiresAt), redeemed: true })).toBe('sign-in-required')
  })

  it('calls take for no forged, expired or revoked link', async () => {
    const { taken, take } = takeOnce()
    const ours = await token()
    for (const attempt of [
      redeemPairingLink(`${ours}x`, { ...at(NOW), take }),
      redeemPairingLink(undefined, { ...at(NOW), take }),
      redeemPairingLink(ours, { ...at(NOW + DAY_MS), take }),
      redeemPairingLink(ours, { ...at(NOW), take, isRevoked: () => true }),
    ])
      await rejection(attempt)
    expect(taken.size).toBe(0)
  })

  it('opens nothing if take returns no decision', async () => {
    for (const decision of [undefined, 1, 'OK'])
      expect(
        (await rejection(redeemPairingLink(await token(), { ...at(NOW), take: () => decision as never })))
          .code,
      ).toBe('forbidden')
  })

  it('returns a token that isRevoked refuses by the id of its link', async () => {
    const { token: own } = await redeemPairingLink(await token({ id: 'link-1' }), {
      ...at(NOW),
      take: () => true,
    })
    const isRevoked = ({ id }: PairingLinkClaims): boolean => id === 'link-1'
    expect(await codeOf(own, { ...at(NOW), redeemed: true, isRevoked })).toBe('forbidden')
  })
})

describe('secrets of pairing links', () => {
  it('do not verify a link that another secret signed', async () => {
    const anySecret = fc.string({ unit: 'grapheme-ascii', minLength: 32, maxLength: 90 })
    await fc.assert(
      fc.asyncProperty(anySecret, anySecret, async (one, other) => {
        fc.pre(one !== other)
        const ours = await token({ secret: one })
        expect(await codeOf(ours, { secret: other, now })).toBe('forbidden')
        expect(await verifyPairingLink(ours, { secret: one, now })).toMatchObject({ sessionId: 'tenant-7' })
      }),
    )
  })

  it('may contain any characters', async () => {
    const secret = '🔑'.repeat(16)
    expect(await verifyPairingLink(await token({ secret }), { secret, now })).toMatchObject({
      sessionId: 'tenant-7',
    })
  })

  it('can be rotated: the first signs, all verify', async () => {
    const old = await token({ secret: OTHER_SECRET })
    const fresh = await token({ secret: [SECRET, OTHER_SECRET] })
    for (const ours of [old, fresh]) {
      expect(await verifyPairingLink(ours, { secret: [SECRET, OTHER_SECRET], now })).toMatchObject({
        sessionId: 'tenant-7',
      })
    }
    expect(await verifyPairingLink(fresh, { secret: SECRET, now })).toMatchObject({ sessionId: 'tenant-7' })
    expect(await codeOf(old)).toBe('forbidden')
  })
})

describe('errors of pairing links', () => {
  it('contain nothing of the token, its session or the secret', async () => {
    const sessionId = 'tenant-in-the-token'
    const ours = await token({ sessionId })
    const [header = '', payload = '', signature = ''] = ours.split('.')
    const failing = [
      verifyPairingLink(ours, at(NOW + DAY_MS)),
      verifyPairingLink(bearing(`Bearer ${ours}`), at(NOW + DAY_MS)),
      verifyPairingLink(ours, at(NOW - DAY_MS)),
      verifyPairingLink(ours, { secret: OTHER_SECRET, now }),
      verifyPairingLink(`${header}.${payload}x.${signature}`, at(NOW)),
      verifyPairingLink(`${ours}.`, at(NOW)),
      verifyPairingLink(bearing(`Basic ${ours}`), at(NOW)),
      verifyPairingLink(ours, { secret: [SECRET, OTHER_SECRET.slice(1)], now }),
      link({ sessionId, expiresInMs: 2 * DAY_MS }),
      link({ sessionId, url: `ftp://app.example/#${ours}` }),
    ]
    for (const error of await Promise.all(failing.map(rejection))) {
      const said = everythingIn(error)
      for (const secret of [payload, signature, sessionId, SECRET, OTHER_SECRET.slice(1)])
        expect(said).not.toContain(secret)
    }
  })
})

describe('a pairing link behind the pairing handler', () => {
  function setUp() {
    const tenants = { a: spyProvider({ sessionId: 'a' }), b: spyProvider({ sessionId: 'b' }) }
    const options = { secret: SECRET, now }
    const providers = new Map<string, SpyProvider>(Object.entries(tenants))
    const handler = separateHandler({
      authorize: async (request) => Boolean(await verifyPairingLink(request, options)),
      provider: async (request) => {
        const { sessionId } = await verifyPairingLink(request, options)
        const provider = providers.get(sessionId)
        if (!provider) throw new PairingError('session-not-found')
        return provider
      },
      tenant: async (request) => (await verifyPairingLink(request, options)).sessionId,
    })
    return { tenants, handler }
  }

  it('allows the page everything for its session, and no other session', async () => {
    const { handler, tenants } = setUp()
    const { connection } = proxy({
      url: URL_OF_HANDLER,
      headers: { authorization: `Bearer ${await token({ sessionId: 'a' })}` },
      fetch: (input, init) => handler(new Request(input, init)),
    })
    await connection.read({ want: 'state', method: 'qr' })
    await connection.read({ want: 'code', method: 'qr' })
    await connection.act('request-pairing-code', {
      method: 'phone-code',
      phoneNumber: normalizePhoneNumber('5511987654321'),
    })
    await connection.act('reset', { method: 'qr' })
    expect(tenants.a.calls).toEqual(['getStatus', 'getQrCode', 'requestPairingCode 5511987654321', 'reset'])
    expect(tenants.b.calls).toEqual([])
  })

  it('reaches only the session of the link, in spite of the rest of the request', async () => {
    const tokens = { a: await token({ sessionId: 'a' }), b: await token({ sessionId: 'b' }) }
    const tenant = fc.constantFrom('a' as const, 'b' as const)
    const hint = fc.constantFrom('sessionId', 'tenant', 'session', 'x-session-id', 'cookie', 'pairing')
    const want = fc.constantFrom('state', 'code')
    const action = fc.constantFrom('request-pairing-code', 'reset', 'unlink')
    const request = fc.oneof(
      want.map((one) => ({ want: one, body: undefined })),
      action.map((name) => ({ want: '', body: { action: name, phoneNumber: '5511987654321' } })),
    )
    await fc.assert(
      fc.asyncProperty(tenant, tenant, hint, request, async (own, claimed, name, { want, body }) => {
        const { tenants, handler } = setUp()
        const value = name === 'pairing' ? tokens[claimed] : claimed
        const answer = await handler(
          new Request(`${URL_OF_HANDLER}/${claimed}?want=${want}&${name}=${value}`, {
            method: body ? 'POST' : 'GET',
            headers: {
              authorization: `Bearer ${tokens[own]}`,
              'content-type': 'application/json',
              [name]: value,
            },
            ...(body && { body: JSON.stringify({ ...body, [name]: value }) }),
          }),
        )
        expect(answer.ok).toBe(true)
        expect(tenants[own].calls).toHaveLength(1)
        expect(tenants[own === 'a' ? 'b' : 'a'].calls).toEqual([])
      }),
    )
  })
})
