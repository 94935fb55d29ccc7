import { describe, expect, it, vi } from 'vitest'
import type { PairingAccount, PairingSnapshot } from '../../src/core/provider.js'
import type { PairingHandlerOptions } from '../../src/server/handler-options.js'
import type { LinkedEvent } from '../../src/server/link-reports.js'
import { createPairingLink, verifyPairingLink } from '../../src/server/pairing-link.js'
import { advance, emulateTime, START, settle } from '../time.js'
import { createSetup, expectRefusal } from './setup.js'
import { spyProvider, timing } from './spy-provider.js'

const MINUTE_MS = 60_000
const SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const NUMBER = '5511987654321'
const OTHER = '447700900123'

emulateTime()

const code = (phoneNumber: string) => ({ action: 'request-pairing-code', phoneNumber })
const onErrorOf = () => vi.fn<NonNullable<PairingHandlerOptions['onError']>>()

describe('expiresAt of an authorization', () => {
  it('ends streams at that time', async () => {
    const setup = createSetup({}, { authorize: () => ({ expiresAt: START + 7_000 }) })
    const tab = await setup.watch()
    await advance(6_999)
    expect(tab.isOver).toBe(false)
    await advance(1)
    expect(tab.isOver).toBe(true)
    expect(setup.watchers).toBe(0)
    await expectRefusal(await setup.get('?events'), 'sign-in-required')
  })

  it('does not extend the life of a stream', async () => {
    const setup = createSetup(
      {},
      { authorize: () => ({ expiresAt: START + 86_400_000 * 365 }), streamLifetimeMs: MINUTE_MS },
    )
    const tab = await setup.watch()
    await advance(MINUTE_MS)
    expect(tab.isOver).toBe(true)
  })

  it('may be that of a pairing link', async () => {
    const setup = createSetup({}, { authorize: (request) => verifyPairingLink(request, { secret: SECRET }) })
    const link = await createPairingLink({
      secret: SECRET,
      url: 'https://app.example/pair',
      sessionId: 'a',
      expiresInMs: 2_000,
    })
    const headers = { authorization: `Bearer ${link.split('=')[1]}` }
    const tab = await setup.watch('', { headers })
    // The tolerance of one minute between the clocks of two servers is added.
    await advance(2_000 + MINUTE_MS - 1)
    expect(tab.isOver).toBe(false)
    await advance(1)
    expect(tab.isOver).toBe(true)
    await expectRefusal(await setup.get('?want=state', { headers }), 'sign-in-required')
  })

  it.each([START / 1_000 + 60, Number.NaN, '2026-11-21', null, -1])(
    'refuses and reports a request if it is not a time in milliseconds: %s',
    async (expiresAt) => {
      const onError = onErrorOf()
      const setup = createSetup({}, { authorize: () => ({ expiresAt: expiresAt as number }), onError })
      await expectRefusal(await setup.get(), 'forbidden')
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid-options' }), {
        in: 'authorize',
      })
    },
  )

  it.each([{}, { user: 7 }, []])('refuses a request if it is not a number: %o', async (value) => {
    const setup = createSetup({}, { authorize: () => value as never })
    await expectRefusal(await setup.get(), 'forbidden')
  })
})

/** A linked account, and an authorization that expects this number. */
function expecting(expectedPhoneNumber: string, account: PairingAccount) {
  const onError = onErrorOf()
  const onLinked = vi.fn()
  const setup = createSetup(
    { getStatus: async () => ({ status: 'linked', account }) },
    { authorize: () => ({ expectedPhoneNumber }), onError, onLinked },
  )
  /** Watches for a minute. */
  const watch = async (): Promise<void> => {
    const tab = await setup.watch()
    await advance(MINUTE_MS)
    tab.leave()
    await settle()
  }
  return { setup, onError, onLinked, watch }
}

