import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { Profiler } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { usePairingSession, WhatsAppPairing } from '../../src/index.js'
import { sessionStoreOf } from '../../src/react/session/session-store.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type SpyProvider, scriptedProvider } from './scripted-provider.js'
import { doing } from './setup.js'

// A part that loads later would also cause a commit.
emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
})

const SESSIONS = 200

describe('two hundred sessions on a page', () => {
  it('share no work: an event of one session reads only that session', async () => {
    const client = new QueryClient()
    const providers = Array.from({ length: SESSIONS }, (_, index) => ({
      ...scriptedProvider({ getQrCode: () => qr(index, 60_000) }, `session ${index}`),
      // Pushed updates read the session too.
      subscribe: () => () => {},
    }))
    const [, target] = providers
    if (!target) throw new Error('There is no second session.')
    render(
      providers.map((provider) => (
        <WithClient key={provider.sessionId} provider={provider} client={client} />
      )),
    )
    await settle()
    const reads = vi.spyOn(client, 'getQueryData')
    await doing(() => void sessionStoreOf(client, target).fold({ type: 'push-ended', at: Date.now() }))
    const keys = new Set(reads.mock.calls.map(([key]) => JSON.stringify(key)))
    expect([...keys]).toEqual([JSON.stringify(['whatsapp-pairing', 'session', 'scripted', 'session 1'])])
    expect(reads.mock.calls.length).toBeLessThan(20)
  })

  it('do not subscribe to the cache', async () => {
    const client = new QueryClient()
    const subscribe = vi.spyOn(client.getQueryCache(), 'subscribe')
    const providers = Array.from({ length: 20 }, (_, index) =>
      scriptedProvider({ getQrCode: () => qr(index) }, `session ${index}`),
    )
    render(
      providers.map((provider) => (
        <WithClient key={provider.sessionId} provider={provider} client={client} />
      )),
    )
    await settle()
    expect(subscribe).not.toHaveBeenCalled()
  })
})

function WithClient({ provider, client }: { provider: SpyProvider; client: QueryClient }) {
  return <i>{usePairingSession({ provider, queryClient: client }).session.status}</i>
}

/** A provider whose updates the test pushes, and the number of commits of its screen. */
function showPushing(getQrCode: () => PairingSnapshot | Promise<PairingSnapshot>) {
  const screen = { commits: 0, push: (_: PairingSnapshot): void => {} }
  const subscribe: PairingProvider['subscribe'] = (listener) => {
    screen.push = listener
    return () => {}
  }
  const provider = { ...scriptedProvider({ getQrCode }), subscribe }
  const count = () => void screen.commits++
  render(
    <Profiler id="screen" onRender={count}>
      <WhatsAppPairing provider={provider} queryClient={new QueryClient()} maxRefreshes={10} />
    </Profiler>,
  )
  return screen
}

describe('the number of commits of the screen', () => {
  it('does not grow when a later update has a more exact expiry than the first read on a slow network', async () => {
    const SLOW_MS = 1_400
    const begunAt = Date.now()
    // The client counts the time from sending the request, so it expects the end too early by the duration of the response.
    const slowly = () =>
      new Promise<PairingSnapshot>((resolve) => {
        setTimeout(() => resolve(qr(0, 20_000)), SLOW_MS)
      })
    const screen = showPushing(slowly)
    await advance(SLOW_MS + 1_000)
    const before = screen.commits
    await doing(() => screen.push(qr(0, 20_000 + SLOW_MS - (Date.now() - begunAt))))
    await advance(250)
    expect(screen.commits).toBe(before)
  })

  it('is at most two for a new code, and zero for updates that only change its expiry slightly', async () => {
    const begunAt = Date.now()
    const current = (jitterMs = 0): PairingSnapshot => {
      const ageMs = (Date.now() - begunAt) % 20_000
      return qr(Math.floor((Date.now() - begunAt) / 20_000), 20_000 - ageMs + jitterMs)
    }
    const screen = showPushing(current)
    await advance(1_000)
    const first = screen.commits
    for (const jitterMs of [-450, 90, 0, 300, -120]) {
      await doing(() => screen.push(current(jitterMs)))
      await advance(250)
    }
    expect(screen.commits).toBe(first)
    // The next code appears when this one expires.
    await advance(17_000)
    const before = screen.commits
    await advance(1_500)
    const after = screen.commits
    expect(after - before).toBeGreaterThan(0)
    expect(after - before).toBeLessThanOrEqual(2)
    for (const jitterMs of [400, -90, 10]) {
      await doing(() => screen.push(current(jitterMs)))
      await advance(250)
    }
    expect(screen.commits).toBe(after)
  })
})
