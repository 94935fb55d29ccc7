import type { PairingWant } from '../core/update.js'
import type { Watcher } from './poller.js'

/** The pages that watch a session, and the timer of the requests that they cause. */
export interface WatchLoop {
  /** The number of pages. */
  readonly size: number
  /** Whether one of them shows the QR code. */
  readonly showsQrCode: boolean
  /** Adds a page; the first one starts the loop. Returns a function that removes the page. */
  add(watcher: Watcher): () => void
  /** Notifies all pages of a newer update. */
  notify(): void
  /** Sets the timer for the next request. */
  plan(): void
  /** Removes all pages. */
  close(): void
}

/** Options of {@link createWatchLoop}. */
export interface WatchLoopOptions {
  /** The next request, and when it is due (epoch milliseconds). */
  readonly next: () => { readonly want: PairingWant; readonly at: number } | undefined
  /** Sends a request for watchers only. When it has ended, the next one is planned. */
  readonly send: (want: PairingWant, signal: AbortSignal) => void
  /** Called when the number of pages or their methods have changed. */
  readonly onChange: () => void
}

/** Creates the loop of one session. */
export function createWatchLoop({ next, send, onChange }: WatchLoopOptions): WatchLoop {
  const watchers = new Set<Watcher>()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Aborts the requests that only watchers wait for; `undefined` while no page watches. */
  let running: AbortController | undefined

  function plan(): void {
    clearTimeout(timer)
    const { signal } = running ?? {}
    const due = next()
    if (!signal || !due) return
    timer = setTimeout(() => send(due.want, signal), Math.max(due.at - Date.now(), 0))
  }

  function stop(): void {
    clearTimeout(timer)
    running?.abort()
    running = undefined
  }

  return {
    get size() {
      return watchers.size
    },
    get showsQrCode() {
      for (const { method } of watchers) if (method === 'qr') return true
      return false
    },
    add(watcher) {
      watchers.add(watcher)
      running ??= new AbortController()
      onChange()
      plan()
      return () => {
        if (!watchers.delete(watcher)) return
        if (watchers.size === 0) stop()
        onChange()
        plan()
      }
    },
    notify() {
      for (const watcher of [...watchers]) watcher.notify()
    },
    plan,
    close() {
      stop()
      watchers.clear()
    },
  }
}
