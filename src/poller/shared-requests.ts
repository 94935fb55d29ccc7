import { abortedError } from '../core/errors.js'
import type { PairingWant } from '../core/update.js'

/** Joins identical requests that run at the same time to one request to the provider. */
export interface SharedRequests {
  /**
   * Joins the running request, or sends one. Rejects only with `aborted`, if `signal` is aborted. The request is aborted as soon
   * as no caller waits for it.
   */
  join(want: PairingWant, signal: AbortSignal): Promise<void>
  /** After a change: running requests are not joined any more. */
  forget(): void
  /** Whether a request is running. */
  readonly isBusy: boolean
}

interface RunningRequest {
  readonly settled: Promise<void>
  readonly controller: AbortController
  readonly waiting: Map<AbortSignal, Promise<void>>
}

/** Shares requests among all readers. `send` never rejects; `onQuiet` is called when no request is running any more. */
export function createSharedRequests(
  send: (want: PairingWant, signal: AbortSignal) => Promise<void>,
  onQuiet: () => void,
): SharedRequests {
  const joinable = new Map<PairingWant, RunningRequest>()
  let underWay = 0

  function start(want: PairingWant): RunningRequest {
    const controller = new AbortController()
    const settled = send(want, controller.signal)
    const running: RunningRequest = { settled, controller, waiting: new Map() }
    underWay += 1
    settled.then(() => {
      underWay -= 1
      if (joinable.get(want) === running) joinable.delete(want)
      // Not when the last reader leaves, because an aborted request runs until the provider ends it too.
      if (underWay === 0) onQuiet()
    })
    joinable.set(want, running)
    return running
  }

  return {
    join(want, signal) {
      if (signal.aborted) return Promise.reject(abortedError())
      const running = joinable.get(want) ?? start(want)
      const { settled, controller, waiting } = running
      const waiter =
        waiting.get(signal) ??
        new Promise<void>((resolve, reject) => {
          const leave = (): void => {
            reject(abortedError())
            waiting.delete(signal)
            if (waiting.size > 0) return
            // The next reader must not join a request that was aborted.
            if (joinable.get(want) === running) joinable.delete(want)
            controller.abort()
          }
          signal.addEventListener('abort', leave, { once: true })
          settled.then(() => {
            signal.removeEventListener('abort', leave)
            resolve()
          })
        })
      waiting.set(signal, waiter)
      return waiter
    },
    forget: () => joinable.clear(),
    get isBusy() {
      return underWay > 0
    },
  }
}
