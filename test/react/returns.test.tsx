import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingProxy, PairingSource } from '../../src/core/connection.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { WhatsAppPairing, WhatsAppPairingDialog, type WhatsAppPairingProps } from '../../src/index.js'
import { connectProvider } from '../../src/poller/connect-provider.js'
import { createPollerRegistry, type PollerRegistry } from '../../src/poller/registry.js'
import './jsdom-dialog.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider, hang, rotatingProvider } from './show-pairing.js'
import { part, press, statusLine } from './user.js'

emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
})

const ana: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }

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

/** A provider behind a server, which adds the current tag of the session. */
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

describe('the last read after the last code has expired', () => {
  it('does not delay Retry, which cancels it', async () => {
    const one = changingProvider(lasting('a'))
    screenOf(one.provider, { maxRefreshes: 1 })()
    await settle()
    one.now = hang
    await advance(20_250)
    expect(shownStatus()).toBe('expired')
    expect(statusLine()).toContain('The code has expired')
    one.now = lasting('b')
    await press('Retry')
    await advance(500)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows the link that it reports', async () => {
    const one = changingProvider(lasting('a'))
    screenOf(one.provider, { maxRefreshes: 1 })()
    await advance(19_000)
    let respond: (snapshot: PairingSnapshot) => void = () => {}
    one.now = () => new Promise((resolve) => (respond = resolve))
    await advance(5_000)
    expect(shownStatus()).toBe('expired')
    respond(ana)
    await settle()
    expect(shownStatus()).toBe('linked')
  })
})

describe('a screen that is opened again', () => {
  it('begins a new round after the codes have expired', async () => {
    const one = changingProvider(lasting('a'))
    const show = screenOf(one.provider, { maxRefreshes: 1 })
    const { unmount } = show()
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    unmount()
    await advance(1_000)
    one.now = lasting('b')
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('begins a new round even immediately if it is a dialog', async () => {
    const one = changingProvider(lasting('a'))
    const queryClient = new QueryClient()
    const dialog = (open: boolean) => (
      <WhatsAppPairingDialog open={open} provider={one.provider} queryClient={queryClient} maxRefreshes={1} />
    )
    const { rerender } = render(dialog(true))
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    rerender(dialog(false))
    await advance(250)
    one.now = lasting('b')
    rerender(dialog(true))
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows the current code with its count, and no expired code', async () => {
    const show = screenOf(rotatingProvider())
    const { unmount } = show()
    await advance(3_000)
    unmount()
    await advance(30_000)
    show()
    expect(part('qr-code')).toBeNull()
    await advance(1_000)
    expect(statusLine()).toContain('2 of 3')
  })
})

describe('a cached session', () => {
  it('is not shown before a response after the mount confirms it', async () => {
    const one = changingProvider(ana)
    const show = screenOf(one.provider)
    const { unmount } = show()
    await settle()
    expect(screen.getByText('Ana')).toBeTruthy()
    unmount()
    await advance(5_000)
    one.now = hang
    show()
    expect(screen.queryByText('Ana')).toBeNull()
    await advance(2_000)
    expect(screen.queryByText('Ana')).toBeNull()
    expect(shownStatus()).toBe('preparing')
  })

  it('is shown immediately if another component shows it', async () => {
    const show = screenOf(changingProvider(ana).provider)
    show()
    await settle()
    show()
    expect(screen.getAllByText('Ana')).toHaveLength(2)
  })

  it('of another user is dropped, and onLinked is not called again for the first user', async () => {
    const onLinked = vi.fn()
    const one = changingProvider(ana)
    let session = 'one'
    const show = screenOf(
      behindServer(one.provider, () => session),
      { onLinked },
    )
    const { unmount } = show()
    await settle()
    unmount()
    await advance(5_000)
    one.now = qr('b', 20_000)
    session = 'two'
    show()
    await settle()
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.queryByText('Ana')).toBeNull()
    expect(onLinked).toHaveBeenCalledOnce()
  })

  it.each([
    ['different tags is reported once, naming sessionId', 'two', [expect.stringContaining('sessionId')]],
    ['the same tag is not reported', 'one', []],
  ])('shared by two providers with %s', async (_, tag, reports) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const [one, two] = ['one', tag].map((session) =>
      behindServer(changingProvider({ status: 'unlinked' }).provider, () => session),
    )
    const queryClient = new QueryClient()
    const page = (second?: PairingSource) => (
      <>
        {one && <WhatsAppPairing provider={one} queryClient={queryClient} />}
        {second && <WhatsAppPairing provider={second} queryClient={queryClient} />}
      </>
    )
    const { rerender } = render(page())
    await advance(1_000)
    rerender(page(two))
    await advance(30_000)
    expect(error.mock.calls.map(([text]) => text)).toEqual(reports)
  })
})