describe('expectedPhoneNumber of an authorization', () => {
  it('refuses a pairing code for another number before it calls the provider', async () => {
    const setup = createSetup({}, { authorize: () => ({ expectedPhoneNumber: '+55 11 98765-4321' }) })
    for (let count = 0; count < 5; count += 1)
      await expectRefusal(await setup.post(code(OTHER)), 'wrong-phone-number')
    expect(setup.calls).toEqual([])
    expect((await setup.post(code(NUMBER))).status).toBe(200)
    // Brazil's other spelling of the same number.
    expect((await setup.post(code('551187654321'))).status).toBe(200)
  })

  it.each([
    ['11 98765-4321', '5511987654321'],
    ['(011) 98765-4321', '5511987654321'],
    ['+225 07 08 09 10 11', '22508091011'],
    ['+229 01 97 12 34 56', '22997123456'],
  ])('allows %s to request a code for %s, and calls onLinked for it', async (expected, phoneNumber) => {
    const { setup, onError, onLinked, watch } = expecting(expected, { phoneNumber })
    expect((await setup.post(code(phoneNumber))).status).toBe(200)
    await expectRefusal(await setup.post(code('5511987654322')), 'wrong-phone-number')
    await watch()
    expect(onLinked).toHaveBeenCalledTimes(1)
    expect(onError).not.toHaveBeenCalled()
  })

  it.each([
    ['+995 577 12 34 56', '99577123456'],
    ['98765-4321', '5511987654321'],
    ['+995 123 45 67', '995571234567'],
  ])(
    'reports once that the phone of %s is probably %s, and calls onLinked',
    async (expected, phoneNumber) => {
      const { setup, onError, onLinked, watch } = expecting(expected, { phoneNumber })
      expect((await setup.post(code(phoneNumber))).status).toBe(200)
      await watch()
      expect(onLinked).toHaveBeenCalledTimes(1)
      const error = { code: 'wrong-phone-number', message: expect.stringContaining('probably') }
      expect(onError.mock.calls).toEqual([[expect.objectContaining(error), { in: 'expectedPhoneNumber' }]])
      expect(JSON.stringify([onError.mock.calls, setup.log])).not.toContain(phoneNumber)
    },
  )

  it('is read from the claims of a pairing link', async () => {
    const setup = createSetup({}, { authorize: (request) => verifyPairingLink(request, { secret: SECRET }) })
    const link = await createPairingLink({
      secret: SECRET,
      url: 'https://app.example/pair',
      sessionId: 'a',
      expectedPhoneNumber: '+55 (11) 98765-4321',
    })
    const headers = { authorization: `Bearer ${link.split('=')[1]}` }
    await expectRefusal(await setup.post(code(OTHER), headers), 'wrong-phone-number')
    expect((await setup.post(code(NUMBER), headers)).status).toBe(200)
  })

  it.each(['', '0', '11 98765-4321x', null, {}])(
    'refuses a request if it is not a number, and createPairingLink() throws: %s',
    async (expectedPhoneNumber) => {
      const given = expectedPhoneNumber as string
      const setup = createSetup({}, { authorize: () => ({ expectedPhoneNumber: given }) })
      await expectRefusal(await setup.get(), 'forbidden')
      const options = { secret: SECRET, url: 'https://app.example/pair', sessionId: 'a' }
      await expect(createPairingLink({ ...options, expectedPhoneNumber: given })).rejects.toMatchObject({
        code: 'invalid-options',
      })
    },
  )

  it('reports a link of another phone once to onError, keeps the link and does not call onLinked', async () => {
    const { setup, onError, onLinked, watch } = expecting(NUMBER, { phoneNumber: OTHER })
    await watch()
    await setup.get()
    const error = { code: 'wrong-phone-number' }
    expect(onError.mock.calls).toEqual([[expect.objectContaining(error), { in: 'expectedPhoneNumber' }]])
    expect(JSON.stringify([onError.mock.calls, setup.log])).not.toContain(OTHER)
    expect(onLinked).not.toHaveBeenCalled()
    expect(setup.calls).not.toContain('unlink')
  })

  it.each([
    ['no account', {}],
    ['a name without a number', { name: 'Ana' }],
    ['an id that hides the number', { id: '123456789012345@lid' }],
  ])('is reported once to onError as not checked if the provider reports %s', async (_, account) => {
    const { onError, onLinked, watch } = expecting(NUMBER, account)
    await watch()
    const error = { message: expect.stringContaining('not checked') }
    expect(onError.mock.calls).toEqual([[expect.objectContaining(error), { in: 'expectedPhoneNumber' }]])
    expect(onLinked).toHaveBeenCalledTimes(1)
  })
})

