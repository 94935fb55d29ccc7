import { vi } from 'vitest'

/** The browser resources that a page uses. */
export interface Held {
  /** Listeners of `window` and `document`. */
  readonly listeners: number
  /** Open channels to other tabs. */
  readonly channels: number
  /** Pending timers. */
  readonly timers: number
}

/** Sends nothing, because the tests only count open channels. */
class SilentChannel {
  static readonly open = new Set<SilentChannel>()
  onmessage: unknown = null

  constructor() {
    SilentChannel.open.add(this)
  }

  postMessage(): void {}

  close(): void {
    SilentChannel.open.delete(this)
  }
}

/** React adds this listener once per document and never removes it. */
const REACTS_OWN = 'selectionchange'

/** Counts from now on, in emulated time. `vi.restoreAllMocks` and `vi.unstubAllGlobals` end it. */
export function watchHeld(): () => Held {
  SilentChannel.open.clear()
  vi.stubGlobal('BroadcastChannel', SilentChannel)
  const listeners = [window, document].map((target: EventTarget) => {
    const added = new Map<string, Set<unknown>>()
    const of = (type: string): Set<unknown> => {
      const known = added.get(type) ?? new Set()
      added.set(type, known)
      return known
    }
    const { addEventListener, removeEventListener } = target
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
      if (type !== REACTS_OWN) of(type).add(listener)
      addEventListener.call(target, type, listener, options)
    })
    vi.spyOn(target, 'removeEventListener').mockImplementation((type, listener, options) => {
      of(type).delete(listener)
      removeEventListener.call(target, type, listener, options)
    })
    return added
  })
  return () => ({
    listeners: listeners.flatMap((added) => [...added.values()]).reduce((sum, known) => sum + known.size, 0),
    channels: SilentChannel.open.size,
    timers: vi.getTimerCount(),
  })
}

export const nothingHeld: Held = { listeners: 0, channels: 0, timers: 0 }
