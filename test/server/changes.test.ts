import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import { createWorld, expectRefusal, type World } from './world.js'

const NUMBER = '5511987654321'
const code = (phoneNumber = NUMBER) => ({ action: 'request-pairing-code', phoneNumber })

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)

const slow = async <Value>(value: Value): Promise<Value> => {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return value
}

const post = (world: World, body: object, signal?: AbortSignal): Promise<Response> =>
  world.get('', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })

describe.each(['reset', 'unlink'])('%s', (action) => {
  it('of 100 pages at once is one call of the provider, and all pages get its result', async () => {
    const world = createWorld({ [action]: () => slow(undefined) })
    const answers = Array.from({ length: 100 }, () => post(world, { action }))
    await pass(1_000)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(world.calls).toEqual([action])
  })

  it('has a limit for each session: 5 at once, then one every 10 seconds', async () => {
    const world = createWorld()
    for (let count = 0; count < 5; count += 1) expect((await world.post({ action })).status).toBe(200)
    await expectRefusal(await world.post({ action }), 'rate-limited', { retryAfterMs: 10_000 })
    expect(world.calls).toHaveLength(5)
    await pass(10_000)
    expect((await world.post({ action })).status).toBe(200)
  })

  it('does not use up the limit of other actions', async () => {
    const world = createWorld()
    for (let count = 0; count < 6; count += 1) await world.post({ action })
    expect((await world.post(code())).status).toBe(200)
    expect((await world.post({ action: action === 'reset' ? 'unlink' : 'reset' })).status).toBe(200)
  })
})

describe('requests for a pairing code', () => {
  it('are joined to one provider call if several pages send the same number at the same time', async () => {
    const world = createWorld({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const answers = [post(world, code()), post(world, code('+55 11 98765-4321')), post(world, code())]
    await pass(1_000)
    for (const answer of await Promise.all(answers))
      expect(await answer.json()).toMatchObject({ pairingCode: { value: 'ABCD1234', lastDigits: '4321' } })
    expect(world.calls).toEqual([`requestPairingCode ${NUMBER}`])
  })

  it('are separate provider calls for different numbers', async () => {
    const world = createWorld()
    await Promise.all([post(world, code()), post(world, code('447700900123'))])
    expect(world.calls).toHaveLength(2)
  })

  it('do not join a call that a later change has invalidated', async () => {
    const world = createWorld({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const answers = [post(world, code()), post(world, { action: 'reset' }), post(world, code())]
    await pass(2_000)
    await Promise.all(answers)
    expect(world.calls).toEqual([`requestPairingCode ${NUMBER}`, 'reset', `requestPairingCode ${NUMBER}`])
  })

  it('end at the provider when the last page that waits has left, and not before', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const world = createWorld({
      requestPairingCode: (_, { signal }) => {
        signals.push(signal)
        return slow({ status: 'pairing-code', pairingCode: 'ABCD1234' })
      },
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [post(world, code(), first.signal), post(world, code(), second.signal)]
    await pass(100)
    first.abort()
    await pass(0)
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    second.abort()
    await pass(0)
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    await pass(1_000)
    await Promise.all(answers)
  })

  const failing = (errorCode: PairingErrorCode) => {
    let isDown = true
    const world = createWorld({
      requestPairingCode: async () => {
        // A refusal that is not final is retried.
        if (isDown) throw new PairingError(errorCode, '', { isFinal: true })
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    })
    return { world, mend: () => (isDown = false) }
  }

  it.each<PairingErrorCode>(['provider-unavailable', 'rate-limited', 'network', 'unauthorized', 'unknown'])(
    'that fail with %s do not count against the three',
    async (errorCode) => {
      const { world, mend } = failing(errorCode)
      for (let count = 0; count < 5; count += 1) await world.post(code())
      mend()
      const answers = [await world.post(code()), await world.post(code()), await world.post(code())]
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect((await world.post(code())).status).toBe(429)
    },
  )

  it.each<PairingErrorCode>(['timeout', 'invalid-answer', 'code-refused'])(
    'that fail with %s count, because they may have reached WhatsApp',
    async (errorCode) => {
      const { world, mend } = failing(errorCode)
      for (let count = 0; count < 3; count += 1) await world.post(code())
      mend()
      expect((await world.post(code())).status).toBe(429)
    },
  )

  it('do not call an unreachable provider in a loop', async () => {
    const { world } = failing('provider-unavailable')
    for (let count = 0; count < 100; count += 1) await world.post(code())
    expect(world.calls).toHaveLength(10)
    await pass(3_000)
    await world.post(code())
    expect(world.calls).toHaveLength(11)
  })

  it('have the same limit if the page aborts each of them', async () => {
    const world = createWorld({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    for (let count = 0; count < 20; count += 1) {
      const controller = new AbortController()
      const answer = post(world, code(), controller.signal)
      await pass(1)
      controller.abort()
      await answer
      await pass(2_000)
    }
    // Three are allowed, then one every 30 seconds; 40 seconds have passed.
    expect(world.calls.length).toBeLessThanOrEqual(4)
  })
})

it('refuses the fifth concurrent change of a session, with the time to wait', async () => {
  const world = createWorld({
    requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    reset: () => slow(undefined),
    unlink: () => slow(undefined),
  })
  const answers = [
    post(world, code()),
    post(world, code('447700900123')),
    post(world, { action: 'reset' }),
    post(world, { action: 'unlink' }),
  ]
  await pass(1)
  await expectRefusal(await post(world, code('447700900124')), 'rate-limited', { retryAfterMs: 5_000 })
  // The changes run one after the other.
  await pass(4_000)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const later = post(world, { action: 'reset' })
  await pass(1_000)
  expect((await later).status).toBe(200)
})
