import { focusManager, onlineManager, type QueryClient } from '@tanstack/react-query'
import type { compareDigits } from '../../core/compare-digits.js'
import type { PairingSource } from '../../core/connection.js'
import { toPairingError } from '../../core/errors.js'
import { digitsIn } from '../../core/phone-number.js'
import { isSigned } from '../../core/phone-text.js'
import type { PairingMethod, PairingProvider } from '../../core/provider.js'
import { transition } from '../../core/session.js'
import { nextDeadline, nextRequest, wantedStream } from '../../core/session-request.js'
import type { SessionEvent, SessionFacts, SessionState } from '../../core/session-state.js'
import { afterFirstCode } from '../first-code.js'
import { callHost } from './call-host.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { forgetNumber, recallNumber, rememberNumber } from './remembered-number.js'
import { connectionOf, sendRequest } from './send-request.js'
import { SessionCell } from './session-cell.js'
import { warnDeveloper } from './warn-developer.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** What tells one session from another in the query cache. Holds no secret. */
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
  /** Folds an event into the cached state; returns whether it changed anything. */
  fold(event: SessionEvent): boolean
  /** Sends the request that is due, if any, and folds what came of it. Never rejects but with an abort. */
  send(fallback: PairingSource, signal: AbortSignal): Promise<void>
  /** Calls a new `onEvent` with the steps so far. */
  catchUp(): void
  /** A component shows the session, which begins with `first`, until the returned function is called. */
  mount(component: () => MountedComponent, first: () => SessionState, isReopened?: boolean): () => void
}

/** Timers stand still while a machine sleeps: after that, nothing is up for longer than this beyond its time. In milliseconds. */
const LONGEST_TIMER_MS = 2_000

const stores = new WeakMap<QueryClient, Map<string, SessionStore>>()

/** The store of a session: the same for all components with this client, `id` and `sessionId`. */
export function sessionStoreOf(client: QueryClient, { id, sessionId }: PairingTarget): SessionStore {
  const known = stores.get(client) ?? new Map<string, SessionStore>()
  stores.set(client, known)
  const key = JSON.stringify([id, sessionId])
  const store = known.get(key) ?? createSessionStore(client, ['whatsapp-pairing', 'session', id, sessionId])
  known.set(key, store)
  return store
}

