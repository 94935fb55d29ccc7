import type { QueryClient } from '@tanstack/react-query'
import { nextDeadline } from '../core/next-question.js'
import { foldEvent, type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { SessionCell } from './session-cell.js'

/** Timers stand still while a machine sleeps: after that, nothing is up for longer than this beyond its time. */
const LONGEST_TIMER_MS = 2_000

/**
 * Tells the cached session when its time is up, while a request hangs or the network is gone too: the refetch
 * interval cannot, since it waits for answers. Returns what stops it.
 */
export function watchDeadlines(client: QueryClient, target: PairingTarget): () => void {
  const queryKey = pairingSessionQueryKey(target)
  let timer: ReturnType<typeof setTimeout> | undefined
  let watched = Number.POSITIVE_INFINITY
  const watch = () => {
    const state = SessionCell.stateIn(client.getQueryData(queryKey))
    const deadline = state ? nextDeadline(state.facts) : Number.POSITIVE_INFINITY
    if (deadline === watched) return
    watched = deadline
    clearTimeout(timer)
    if (Number.isFinite(deadline)) {
      timer = setTimeout(pass, Math.min(Math.max(deadline - Date.now(), 0), LONGEST_TIMER_MS))
    }
  }
  const pass = () => {
    watched = Number.POSITIVE_INFINITY
    foldEvent(client, target, { type: 'time-passed', at: Date.now() })
    watch()
  }
  const unsubscribe = client.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[0] === queryKey[0]) watch()
  })
  watch()
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
