import { focusManager, onlineManager, type QueryClient, type UseQueryOptions } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import { textOf } from '../../core/json.js'
import type { PairingRefreshMode, PairingSession } from '../../core/pairing-session.js'
import { methodsOf, type PairingMethod } from '../../core/provider.js'
import { DEFAULT_MAX_REFRESHES, initialState } from '../../core/session.js'
import { isOnlyReadOnFocus, nextRequest } from '../../core/session-request.js'
import type { SessionState } from '../../core/session-state.js'
import { SessionCell } from './session-cell.js'
import { sessionStoreOf } from './session-store.js'
import type { PairingQueryKey, PairingTarget } from './session-stores.js'

/** The cached session is removed this long after the last component was unmounted. No QR code lives longer. In milliseconds. */
const SESSION_GC_MS = 60_000

/** The shortest time between two requests, even if the cache is written more often. In milliseconds. */
const SHORTEST_INTERVAL_MS = 250

/** The cached session of a provider. */
export function pairingSessionQueryKey({ id, sessionId }: PairingTarget): PairingQueryKey {
  return ['whatsapp-pairing', 'session', id, sessionId]
}

/** Options of {@link pairingSessionQueryOptions}. */
export interface PairingSessionQueryInput {
  /** The provider to link with. */
  readonly provider: PairingSource
  /** The client that runs the query: updates are applied to the state in its cache. */
  readonly queryClient: QueryClient
  /** How many QR codes may expire unscanned before the session expires. @default 3 */
  readonly maxRefreshes?: number | undefined
  /** `manual`: each QR code after the first is shown when the user requests it. @default 'auto' */
  readonly refreshMode?: PairingRefreshMode | undefined
  /** Whether to request a code immediately. @default true */
  readonly autoStart?: boolean | undefined
  /** The method to begin with. @default 'qr' */
  readonly defaultMethod?: PairingMethod | undefined
  /** The number of the phone that has to be linked. It begins with `+`. @default any phone */
  readonly expectedPhoneNumber?: string | undefined
  /** `relink` clears leftovers of an earlier link at the provider automatically. @default 'link' */
  readonly mode?: PairingMode | undefined
}

/** Whether a phone is linked for the first time, or again. */
export type PairingMode = 'link' | 'relink'

/**
 * One session as a query, for `useQuery`, `QueryObserver` or any other binding of TanStack Query. The cached data is opaque;
 * `select` derives a `PairingSession` from it. Without data, the session is {@link firstSession}. `refetchInterval` is the time
 * of the next read, which is part of the state. Only a mounted `usePairingSession` also removes an expired code while a request
 * hangs. Without it, hide the code at its `expiresAt` yourself.
 */
export function pairingSessionQueryOptions(
  input: PairingSessionQueryInput,
): UseQueryOptions<SessionCell, Error, PairingSession, PairingQueryKey> {
  const { provider, queryClient } = input
  const store = sessionStoreOf(queryClient, provider)
  return {
    queryKey: store.queryKey,
    // The app's `invalidateQueries()`, a focus event or a second component may call this at any time. It sends only requests that
    // are due.
    queryFn: async ({ signal }) => {
      // StrictMode mounts, unmounts and mounts again synchronously. The first mount must not send a request.
      await Promise.resolve()
      signal.throwIfAborted()
      const begun = store.begin(() => firstState(input))
      await store.send(provider, signal)
      return queryClient.getQueryData<SessionCell>(store.queryKey) ?? new SessionCell(begun)
    },
    refetchInterval: ({ state: { data, fetchStatus } }) => {
      // The next request is known only after the response has arrived.
      if (fetchStatus !== 'idle') return false
      // A page that is hidden or offline sends nothing.
      if (!focusManager.isFocused() || !onlineManager.isOnline()) return false
      const state = SessionCell.stateIn(data)
      const request = state && !isOnlyReadOnFocus(state.facts) && nextRequest(state.facts)
      return request ? Math.max(request.at - Date.now(), SHORTEST_INTERVAL_MS) : false
    },
    select: (cell) => SessionCell.stateIn(cell)?.session ?? firstSession(input),
    // Set here and not by the app's defaults, because the behaviour of a code on screen depends on each option.
    staleTime: 0,
    // On a server nothing is cached, and a timer would keep the process alive.
    gcTime: typeof document === 'undefined' ? Number.POSITIVE_INFINITY : SESSION_GC_MS,
    enabled: true,
    notifyOnChangeProps: ['data'],
    retry: false,
    networkMode: 'online',
    refetchIntervalInBackground: false,
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
    // Not the app's: a stored cell is empty, and would replace the session.
    persister: (read, context) => read(context),
    // An update may be pushed between the end of the function above and the moment its result is stored.
    structuralSharing: SessionCell.newest,
  }
}

/** The session before the first update. It uses no clock and no random numbers, so a server renders the same. */
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
      // With zero the screen would show no code, and with `NaN` it would never expire.
      maxRefreshes: maxRefreshes && maxRefreshes >= 1 ? Math.floor(maxRefreshes) : DEFAULT_MAX_REFRESHES,
      refreshMode,
      autoStart,
      attemptSeed: Math.random().toString(36).slice(2, 12),
      expectedPhoneNumber: textOf(expectedPhoneNumber) || undefined,
      clearsLeftovers: mode === 'relink',
    },
    Date.now(),
  )
}