function createSessionStore(client: QueryClient, queryKey: PairingQueryKey): SessionStore {
  const components = new Set<() => MountedComponent>()
  const sessionId = queryKey[3]
  let timer: ReturnType<typeof setTimeout> | undefined
  let streamed: PairingMethod | undefined
  let endStream: (() => void) | undefined
  let unsubscribe: (() => void) | undefined
  /** The attempt whose link counted: it is reported once, though its number may have to be compared later. */
  let linkedAttempt: string | undefined
  /** Counts requests, outside production. */
  let turn = 0
  /** The state up to which `onEvent` got all steps. */
  let reported: SessionState | undefined
  /** Steps that wait for the module that puts them into words. */
  const steps: Step[] = []
  let report: ((step: Step) => void) | undefined

  const read = () => SessionCell.stateIn(client.getQueryData(queryKey))
  const isWatched = () => focusManager.isFocused() && onlineManager.isOnline()

  function fold(event: SessionEvent): boolean {
    const before = read()
    const after = before && transitionSafely(before, event)
    if (!after || after === before) return false
    client.setQueryData(queryKey, new SessionCell(after))
    follow(after.facts)
    notify(before, after, event.at)
    compareNumber()
    if (process.env.NODE_ENV !== 'production')
      warnDeveloper({ sessionId, before: before.facts, after: after.facts, isShared: components.size > 1 })
    return true
  }

  /** Compares the linked number with the expected one. Where the module does not load, the next update tries again. */
  function compareNumber(): void {
    const { phase, setup } = read()?.facts ?? {}
    if (phase?.name !== 'linked' || phase.check !== 'due') return
    if (!compare) {
      loadCompare(compareNumber)
      return
    }
    const expected = setup?.expectedPhoneNumber ?? ''
    const result = compare(digitsIn(expected), digitsIn(phase.account.phoneNumber ?? ''), !isSigned(expected))
    fold({ type: 'number-judged', result, at: Date.now() })
  }

  /** Sets the timer and the stream to what the state needs. */
  function follow(facts: SessionFacts): void {
    clearTimeout(timer)
    if (components.size === 0) return
    const deadline = nextDeadline(facts)
    if (Number.isFinite(deadline)) {
      const waitMs = Math.min(Math.max(deadline - Date.now(), 0), LONGEST_TIMER_MS)
      timer = setTimeout(() => {
        const at = Date.now()
        fold({ type: 'time-passed', at })
        const state = read()
        if (!state) return
        follow(state.facts)
        // The next code is read the moment this one expires, and not an interval later.
        const request = nextRequest(state.facts)
        if (request && request.at <= at && isWatched())
          void client.refetchQueries({ queryKey, exact: true, type: 'active' }, { cancelRefetch: false })
      }, waitMs)
    }
    const mayStream = facts.source && isWatched() && offersStream(latestSource())
    stream(mayStream ? wantedStream(facts) : undefined)
  }

  /** Another component is the latest now; its source may offer no stream. */
  function followSource(): void {
    const wasStreamed = streamed
    const state = read()
    if (state) follow(state.facts)
    if (wasStreamed && !streamed) fold({ type: 'push-ended', at: Date.now() })
  }

  function stream(method: PairingMethod | undefined): void {
    if (method === streamed) return
    endStream?.()
    endStream = undefined
    streamed = method
    if (!method) return
    let isOver = false
    let stop: (() => void) | undefined
    endStream = () => {
      isOver = true
      stop?.()
    }
    const source = latestSource()
    if (!source) return
    const subscribe = async (): Promise<void> => {
      const connection = await connectionOf(source)
      if (isOver) return
      stop = connection.subscribe?.(
        (update) => {
          const at = Date.now()
          if (!isOver) fold({ type: 'updated', update, sentAt: at, isPushed: true, at })
        },
        {
          method,
          has: () => read()?.facts.qr.code?.id,
          onGap: () => {
            if (!isOver) fold({ type: 'push-ended', at: Date.now() })
          },
        },
      )
      if (isOver) stop?.()
    }
    // Without the module, the page reads.
    const begin = () => void subscribe().catch(() => {})
    // The code that is there by now is drawn first. An adapter that is used directly is loaded already.
    if ('connection' in source) stop = afterFirstCode(begin)
    else begin()
  }

  function latestSource(): PairingSource | undefined {
    let source: PairingSource | undefined
    for (const component of components) source = component().provider
    return source
  }

  /** Outside production the sources of all components take turns, so that one with other credentials is noticed. */
  function nextSource(): PairingSource | undefined {
    if (process.env.NODE_ENV === 'production' || components.size < 2) return latestSource()
    turn += 1
    return [...components][turn % components.size]?.().provider
  }

  /** Keeps the number while its code is live, for a page that is loaded again. */
  function keepNumber({ code: before }: SessionFacts, { code }: SessionFacts): void {
    if (code === before) return
    if (code.name === 'live' && code.phoneNumber)
      rememberNumber(queryKey, code.phoneNumber, code.code.expiresAt)
    else if (before.name === 'live') forgetNumber(queryKey)
  }

  /** Calls the callbacks of the app: each end once, whatever is mounted. */
  function notify(before: SessionState, after: SessionState, at: number): void {
    const { phase } = after.facts
    const isNewAttempt = after.facts.attempt !== before.facts.attempt
    const isNew = phase.name !== before.facts.phase.name || isNewAttempt
    const { onLinked, onUnlinked, onError } = callbacks()
    keepNumber(before.facts, after.facts)
    reportSteps(after, at)
    const { phase: last } = before.facts
    if (
      last.name === 'linked' &&
      attemptOf(before.facts) === linkedAttempt &&
      isNewAttempt &&
      after.facts.notice &&
      onUnlinked
    )
      callHost('onUnlinked', () => onUnlinked(last.account), onError)
    if (phase.name === 'linked' && !phase.check && linkedAttempt !== attemptOf(after.facts)) {
      linkedAttempt = attemptOf(after.facts)
      if (onLinked) callHost('onLinked', () => onLinked(phase.account), onError)
    }
    if (isNew && phase.name === 'failed' && onError) callHost('onError', () => onError(phase.error))
  }

  /** Of each callback that of the first component that has it: two components of one session report it once. */
  function callbacks(): PairingCallbacks {
    const found: { -readonly [Name in keyof PairingCallbacks]: PairingCallbacks[Name] } = {}
    for (const component of components) {
      const { onLinked, onUnlinked, onError, onEvent } = component()
      found.onLinked ??= onLinked
      found.onUnlinked ??= onUnlinked
      found.onError ??= onError
      found.onEvent ??= onEvent
    }
    return found
  }

  /** Calls `onEvent` with the steps since it was called last. */
  function reportSteps(after: SessionState, at: number): void {
    if (!callbacks().onEvent || after === reported) return
    steps.push({ before: reported, after, at })
    reported = after
    if (report) {
      for (const step of steps.splice(0)) report(step)
      return
    }
    import('../../core/session-report.js').then(
      (module) => {
        report = ({ before, after, at }) => {
          const { onEvent, onError } = callbacks()
          for (const event of module.reportSteps(before, after, at))
            callHost('onEvent', () => onEvent?.(event), onError)
        }
        for (const step of steps.splice(0)) report(step)
      },
      // Statistics are no reason to disturb the user.
      () => {},
    )
  }

  function watchPage(): void {
    const update = () => {
      fold({ type: 'watched', isWatched: isWatched(), at: Date.now() })
      const state = read()
      if (state) follow(state.facts)
    }
    const stops = [focusManager.subscribe(update), onlineManager.subscribe(update)]
    unsubscribe = () => {
      for (const stop of stops) stop()
    }
    update()
  }

  function begin(first: () => SessionState): SessionState {
    const state = read()
    if (state) return state
    // Nothing there, or a cell that was restored from storage and is empty.
    const fresh = first()
    const phoneNumber = recallNumber(queryKey, fresh.facts.now)
    const begun = phoneNumber
      ? transition(fresh, { type: 'number-remembered', phoneNumber, at: fresh.facts.now })
      : fresh
    client.setQueryData(queryKey, new SessionCell(begun))
    reportSteps(begun, begun.facts.now)
    follow(begun.facts)
    return begun
  }

  return {
    queryKey,
    read,
    fold,
    begin,
    catchUp() {
      const state = read()
      if (state) reportSteps(state, Date.now())
    },
    async send(fallback, signal) {
      const at = Date.now()
      const state = read()
      const { facts } = state ? transitionSafely(state, { type: 'time-passed', at }) : { facts: undefined }
      const request = facts && nextRequest(facts)
      if (!request || request.at > at) {
        fold({ type: 'time-passed', at })
        return
      }
      const events = await sendRequest(nextSource() ?? fallback, request, facts, signal)
      // After an abort, a source that ignores it must not change anything.
      signal.throwIfAborted()
      for (const event of events) fold(event)
    },
    mount(component, first, isReopened = false) {
      // One component may be mounted twice in a row, by StrictMode.
      const mounted = () => component()
      const isFirst = components.size === 0
      components.add(mounted)
      if (isFirst) fold({ type: 'entered', isReopened, at: Date.now() })
      begin(first)
      if (isFirst) watchPage()
      else followSource()
      return () => {
        // Not at once: StrictMode, and a component that moves, mount again in the same turn.
        queueMicrotask(() => {
          const wasLast = components.size === 1 && components.has(mounted)
          if (wasLast) fold({ type: 'left', at: Date.now() })
          components.delete(mounted)
          if (!wasLast) {
            followSource()
            return
          }
          clearTimeout(timer)
          stream(undefined)
          unsubscribe?.()
        })
      }
    },
  }
}

let compare: typeof compareDigits | undefined

/** Loads what compares the linked number with the expected one, which the first code does not need. */
function loadCompare(then: () => void): void {
  import('../../core/compare-digits.js').then(
    (module) => {
      compare = module.compareDigits
      then()
    },
    () => {},
  )
}

/** Whether updates of this source may come without a read. */
function offersStream(source: PairingSource | undefined): boolean {
  if (!source) return false
  return ('connection' in source ? source.connection : source).subscribe !== undefined
}

interface Step {
  /** Missing for the first state. */
  readonly before: SessionState | undefined
  readonly after: SessionState
  readonly at: number
}

/** A source of the developer's own may return anything; that must not be requested again and again. */
function transitionSafely(state: SessionState, event: SessionEvent): SessionState {
  try {
    return transition(state, event)
  } catch (error) {
    return transition(state, {
      type: 'request-failed',
      request: 'read',
      error: toPairingError(error),
      at: event.at,
    })
  }
}

/** An attempt by name: a session that left the cache counts from the beginning again. */
function attemptOf({ setup, attempt }: SessionFacts): string {
  return `${setup.attemptSeed}-${attempt}`
}
