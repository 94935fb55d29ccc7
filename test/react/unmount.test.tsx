import { focusManager, onlineManager } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import fc from 'fast-check'
import { StrictMode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingProvider, WhatsAppPairingProps } from '../../src/index.js'
import type { EmulatorFault } from '../../src/testing.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { randomRuns } from '../long-runs.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, doing, type Setup } from './setup.js'
import { changingProvider, hang, showPairing } from './show-pairing.js'
import { askForCode, press } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

describe('an unmount', () => {
  const faults: readonly EmulatorFault[] = [
    'rate-limited',
    'server-error',
    'network',
    'hang',
    'half-json',
    'not-an-image',
  ]
  type Happening = (setup: Setup) => void
  const happenings: Readonly<Record<string, Happening>> = {
    scan: ({ emulator }) => void emulator.scan(),
    rotate: ({ emulator }) => void emulator.rotate(),
    passkey: ({ emulator }) => emulator.demandPasskey(),
    disconnect: ({ emulator }) => void emulator.disconnect(),
    'leave leftovers': ({ emulator }) => emulator.leaveStaleAuth(),
    recover: ({ emulator }) => emulator.recover(),
    hide: () => focusManager.setFocused(false),
    show: () => focusManager.setFocused(true),
    'go offline': () => onlineManager.setOnline(false),
    'go online': () => onlineManager.setOnline(true),
    press: () => document.querySelector<HTMLButtonElement>('[data-part="retry-button"]')?.click(),
    'other tab': () => document.querySelector<HTMLButtonElement>('[aria-selected="false"]')?.click(),
    'get code': () => document.querySelector<HTMLButtonElement>('[data-part="submit-button"]')?.click(),
    ...Object.fromEntries(faults.map((fault) => [fault, ({ emulator }: Setup) => emulator.fail(fault)])),
  }

  it('at any moment ends all requests, streams, timers and callbacks', async () => {
    const story = fc.record({
      id: fc.constantFrom(...providerIds),
      live: fc.boolean(),
      strict: fc.boolean(),
      steps: fc.array(
        fc.record({
          what: fc.constantFrom(...Object.keys(happenings)),
          ms: fc.integer({ min: 0, max: 9_000 }),
        }),
        { maxLength: 10 },
      ),
      lastMs: fc.integer({ min: 0, max: 6_000 }),
    })
    await fc.assert(
      fc.asyncProperty(story, async ({ id, live, strict, steps, lastMs }) => {
        const setup = createSetup(id)
        const told: string[] = []
        const element = setup.element({
          provider: setup.proxied({ live }),
          defaultPhoneNumber: '+55 11 98765-4321',
          onLinked: () => void told.push('linked'),
          onError: () => void told.push('failed'),
          onEvent: ({ type }) => void told.push(type),
        })
        const { unmount } = render(strict ? <StrictMode>{element}</StrictMode> : element)
        for (const { what, ms } of steps) {
          await advance(ms)
          await doing(() => happenings[what]?.(setup))
        }
        await advance(lastMs)
        unmount()
        // The server may still be sending a response until it notices the unmount.
        await settle()
        const before = {
          mockServer: setup.mockServer.requests.length,
          page: setup.server.requests.length,
          told: [...told],
        }
        focusManager.setFocused(true)
        onlineManager.setOnline(true)
        setup.emulator.recover()
        await advance(5_000)
        expect(setup.server.openStreams).toBe(0)
        expect(setup.server.watchers).toBe(0)
        // The page drops the cached session after a minute. The server drops the state when its codes have expired.
        await advance(300_000)
        expect(vi.getTimerCount()).toBe(0)
        expect(setup.server.requests.length).toBe(before.page)
        // A change that has reached the server may finish there.
        expect(setup.mockServer.requests.length - before.mockServer).toBeLessThanOrEqual(1)
        expect(told).toEqual(before.told)
        expect(setup.queryClient.getQueryCache().getAll()).toHaveLength(0)
      }),
      { ...randomRuns(15, 200), endOnFailure: true },
    )
  }, 120_000)

  it.each<readonly [string, Partial<WhatsAppPairingProps>, () => Promise<void>]>([
    ['read', {}, async () => {}],
    ['request for a pairing code', { defaultMethod: 'phone-code' }, () => askForCode()],
    ['reset', {}, () => press('Start over')],
  ])('aborts a pending %s, and no request follows', async (kind, props, begin) => {
    const signals: (AbortSignal | undefined)[] = []
    const pending = ({ signal }: { readonly signal?: AbortSignal | undefined } = {}) => {
      signals.push(signal)
      return hang()
    }
    const { provider } = changingProvider(kind === 'reset' ? { status: 'stale' } : qr('a'))
    const hanging: PairingProvider = {
      ...provider,
      ...(kind === 'read' && { getQrCode: pending }),
      requestPairingCode: (_, options) => pending(options),
      reset: pending,
    }
    const { unmount } = showPairing(hanging, props)
    await settle()
    await begin()
    const { length } = provider.calls
    unmount()
    await settle()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    await advance(180_000)
    expect(signals).toHaveLength(1)
    expect(provider.calls).toHaveLength(length)
  })
})