describe('the listeners onLinked and onUnlinked', () => {
  const account = { phoneNumber: NUMBER, name: 'Ana' }
  function linkedSetup(options: Partial<Pick<PairingHandlerOptions, 'onLinked'>> = {}) {
    const seen: unknown[] = []
    let snapshot: PairingSnapshot = { status: 'linked', account }
    const read = async (): Promise<PairingSnapshot> => snapshot
    const provider = spyProvider({
      getStatus: read,
      getQrCode: read,
      unlink: async () => {
        snapshot = { status: 'unlinked' }
      },
    })
    const setup = createSetup(
      {},
      {
        provider: () => provider,
        tenant: () => 'acme',
        onLinked: (event: LinkedEvent) => void seen.push(event),
        onUnlinked: (event) => void seen.push(event),
        ...options,
      },
    )
    return { setup, seen, tell: (next: PairingSnapshot) => (snapshot = next) }
  }

  it('are called once per link and once per end, for pages that poll and pages that stream', async () => {
    const { setup, seen } = linkedSetup()
    const tab = await setup.watch()
    await advance(MINUTE_MS)
    await setup.get()
    expect(seen).toEqual([{ tenant: 'acme', account, linkId: expect.stringMatching(/^[\w-]{22}$/) }])
    await setup.post({ action: 'unlink' })
    await advance(MINUTE_MS)
    expect(seen.slice(1)).toEqual([{ tenant: 'acme' }])
    tab.leave()
    await settle()
  })

  it('receive a linkId that stays the same after a restart and differs for another phone', async () => {
    const [first, second] = [linkedSetup(), linkedSetup()]
    await first.setup.get()
    await second.setup.get()
    expect(first.seen).toEqual(second.seen)
    second.tell({ status: 'linked', account: { phoneNumber: OTHER } })
    await advance(timing.qrMinIntervalMs)
    await second.setup.get()
    expect(new Set(second.seen.map((event) => Object(event).linkId)).size).toBe(2)
  })

  it('are called for a link that was ended on the phone, but not for a state that does not show its end', async () => {
    const { setup, seen, tell } = linkedSetup()
    await setup.get()
    for (const status of ['preparing', 'linking', 'stopped'] as const) {
      tell({ status })
      await advance(timing.statusIntervalMs)
      await setup.get()
    }
    expect(seen).toHaveLength(1)
    tell({ status: 'unlinked' })
    for (let count = 0; count < 2; count += 1) {
      await advance(timing.statusIntervalMs)
      await setup.get()
    }
    expect(seen.slice(1)).toEqual([{ tenant: 'acme' }])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('database')
      },
    ],
    ['rejects', () => Promise.reject(new Error('database'))],
  ] as const)('report an onLinked that %s, and call it again with the next response', async (_, fail) => {
    const onError = onErrorOf()
    let isDown = true
    const onLinked = vi.fn(() => (isDown ? fail() : undefined))
    const setup = createSetup(
      { getStatus: async () => ({ status: 'linked', account }) },
      { onLinked, onError },
    )
    expect((await setup.get()).status).toBe(200)
    await settle()
    isDown = false
    for (let count = 0; count < 2; count += 1) {
      await advance(timing.statusIntervalMs)
      await setup.get()
    }
    expect(onLinked).toHaveBeenCalledTimes(2)
    expect(onError.mock.calls).toEqual([[new Error('database'), { in: 'onLinked' }]])
  })

  it('are not called for a message of the bus', async () => {
    const onLinked = vi.fn()
    let hear = (_message: string): void => {}
    const bus = {
      publish: () => {},
      subscribe: (_: string, listener: (message: string) => void) => {
        hear = listener
        return () => {}
      },
    }
    const setup = createSetup({}, { onLinked, bus })
    const tab = await setup.watch()
    const snapshot = { status: 'linked', account }
    hear(JSON.stringify({ from: 'other', type: 'snapshot', sentAt: Date.now(), snapshot }))
    await advance(timing.statusIntervalMs)
    expect(onLinked).not.toHaveBeenCalled()
    tab.leave()
    await settle()
  })
})
