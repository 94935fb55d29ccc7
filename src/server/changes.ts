import { abortedError, PairingError, type PairingErrorCode, toPairingError } from '../core/errors.js'
import type { PairingBus } from '../core/pairing-bus.js'
import type { PairingAction } from '../core/update.js'
import { createRateLimit, type RateLimit, type RateLimitOptions, takeShared } from './rate-limit.js'

/**
 * How many successful changes are allowed at once, and one more after which time. Pairing codes: the user may correct a typing
 * error or two immediately, but more has to wait, because WhatsApp blocks numbers that request codes often. A reset and an unlink
 * cost the provider several requests.
 */
const SUCCESSES: Readonly<Record<PairingAction, RateLimitOptions>> = {
  'request-pairing-code': { size: 3, intervalMs: 30_000 },
  start: { size: 5, intervalMs: 10_000 },
  reset: { size: 5, intervalMs: 10_000 },
  unlink: { size: 5, intervalMs: 10_000 },
}

/** Failed calls do not use up that limit, so they have a separate one: a provider that is down is not called in a loop. */
const ATTEMPTS = { size: 10, intervalMs: 3_000 }

/** After these failures the provider may have issued a code or sent a request to WhatsApp, so they count. */
const countedFailures: readonly PairingErrorCode[] = ['aborted', 'timeout', 'invalid-answer', 'code-refused']

/** Requests of one provider object run one at a time, so each further change makes all pages wait longer. */
const MAX_UNDER_WAY = 4
const FULL_RETRY_AFTER_MS = 5_000

const refusals: Readonly<Record<PairingAction, string>> = {
  'request-pairing-code':
    'Too many pairing codes were requested. Wait before the next one, or WhatsApp refuses the number.',
  start: 'The session was started too often. Wait before the next start.',
  reset: 'The session was reset too often. Wait before the next reset.',
  unlink: 'The session was unlinked too often. Wait before the next attempt.',
}

/** One change of a session. */
export interface Change {
  /** Identifies the session, equally on every replica. */
  readonly session: string
  readonly action: PairingAction
  /** The number, if the change has one. Changes for different numbers are not joined. */
  readonly phoneNumber?: string | undefined
  /** The signal of the request. The provider's call is aborted when all requests that wait for it are aborted. */
  readonly signal: AbortSignal
  /** Calls the provider, for all joined requests. Resolves with whether anything was sent; only then the change counts. */
  readonly run: (signal: AbortSignal) => Promise<boolean>
}

/** Runs changes. Identical changes in progress are joined, and each kind has a limit for each session. */
export interface Changes {
  /** @throws {@link PairingError} `rate-limited`, or the error of the call */
  make(change: Change): Promise<void>
}

interface RunningChange {
  readonly key: string
  readonly result: Promise<void>
  readonly controller: AbortController
  waiting: number
}

interface SessionChanges {
  underWay: number
  /** The change that was begun last. An earlier one may be void at the provider. */
  last: RunningChange | undefined
}

/** Creates the changes of one handler. If the bus supports it, replicas share the limits. */
export function createChanges(bus: Pick<PairingBus, 'take'> | undefined): Changes {
  const sessions = new Map<string, SessionChanges>()
  const successes: Readonly<Record<PairingAction, RateLimit>> = {
    'request-pairing-code': createRateLimit(SUCCESSES['request-pairing-code']),
    start: createRateLimit(SUCCESSES.start),
    reset: createRateLimit(SUCCESSES.reset),
    unlink: createRateLimit(SUCCESSES.unlink),
  }
  const attempts = createRateLimit(ATTEMPTS)

  /** Runs a change that the limits of this process allow. */
  async function runShared({ session, action, run }: Change, signal: AbortSignal): Promise<void> {
    const { waitMs, giveBack } = await takeShared(bus, `${action}:${session}`, SUCCESSES[action])
    if (waitMs > 0) throw limited(action, waitMs)
    try {
      if (signal.aborted) throw abortedError()
      if (await run(signal)) return
      giveBack()
      successes[action].giveBack(session)
    } catch (error) {
      if (!isCounted(error)) giveBack()
      throw error
    }
  }

  function start(key: string, change: Change): RunningChange {
    const { session, action } = change
    const record = sessions.get(session) ?? { underWay: 0, last: undefined }
    if (record.underWay >= MAX_UNDER_WAY) throw limited(action, FULL_RETRY_AFTER_MS)
    const waitMs = attempts.wait(`${action} ${session}`) || successes[action].take(session)
    if (waitMs > 0) throw limited(action, waitMs)
    attempts.take(`${action} ${session}`)
    const controller = new AbortController()
    const result = runShared(change, controller.signal)
    const running: RunningChange = { key, result, controller, waiting: 0 }
    const settle = (): void => {
      record.underWay -= 1
      if (record.last === running) record.last = undefined
      if (record.underWay === 0) sessions.delete(session)
    }
    record.underWay += 1
    record.last = running
    sessions.set(session, record)
    result.then(settle, (error: unknown) => {
      if (!isCounted(error)) successes[action].giveBack(session)
      settle()
    })
    return running
  }

  return {
    async make(change) {
      const { session, action, phoneNumber, signal } = change
      if (signal.aborted) throw abortedError()
      const key = JSON.stringify([action, phoneNumber])
      const last = sessions.get(session)?.last
      const running = last?.key === key && !last.controller.signal.aborted ? last : start(key, change)
      running.waiting += 1
      try {
        return await unlessAborted(running.result, signal)
      } finally {
        running.waiting -= 1
        if (running.waiting === 0) running.controller.abort()
      }
    },
  }
}

function isCounted(error: unknown): boolean {
  return countedFailures.includes(toPairingError(error).code)
}

function limited(action: PairingAction, retryAfterMs: number): PairingError {
  return new PairingError('rate-limited', refusals[action], { retryAfterMs })
}

function unlessAborted<Value>(result: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(abortedError())
    signal.addEventListener('abort', leave, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
