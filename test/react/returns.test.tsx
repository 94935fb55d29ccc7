import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingProxy, PairingSource } from '../../src/core/connection.js'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { WhatsAppPairing, WhatsAppPairingDialog, type WhatsAppPairingProps } from '../../src/index.js'
import { connectProvider } from '../../src/poller/connect-provider.js'
import { createPollerRegistry, type PollerRegistry } from '../../src/poller/registry.js'
import './jsdom-dialog.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type ScriptedProvider, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'

emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
})

/** A response of a server, and the tag of its session. */
type Tagged = PairingSnapshot & { readonly session?: string }

const ana: Tagged = { status: 'linked', account: { name: 'Ana' }, session: 'one' }
const hang = () => new Promise<never>(() => {})
const shownCode = () => document.querySelector('[data-part="qr-code"]')

/** A code that expires twenty seconds from now, independent of the number of reads. */
function lasting(name: string): () => PairingSnapshot {
  const endsAt = Date.now() + 20_000
  return () => qr(name, Math.max(endsAt - Date.now(), 0))
}

/** A screen that can be unmounted and shown again with the same cache. */
function screenOf(provider: PairingSource, props: Partial<WhatsAppPairingProps> = {}) {
  const queryClient = new QueryClient()
  return () => render(<WhatsAppPairing provider={provider} queryClient={queryClient} {...props} />)
}

/** A provider whose response the test can change. */
function changing(first: Tagged | (() => PairingSnapshot | Promise<PairingSnapshot>)) {
  let current = first
  const respond = () => (typeof current === 'function' ? current() : current)
  const provider = scriptedProvider({ getQrCode: respond, getStatus: respond })
  return {
    provider,
    /** The same provider behind a server, which adds the tag of the session. */
    source: behindServer(provider, () =>
      typeof current === 'function' ? 'one' : (current.session ?? 'one'),
    ),
    becomes: (next: typeof first) => {
      current = next
    },
  }
}

function behindServer(provider: PairingProvider, session: () => string): PairingProxy {
  const registries = new Map<string, PollerRegistry>()
  const connection = () => {
    const registry = registries.get(session()) ?? createPollerRegistry()
    registries.set(session(), registry)
    return connectProvider(provider, registry)
  }
  return {
    id: 'proxy',
    sessionId: 'shared',
    connection: {
      read: async (options) => ({ ...(await connection().read(options)), session: session() }),
      act: async (action, options) => ({ ...(await connection().act(action, options)), session: session() }),
    },
  }
}

const callsFrom = ({ calls }: ScriptedProvider, since: number) => calls.filter(({ at }) => at >= since)

describe('a clock that is set back', () => {
  it('leaves a failure on screen, and Start over still resets', async () => {
    const reset = vi.fn(async () => {})
    const { provider } = changing({ status: 'stale' })
    const element = <WhatsAppPairing provider={{ ...provider, reset }} queryClient={new QueryClient()} />
    const { rerender } = render(element)
    await settle()
    expect(shownStatus()).toBe('failed')
    vi.setSystemTime(Date.now() - 5_000)
    rerender(element)
    await advance(1_000)
    expect(shownStatus()).toBe('failed')
    screen.getByRole('button', { name: 'Start over' }).click()
    await advance(1_000)
    expect(reset).toHaveBeenCalledOnce()
  })
})

