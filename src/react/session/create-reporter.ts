import type { PairingUserStep } from '../../core/pairing-event.js'
import type { SessionFacts, SessionState } from '../../core/session-state.js'
import { callHost } from './call-host.js'
import { loadedSession } from './load-later-session.js'
import type { PairingCallbacks } from './pairing-callbacks.js'

/** Calls the callbacks of the app. */
interface Reporter {
  /**
   * Calls `onLinked`, `onUnlinked` or `onError` if the new state is such an end and the previous one was not. Calls `onEvent`
   * with the steps.
   */
  ended(before: SessionState, after: SessionState, at: number): void
  /** Calls `onEvent` with the steps since the last call, and with the user's action in this state. */
  steps(after: SessionState, at: number, did?: PairingUserStep): void
}

/**
 * The reporter of one session.
 *
 * @param components All components that show the session. Of each callback, the first one found is called.
 * @param load Loads the module that derives the steps. The steps wait for it.
 */
export function createReporter(components: ReadonlySet<() => PairingCallbacks>, load: () => void): Reporter {
  /** The state up to which `onEvent` got all steps; missing before the first one. */
  let reported: SessionState | undefined
  /** The attempt whose link was reported: only once, even if the user has to confirm its number. */
  let linkedAttempt: string | undefined
  const waiting: {
    readonly before: SessionState | undefined
    readonly after: SessionState
    readonly at: number
    readonly did: PairingUserStep | undefined
  }[] = []

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

  function steps(after: SessionState, at: number, did?: PairingUserStep): void {
    const { onEvent, onError } = callbacks()
    if (!onEvent) return
    if (after !== reported || did) waiting.push({ before: reported, after, at, did })
    reported = after
    const later = loadedSession()
    if (!later) load()
    else
      for (const step of waiting.splice(0))
        for (const event of later.reportSteps(step.before, step.after, step.at, step.did))
          callHost('onEvent', () => onEvent(event), onError)
  }

  return {
    steps,
    ended(before, after, at) {
      const { phase, notice } = after.facts
      const { phase: last } = before.facts
      const attempt = attemptOf(after.facts)
      const isNewAttempt = attempt !== attemptOf(before.facts)
      const { onLinked, onUnlinked, onError } = callbacks()
      steps(after, at)
      const wasLinked = last.name === 'linked' && attemptOf(before.facts) === linkedAttempt
      if (wasLinked && isNewAttempt && notice && onUnlinked)
        callHost('onUnlinked', () => onUnlinked(last.account), onError)
      if (phase.name === 'linked' && !phase.isUnsure && linkedAttempt !== attempt) {
        linkedAttempt = attempt
        if (onLinked) callHost('onLinked', () => onLinked(phase.account), onError)
      }
      const isNew = phase.name !== last.name || isNewAttempt
      if (isNew && phase.name === 'failed' && onError) callHost('onError', () => onError(phase.error))
    },
  }
}

/** The id of an attempt. After the session has left the cache, attempts are counted from the beginning again. */
function attemptOf({ setup, attempt }: SessionFacts): string {
  return `${setup.attemptSeed}-${attempt}`
}
