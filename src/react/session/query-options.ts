import { focusManager, onlineManager, type QueryClient, type UseQueryOptions } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import type { PairingRefreshMode, PairingSession } from '../../core/pairing-session.js'
import { methodsOf, type PairingMethod } from '../../core/provider.js'
import { DEFAULT_MAX_REFRESHES, initialState } from '../../core/session.js'
import { isOnlyReadOnFocus, nextRequest } from '../../core/session-request.js'
import type { SessionState } from '../../core/session-state.js'
import { SessionCell } from './session-cell.js'
import { sessionStoreOf } from './session-store.js'
import type { PairingQueryKey, PairingTarget } from './session-stores.js'

/**
 * The cached session is dropped this long after the last component was unmounted: no QR code lives longer. In
 * milliseconds.
 */
const SESSION_GC_MS = 60_000

/** Writes to the cache must not make requests come faster than this. In milliseconds. */
const SHORTEST_INTERVAL_MS = 250

/** The cached session of a provider. */
export function pairingSessionQueryKey({ id, sessionId }: PairingTarget): PairingQueryKey {
  return ['whatsapp-pairing', 'session', id, sessionId]
}

/** Options of {@link pairingSessionQueryOptions}. */
export interface PairingSessionQueryInput {
  /** Where to link. */
  readonly provider: PairingSource
  /** The client the query will run in: the query folds updates into what is cached there. */
  readonly queryClient: QueryClient
  /** QR codes that may pass unscanned before the session expires. @default 3 */
  readonly maxRefreshes?: number | undefined
  /** `manual`: each QR code after the first is shown when the user requests it. @default 'auto' */
  readonly refreshMode?: PairingRefreshMode | undefined
  /** Whether to request a code at once. @default true */
  readonly autoStart?: boolean | undefined
  /** The method to begin with. @default 'qr' */
  readonly defaultMethod?: PairingMethod | undefined
  /** Whose phone it has to be: an international number that begins with `+`. @default any phone */
  readonly expectedPhoneNumber?: string | undefined
  /** `relink` clears what the provider kept of an earlier link without a press of the user. @default 'link' */
  readonly mode?: PairingMode | undefined
}

/** Whether a phone is linked for the first time, or again. */
export type PairingMode = 'link' | 'relink'

/**
 * One session as a query, for `useQuery`, `QueryObserver` or any other binding of TanStack Query. The cached data is
 * opaque; `select` makes a `PairingSession` of it. Without data, the session is {@link firstSession}. `refetchInterval` says
 * when to read: the moment is part of the state. Only `usePairingSession` also takes a code away while a request hangs:
 * elsewhere, hide it by its `expiresAt` at the latest.
 */
export function pairingSessionQueryOptions(
  input: PairingSessionQueryInput,
): UseQueryOptions<SessionCell, Error, PairingSession, PairingQueryKey> {
  const { provider, queryClient } = input
  const store = sessionStoreOf(queryClient, provider)
  return {
    queryKey: store.queryKey,
    // The app's own `invalidateQueries()`, a focus or a second component may call this at any time: only what is due is sent.
    queryFn: async ({ signal }) => {
      // StrictMode mounts, unmounts and mounts again in one go: the first of the two must not send a request.
      await Promise.resolve()
      signal.throwIfAborted()
      const begun = store.begin(() => firstState(input))
      await store.send(provider, signal)
      return queryClient.getQueryData<SessionCell>(store.queryKey) ?? new SessionCell(begun)
    },
    refetchInterval: ({ state: { data, fetchStatus } }) => {
      // The next request is known when the response has arrived.
      if (fetchStatus !== 'idle') return false
      // A page that is hidden or offline sends nothing.
      if (!focusManager.isFocused() || !onlineManager.isOnline()) return false
      const state = SessionCell.stateIn(data)
      const request = state && !isOnlyReadOnFocus(state.facts) && nextRequest(state.facts)
      return request ? Math.max(request.at - Date.now(), SHORTEST_INTERVAL_MS) : false
    },
    select: (cell) => SessionCell.stateIn(cell)?.session ?? firstSession(input),
    // Written out and not left to the app's defaults: the behaviour of a code on screen depends on each of them.
    staleTime: 0,
    // On a server nothing is kept anyway, and a timer would keep the process alive.
    gcTime: typeof document === 'undefined' ? Number.POSITIVE_INFINITY : SESSION_GC_MS,
    enabled: true,
    notifyOnChangeProps: ['data'],
    retry: false,
    networkMode: 'online',
    refetchIntervalInBackground: false,
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
    // An update may be pushed between the end of the function above and the moment its result is stored.
    structuralSharing: SessionCell.newest,
  }
}

/** The session before the first update, without clock and random numbers: a server renders the same. */
export function firstSession({
  provider,
  defaultMethod,
  autoStart = true,
}: PairingSessionQueryInput): PairingSession {
  const offer = firstMethods(provider, defaultMethod)
  if (!autoStart) return { ...offer, status: 'idle' }
  return offer.method === 'qr'
    ? { ...offer, status: 'preparing', since: 0 }
    : { ...offer, status: 'awaiting-number' }
}

function firstMethods(provider: PairingSource, wanted: PairingMethod = 'qr') {
  const methods = 'connection' in provider ? [] : methodsOf(provider)
  const method = methods.length === 0 || methods.includes(wanted) ? wanted : (methods[0] ?? wanted)
  return { method, methods }
}

/** The state that a session begins with. */
export function firstState({
  provider,
  defaultMethod,
  maxRefreshes,
  autoStart = true,
  expectedPhoneNumber,
  mode,
  refreshMode = 'auto',
}: PairingSessionQueryInput): SessionState {
  const { method, methods } = firstMethods(provider, defaultMethod)
  return initialState(
    {
      offer: { provider: provider.id, methods, abilities: [], timing: undefined },
      method,
      // With zero, or no number, the screen would have no code, or no end.
      maxRefreshes: maxRefreshes && maxRefreshes >= 1 ? Math.floor(maxRefreshes) : DEFAULT_MAX_REFRESHES,
      refreshMode,
      autoStart,
      attemptSeed: Math.random().toString(36).slice(2, 12),
      expectedPhoneNumber: expectedPhoneNumber || undefined,
      clearsLeftovers: mode === 'relink',
    },
    Date.now(),
  )
}
