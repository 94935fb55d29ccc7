import type { QueryClient } from '@tanstack/react-query'
import type { PairingEvent } from '../core/pairing-event.js'
import type { SessionState } from '../core/session-state.js'
import { oncePerSession } from './once-per-session.js'
import { foldEvent, type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { SessionCell } from './session-cell.js'
import { onTransition } from './transitions.js'

/** What lies between two states; `before` is missing for the first one. */
interface Stretch {
  readonly before: SessionState | undefined
  readonly after: SessionState
  readonly at: number
}

/** States whose steps were reported. Each is an object of its own, so that copies of a component report it once. */
const reported = new WeakSet<SessionState>()

/**
 * Reports the steps of a cached session, in order, each once. What turns states into steps is loaded when somebody wants
 * to know; until it is there, they are kept. Returns what stops it.
 */
export function recordSteps(
  client: QueryClient,
  target: PairingTarget,
  report: (event: PairingEvent) => void,
): () => void {
  const waiting: Stretch[] = []
  let take = (stretch: Stretch): void => void waiting.push(stretch)
  const record = (stretch: Stretch) => {
    if (reported.has(stretch.after)) return
    reported.add(stretch.after)
    take(stretch)
  }
  const current = SessionCell.stateIn(client.getQueryData(pairingSessionQueryKey(target)))
  if (current) record({ before: undefined, after: current, at: Date.now() })
  const stop = onTransition(client, target, ({ before, after, event }) =>
    record({ before, after, at: event.at }),
  )
  import('../core/session-report.js').then(
    ({ reportSteps }) => {
      take = ({ before, after, at }) => {
        for (const event of reportSteps(before, after, at)) report(event)
      }
      for (const stretch of waiting) take(stretch)
    },
    // Statistics are not worth a word to the user.
    () => {},
  )
  const leave = oncePerSession(client, target, 'steps', () => () => {
    foldEvent(client, target, { type: 'left', at: Date.now() })
  })
  return () => {
    leave()
    // After the step of leaving, which is the last one.
    queueMicrotask(stop)
  }
}
