import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  SubscribeOptions,
} from '../../src/core/provider.js'
import { createSetup, stepsIn, type Tab, updateOf } from '../server/setup.js'
import { spyProvider } from '../server/spy-provider.js'
import { advance, emulateTime, settle } from '../time.js'

const MINUTE_MS = 60_000
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

emulateTime()

interface Subscription extends SubscribeOptions {
  readonly push: (snapshot: PairingSnapshot) => void
  isEnded: boolean
}

/** A provider that pushes what the test specifies. */
function pushing(methods: Partial<PairingProvider> = {}) {
  const subscriptions: Subscription[] = []
  const setup = createSetup({
    subscribe(push, options) {
      const subscription: Subscription = { ...options, push, isEnded: false }
      subscriptions.push(subscription)
      return () => {
        subscription.isEnded = true
      }
    },
    ...methods,
  })
  return {
    setup,
    subscriptions,
    methods: (): (PairingMethod | undefined)[] => subscriptions.map(({ method }) => method),
    latest(): Subscription {
      const latest = subscriptions.at(-1)
      if (!latest) throw new Error('The handler did not subscribe')
      return latest
    },
  }
}

const linking: PairingSnapshot = { status: 'linking' }

describe('a provider that pushes', () => {
  it('gets one subscription while pages watch', async () => {
    const { setup, subscriptions, latest } = pushing()
    await setup.get()
    await setup.post({ action: 'reset' })
    expect(subscriptions).toEqual([])
    const tabs = [await setup.watch(), await setup.watch()]
    expect(subscriptions).toHaveLength(1)
    tabs[0]?.leave()
    await settle()
    expect(latest().isEnded).toBe(false)
    tabs[1]?.leave()
    await settle()
    expect(latest().isEnded).toBe(true)
    expect(latest().signal?.aborted).toBe(true)
    expect(subscriptions).toHaveLength(1)
  })

  it('updates all pages immediately', async () => {
    const { setup, latest } = pushing()
    const tabs = [await setup.watch(), await setup.watch('&method=phone-code')]
    latest().push(linking)
    await settle()
    expect(tabs.map((tab) => stepsIn(tab).at(-1))).toEqual(['linking', 'linking'])
  })

  it('may push before subscribe() returns', async () => {
    const { setup, subscriptions } = pushing({
      subscribe: (push) => {
        push(linking)
        return () => {}
      },
    })
    expect(stepsIn(await setup.watch())).toEqual(['linking'])
    expect(subscriptions).toEqual([])
  })

  it('is not polled before a promised push, but immediately after onGap', async () => {
    const { setup, latest } = pushing()
    await setup.watch()
    latest().push({ status: 'unlinked', nextInMs: MINUTE_MS })
    setup.calls.length = 0
    await advance(10_000)
    expect(setup.calls).toEqual([])
    latest().onGap?.()
    await settle()
    expect(setup.calls).toHaveLength(1)
  })

  it('shows the error that it pushes', async () => {
    const { setup, latest } = pushing()
    const tab = await setup.watch()
    latest().onError?.(new PairingError('subscription-expired', SECRET))
    await advance(MINUTE_MS)
    expect(stepsIn(tab)).toEqual(['qr', 'error subscription-expired'])
    expect(tab.text).not.toContain(SECRET)
    expect(setup.calls).toEqual(['getQrCode'])
  })
})

