import type { QueryClient } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import type { PairingUserStep } from '../../core/pairing-event.js'
import type { PairingProvider } from '../../core/provider.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { SessionState } from '../../core/session-state.js'
import type { PairingCallbacks } from './pairing-callbacks.js'

/** What identifies a session in the query cache. Holds no secret. */
export type PairingQueryKey = readonly ['whatsapp-pairing', 'session' | 'status', string, string]

/** The part of a provider that names it. */
export type PairingTarget = Pick<PairingProvider, 'id' | 'sessionId'>

/** What a mounted component gives to the store; each is read at the moment it is needed. */
export interface MountedComponent extends PairingCallbacks {
  readonly provider: PairingSource
}

/** One cached session: its only writer, and the owner of its timer, its stream and the callbacks of all its components. */
export interface SessionStore {
  readonly queryKey: PairingQueryKey
  /** The cached state; `undefined` before {@link SessionStore.begin}. */
  read(): SessionState | undefined
  /** Caches a first state, where there is none. */
  begin(first: () => SessionState): SessionState
  /**
   * Folds an event into the cached state, at once or when the rules for it have loaded.
   *
   * @param onChange Called where it changed the state.
   */
  fold(event: SessionEvent, onChange?: () => void): void
  /** Sends the request that is due, if any, and folds what came of it. Never rejects but with an abort. */
  send(fallback: PairingSource, signal: AbortSignal): Promise<void>
  /** Calls `onEvent` with the steps so far, which a new one has not got yet, and with what the user did. */
  report(did?: PairingUserStep): void
  /** A component shows the session, which begins with `first`, until the returned function is called. */
  mount(component: () => MountedComponent, first: () => SessionState, isReopened?: boolean): () => void
}

const stores = new WeakMap<QueryClient, Map<string, SessionStore>>()

/** The stores of this client's sessions, by {@link storeKey}: a page without a pairing screen has none, and not the code for one. */
export function storesOf(client: QueryClient): Map<string, SessionStore> {
  const known = stores.get(client) ?? new Map<string, SessionStore>()
  stores.set(client, known)
  return known
}

export const storeKey = (id: string, sessionId: string): string => JSON.stringify([id, sessionId])
