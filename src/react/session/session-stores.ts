import type { QueryClient } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import type { PairingUserStep } from '../../core/pairing-event.js'
import type { PairingProvider } from '../../core/provider.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { SessionState } from '../../core/session-state.js'
import type { PairingCallbacks } from './pairing-callbacks.js'

/** The key of a session in the query cache. It contains no secret. */
export type PairingQueryKey = readonly ['whatsapp-pairing', 'session' | 'status', string, string]

/** The fields of a provider that identify its session. */
export type PairingTarget = Pick<PairingProvider, 'id' | 'sessionId'>

/** The values that a mounted component provides to the store. The store reads them when it needs them. */
export interface MountedComponent extends PairingCallbacks {
  readonly provider: PairingSource
}

/** One cached session. Only the store writes it, and it owns the timer, the stream and the callbacks of all components. */
export interface SessionStore {
  readonly queryKey: PairingQueryKey
  /** The cached state; `undefined` before {@link SessionStore.begin}. */
  read(): SessionState | undefined
  /** Caches a first state, where there is none. */
  begin(first: () => SessionState): SessionState
  /**
   * Applies an event to the cached state, immediately or when its rules have loaded.
   *
   * @param onChange Called if the state has changed.
   */
  fold(event: SessionEvent, onChange?: () => void): void
  /** Sends the request that is due, if any, and applies the response. Rejects only after an abort. */
  send(fallback: PairingSource, signal: AbortSignal): Promise<void>
  /** Calls `onEvent` with the steps so far, for a new callback, and with the user's action. */
  report(did?: PairingUserStep): void
  /** A component shows the session, which begins with `first`, until the returned function is called. */
  mount(component: () => MountedComponent, first: () => SessionState, isReopened?: boolean): () => void
}

const stores = new WeakMap<QueryClient, Map<string, SessionStore>>()

/**
 * The stores of this client's sessions, by {@link storeKey}. This module is separate, because a page without a pairing screen
 * does not load the code of the store.
 */
export function storesOf(client: QueryClient): Map<string, SessionStore> {
  const ofClient = stores.get(client) ?? new Map<string, SessionStore>()
  stores.set(client, ofClient)
  return ofClient
}

export const storeKey = (id: string, sessionId: string): string => JSON.stringify([id, sessionId])
