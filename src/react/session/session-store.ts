import { focusManager, onlineManager, type QueryClient } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import { toPairingError } from '../../core/errors.js'
import type { PairingMethod } from '../../core/provider.js'
import { transition } from '../../core/session.js'
import type { SessionEvent } from '../../core/session-event.js'
import { nextDeadline, nextRequest } from '../../core/session-request.js'
import type { SessionFacts, SessionState } from '../../core/session-state.js'
import { rulesMissing } from '../../core/session-updates.js'
import { afterFirstCode } from '../first-code.js'
import { createReporter } from './create-reporter.js'
import { loadedSession, loadLaterSession } from './load-later-session.js'
import { offersStream, sendRequest } from './send-request.js'
import { SessionCell } from './session-cell.js'
import {
  type MountedComponent,
  type PairingQueryKey,
  type PairingTarget,
  type SessionStore,
  storeKey,
  storesOf,
} from './session-stores.js'
import { warnDeveloper } from './warn-developer.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/**
 * The longest timer. Timers stop while a machine sleeps, so after that an expired code is shown for at most this long. In
 * milliseconds.
 */
const LONGEST_TIMER_MS = 2_000

/** The store of a session. All components with the same client, `id` and `sessionId` share it. */
export function sessionStoreOf(client: QueryClient, { id, sessionId }: PairingTarget): SessionStore {
  const stores = storesOf(client)
  const key = storeKey(id, sessionId)
  const store = stores.get(key) ?? createSessionStore(client, ['whatsapp-pairing', 'session', id, sessionId])
  stores.set(key, store)
  return store
}

