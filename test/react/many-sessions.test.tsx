import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { Profiler } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot, SubscribeOptions } from '../../src/core/provider.js'
import { usePairingSession, WhatsAppPairing } from '../../src/index.js'
import { sessionStoreOf } from '../../src/react/session/session-store.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type ScriptedProvider, scriptedProvider } from './scripted-provider.js'
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

function WithClient({ provider, client }: { provider: ScriptedProvider; client: QueryClient }) {
  return <i>{usePairingSession({ provider, queryClient: client }).session.status}</i>
}

describe('the number of commits of the screen', () => {
  it('does not grow when a later update has a more exact expiry than the first read on a slow network', async () => {
    let commits = 0
    const SLOW_MS = 1_400
    let push: (snapshot: PairingSnapshot) => void = () => {}
    const begunAt = Date.now()
    const provider = {
      ...scriptedProvider({
        // The client counts the time from sending the request, so it expects the end too early by the duration of the response.
        getQrCode: () =>
          new Promise((resolve) => {
            setTimeout(() => resolve(qr(0, 20_000)), SLOW_MS)
          }),
      }),
      subscribe: (listener: (snapshot: PairingSnapshot) => void, _: SubscribeOptions) => {
        push = listener
        return () => {}
      },
    }
    render(
      <Profiler
        id="screen"
        onRender={() => {
          commits += 1
        }}
      >
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </Profiler>,
    )
    await advance(SLOW_MS + 1_000)
    const before = commits
    await doing(() => push(qr(0, 20_000 + SLOW_MS - (Date.now() - begunAt))))
    await advance(250)
    expect(commits).toBe(before)
  })

  it('is at most two for a new code, and zero for updates that only change its expiry slightly', async () => {
    let commits = 0
    const count = () => {
      commits += 1
    }
    let push: (snapshot: PairingSnapshot) => void = () => {}
    const begunAt = Date.now()
    const current = (jitterMs = 0): PairingSnapshot => {
      const ageMs = (Date.now() - begunAt) % 20_000
      return qr(Math.floor((Date.now() - begunAt) / 20_000), 20_000 - ageMs + jitterMs)
    }
    const provider = {
      ...scriptedProvider({ getQrCode: () => current() }),
      subscribe: (listener: (snapshot: PairingSnapshot) => void, _: SubscribeOptions) => {
        push = listener
        return () => {}
      },
    }
    render(
      <Profiler id="screen" onRender={count}>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} maxRefreshes={10} />
      </Profiler>,
    )
    await advance(1_000)
    for (const jitterMs of [-450, 90, 0, 300, -120]) {
      const before = commits
      await doing(() => push(current(jitterMs)))
      await advance(250)
      expect(commits).toBe(before)
    }
    // The next code appears when this one expires.
    await advance(17_000)
    const before = commits
    await advance(1_500)
    expect(commits - before).toBeGreaterThan(0)
    expect(commits - before).toBeLessThanOrEqual(2)
    const after = commits
    for (const jitterMs of [400, -90, 10]) {
      await doing(() => push(current(jitterMs)))
      await advance(250)
    }
    expect(commits).toBe(after)
  })
})
