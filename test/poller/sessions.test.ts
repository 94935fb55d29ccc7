import { describe, expect, it, vi } from 'vitest'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createSetup, expectRefusal, shownIn, stepsIn, updateOf } from '../server/setup.js'
import { spyProvider, timing } from '../server/spy-provider.js'
import { advance, emulateTime, settle } from '../time.js'

emulateTime()

describe('two handlers of one process', () => {
  const shared = (methods: Partial<PairingProvider>[] = [{}, {}]) => {
    const registry = createPollerRegistry()
    const [first = {}, second = {}] = methods
    return { one: createSetup(first, {}, registry), other: createSetup(second, {}, registry), registry }
  }

  it('share the poller of a session', async () => {
    const { one, other } = shared()
    const [first, second] = [await updateOf(one.get('?want=code')), await updateOf(other.get('?want=code'))]
    expect(second).toMatchObject({ session: first.session, origin: first.origin, seq: first.seq })
    expect([one.calls, other.calls]).toEqual([['getQrCode'], []])
  })

  it('show an action at one handler on the pages of the other', async () => {
    const { one, other } = shared()
    const tab = await other.watch()
    await one.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' })
    await settle()
    expect(tab.events.at(-1)?.data).toMatchObject({ pairingCode: { value: 'ABCD1234' } })
    tab.leave()
  })

  it('call the newest provider object', async () => {
    const { one, other } = shared()
    const tab = await one.watch()
    await other.get('?want=code')
    await advance(timing.statusIntervalMs)
    expect([one.calls, other.calls]).toEqual([['getQrCode'], ['getStatus']])
    tab.leave()
  })

  it('are independent if they run in different processes', async () => {
    const [one, other] = [createSetup(), createSetup()]
    const [first, second] = [await updateOf(one.get('?want=code')), await updateOf(other.get('?want=code'))]
    expect(second.session).toBe(first.session)
    expect(second.origin).not.toBe(first.origin)
    expect([one.calls, other.calls]).toEqual([['getQrCode'], ['getQrCode']])
  })
})

describe('handler.close()', () => {
  it('keeps the pollers that another handler used last', async () => {
    const registry = createPollerRegistry()
    const [one, other] = [
      createSetup({ sessionId: 'a' }, {}, registry),
      createSetup({ sessionId: 'b' }, {}, registry),
    ]
    await one.get()
    const before = await updateOf(other.get())
    await one.handler.close()
    expect((await updateOf(other.get())).origin).toBe(before.origin)
    await expectRefusal(await one.get(), 'provider-unavailable', { retryAfterMs: 5_000 })
  })

  it('keeps a shared poller that a page of another handler watches', async () => {
    const registry = createPollerRegistry()
    const [one, other] = [createSetup({}, {}, registry), createSetup({}, {}, registry)]
    const [ofOne, ofOther] = [await one.watch(), await other.watch()]
    // The handler that used the poller last is closed.
    await one.get()
    await one.handler.close()
    await settle()
    expect([ofOne.isOver, ofOther.isOver]).toEqual([true, false])
    const before = ofOther.events.length
    await advance(10_000)
    expect(ofOther.events.length).toBeGreaterThan(before)
    await other.handler.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the session of a request', () => {
  const statusOf = (provider: PairingProvider, status: 'linking' | 'preparing'): PairingProvider => {
    const read = async (): Promise<PairingSnapshot> => ({ status })
    return { ...provider, getStatus: read, getQrCode: read }
  }

  it.each([
    ['provider id', { id: 'a', sessionId: 'main' }, { id: 'b', sessionId: 'main' }],
    ['session id', { sessionId: 'main' }, { sessionId: 'Main' }],
    ['position of a separator', { id: 'a', sessionId: 'b-c' }, { id: 'a-b', sessionId: 'c' }],
    ['character of JSON', { id: 'a', sessionId: 'b' }, { id: 'a","b', sessionId: '' }],
  ])('differs by %s', async (_, first, second) => {
    const [one, other] = [statusOf(spyProvider(first), 'linking'), statusOf(spyProvider(second), 'preparing')]
    const setup = createSetup(
      {},
      { provider: (request) => (new URL(request.url).searchParams.has('other') ? other : one) },
    )
    const tabs = await Promise.all([setup.watch(), setup.watch('&other')])
    expect(tabs.map(shownIn)).toEqual([['linking'], ['preparing']])
    const reads = [await updateOf(setup.get()), await updateOf(setup.get('?want=state&other'))]
    expect(reads).toMatchObject([{ status: 'linking' }, { status: 'preparing' }])
    expect(new Set(reads.map(({ session }) => session)).size).toBe(2)
  })

  /** A handler whose function creates a provider object for each request. */
  const withNewProviders = (tenant: (request: Request) => string) => {
    const made: ReturnType<typeof spyProvider>[] = []
    const provider = () => {
      const one = spyProvider()
      made.push(one)
      return one
    }
    return { setup: createSetup({}, { provider, tenant }), calls: () => made.map(({ calls }) => calls) }
  }

  it('is the same for all provider objects of one tenant, and calls use the newest object', async () => {
    const { setup, calls } = withNewProviders(() => 'acme')
    await setup.watch()
    await setup.watch()
    await advance(timing.statusIntervalMs)
    expect(calls()).toEqual([['getQrCode'], ['getStatus']])
  })

  it('differs between tenants, even if they use the same instance', async () => {
    const tenants = ['acme', 'umbrella']
    const { setup, calls } = withNewProviders(() => tenants.shift() ?? '')
    const tabs = [await setup.watch(), await setup.watch()]
    await advance(timing.statusIntervalMs)
    expect(calls()).toEqual([
      ['getQrCode', 'getStatus'],
      ['getQrCode', 'getStatus'],
    ])
    expect(new Set(tabs.map(({ events }) => events[0]?.data.session)).size).toBe(2)
    expect(tabs.map(stepsIn)).toEqual([['qr'], ['qr']])
  })
})
