import {
  type DefinedInitialDataOptions,
  focusManager,
  onlineManager,
  type QueryClient,
  type UseQueryOptions,
} from '@tanstack/react-query'
import { toPairingError } from '../core/errors.js'
import { isOnlyOnLook, nextQuestion } from '../core/next-question.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { methodsOf } from '../core/provider.js'
import { DEFAULT_MAX_REFRESHES, initialState, transition } from '../core/session.js'
import type { PairingRefreshMode, PairingSession, SessionEvent, SessionState } from '../core/session-state.js'
import { ask } from './ask.js'
import { SessionCell } from './session-cell.js'
import { tellTransition } from './transitions.js'

/** What tells one session from another in the query cache. Holds no secret. */
export type PairingQueryKey = readonly ['whatsapp-pairing', 'session' | 'status', string, string]

/** The part of a provider that names it. */
export type PairingTarget = Pick<PairingProvider, 'id' | 'sessionId'>

/** The cached session is dropped this long after the last component is gone: no QR code lives longer. */
const SESSION_GC_MS = 60_000

/** The cached session of a provider. */
export function pairingSessionQueryKey({ id, sessionId }: PairingTarget): PairingQueryKey {
  return ['whatsapp-pairing', 'session', id, sessionId]
}

/** Options of {@link pairingSessionQueryOptions}. */
export interface PairingSessionQueryInput {
  /** Where to link. */
  readonly provider: PairingProvider
  /** The client the query will run in: the query folds answers into what is cached there. */
  readonly queryClient: QueryClient
  /** QR codes that may pass unscanned before the session expires. @default 3 */
  readonly maxRefreshes?: number | undefined
  /** `manual`: each QR code after the first is shown when the user asks for it. @default 'auto' */
  readonly refreshMode?: PairingRefreshMode | undefined
  /** Whether to ask for a code at once. @default true */
  readonly autoStart?: boolean | undefined
  /** The method to begin with. @default 'qr' */
  readonly defaultMethod?: PairingMethod | undefined
  /** Whose phone it has to be: an international number, in any spelling. @default anybody's */
  readonly expectedPhoneNumber?: string | undefined
  /** `relink` clears what the provider kept of an earlier link without a question. @default 'link' */
  readonly mode?: PairingMode | undefined
}

/** Whether a phone is linked for the first time, or again. */
export type PairingMode = 'link' | 'relink'

/**
 * One session as a query, for `useQuery`, `QueryObserver` or any other binding of TanStack Query. The cached data is
 * opaque; `select` makes a `PairingSession` of it. When to ask is in `refetchInterval`, a pure function of the state. Only
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
    // The host's own `invalidateQueries()`, a focus or a second component may call this at any time: what is not due is not asked.
    queryFn: async ({ signal }) => {
      // StrictMode mounts, unmounts and mounts again in one go: the first of the two must not reach the provider.
      await Promise.resolve()
      signal.throwIfAborted()
      const tick = { type: 'time-passed', at: Date.now() } as const
      const { facts } = transition(read(), tick)
      const question = nextQuestion(facts)
      const isDue = question && question.at <= Date.now()
      const event = isDue ? await ask(provider, question.kind, facts, signal) : tick
      // Given up meanwhile: what a provider that ignores that has to say is kept by nobody, so nobody must hear of it.
      signal.throwIfAborted()
      // Into the state of this moment, not of before the question: buttons may have been pressed meanwhile.
      const before = read()
      foldEvent(queryClient, provider, event, event !== tick)
      return queryClient.getQueryData<SessionCell>(queryKey) ?? new SessionCell(before)
    },
    refetchInterval: ({ state: { data, dataUpdatedAt, fetchStatus } }) => {
      // Where an answer is on its way, the next question comes after it: an interval would only run idle, or at full speed.
      if (fetchStatus !== 'idle') return false
      // A page that is hidden or offline does not ask, and what is overdue would be tried a thousand times a second.
      if (!focusManager.isFocused() || !onlineManager.isOnline()) return false
      const state = SessionCell.stateIn(data)
      const question = state && !isOnlyOnLook(state.facts) && nextQuestion(state.facts)
      return question ? Math.max(question.at - dataUpdatedAt, 1) : false
    },
    select: (cell) => sessionAt(SessionCell.stateIn(cell) ?? firstState(input), Date.now()),
    // Said here and not left to the host's defaults: the behaviour of a code on screen depends on each of them.
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
 * Only whether a phone is linked, for a badge or a settings page: asks `getStatus` on mount and on focus, never for
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

/**
 * Folds an event into the cached session and tells whether it changed anything. A state that stays is not written:
 * its timers run on.
 */
export function foldEvent(
  client: QueryClient,
  target: PairingTarget,
  event: SessionEvent,
  isOwnAnswer = false,
): boolean {
  const queryKey = pairingSessionQueryKey(target)
  const state = SessionCell.stateIn(client.getQueryData(queryKey))
  const next = state && transitionSafely(state, event)
  if (!next || next === state) return false
  client.setQueryData(queryKey, new SessionCell(next))
  tellTransition({ client, target, event, isOwnAnswer, before: state, after: next })
  return true
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

/** The digits of the expected number. What is no number stays as it is: `ask` refuses to go on with it. */
export function expectedDigits(text: string | undefined): string | undefined {
  try {
    return text ? normalizePhoneNumber(text) : undefined
  } catch {
    return text
  }
}

/** What a provider of one's own sends may be of no documented form; it must not be asked for it again and again. */
function transitionSafely(state: SessionState, event: SessionEvent): SessionState {
  try {
    return transition(state, event)
  } catch (error) {
    const question = 'question' in event ? event.question : 'status'
    return transition(state, { type: 'errored', question, error: toPairingError(error), at: event.at })
  }
}

/** A code may have run out since the state was cached: the first paint of a new component must not show it. */
function sessionAt(state: SessionState, at: number): PairingSession {
  return transition(state, { type: 'time-passed', at }).session
}