function createSessionStore(client: QueryClient, queryKey: PairingQueryKey): SessionStore {
  const components = new Set<() => MountedComponent>()
  const sessionId = queryKey[3]
  /** The key of the number with a live pairing code, in the storage of this tab. */
  const storageKey = JSON.stringify(queryKey)
  let timer: ReturnType<typeof setTimeout> | undefined
  let stream: ((method: PairingMethod | undefined) => void) | undefined
  let streamed: PairingMethod | undefined
  /** Resolves when the waiting events have been applied with their rules. */
  let waiting: Promise<void> | undefined
  let isLaterDue = true
  let unsubscribe: (() => void) | undefined
  /** Counts requests, outside production. */
  let turn = 0
  const reporter = createReporter(components, loadLater)

  const read = () => SessionCell.stateIn(client.getQueryData(queryKey))
  const isWatched = () => focusManager.isFocused() && onlineManager.isOnline()

  function fold(event: SessionEvent, onChange?: () => void): void {
    const before = read()
    if (!before) return
    let after: SessionState
    try {
      after = transitionSafely(before, event)
    } catch (error) {
      if (error !== rulesMissing) throw error
      waiting = foldLater(event, onChange)
      return
    }
    if (after === before) return
    client.setQueryData(queryKey, new SessionCell(after))
    follow(after.facts)
    const { code } = after.facts
    if (code !== before.facts.code) loadedSession()?.keepNumber(storageKey, before.facts.code, code)
    reporter.ended(before, after, event.at)
    if (process.env.NODE_ENV !== 'production')
      warnDeveloper({ sessionId, before: before.facts, after: after.facts, isShared: components.size > 1 })
    onChange?.()
  }

  /** Loads the rules for this event first. If they do not load, the page retries, and then shows an error. */
  async function foldLater(event: SessionEvent, onChange: (() => void) | undefined): Promise<void> {
    try {
      await loadLaterSession()
      fold({ ...event, at: Date.now() }, onChange)
    } catch (error) {
      fold({ type: 'request-failed', request: 'rules', error: toPairingError(error), at: Date.now() })
    }
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
        // The next code is read as soon as this one expires, and not an interval later.
        const request = nextRequest(state.facts)
        if (request && request.at <= at && isWatched())
          void client.refetchQueries({ queryKey, exact: true, type: 'active' }, { cancelRefetch: false })
      }, waitMs)
    }
    const later = loadedSession()
    // The next step is an action of the user, and not a QR code.
    if (facts.phase.name === 'idle' || facts.method !== 'qr') loadLater()
    else if (facts.source && isLaterDue) {
      isLaterDue = false
      afterFirstCode(loadLater)
    }
    if (!later) return
    const mayStream = facts.source && isWatched() && offersStream(latestSource())
    stream ??= later.createStream({ source: latestSource, has: () => read()?.facts.qr.code?.id, fold })
    setStream(mayStream ? later.wantedStream(facts) : undefined)
  }

  function setStream(method: PairingMethod | undefined): void {
    if (method === streamed) return
    streamed = method
    stream?.(method)
  }

  /** Loads the module that no session needs before its first code, then does what waited for it. */
  function loadLater(): void {
    if (loadedSession()) return
    loadLaterSession().then(
      () => {
        const state = read()
        if (!state) return
        follow(state.facts)
        reporter.steps(state, Date.now())
      },
      // After a failure, the next use loads it again.
      () => {},
    )
  }

  /** Another component is now the latest one. Its source may have no stream. */
  function followSource(): void {
    const wasStreamed = streamed
    const state = read()
    if (state) follow(state.facts)
    if (wasStreamed && !streamed) fold({ type: 'push-ended', at: Date.now() })
  }

  function latestSource(): PairingSource | undefined {
    let source: PairingSource | undefined
    for (const component of components) source = component().provider
    return source
  }

  /** Outside production, requests use the sources of all components in turn, to detect one with other credentials. */
  function nextSource(): PairingSource | undefined {
    if (process.env.NODE_ENV === 'production' || components.size < 2) return latestSource()
    turn += 1
    return [...components][turn % components.size]?.().provider
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
    // The cache is empty, or has an empty cell that was restored from storage.
    const fresh = first()
    client.setQueryData(queryKey, new SessionCell(fresh))
    const kept = keptNumber(storageKey)
    if (kept && loadedSession()) recall(kept)
    else if (kept)
      waiting = loadLaterSession().then(
        () => recall(kept),
        () => {},
      )
    const begun = read() ?? fresh
    reporter.steps(begun, begun.facts.now)
    follow(begun.facts)
    return begun
  }

  function recall(kept: string): void {
    const at = Date.now()
    const phoneNumber = loadedSession()?.recallNumber(kept, at)
    if (phoneNumber) fold({ type: 'number-remembered', phoneNumber, at })
  }

  return {
    queryKey,
    read,
    fold,
    begin,
    report(did) {
      const state = read()
      if (state) reporter.steps(state, Date.now(), did)
    },
    async send(fallback, signal) {
      if (waiting) {
        await waiting
        signal.throwIfAborted()
      }
      const at = Date.now()
      const state = read()
      const facts = state && factsAt(state, at)
      const request = facts && nextRequest(facts)
      if (!request || request.at > at) {
        fold({ type: 'time-passed', at })
        return
      }
      const events = await sendRequest(nextSource() ?? fallback, request, facts, signal)
      // After an abort, the late response of a source that ignores it must not change anything.
      signal.throwIfAborted()
      for (const event of events) fold(event)
      if (waiting) await waiting
    },
    mount(component, first, isReopened = false) {
      // StrictMode mounts one component twice, so each mount needs its own object.
      const mounted = () => component()
      const isFirst = components.size === 0
      components.add(mounted)
      if (isFirst) fold({ type: 'entered', isReopened, at: Date.now() })
      begin(first)
      if (isFirst) watchPage()
      else followSource()
      return () => {
        // Not immediately: StrictMode, or a component that moves in the page, mounts again in the same task.
        queueMicrotask(() => {
          const wasLast = components.size === 1 && components.has(mounted)
          if (wasLast) fold({ type: 'left', at: Date.now() })
          components.delete(mounted)
          if (!wasLast) {
            followSource()
            return
          }
          clearTimeout(timer)
          setStream(undefined)
          unsubscribe?.()
        })
      }
    },
  }
}

/** The facts at this time; `undefined` if their rules have not loaded. */
function factsAt(state: SessionState, at: number): SessionFacts | undefined {
  try {
    return transitionSafely(state, { type: 'time-passed', at }).facts
  } catch {
    return undefined
  }
}

/** The text that this tab stored before a reload. If storage is not allowed, even reading the property throws. */
function keptNumber(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/**
 * Applies an event. The developer's own source may return anything, and an exception must not cause endless requests.
 *
 * @throws if the rules for the event have not loaded.
 */
function transitionSafely(state: SessionState, event: SessionEvent): SessionState {
  const rules = loadedSession()?.laterRules
  try {
    return transition(state, event, rules)
  } catch (error) {
    if (error === rulesMissing) throw error
    const { at } = event
    return transition(
      state,
      { type: 'request-failed', request: 'read', error: toPairingError(error), at },
      rules,
    )
  }
}
