import { type PairingError, toPairingError } from '../core/errors.js'
import type { PairingMemory, PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { PollerHost } from './poller-host.js'

/** A provider's own push, for as long as a page watches. */
export interface ProviderSubscription {
  /** Starts or continues the subscription, or restarts it for another method. `undefined` ends it. */
  follow(method: PairingMethod | undefined): void
}

/** Options of {@link createProviderSubscription}. */
export interface ProviderSubscriptionOptions {
  readonly provider: () => PairingProvider
  readonly host: () => PollerHost
  /** Of the session. */
  readonly memory: PairingMemory
  readonly onSnapshot: (snapshot: PairingSnapshot) => void
  readonly onError: (error: PairingError) => void
  /** Called when the push is interrupted. */
  readonly onGap: () => void
}

/** Uses a provider's `subscribe`, if it has one. After the end nothing is forwarded, even if the provider still pushes. */
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
        // Nothing is forwarded any more, so the page does not need this error.
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
