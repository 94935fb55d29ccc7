import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  SubscribeOptions,
} from '../../core/provider.js'
import { hostError } from './baileys-ending.js'

type Listener = Parameters<NonNullable<PairingProvider['subscribe']>>[0]

/** The subscribers of state changes. */
export interface Watchers {
  readonly size: number
  /** Reports the current state to the listener, and every later one. */
  add(listener: Listener, options: SubscribeOptions): () => void
  /** Reports a change. */
  notify(): void
  /** Reports an error that does not change the state. */
  fail(error: unknown): void
  /** Ends all subscriptions. */
  close(): void
}

/** An unchanged state is reported again after this time, so that no page has to poll. */
const REPEAT_MS = 25_000

/** Allows for delays of a report. */
const GRACE_MS = 2_000

/**
 * @param snapshotOf Returns what to report, if anything; throws a `PairingError` if the state is an error.
 * @param onEmpty Called when the last subscriber has left.
 */
export function createWatchers(
  snapshotOf: (method: PairingMethod) => PairingSnapshot | undefined,
  onEmpty: () => void,
): Watchers {
  const watchers = new Map<object, { readonly options: SubscribeOptions; report(): void }>()
  let timer: ReturnType<typeof setInterval> | undefined

  const notify = (): void => {
    for (const { report } of watchers.values()) report()
  }

  return {
    get size() {
      return watchers.size
    },
    add(listener, options) {
      const { method = 'qr', signal, onError } = options
      const key = {}
      const later = (deliver: () => void): void => {
        // Not called inside an event of the socket, because a listener that throws must not break the link.
        queueMicrotask(() => watchers.has(key) && deliver())
      }
      const report = (): void => {
        try {
          const snapshot = snapshotOf(method)
          if (snapshot) later(() => listener(due(snapshot)))
        } catch (error) {
          later(() => onError?.(hostError(error), REPEAT_MS + GRACE_MS))
        }
      }
      const remove = (): void => {
        signal?.removeEventListener('abort', remove)
        if (!watchers.delete(key) || watchers.size > 0) return
        clearInterval(timer)
        onEmpty()
      }
      if (signal?.aborted) return remove
      signal?.addEventListener('abort', remove)
      if (watchers.size === 0) {
        timer = setInterval(notify, REPEAT_MS)
        // A subscriber alone does not keep the process alive.
        timer.unref()
      }
      watchers.set(key, { options, report })
      report()
      return remove
    },
    notify,
    fail(error) {
      for (const { options } of watchers.values()) options.onError?.(hostError(error))
    },
    close() {
      clearInterval(timer)
      for (const { options } of watchers.values()) options.onGap?.()
      watchers.clear()
    },
  }
}

/**
 * Adds the time within which the next snapshot comes. If none comes, a code must not be trusted any longer, because a phone may
 * have scanned it.
 */
function due(snapshot: PairingSnapshot): PairingSnapshot {
  // No more events will come, so a page that wants a code has to poll.
  if (snapshot.status === 'stopped') return { ...snapshot, nextInMs: 0 }
  if (snapshot.status !== 'qr') return { ...snapshot, nextInMs: REPEAT_MS + GRACE_MS }
  const { expiresInMs = REPEAT_MS } = snapshot
  const confirmInMs = Math.min(expiresInMs, REPEAT_MS) + GRACE_MS
  return { ...snapshot, nextInMs: confirmInMs, confirmInMs }
}
