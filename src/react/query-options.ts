import {
  type DefinedInitialDataOptions,
  focusManager,
  onlineManager,
  type QueryClient,
  type UseQueryOptions,
} from '@tanstack/react-query'
import { isOnlyOnLook, nextRequest } from '../core/next-request.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { methodsOf } from '../core/provider.js'
import { DEFAULT_MAX_REFRESHES, initialState, transition } from '../core/session.js'
import type { PairingRefreshMode, PairingSession, SessionState } from '../core/session-state.js'
import { sendRequest } from './send-request.js'
import { SessionCell } from './session-cell.js'
import { foldEvent, type PairingQueryKey, pairingSessionQueryKey, senderOf } from './shared-session.js'

/** The cached session is dropped this long after the last component is gone: no QR code lives longer. */
const SESSION_GC_MS = 60_000

/** Options of {@link pairingSessionQueryOptions}. */
export interface PairingSessionQueryInput {
  /** Where to link. */
  readonly provider: PairingProvider
  /** The client the query will run in: the query folds responses into what is cached there. */
  readonly queryClient: QueryClient
  /** QR codes that may pass unscanned before the session expires. @default 3 */
  readonly maxRefreshes?: number | undefined
  /** `manual`: each QR code after the first is shown when the user asks for it. @default 'auto' */
  readonly refreshMode?: PairingRefreshMode | undefined
  /** Whether to request a code at once. @default true */
  readonly autoStart?: boolean | undefined
  /** The method to begin with. @default 'qr' */
  readonly defaultMethod?: PairingMethod | undefined
  /** Whose phone it has to be: an international number, in any spelling. @default anybody's */
  readonly expectedPhoneNumber?: string | undefined
  /** `relink` clears what the provider kept of an earlier link without asking the user. @default 'link' */
  readonly mode?: PairingMode | undefined
}

/** Whether a phone is linked for the first time, or again. */
export type PairingMode = 'link' | 'relink'

/**
 * One session as a query, for `useQuery`, `QueryObserver` or any other binding of TanStack Query. The cached data is
 * opaque; `select` makes a `PairingSession` of it. `refetchInterval` is a pure function of the state. Only
 * `usePairingSession` also takes a code away while a request hangs: elsewhere, hide it by its `expiresAt` at the latest.
 */
export function pairingSessionQueryOptions(
  input: PairingSessionQueryInput,
): DefinedInitialDataOptions<SessionCell, Error, PairingSession, PairingQueryKey> {
  const { provider, queryClient } = input
  const queryKey = pairingSessionQueryKey(provider)
  const read = (): SessionState => {
    const state = SessionCell.stateIn(queryClient.getQueryData(queryKey))
    if (state) return state
    // Nothing there, or a cell that was restored from storage and is empty.
    const first = firstState(input)
    queryClient.setQueryData(queryKey, new SessionCell(first))
    return first
  }
  return {
    queryKey,
    initialData: () => new SessionCell(firstState(input)),
    // The host's own `invalidateQueries()`, a focus or a second component may call this at any time: what is not due is not sent.
    queryFn: async ({ signal }) => {
      // StrictMode mounts, unmounts and mounts again in one go: the first of the two must not reach the provider.
      await Promise.resolve()
      signal.throwIfAborted()
      const tick = { type: 'time-passed', at: Date.now() } as const
      const { facts } = transition(read(), tick)
      const request = nextRequest(facts)
      const sender = senderOf(queryClient, provider, provider)
      const isDue = request && request.at <= Date.now()
      const event = isDue ? await sendRequest(sender, request.kind, facts, signal) : tick
      // Cancelled meanwhile: a provider that ignores the signal may still respond, and that must not be reported.
      signal.throwIfAborted()
      // Into the state of this moment, not of before the request: buttons may have been pressed meanwhile.
      const before = read()
      foldEvent(queryClient, provider, event, sender)
      return queryClient.getQueryData<SessionCell>(queryKey) ?? new SessionCell(before)
    },
    refetchInterval: ({ state: { data, dataUpdatedAt, fetchStatus } }) => {
      // While a response is on its way, the next request comes after it: an interval would only run idle, or at full speed.
      if (fetchStatus !== 'idle') return false
      // A page that is hidden or offline sends nothing, and what is overdue would be tried a thousand times a second.
      if (!focusManager.isFocused() || !onlineManager.isOnline()) return false
      const state = SessionCell.stateIn(data)
      const request = state && !isOnlyOnLook(state.facts) && nextRequest(state.facts)
      return request ? Math.max(request.at - dataUpdatedAt, 1) : false
    },
    select: (cell) => sessionAt(SessionCell.stateIn(cell) ?? firstState(input), Date.now()),
    // Set here and not left to the app's defaults: the behaviour of a code on screen depends on each of them.
    staleTime: 0,
    // On a server nothing is kept anyway, and a timer would keep the process alive.
    gcTime: typeof document === 'undefined' ? Number.POSITIVE_INFINITY : SESSION_GC_MS,
    enabled: true,
    notifyOnChangeProps: ['data'],
    retry: false,
    networkMode: 'online',
    refetchIntervalInBackground: false,
    // `true` would mean where it is stale, and after the clock was set back nothing is for a long time.
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
    // Something may be pushed between the end of the function above and the moment its result is stored.
    structuralSharing: SessionCell.newest,
  }
}

/**
 * Only whether a phone is linked, for a badge or a settings page: calls `getStatus` on mount and on focus, never for
 * a code. Add a `refetchInterval` to keep it fresh.
 */
export function pairingStatusQueryOptions(
  provider: PairingProvider,
): UseQueryOptions<PairingSnapshot, Error, PairingSnapshot, PairingQueryKey> {
  return {
    queryKey: ['whatsapp-pairing', 'status', provider.id, provider.sessionId],
    queryFn: ({ signal }) => provider.getStatus({ signal }),
  }
}

function firstState({
  provider,
  defaultMethod,
  maxRefreshes,
  autoStart = true,
  expectedPhoneNumber,
  mode,
  refreshMode,
}: PairingSessionQueryInput): SessionState {
  const methods = methodsOf(provider)
  const wanted = defaultMethod ?? 'qr'
  return initialState(
    {
      method: methods.length === 0 || methods.includes(wanted) ? wanted : (methods[0] ?? wanted),
      methods,
      timing: provider.timing,
      // Zero or not a number would mean a screen without a code, or without an end.
      maxRefreshes: maxRefreshes && maxRefreshes >= 1 ? Math.floor(maxRefreshes) : DEFAULT_MAX_REFRESHES,
      refreshMode,
      autoStart,
      provider: provider.id,
      attemptSeed: Math.random().toString(36).slice(2, 12),
      expectedPhoneNumber: expectedDigits(expectedPhoneNumber),
      clearsLeftovers: mode === 'relink',
    },
    Date.now(),
  )
}

/** The digits of the expected number. A text that is no number stays as it is, and `sendRequest` refuses it. */
export function expectedDigits(text: string | undefined): string | undefined {
  try {
    return text ? normalizePhoneNumber(text) : undefined
  } catch {
    return text
  }
}

/** A code may have expired since the state was cached: the first paint of a new component must not show it. */
function sessionAt(state: SessionState, at: number): PairingSession {
  return transition(state, { type: 'time-passed', at }).session
}
