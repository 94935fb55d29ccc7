import { focusManager, QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { WhatsAppPairing } from '../../src/index.js'
import { qr, type ScriptedProvider, scriptedProvider } from './scripted-provider.js'
import { advance } from './time.js'

/** Delivers in the same turn, as no real one does, so that a test's clock decides what happens when. */
class TestChannel {
  static readonly open = new Set<TestChannel>()
  onmessage: ((event: { data: unknown }) => void) | null = null
  readonly name: string

  constructor(name: string) {
    this.name = name
    TestChannel.open.add(this)
  }

  postMessage(data: unknown): void {
    for (const other of [...TestChannel.open])
      if (other !== this && other.name === this.name) other.onmessage?.({ data: structuredClone(data) })
  }

  close(): void {
    TestChannel.open.delete(this)
  }
}

// The module is loaded when it is first needed, which takes real time.
beforeEach(async () => {
  await import('../../src/react/share-tabs.js')
  vi.useFakeTimers()
  vi.stubGlobal('BroadcastChannel', TestChannel)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  focusManager.setFocused(undefined)
})

/** A provider whose codes rotate by the clock, until the phone answers. */
function rotating(): ScriptedProvider & { scan: () => void } {
  const startedAt = Date.now()
  let isScanned = false
  const linked: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }
  const provider = scriptedProvider({
    getQrCode: () => (isScanned ? linked : qr(Math.floor((Date.now() - startedAt) / 20_000))),
    getStatus: () => (isScanned ? linked : { status: 'unlinked' }),
  })
  return Object.assign(provider, {
    scan: () => {
      isScanned = true
    },
  })
}

/** The same screen in another tab: a cache of its own, and whatever it knows comes over the channel. */
function openTab(provider: ScriptedProvider, props: object = {}) {
  const element = <WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />
  const { container, unmount } = render(element)
  return { unmount, status: () => container.querySelector('section')?.getAttribute('data-status') }
}

const shown = (container: ParentNode = document) =>
  [...container.querySelectorAll('[data-part="qr-code"]')].length

describe('two tabs with one session', () => {
  it('ask the provider as often as one does, and one more time when the second opens', async () => {
    const alone = rotating()
    const { unmount } = openTab(alone)
    await advance(55_000)
    unmount()
    const shared = rotating()
    openTab(shared)
    await advance(1_000)
    openTab(shared)
    await advance(54_000)
    expect(shared.calls.length).toBeLessThanOrEqual(alone.calls.length + 2)
    expect(shown()).toBe(2)
  })

  it('both show a scan that one of them noticed', async () => {
    const provider = rotating()
    const [first, second] = [openTab(provider), openTab(provider)]
    await advance(2_000)
    provider.scan()
    await advance(5_000)
    expect([first.status(), second.status()]).toEqual(['linked', 'linked'])
  })

  it('need not be the same two: where the one that asks is closed, the other goes on', async () => {
    const provider = rotating()
    const first = openTab(provider)
    await advance(1_000)
    const second = openTab(provider)
    await advance(10_000)
    first.unmount()
    const before = provider.calls.length
    await advance(10_000)
    expect(second.status()).toBe('awaiting-scan')
    expect(provider.calls.length).toBeGreaterThan(before)
    expect(TestChannel.open.size).toBe(1)
  })

  it('do not count codes that come while nobody looks', async () => {
    const provider = rotating()
    const tab = openTab(provider)
    await advance(1_000)
    focusManager.setFocused(false)
    const other = new TestChannel([...TestChannel.open][0]?.name ?? '')
    for (const name of ['b', 'c', 'd', 'e'])
      other.postMessage({ type: 'answer', method: 'qr', snapshot: qr(name) })
    await advance(1_000)
    other.close()
    focusManager.setFocused(true)
    await advance(6_000)
    expect(tab.status()).toBe('awaiting-scan')
  })

  it('believe no message that is no answer', async () => {
    const provider = rotating()
    const tab = openTab(provider)
    await advance(1_000)
    const other = new TestChannel([...TestChannel.open][0]?.name ?? '')
    const evil = { status: 'qr', qrCode: { kind: 'image', src: 'https://evil.example/code.png' } }
    for (const data of [null, 7, 'text', {}, { type: 'answer' }, { type: 'answer', snapshot: evil }])
      other.postMessage(data)
    await advance(1_000)
    other.close()
    expect(tab.status()).toBe('awaiting-scan')
    expect(document.body.innerHTML).not.toContain('evil.example')
  })

  it('that look at different ways to link do not keep each other from asking', async () => {
    const provider = rotating()
    openTab(provider)
    await advance(1_000)
    openTab(Object.assign(provider, { requestPairingCode: async () => qr('never') }), {
      defaultMethod: 'phone-code',
    })
    await advance(58_000)
    // The first code, and the two that followed it.
    expect(shown()).toBe(1)
    expect(provider.calls.filter(({ question }) => question === 'qr-code').length).toBeGreaterThan(5)
  })
})
