import { describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import { type Answer, empty, json, page, QR_TEXT, stubFetch, text } from '../providers/fetch-stub.js'
import { advance, emulateTime, settle } from '../time.js'
import {
  createSetup,
  expectRefusal,
  type LiveEvent,
  type Setup,
  shownIn,
  stepsIn,
  type Tab,
  updateOf,
} from './setup.js'

// Covers refusals while a provider starts, is deployed, or creates an instance. A page keeps its state, no refusal is final
// before the third in 15 seconds, and the developer is notified of each one immediately. Besides the reported GET, the cases are:
// the first read of a page, pages that poll, changes, two kinds of refusals in turn, and a refusal of one method.

emulateTime()

const refusal = (code: PairingErrorCode) => () => Promise.reject(new PairingError(code, 'Refused.'))

const qrCode = json({ type: 'qrCode', message: QR_TEXT })
const notAuthorized = json({ stateInstance: 'notAuthorized' })

/** A page on GREEN-API, whose responses a test replaces for a while. */
function greenSetup(): {
  readonly setup: Setup
  readonly reported: unknown[]
  replace(answer?: Answer): void
} {
  let replaced: Answer | undefined
  const { fetch } = stubFetch((request) =>
    (replaced ?? (request.url.includes('/qr/') ? qrCode : notAuthorized))(request),
  )
  const reported: unknown[] = []
  const provider = greenApi({ idInstance: '1101000001', apiTokenInstance: 'd75b3a66374942c5b3c019', fetch })
  const setup = createSetup(
    {},
    { provider, streamLifetimeMs: 600_000, onError: (error) => reported.push(error) },
  )
  return {
    setup,
    reported,
    replace(answer) {
      replaced = answer
    },
  }
}

const events = ({ events: all }: Tab) => all.map(({ data }) => data)

describe('a page with a QR code', () => {
  it.each<[string, number, Answer]>([
    ['text of Traefik with HTTP 404 for 6 s', 6_000, text('404 page not found', 404)],
    ['a page with HTTP 403 for 6 s', 6_000, page(403)],
    ['HTTP 404 without a body for 12 s', 12_000, empty(404)],
    ['HTTP 401 without a body for 6 s, which GREEN-API sends itself', 6_000, empty(401)],
    ['HTTP 401 in the form of the provider for 12 s', 12_000, json({ message: 'Unauthorized' }, 401)],
    ['HTTP 404 in the form of the provider for 6 s', 6_000, json({ message: 'Not Found' }, 404)],
  ])('keeps it through %s, and gets the next one', async (_, durationMs, answer) => {
    const { setup, replace } = greenSetup()
    const tab = await setup.watch()
    await advance(1_000)
    expect(shownIn(tab).at(-1)).toBe('qr')
    replace(answer)
    await advance(durationMs)
    replace()
    await advance(20_000)
    expect(shownIn(tab).at(-1)).toBe('qr')
    const errors = new Set(shownIn(tab).filter((shown) => shown.startsWith('error')))
    expect(errors.size).toBe(1)
    // Each of them is transient: `retryInMs` is set, or the server has not yet confirmed the refusal.
    const isPassing = ({ error, willRetry }: LiveEvent['data']) =>
      !error || willRetry === true || Reflect.has(Object(error), 'retryInMs')
    expect(events(tab).every(isPassing)).toBe(true)
    tab.leave()
    await settle()
  })

  it('shows an error after the third refusal in the provider’s form, 15 s after the first', async () => {
    const { setup, replace, reported } = greenSetup()
    const tab = await setup.watch()
    await advance(1_000)
    replace(json({ message: 'Unauthorized' }, 401))
    await advance(16_000)
    expect(stepsIn(tab)).toEqual(['qr', 'error unauthorized'])
    expect(events(tab).at(-1)?.willRetry).toBe(true)
    await advance(5_000)
    expect(events(tab).at(-1)).toMatchObject({ error: { code: 'unauthorized' } })
    expect(events(tab).at(-1)).not.toHaveProperty('willRetry')
    expect(reported).toHaveLength(3)
    tab.leave()
    await settle()
  })
})

describe('a page that opens while the provider refuses', () => {
  it.each(['unauthorized', 'session-not-found'] as const)(
    'gets "%s" with the time of the next retry, then without one',
    async (code) => {
      const setup = createSetup({ getStatus: refusal(code), getQrCode: refusal(code) })
      const first = await updateOf(setup.get('?want=code'))
      expect(first).toMatchObject({ status: 'preparing', error: { code }, willRetry: true, nextInMs: 5_000 })
      await advance(5_000)
      expect(await updateOf(setup.get('?want=code'))).toMatchObject({
        error: { code },
        willRetry: true,
        nextInMs: 10_000,
      })
      await advance(10_000)
      const last = await updateOf(setup.get('?want=code'))
      expect(last.error).toEqual({ code })
      expect(last).not.toHaveProperty('willRetry')
      expect(setup.calls).toHaveLength(3)
    },
  )

  it('causes no additional requests when several pages poll', async () => {
    const setup = createSetup({ getStatus: refusal('unauthorized'), getQrCode: refusal('unauthorized') })
    for (let second = 0; second < 16; second += 1) {
      await Promise.all([setup.get('?want=code'), setup.get('?want=state'), setup.get('?want=code')])
      await advance(1_000)
    }
    // Code and state together, three times.
    expect(setup.calls.length).toBeLessThanOrEqual(6)
    expect((await updateOf(setup.get('?want=code'))).error).toEqual({ code: 'unauthorized' })
  })

  it('shows a new instance of GREEN-API as "preparing" without an error, then its QR code', async () => {
    const { setup, replace } = greenSetup()
    replace(empty(401))
    const tab = await setup.watch()
    await advance(240_000)
    expect(new Set(shownIn(tab))).toEqual(new Set(['preparing']))
    replace()
    await advance(6_000)
    expect(shownIn(tab).at(-1)).toBe('qr')
    tab.leave()
    await settle()
  })

  it('gets an error after five minutes if GREEN-API refuses the token', async () => {
    const { setup, replace } = greenSetup()
    replace(empty(401))
    const tab = await setup.watch()
    await advance(330_000)
    expect(shownIn(tab).at(-1)).toBe('error unauthorized')
    tab.leave()
    await settle()
  })

  it.each(['subscription-expired', 'account-blocked', 'not-supported'] as const)(
    'gets "%s" immediately, because no start can end it',
    async (code) => {
      const setup = createSetup({ getQrCode: refusal(code) })
      expect((await updateOf(setup.get('?want=code'))).error).toEqual({ code })
    },
  )
})

describe('a change that the provider refuses', () => {
  const changes: readonly (readonly [string, object, keyof PairingProvider])[] = [
    [
      'a pairing code',
      { action: 'request-pairing-code', phoneNumber: '+5511987654321' },
      'requestPairingCode',
    ],
    ['a reset', { action: 'reset' }, 'reset'],
    ['an unlink', { action: 'unlink' }, 'unlink'],
  ]

  it.each(changes)('is retried: %s', async (_, body, method) => {
    let calls = 0
    const setup = createSetup({
      [method]: async () => {
        calls += 1
        if (calls < 3) throw new PairingError('session-not-found', 'Not yet.')
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    })
    const answer = setup.post(body)
    await advance(15_000)
    expect((await answer).status).toBe(200)
    expect(calls).toBe(3)
  })

  it.each(changes)('is refused after the third attempt: %s', async (_, body, method) => {
    const setup = createSetup({ [method]: refusal('unauthorized') })
    const answer = setup.post(body)
    await advance(15_000)
    await expectRefusal(await answer, 'unauthorized')
  })

  it('is not retried after the page has left', async () => {
    const setup = createSetup({ reset: refusal('unauthorized') })
    const page = new AbortController()
    const request = new Request('https://host.example/api/pairing', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"reset"}',
      signal: page.signal,
    })
    const answer = setup.handler(request)
    await advance(1_000)
    page.abort()
    await advance(60_000)
    expect((await answer).status).toBe(499)
    expect(setup.calls.filter((call) => call === 'reset')).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
