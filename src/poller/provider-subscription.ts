import { type PairingError, toPairingError } from '../core/errors.js'
import type { PairingMemory, PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { PollerHost } from './poller-host.js'

/** A provider's own push, for as long as a page watches. */
export interface ProviderSubscription {
  /** Begins, goes on, or begins anew where another method is watched; `undefined` ends it. */
  follow(method: PairingMethod | undefined): void
}

/** What {@link createProviderSubscription} needs. */
export interface ProviderSubscriptionOptions {
  readonly provider: () => PairingProvider
  readonly host: () => PollerHost
  /** Of the session. */
  readonly memory: PairingMemory
  readonly onSnapshot: (snapshot: PairingSnapshot) => void
  readonly onError: (error: PairingError) => void
  /** Nothing is pushed any more for the moment. */
  readonly onGap: () => void
}

/** Follows a provider's `subscribe`, where it has one. After its end nothing is passed on, whatever the provider does. */
export function createProviderSubscription({
  provider,
  host,
  memory,
  ...on
}: ProviderSubscriptionOptions): ProviderSubscription {
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
        // A developer's own provider may push anything.
        host().report(error, 'subscribe')
        on.onError(toPairingError(error))
      }
    }
    let end: (() => void) | undefined
    guarded(() => {
      end = provider().subscribe?.(
        (snapshot) => guarded(() => on.onSnapshot(decodeSnapshot(snapshot, provider().id))),
        {
          method,
          signal,
          memory,
          onError: (error) =>
            guarded(() => {
              host().report(error, 'subscribe')
              on.onError(toPairingError(error))
            }),
          onGap: () => guarded(on.onGap),
        },
      )
    })
    return () => {
      controller.abort()
      try {
        end?.()
      } catch (error) {
        // Nothing is passed on any more, so the page need not know.
        host().report(error, 'subscribe')
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
