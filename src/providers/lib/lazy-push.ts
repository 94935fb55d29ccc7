import { printOnce } from '../../core/print-error.js'
import type { PairingProvider } from '../../core/provider.js'
import type { PushSocket } from './push-socket.js'

/** A push that is loaded with the first subscriber. */
export interface LazyPush {
  readonly subscribe: NonNullable<PairingProvider['subscribe']>
  /** As {@link PushSocket.wake}. */
  wake(): void
}

/**
 * @param load Resolves with `undefined`, or rejects, if a push is not possible. Then nothing is pushed, and polling continues.
 */
export function lazyPush(load: () => Promise<PushSocket | undefined>): LazyPush {
  let push: Promise<PushSocket | undefined> | undefined
  return {
    subscribe(listener, { signal, ...options }) {
      const end = new AbortController()
      const stop = (): void => end.abort()
      if (signal?.aborted) return stop
      signal?.addEventListener('abort', stop)
      end.signal.addEventListener('abort', () => signal?.removeEventListener('abort', stop))
      push ??= load().catch((error: unknown) => {
        printOnce('push', 'What a provider pushes could not be loaded, so the state is polled.', error)
        return undefined
      })
      push.then((loaded) => loaded?.subscribe(listener, options, end.signal))
      return stop
    },
    wake() {
      push?.then((loaded) => loaded?.wake())
    },
  }
}