describe('a pushed snapshot', () => {
  it('contains QR codes as soon as one page shows the QR method', async () => {
    const { setup, methods, subscriptions } = pushing()
    await setup.watch('&method=phone-code')
    await setup.watch('&method=phone-code')
    expect(methods()).toEqual(['phone-code'])
    const tab = await setup.watch()
    await setup.watch('&method=phone-code')
    expect(methods()).toEqual(['phone-code', 'qr'])
    tab.leave()
    await settle()
    expect(methods()).toEqual(['phone-code', 'qr', 'phone-code'])
    expect(subscriptions.map(({ isEnded }) => isEnded)).toEqual([true, true, false])
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'linked'],
    ['an unknown status', { status: SECRET }],
    [
      'a code that is a URL',
      { status: 'qr', qrCode: { kind: 'image', src: `https://api.example/${SECRET}` } },
    ],
    ['a code without a value', { status: 'qr' }],
  ])('is reported as invalid-answer if it is %s', async (_, snapshot) => {
    const { setup, latest } = pushing()
    const tab = await setup.watch()
    latest().push(snapshot as never)
    await settle()
    expect(stepsIn(tab)).toEqual(['qr', 'error invalid-answer'])
    expect(tab.text).not.toContain(SECRET)
    await advance(10_000)
    expect(stepsIn(tab).at(-1)).toBe('qr')
  })

  it('has no effect after the last page has left', async () => {
    const { setup, latest } = pushing()
    const tab = await setup.watch()
    tab.leave()
    await settle()
    const { push, onError, onGap } = latest()
    push(linking)
    onError?.(new PairingError('unauthorized', ''))
    onGap?.()
    await advance(1_000)
    setup.calls.length = 0
    expect(stepsIn(await setup.watch())).toEqual(['qr'])
    expect(setup.calls).toEqual([])
  })

  it('has no effect if its subscription was replaced', async () => {
    const { setup, subscriptions } = pushing()
    await setup.watch('&method=phone-code')
    const tab = await setup.watch()
    subscriptions[0]?.push(linking)
    await settle()
    expect(stepsIn(tab)).not.toContain('linking')
  })
})

describe('the promise of a pushed update', () => {
  it('does not delay a read after the last page that watched has left', async () => {
    const { setup, latest } = pushing()
    const tab = await setup.watch()
    latest().push({ status: 'unlinked', nextInMs: 50_000 })
    await settle()
    tab.leave()
    await advance(4_000)
    const { length } = setup.calls
    await updateOf(setup.get('?want=state'))
    expect(setup.calls.length).toBe(length + 1)
  })
})

it('subscribe() gets the same memory of the session as requests', async () => {
  const memories: unknown[] = []
  const { setup } = pushing({
    subscribe: (_push, { memory }) => {
      memories.push(memory)
      return () => {}
    },
    getStatus: async ({ memory }) => {
      memories.push(memory)
      return { status: 'unlinked' }
    },
  })
  await setup.watch()
  await advance(10_000)
  expect(memories.length).toBeGreaterThan(1)
  for (const memory of memories) expect(memory).toBe(memories[0])
  expect(memories[0]).toEqual({})
})

describe('a faulty subscribe()', () => {
  const throws = (): never => {
    throw new Error(SECRET)
  }

  it.each<readonly [string, NonNullable<PairingProvider['subscribe']>]>([
    ['throws', throws],
    ['throws at unsubscription', () => throws],
    ['returns nothing', () => undefined as never],
    ['returns a promise', () => Promise.resolve(() => {}) as never],
  ])('does not prevent polled updates, and leaves no timer, if it %s', async (_, subscribe) => {
    const { setup } = pushing({ subscribe })
    const tabs = [await setup.watch(), await setup.watch('&method=phone-code')]
    await advance(10_000)
    expect(stepsIn(tabs[0] as Tab)).toEqual(expect.arrayContaining(['qr']))
    for (const tab of tabs) {
      tab.leave()
      await settle()
    }
    expect(setup.watchers).toBe(0)
    await advance(2 * MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(tabs.map(({ text }) => text).join()).not.toContain(SECRET)
  })

  it('does not reduce the number of pages that may watch', async () => {
    const setup = createSetup({}, { maxWatchers: 1, provider: { ...spyProvider(), subscribe: throws } })
    for (let page = 0; page < 3; page += 1) {
      const tab = await setup.watch()
      tab.leave()
      await settle()
    }
    expect(setup.watchers).toBe(0)
  })
})
