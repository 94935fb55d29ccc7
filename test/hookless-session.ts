import { QueryClient, QueryObserver } from '@tanstack/react-query'
import type { PairingProxy } from '../src/core/connection.js'
import type { PairingSession } from '../src/core/pairing-session.js'
import type { PairingMethod } from '../src/core/provider.js'
import type { SessionEvent } from '../src/core/session-event.js'
import { firstState, pairingSessionQueryOptions } from '../src/react/session/query-options.js'
import { sessionStoreOf } from '../src/react/session/session-store.js'

export type UserAction = SessionEvent extends infer Event
  ? Event extends SessionEvent
    ? Omit<Event, 'at'>
    : never
  : never

/** A mounted session as in the hook, without React. */
export interface HooklessSession {
  readonly session: PairingSession | undefined
  /** Performs an action of the user. */
  does(action: UserAction): void
  close(): void
}

export function openHooklessSession(
  provider: PairingProxy,
  queryClient: QueryClient = new QueryClient(),
  defaultMethod: PairingMethod = 'qr',
): HooklessSession {
  const input = { provider, queryClient, defaultMethod }
  const observer = new QueryObserver(queryClient, pairingSessionQueryOptions(input))
  const store = sessionStoreOf(queryClient, provider)
  queryClient.mount()
  const ends = [
    observer.subscribe(() => {}),
    store.mount(
      () => ({ provider }),
      () => firstState(input),
    ),
    () => queryClient.unmount(),
  ]
  return {
    get session() {
      return observer.getCurrentResult().data
    },
    does(action) {
      const cancelRefetch = action.type !== 'method-chosen'
      store.fold(
        { ...action, at: Date.now() },
        () => void queryClient.invalidateQueries({ queryKey: store.queryKey }, { cancelRefetch }),
      )
    },
    close() {
      for (const end of ends) end()
    },
  }
}
