import { abortedError } from '../core/errors.js'
import type { PairingSnapshot } from '../core/provider.js'
import type { ReadQuestion } from './knowledge.js'

/** Identical questions that are under way at the same time are one question to the provider. */
export interface SharedReads {
  /**
   * The answer. Given up upstream as soon as nobody waits for it any more; who asks twice, by the same signal, waits once.
   */
  read(question: ReadQuestion, signal: AbortSignal): Promise<PairingSnapshot>
  /** Something has changed: who asks from now on must not get an answer from before. */
  forget(): void
  /** Whether a question is under way. */
  readonly isBusy: boolean
}

interface Flight {
  readonly answer: Promise<PairingSnapshot>
  readonly controller: AbortController
  readonly waiting: Map<AbortSignal, Promise<PairingSnapshot>>
}

/** Shares what `ask` answers among all who want to know the same; tells when no question is under way any more. */
export function createSharedReads(
  ask: (question: ReadQuestion, signal: AbortSignal) => Promise<PairingSnapshot>,
  onQuiet: () => void,
): SharedReads {
  const joinable = new Map<ReadQuestion, Flight>()
  let underWay = 0

  function start(question: ReadQuestion): Flight {
    const controller = new AbortController()
    const answer = ask(question, controller.signal)
    const flight: Flight = { answer, controller, waiting: new Map() }
    const land = (): void => {
      underWay -= 1
      if (joinable.get(question) === flight) joinable.delete(question)
      // Not when the last one left: a question that was given up is under way until the provider gives it up too.
      if (underWay === 0) onQuiet()
    }
    underWay += 1
    answer.then(land, land)
    joinable.set(question, flight)
    return flight
  }

  return {
    read(question, signal) {
      if (signal.aborted) return Promise.reject(abortedError())
      const flight = joinable.get(question) ?? start(question)
      const { answer, controller, waiting } = flight
      const waiter =
        waiting.get(signal) ??
        new Promise<PairingSnapshot>((resolve, reject) => {
          const leave = (): void => {
            reject(abortedError())
            waiting.delete(signal)
            if (waiting.size > 0) return
            // Whoever comes now must not be handed an answer that was given up.
            if (joinable.get(question) === flight) joinable.delete(question)
            controller.abort()
          }
          signal.addEventListener('abort', leave, { once: true })
          answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
        })
      waiting.set(signal, waiter)
      return waiter
    },
    forget: () => joinable.clear(),
    get isBusy() {
      return underWay > 0
    },
  }
}
