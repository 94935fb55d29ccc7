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
  /** Something has changed. */
  notify(): void
  /** Something failed that changes nothing. */
  fail(error: unknown): void
  /** Nothing more will come. */
  close(): void
}

/** An unchanged state is reported again after this time, so that no page has to poll. */
const REPEAT_MS = 25_000

/** A word may take its time on the way. */
const GRACE_MS = 2_000

/**
 * @param look Returns what to report, if anything; throws a `PairingError` where something stands in the way.
 * @param onEmpty Called when the last subscriber has left.
 */
export function createWatchers(
  look: (method: PairingMethod) => PairingSnapshot | undefined,
  onEmpty: () => void,
): Watchers {
  const watchers = new Map<object, { readonly options: SubscribeOptions; tell(): void }>()
  let timer: ReturnType<typeof setInterval> | undefined

  const notify = (): void => {
    for (const { tell } of watchers.values()) tell()
  }

  return {
    get size() {
      return watchers.size
    },
    add(listener, options) {
      const { method = 'qr', signal, onError } = options
      const key = {}
      const later = (deliver: () => void): void => {
        // Not from within an event of the socket: a listener that throws must not disturb the link.
        queueMicrotask(() => watchers.has(key) && deliver())
      }
      const tell = (): void => {
        try {
          const snapshot = look(method)
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
      watchers.set(key, { options, tell })
      tell()
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
 * The snapshot, with the time within which another one comes. Where none does, a code is not to be trusted any longer: a
 * phone may have scanned it.
 */
function due(snapshot: PairingSnapshot): PairingSnapshot {
  // No more events come by themselves: a page that wants a code has to poll now.
  if (snapshot.status === 'stopped') return { ...snapshot, nextInMs: 0 }
  if (snapshot.status !== 'qr') return { ...snapshot, nextInMs: REPEAT_MS + GRACE_MS }
  const { expiresInMs = REPEAT_MS } = snapshot
  const confirmInMs = Math.min(expiresInMs, REPEAT_MS) + GRACE_MS
  return { ...snapshot, nextInMs: confirmInMs, confirmInMs }
}
