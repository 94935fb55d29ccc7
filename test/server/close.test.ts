import { describe, expect, it, vi } from 'vitest'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, expectRefusal, silence } from './setup.js'

emulateTime()

describe('handler.close()', () => {
  it('ends streams cleanly and stops polling', async () => {
    const setup = createSetup()
    const tabs = [await setup.watch(), await setup.watch('&method=phone-code')]
    await advance(10_000)
    // A host may call it more than once.
    await Promise.all([setup.handler.close(), setup.handler.close()])
    await settle()
    expect(tabs.map(({ isOver }) => isOver)).toEqual([true, true])
    expect(setup.watchers).toBe(0)
    setup.calls.length = 0
    await advance(60_000)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses new requests with 503 and Retry-After', async () => {
    const setup = createSetup({ readWebhook: () => undefined }, { webhookSecret: 'd75b3a66374942c5b3c0' })
    await setup.handler.close()
    for (const answer of [
      await setup.get(),
      await setup.get('?events'),
      await setup.post({ action: 'reset' }),
      await setup.webhook({}, { query: '?secret=d75b3a66374942c5b3c0' }),
    ]) {
      expect(answer.headers.get('retry-after')).toBe('5')
      await expectRefusal(answer, 'provider-unavailable', { retryAfterMs: 5_000 })
    }
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['a read', '?want=state', undefined],
    ['a QR code', '?want=code', undefined],
    ['a reset', '', { action: 'reset' }],
    ['a pairing code', '', { action: 'request-pairing-code', phoneNumber: '5511987654321' }],
  ])('aborts the provider call of %s and responds with 503', async (_, query, body) => {
    const signals: AbortSignal[] = []
    const never = (...given: readonly unknown[]): Promise<never> => {
      signals.push(Object(given.at(-1)).signal)
      return silence()
    }
    const setup = createSetup({ getStatus: never, getQrCode: never, reset: never, requestPairingCode: never })
    const answer = body ? setup.post(body) : setup.get(query)
    await advance(100)
    await setup.handler.close()
    await expectRefusal(await answer, 'provider-unavailable', { retryAfterMs: 5_000 })
    await settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('does not wait for an authorize() that never settles', async () => {
    const setup = createSetup({}, { authorize: silence })
    const answer = setup.get()
    await setup.handler.close()
    await expectRefusal(await answer, 'provider-unavailable', { retryAfterMs: 5_000 })
  })

  it('ends the provider’s push subscription and the bus subscription', async () => {
    const ended: string[] = []
    const bus: PairingBus = { publish: () => {}, subscribe: () => () => void ended.push('bus') }
    const setup = createSetup({ subscribe: () => () => void ended.push('push') }, { bus })
    await setup.watch()
    await setup.handler.close()
    await settle()
    expect(ended.toSorted()).toEqual(['bus', 'push'])
  })

  it('clears the timer of a poller that was just used', async () => {
    const setup = createSetup()
    await setup.get()
    expect(vi.getTimerCount()).toBe(1)
    await setup.handler.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('heartbeats of a stream', () => {
  it('are sent 5 seconds after the last output of any kind', async () => {
    let push = (): void => {}
    const setup = createSetup({
      getStatus: silence,
      getQrCode: silence,
      subscribe: (listener) => {
        push = () => listener({ status: 'unlinked' })
        return () => {}
      },
    })
    const tab = await setup.watch()
    await advance(4_900)
    push()
    await advance(20_000)
    const gaps = tab.signsOfLife.slice(1).map((at, index) => at - (tab.signsOfLife[index] ?? 0))
    expect(gaps[0]).toBe(4_900)
    expect(gaps.length).toBeGreaterThanOrEqual(4)
    expect(Math.max(...gaps)).toBe(5_000)
    tab.leave()
    await settle()
  })
})