describe('the expiry of the last code', () => {
  it('shows Retry immediately while the last read hangs, and announces it', async () => {
    const { provider, becomes } = changing(lasting('a'))
    screenOf(provider, { maxRefreshes: 1 })()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
    becomes(hang)
    await advance(20_250)
    expect(shownStatus()).toBe('expired')
    expect(screen.getByRole('status').textContent).toContain('The code has expired')
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
  })

  it('is followed by a link if the last read reports it', async () => {
    const { provider, becomes } = changing(lasting('a'))
    screenOf(provider, { maxRefreshes: 1 })()
    await advance(19_000)
    let arrive: (snapshot: PairingSnapshot) => void = () => {}
    becomes(() => new Promise((resolve) => (arrive = resolve)))
    await advance(5_000)
    expect(shownStatus()).toBe('expired')
    arrive(ana)
    await settle()
    expect(shownStatus()).toBe('linked')
  })

  it('lets Retry cancel the last read', async () => {
    const { provider, becomes } = changing(lasting('a'))
    screenOf(provider, { maxRefreshes: 1 })()
    await settle()
    becomes(hang)
    await advance(21_000)
    becomes(lasting('b'))
    screen.getByRole('button', { name: 'Retry' }).click()
    await advance(500)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a component that is mounted again', () => {
  it('begins a new round after the codes have expired', async () => {
    const { provider, becomes } = changing(lasting('a'))
    const show = screenOf(provider, { maxRefreshes: 1 })
    const { unmount } = show()
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    unmount()
    await advance(1_000)
    becomes(lasting('b'))
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('still shows the expired state if it only moved', async () => {
    const { provider, becomes } = changing(lasting('a'))
    const show = screenOf(provider, { maxRefreshes: 1 })
    const { unmount } = show()
    await advance(25_000)
    becomes({ status: 'unlinked' })
    unmount()
    await advance(500)
    show()
    await settle()
    expect(shownStatus()).toBe('expired')
  })

  it('begins a new round after a transient failure', async () => {
    const { provider, becomes } = changing(() => Promise.reject(new PairingError('invalid-answer', 'No.')))
    const show = screenOf(provider)
    const { unmount } = show()
    await advance(20_000)
    expect(shownStatus()).toBe('failed')
    unmount()
    await advance(2_000)
    becomes(qr('a', 20_000))
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('sends one read of the state after another failure', async () => {
    const onError = vi.fn()
    const { provider } = changing({ status: 'stale' })
    const show = screenOf(provider, { onError })
    const { unmount } = show()
    await settle()
    unmount()
    await advance(5_000)
    const since = Date.now()
    show()
    await advance(30_000)
    expect(shownStatus()).toBe('failed')
    expect(callsFrom(provider, since).map(({ question }) => question)).toEqual(['status'])
    expect(onError).toHaveBeenCalledOnce()
  })

  it('begins again if that read shows that the obstacle has ended', async () => {
    const { provider, becomes } = changing({ status: 'stale' })
    const show = screenOf(provider)
    const { unmount } = show()
    await settle()
    unmount()
    await advance(5_000)
    becomes(qr('a', 20_000))
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a dialog that is opened again', () => {
  it('begins a new round after the codes have expired, even immediately', async () => {
    const { provider, becomes } = changing(lasting('a'))
    const queryClient = new QueryClient()
    const dialog = (open: boolean) => (
      <WhatsAppPairingDialog open={open} provider={provider} queryClient={queryClient} maxRefreshes={1} />
    )
    const { rerender } = render(dialog(true))
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    rerender(dialog(false))
    await advance(250)
    becomes(lasting('b'))
    rerender(dialog(true))
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a cached session', () => {
  it('is not shown before a response after the mount confirms it', async () => {
    const { provider, becomes } = changing(ana)
    const show = screenOf(provider)
    const { unmount } = show()
    await settle()
    expect(screen.getByText('Ana')).toBeTruthy()
    unmount()
    await advance(5_000)
    becomes(hang)
    show()
    expect(screen.queryByText('Ana')).toBeNull()
    await advance(2_000)
    expect(screen.queryByText('Ana')).toBeNull()
    expect(shownStatus()).toBe('preparing')
  })

  it('is shown immediately if another component shows it', async () => {
    const { source } = changing(ana)
    const show = screenOf(source)
    show()
    await settle()
    show()
    expect(screen.getAllByText('Ana')).toHaveLength(2)
  })

  it('of another user is dropped, and onLinked is not called again for the first user', async () => {
    const onLinked = vi.fn()
    const { source, becomes } = changing(ana)
    const show = screenOf(source, { onLinked })
    const { unmount } = show()
    await settle()
    unmount()
    await advance(5_000)
    becomes({ ...qr('b', 20_000), session: 'two' })
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.queryByText('Ana')).toBeNull()
    expect(onLinked).toHaveBeenCalledOnce()
  })

  it('drops the code immediately when a response has another tag', async () => {
    const { source, becomes } = changing({ ...qr('a', 60_000), session: 'one' })
    screenOf(source)()
    await settle()
    expect(shownCode()).not.toBeNull()
    becomes({ status: 'preparing', session: 'two' })
    await advance(4_000)
    expect(shownCode()).toBeNull()
    expect(shownStatus()).toBe('preparing')
  })

  it('shared by two providers with different tags is reported once, naming sessionId', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const one = changing({ status: 'unlinked', session: 'one' })
    const two = changing({ status: 'unlinked', session: 'two' })
    const queryClient = new QueryClient()
    const twice = (first: PairingSource, second?: PairingSource) => (
      <>
        <WhatsAppPairing provider={first} queryClient={queryClient} />
        {second && <WhatsAppPairing provider={second} queryClient={queryClient} />}
      </>
    )
    const { rerender } = render(twice(one.source))
    await advance(1_000)
    rerender(twice(one.source, two.source))
    await advance(30_000)
    expect(error).toHaveBeenCalledOnce()
    expect(error.mock.calls[0]?.[0]).toContain('sessionId')
  })

  it('shared by two providers with the same tag is not reported', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const one = changing({ status: 'unlinked', session: 'one' })
    const two = changing({ status: 'unlinked', session: 'one' })
    const queryClient = new QueryClient()
    render(
      <>
        <WhatsAppPairing provider={one.source} queryClient={queryClient} />
        <WhatsAppPairing provider={two.source} queryClient={queryClient} />
      </>,
    )
    await advance(30_000)
    expect(error).not.toHaveBeenCalled()
  })
})

describe('a link that was ended', () => {
  it('is explained with the next code', async () => {
    const { source, becomes } = changing(ana)
    screenOf(source)()
    await settle()
    becomes({ ...qr('a', 20_000), session: 'one' })
    await advance(20_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.getByRole('status').textContent).toMatch(
      /^The link ended soon after it was made.* code 1 of 3$/,
    )
  })
})
