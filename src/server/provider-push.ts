import { type PairingError, toPairingError } from '../core/errors.js'
import type { PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/wire.js'
import type { Report } from './report.js'

/** A provider's own push, for as long as somebody watches. */
export interface ProviderPush {
  /** Begins, goes on, or begins anew where something else is to be told of; `undefined` ends it. */
  follow(method: PairingMethod | undefined): void
}

/** What {@link createProviderPush} needs. */
export interface ProviderPushOptions {
  readonly provider: () => PairingProvider
  readonly report: Report
  readonly onSnapshot: (snapshot: PairingSnapshot) => void
  readonly onError: (error: PairingError) => void
  /** Nothing comes any more for the moment. */
  readonly onGap: () => void
}

/** Follows a provider's `subscribe`, where it has one. After its end nothing is passed on, whatever the provider does. */
export function createProviderPush({ provider, report, ...on }: ProviderPushOptions): ProviderPush {
  let followed: PairingMethod | undefined
  let stop: (() => void) | undefined

  function begin(method: PairingMethod): () => void {
    const controller = new AbortController()
    const { signal } = controller
    const guarded = (run: () => void): void => {
      if (signal.aborted) return
      try {
        run()
      } catch (error) {
        // A provider of the host's may push anything.
        report(error, 'subscribe')
        on.onError(toPairingError(error))
      }
    }
    let end: (() => void) | undefined
    guarded(() => {
      end = provider().subscribe?.((snapshot) => guarded(() => on.onSnapshot(decodeSnapshot(snapshot))), {
        method,
        signal,
        onError: (error) =>
          guarded(() => {
            report(error, 'subscribe')
            on.onError(toPairingError(error))
          }),
        onGap: () => guarded(on.onGap),
      })
    })
    return () => {
      controller.abort()
      try {
        end?.()
      } catch (error) {
        // Nothing is passed on any more, so the page need not know.
        report(error, 'subscribe')
      }
    }
  }

  return {
    follow(method) {
      if (method === followed) return
      followed = method
      stop?.()
      stop = method && begin(method)
    },
  }
}
