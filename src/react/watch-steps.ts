import type { QueryClient } from '@tanstack/react-query'
import type { PairingError } from '../core/errors.js'
import type { PairingEvent } from '../core/pairing-event.js'
import type { PairingAccount } from '../core/provider.js'
import type { SessionState } from '../core/session-state.js'
import { foldEvent, type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { SessionCell } from './session-cell.js'

/** What the host wants to be told. */
export interface PairingCallbacks {
  /**
   * The phone is linked. Called once for a link, whatever is mounted, remounted or mounted twice; a page that is loaded
   * again tells of a link that was there before, so what you do must bear being done twice.
   */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /** The session failed. Called once for a failure. */
  readonly onError?: ((error: PairingError) => void) | undefined
  /** Each step of an attempt, in order, for statistics. Called once for a step, however many components show the session. */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}

// Each step is one object, whatever shows the session: the first to tell of it is the only one. Apart, since one
// component may want the steps and another one the end.
const reported = new WeakSet<PairingEvent>()
const told = new WeakSet<PairingEvent>()

/** How many components show a session; when the last one goes before its end, the user has given up. */
const viewers = new WeakMap<QueryClient, Map<string, number>>()

/** Tells the host of each step of the cached session, once. Returns what stops it. */
export function watchSteps(
  client: QueryClient,
  target: PairingTarget,
  callbacks: () => PairingCallbacks,
): () => void {
  const queryKey = pairingSessionQueryKey(target)
  const key = JSON.stringify(queryKey)
  const counts = viewers.get(client) ?? new Map<string, number>()
  viewers.set(client, counts)
  const count = (change: number): number => {
    const viewing = (counts.get(key) ?? 0) + change
    counts.set(key, viewing)
    return viewing
  }
  const tell = () => {
    const state = SessionCell.stateIn(client.getQueryData(queryKey))
    if (state) tellSteps(state, callbacks())
  }
  const unsubscribe = client.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryKey[0] === queryKey[0]) tell()
  })
  count(1)
  tell()
  return () => {
    unsubscribe()
    if (count(-1) > 0) return
    // StrictMode, and a component that moves, mount again at once.
    queueMicrotask(() => {
      if (counts.get(key) !== 0) return
      counts.delete(key)
      foldEvent(client, target, { type: 'left', at: Date.now() })
      tell()
    })
  }
}

function tellSteps({ steps, session }: SessionState, { onEvent, onLinked, onError }: PairingCallbacks): void {
  for (const step of steps) if (onEvent && isFirst(reported, step)) onEvent(step)
  const end = steps.filter(({ type }) => type === session.status).at(-1)
  if (session.status === 'linked' && onLinked && end && isFirst(told, end)) onLinked(session.account)
  if (session.status === 'failed' && onError && end && isFirst(told, end)) onError(session.error)
}

function isFirst(steps: WeakSet<PairingEvent>, step: PairingEvent): boolean {
  const first = !steps.has(step)
  steps.add(step)
  return first
}
