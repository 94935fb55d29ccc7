import { onlineManager } from '@tanstack/react-query'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider, type PairingSnapshot } from '../../src/index.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider, timing } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { changingProvider, codeRequests, linked, showPairing } from './show-pairing.js'
import { askForCode, errorCode, press, shownCode, statusLine } from './user.js'

emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
  onlineManager.setOnline(true)
})

describe('a provider that limits requests', () => {
  it('gets no request before its stated time, and the code appears after it', async () => {
    const setup = createSetup('green-api')
    setup.emulator.fail('rate-limited', { retryAfterMs: 20_000 })
    // The socket of GREEN-API has no such limit, so this test does not use it.
    setup.show({ provider: setup.proxied({ live: false }) })
    await advance(2_000)
    expect(setup.mockServer.requests).toHaveLength(1)
    setup.emulator.recover()
    await advance(17_500)
    expect(setup.mockServer.requests).toHaveLength(1)
    expect(statusLine()).toBe('Still trying to get your code…')
    await advance(12_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('without a stated time gets eight requests with growing pauses, and then one on Try again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const one = changingProvider(new PairingError('rate-limited', 'Too often.'))
    const { details } = one.provider
    showPairing(one.provider)
    await advance(900_000)
    expect(errorCode()).toBe('rate-limited')
    const pauses = details.slice(1).map(({ at }, index) => at - (details[index]?.at ?? 0))
    expect(pauses.map((ms) => Math.floor(ms / 1_000))).toEqual([5, 10, 20, 30, 30, 30, 30])
    one.now = qr('a')
    await press('Try again')
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

it('a number that was submitted offline is sent once, when the network returns', async () => {
  const { provider } = changingProvider(qr('a'))
  showPairing(provider, { defaultMethod: 'phone-code' })
  await advance(1_000)
  await doing(() => onlineManager.setOnline(false))
  await askForCode()
  await advance(30_000)
  expect(codeRequests(provider)).toBe(0)
  await doing(() => onlineManager.setOnline(true))
  await advance(1_000)
  expect(shownCode()).toBe('ABCD-1234')
  expect(codeRequests(provider)).toBe(1)
})

it('a response that arrives in the same moment as a pushed update does not undo it', async () => {
  const quick = { ...timing, qrIntervalMs: 1_000, statusIntervalMs: 1_000 }
  // Between the end of a request and the moment when its response is stored, there are some dozen microtasks.
  for (let turns = 0; turns < 80; turns++) {
    let push = (_: PairingSnapshot): void => {}
    let isAnswered = false
    const provider: PairingProvider = {
      ...scriptedProvider({
        getQrCode: async () => {
          if (isAnswered) {
            let turn = Promise.resolve()
            for (let index = 0; index < turns; index++) turn = turn.then(() => {})
            void turn.then(() => push(linked))
          }
          return qr('a')
        },
      }),
      subscribe: (listener) => {
        push = listener
        return () => {}
      },
    }
    const { unmount } = showPairing({ ...provider, sessionId: `turns ${turns}`, timing: quick })
    await advance(250)
    isAnswered = true
    await advance(1_250)
    expect(shownStatus()).toBe('linked')
    unmount()
  }
})
