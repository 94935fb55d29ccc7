import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import { type PairingUpdate, WIRE_VERSION } from '../../src/core/update.js'
import { type PairingSource, usePairingSession } from '../../src/index.js'
import { advance, emulateTime } from '../time.js'
import { timing } from './scripted-provider.js'

emulateTime()

/** Two proxies to one session: one with live events, one without. */
function proxies() {
  const streams = { open: 0 }
  let seq = 0
  const read = async (): Promise<PairingUpdate> => ({
    v: WIRE_VERSION,
    session: 'session',
    origin: 'origin',
    seq: ++seq,
    at: Date.now(),
    status: 'unlinked',
    provider: 'mock',
    methods: ['qr'],
    abilities: [],
    timing,
    nextInMs: 3_000,
  })
  const target = { id: 'proxy', sessionId: 'stream-source' }
  const subscribe = () => {
    streams.open += 1
    return () => {
      streams.open -= 1
    }
  }
  const live: PairingSource = { ...target, connection: { read, act: read, subscribe } }
  const polling: PairingSource = { ...target, connection: { read, act: read } }
  return { streams, live, polling, reads: () => seq }
}

function Session({ provider }: { readonly provider: PairingSource }): string {
  return usePairingSession({ provider }).session.status
}

it.each(['replaced', 'mounted beside it'] as const)(
  'a component without live events that is %s ends the stream and polls',
  async (how) => {
    const { streams, live, polling, reads } = proxies()
    const client = new QueryClient()
    const page = (provider: PairingSource, isBeside = false) => (
      <QueryClientProvider client={client}>
        {isBeside && <Session key="live" provider={live} />}
        <Session key={provider === live ? 'live' : 'polling'} provider={provider} />
      </QueryClientProvider>
    )
    const { rerender } = render(page(live))
    await advance(1_000)
    expect(streams.open).toBe(1)
    rerender(page(polling, how === 'mounted beside it'))
    await advance(1_000)
    expect(streams.open).toBe(0)
    const before = reads()
    await advance(7_000)
    expect(reads() - before).toBeGreaterThanOrEqual(2)
  },
)

it('a stream opens again when the component without live events unmounts', async () => {
  const { streams, live, polling } = proxies()
  const client = new QueryClient()
  const page = (withPolling: boolean) => (
    <QueryClientProvider client={client}>
      <Session key="live" provider={live} />
      {withPolling && <Session key="polling" provider={polling} />}
    </QueryClientProvider>
  )
  const { rerender } = render(page(true))
  await advance(1_000)
  expect(streams.open).toBe(0)
  rerender(page(false))
  await advance(1_000)
  expect(streams.open).toBe(1)
})
