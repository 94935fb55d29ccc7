import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  SubscribeOptions,
} from '../../src/core/provider.js'
import { spyProvider, timing } from '../server/spy-provider.js'
import { createWorld, type Tab } from '../server/world.js'

const MINUTE_MS = 60_000
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)

const namesIn = ({ events }: Tab): string[] =>
  events.map(({ name, data }) =>
    name === 'snapshot' ? `${data.status}` : `${name} ${data.code ?? ''}`.trim(),
  )

interface Subscription extends SubscribeOptions {
  readonly push: (snapshot: PairingSnapshot) => void
  isEnded: boolean
}

/** A provider that pushes what the test says. */
function pushing(methods: Partial<PairingProvider> = {}) {
  const subscriptions: Subscription[] = []
  const world = createWorld({
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
    world,
    subscriptions,
    methods: (): (PairingMethod | undefined)[] => subscriptions.map(({ method }) => method),
    latest(): Subscription {
      const latest = subscriptions.at(-1)
      if (!latest) throw new Error('Nobody has subscribed')
      return latest
    },
  }
}

const linking: PairingSnapshot = { status: 'linking' }

describe('a provider that pushes', () => {
  it('does so while somebody watches, once for all of them', async () => {
    const { world, subscriptions, latest } = pushing()
    await world.get()
    await world.post({ action: 'reset' })
    expect(subscriptions).toEqual([])
    const tabs = [await world.watch(), await world.watch()]
    expect(subscriptions).toHaveLength(1)
    tabs[0]?.leave()
    await pass(0)
    expect(latest().isEnded).toBe(false)
    tabs[1]?.leave()
    await pass(0)
    expect(latest().isEnded).toBe(true)
    expect(latest().signal?.aborted).toBe(true)
    expect(subscriptions).toHaveLength(1)
  })

  it('reaches all pages at once', async () => {
    const { world, latest } = pushing()
    const tabs = [await world.watch(), await world.watch('&method=phone-code')]
    latest().push(linking)
    await pass(0)
    expect(tabs.map((tab) => namesIn(tab).at(-1))).toEqual(['linking', 'linking'])
  })

  it('may do so before it has said how to end it', async () => {
    const { world, subscriptions } = pushing({
      subscribe: (push) => {
        push(linking)
        return () => {}
      },
    })
    expect(namesIn(await world.watch())).toEqual(['linking'])
    expect(subscriptions).toEqual([])
  })

  it('is not asked before what it has promised is overdue', async () => {
    const { world, latest } = pushing()
    await world.watch()
    latest().push({ status: 'unlinked', nextInMs: 20_000 })
    world.calls.length = 0
    await pass(20_999)
    expect(world.calls).toEqual([])
    await pass(1)
    expect(world.calls).toHaveLength(1)
  })

  it('is asked as ever where it promises nothing', async () => {
    const { world, latest } = pushing()
    await world.watch()
    world.calls.length = 0
    latest().push({ status: 'unlinked' })
    await pass(timing.statusIntervalMs)
    expect(world.calls).toContain('getStatus')
  })

  it.each([1e300, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'is asked after a minute, though it promises %s ms',
    async (nextInMs) => {
      const { world, latest } = pushing()
      await world.watch()
      latest().push({ status: 'unlinked', nextInMs })
      world.calls.length = 0
      await pass(MINUTE_MS)
      expect(world.calls).toEqual([])
      await pass(1_000)
      expect(world.calls).toHaveLength(1)
    },
  )

  it('is asked at once when nothing comes from it any more', async () => {
    const { world, latest } = pushing()
    await world.watch()
    latest().push({ status: 'unlinked', nextInMs: MINUTE_MS })
    await pass(10_000)
    world.calls.length = 0
    latest().onGap?.()
    await pass(0)
    expect(world.calls).toHaveLength(1)
  })

  it('tells pages of what it refuses', async () => {
    const { world, latest } = pushing()
    const tab = await world.watch()
    latest().onError?.(new PairingError('subscription-expired', SECRET))
    await pass(MINUTE_MS)
    expect(namesIn(tab)).toEqual(['qr', 'problem subscription-expired'])
    expect(tab.text).not.toContain(SECRET)
    expect(world.calls).toEqual(['getQrCode'])
  })
})

describe('what is pushed', () => {
  it('is what somebody looks at: codes as soon as one page shows them', async () => {
    const { world, methods, subscriptions } = pushing()
    await world.watch('&method=phone-code')
    await world.watch('&method=phone-code')
    expect(methods()).toEqual(['phone-code'])
    const tab = await world.watch()
    await world.watch('&method=phone-code')
    expect(methods()).toEqual(['phone-code', 'qr'])
    tab.leave()
    await pass(0)
    expect(methods()).toEqual(['phone-code', 'qr', 'phone-code'])
    expect(subscriptions.map(({ isEnded }) => isEnded)).toEqual([true, true, false])
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'linked'],
    ['a state that is none', { status: SECRET }],
    [
      'a code that is an address',
      { status: 'qr', qrCode: { kind: 'image', src: `https://api.example/${SECRET}` } },
    ],
    ['a code without a code', { status: 'qr' }],
  ])('reaches no page where it is %s', async (_, snapshot) => {
    const { world, latest } = pushing()
    const tab = await world.watch()
    latest().push(snapshot as never)
    await pass(0)
    expect(namesIn(tab)).toEqual(['qr', 'problem invalid-answer'])
    expect(tab.text).not.toContain(SECRET)
    await pass(10_000)
    expect(namesIn(tab)).toContain('same')
  })

  it('loses what is no part of a snapshot', async () => {
    const { world, latest } = pushing()
    const tab = await world.watch()
    latest().push({ status: 'linked', account: { name: 'Ana', token: SECRET }, raw: SECRET } as never)
    await pass(0)
    expect(tab.events.at(-1)?.data.account).toEqual({ name: 'Ana' })
    expect(tab.text).not.toContain(SECRET)
  })

  it('is nothing any more once the last page has left', async () => {
    const { world, latest } = pushing()
    const tab = await world.watch()
    tab.leave()
    await pass(0)
    const { push, onError, onGap } = latest()
    push(linking)
    onError?.(new PairingError('unauthorized', ''))
    onGap?.()
    await pass(1_000)
    world.calls.length = 0
    expect(namesIn(await world.watch())).toEqual(['qr'])
    expect(world.calls).toEqual([])
  })

  it('is nothing to a subscription that was replaced', async () => {
    const { world, subscriptions } = pushing()
    await world.watch('&method=phone-code')
    const tab = await world.watch()
    subscriptions[0]?.push(linking)
    await pass(0)
    expect(namesIn(tab)).toEqual(['unlinked', 'qr'])
  })
})

describe('a `subscribe` that keeps no promise', () => {
  const throws = (): never => {
    throw new Error(SECRET)
  }

  it.each<readonly [string, NonNullable<PairingProvider['subscribe']>]>([
    ['throws', throws],
    ['throws at the end', () => throws],
    ['gives no end', () => undefined as never],
    ['gives a promise of the end', () => Promise.resolve(() => {}) as never],
  ])('leaves pages with what is asked, and leaves nothing behind, where it %s', async (_, subscribe) => {
    const { world } = pushing({ subscribe })
    const tabs = [await world.watch(), await world.watch('&method=phone-code')]
    await pass(10_000)
    expect(namesIn(tabs[0] as Tab)).toEqual(expect.arrayContaining(['qr', 'unlinked']))
    for (const tab of tabs) {
      tab.leave()
      await pass(0)
    }
    expect(world.watchers).toBe(0)
    await pass(MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(tabs.map(({ text }) => text).join()).not.toContain(SECRET)
  })

  it('takes no place from those who come next', async () => {
    const world = createWorld({}, { maxWatchers: 1, provider: { ...spyProvider(), subscribe: throws } })
    for (let page = 0; page < 3; page += 1) {
      const tab = await world.watch()
      tab.leave()
      await pass(0)
    }
    expect(world.watchers).toBe(0)
  })
})
