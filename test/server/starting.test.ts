import { describe, expect, it } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingSession } from '../../src/core/pairing-session.js'
import { greenApi } from '../../src/providers/green-api.js'
import { type Answer, json, QR_TEXT, stubFetch } from '../providers/fetch-stub.js'
import { advance, emulateTime } from '../time.js'
import { type CorePage, openCorePage } from './core-page.js'
import { createSetup, HANDLER_URL } from './setup.js'

// An instance that starts for any reason is not a scan. The code on screen stays until it expires. No user sees "Finish on your
// phone" without a scan. Every wait offers a button after 30 s.

emulateTime()

const starting = json({ stateInstance: 'starting' })
const busy = json({ type: 'error', message: 'instance in starting process try later' })
const busy400 = json({ message: 'instance is starting or not authorized' }, 400)

/** Opens a page on GREEN-API, through proxy and handler. */
function openPage(): {
  readonly page: CorePage
  replace(state: Answer, qr: Answer): void
} {
  let stateAnswer: Answer = json({ stateInstance: 'notAuthorized' })
  let qrAnswer: Answer = json({ type: 'qrCode', message: QR_TEXT })
  const stub = stubFetch((request) => {
    return (request.url.includes('/qr/') ? qrAnswer : stateAnswer)(request)
  })
  const provider = greenApi({
    idInstance: '1101000001',
    apiTokenInstance: 'd75b3a66374942c5',
    fetch: stub.fetch,
  })
  const setup = createSetup({}, { provider })
  const source = proxy({
    url: HANDLER_URL,
    live: false,
    fetch: (input, init) => setup.handler(new Request(input, init)),
  })
  return {
    page: openCorePage(source.connection),
    replace(state, qr) {
      stateAnswer = state
      qrAnswer = qr
    },
  }
}

/** Lets time pass, and returns what was on screen every 250 ms. */
async function pass(page: CorePage, durationMs: number): Promise<readonly PairingSession[]> {
  const seen: PairingSession[] = []
  for (let ms = 0; ms < durationMs; ms += 250) {
    page.tick()
    await advance(250)
    seen.push(page.session)
  }
  return seen
}

const namesOf = (sessions: readonly PairingSession[]): readonly string[] => [
  ...new Set(sessions.map(({ status }) => status)),
]

describe('GREEN-API that starts while a QR code is on screen', () => {
  it.each<[string, Answer, Answer]>([
    ['reports it with HTTP 200', starting, busy],
    ['reports it with HTTP 400', starting, busy400],
    ['has no state', json(null), json(null)],
    ['has the state of another product', json({ stateInstance: 'pendingCode' }), busy],
  ])('and %s keeps the code until it expires, and shows no scan', async (_, state, qr) => {
    const { page, replace } = openPage()
    await pass(page, 3_000)
    expect(page.session.status).toBe('awaiting-scan')
    replace(state, qr)
    expect(namesOf(await pass(page, 10_000))).toEqual(['awaiting-scan'])
    const later = await pass(page, 75_000)
    expect(namesOf(later)).toEqual(['awaiting-scan', 'preparing'])
  })
})

describe('GREEN-API that starts before a code exists', () => {
  it('offers "Start over" after 30 s, and never reports a scan', async () => {
    const { page, replace } = openPage()
    replace(starting, busy400)
    const early = await pass(page, 29_000)
    expect(namesOf(early)).toEqual(['preparing'])
    expect(early.some((session) => session.status === 'preparing' && session.canStartOver)).toBe(false)
    const late = await pass(page, 270_000)
    expect(namesOf(late)).toEqual(['preparing'])
    expect(late.at(-1)).toMatchObject({ status: 'preparing', canStartOver: true })
  })
})
