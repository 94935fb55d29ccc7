import { describe, expect, it } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, expectRefusal, type Setup } from './setup.js'

const NUMBER = '5511987654321'
const code = (phoneNumber = NUMBER) => ({ action: 'request-pairing-code', phoneNumber })

emulateTime()

const slow = async <Value>(value: Value): Promise<Value> => {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return value
}

const post = (setup: Setup, body: object, signal?: AbortSignal): Promise<Response> =>
  setup.get('', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })

describe.each(['reset', 'unlink'])('the action %s', (action) => {
  it('is sent to the provider once for 100 pages at once, and all pages get its result', async () => {
    const setup = createSetup({ [action]: () => slow(undefined) })
    const answers = Array.from({ length: 100 }, () => post(setup, { action }))
    await advance(1_000)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(setup.calls).toEqual([action])
  })

  it('has a limit for each session: 5 at once, then one every 10 seconds', async () => {
    const setup = createSetup()
    for (let count = 0; count < 5; count += 1) expect((await setup.post({ action })).status).toBe(200)
    await expectRefusal(await setup.post({ action }), 'rate-limited', { retryAfterMs: 10_000 })
    expect(setup.calls).toHaveLength(5)
    await advance(10_000)
    expect((await setup.post({ action })).status).toBe(200)
  })

  it('does not use up the limit of other actions', async () => {
    const setup = createSetup()
    for (let count = 0; count < 6; count += 1) await setup.post({ action })
    expect((await setup.post(code())).status).toBe(200)
    expect((await setup.post({ action: action === 'reset' ? 'unlink' : 'reset' })).status).toBe(200)
  })
})

describe('requests for a pairing code', () => {
  it('are joined to one provider call if several pages send the same number at the same time', async () => {
    const setup = createSetup({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const answers = [post(setup, code()), post(setup, code('+55 11 98765-4321')), post(setup, code())]
    await advance(1_000)
    for (const answer of await Promise.all(answers))
      expect(await answer.json()).toMatchObject({ pairingCode: { value: 'ABCD1234', lastDigits: '4321' } })
    expect(setup.calls).toEqual([`requestPairingCode ${NUMBER}`])
  })

  it('are separate provider calls for different numbers', async () => {
    const setup = createSetup()
    await Promise.all([post(setup, code()), post(setup, code('447700900123'))])
    expect(setup.calls).toHaveLength(2)
  })

  it('do not join a call that a later change has invalidated', async () => {
    const setup = createSetup({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const answers = [post(setup, code()), post(setup, { action: 'reset' }), post(setup, code())]
    await advance(2_000)
    await Promise.all(answers)
    expect(setup.calls).toEqual([`requestPairingCode ${NUMBER}`, 'reset', `requestPairingCode ${NUMBER}`])
  })

  it('end at the provider when the last page that waits has left, and not before', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const setup = createSetup({
      requestPairingCode: (_, { signal }) => {
        signals.push(signal)
        return slow({ status: 'pairing-code', pairingCode: 'ABCD1234' })
      },
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [post(setup, code(), first.signal), post(setup, code(), second.signal)]
    await advance(100)
    first.abort()
    await settle()
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    second.abort()
    await settle()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    await advance(1_000)
    await Promise.all(answers)
  })

  const failing = (errorCode: PairingErrorCode) => {
    let isDown = true
    const setup = createSetup({
      requestPairingCode: async () => {
        // A refusal that is not final is retried.
        if (isDown) throw new PairingError(errorCode, '', { isFinal: true })
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    })
    return { setup, mend: () => (isDown = false) }
  }

  it.each<PairingErrorCode>(['provider-unavailable', 'rate-limited', 'network', 'unauthorized', 'unknown'])(
    'that fail with %s do not count against the three',
    async (errorCode) => {
      const { setup, mend } = failing(errorCode)
      for (let count = 0; count < 5; count += 1) await setup.post(code())
      mend()
      const answers = [await setup.post(code()), await setup.post(code()), await setup.post(code())]
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect((await setup.post(code())).status).toBe(429)
    },
  )

  it.each<PairingErrorCode>(['timeout', 'invalid-answer', 'code-refused'])(
    'that fail with %s count, because they may have reached WhatsApp',
    async (errorCode) => {
      const { setup, mend } = failing(errorCode)
      for (let count = 0; count < 3; count += 1) await setup.post(code())
      mend()
      expect((await setup.post(code())).status).toBe(429)
    },
  )

  it('do not call an unreachable provider in a loop', async () => {
    const { setup } = failing('provider-unavailable')
    for (let count = 0; count < 100; count += 1) await setup.post(code())
    expect(setup.calls).toHaveLength(10)
    await advance(3_000)
    await setup.post(code())
    expect(setup.calls).toHaveLength(11)
  })

  it('have the same limit if the page aborts each of them', async () => {
    const setup = createSetup({
      requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    for (let count = 0; count < 20; count += 1) {
      const controller = new AbortController()
      const answer = post(setup, code(), controller.signal)
      await advance(1)
      controller.abort()
      await answer
      await advance(2_000)
    }
    // Three are allowed, then one every 30 seconds; 40 seconds have passed.
    expect(setup.calls.length).toBeLessThanOrEqual(4)
  })
})

it('refuses the fifth concurrent change of a session, with the time to wait', async () => {
  const setup = createSetup({
    requestPairingCode: () => slow({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    reset: () => slow(undefined),
    unlink: () => slow(undefined),
  })
  const answers = [
    post(setup, code()),
    post(setup, code('447700900123')),
    post(setup, { action: 'reset' }),
    post(setup, { action: 'unlink' }),
  ]
  await advance(1)
  await expectRefusal(await post(setup, code('447700900124')), 'rate-limited', { retryAfterMs: 5_000 })
  // The changes run one after the other.
  await advance(4_000)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const later = post(setup, { action: 'reset' })
  await advance(1_000)
  expect((await later).status).toBe(200)
})
