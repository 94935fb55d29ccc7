import type { PairingConnection, PairingSource } from '../../core/connection.js'
import { PairingError, toPairingError } from '../../core/errors.js'
import { isExpected } from '../../core/is-expected.js'
import { printOnce } from '../../core/print-error.js'
import { type PairingProvider, REQUESTS_PER_CALL, type RequestOptions } from '../../core/provider.js'
import { isCodeOnScreen } from '../../core/session-draft.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { SessionRequest } from '../../core/session-request.js'
import type { SessionFacts } from '../../core/session-state.js'
import type { PairingUpdate } from '../../core/update.js'
import { loadedSession, loadLaterSession } from './load-later-session.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** The time limit before the first update, which contains the provider's timing. In milliseconds. */
const FIRST_TIMEOUT_MS = 60_000

let connect: ((provider: PairingProvider) => PairingConnection) | undefined

/**
 * The connection of a source: that of `proxy`, or for an adapter that is used directly, one to a poller, which is loaded first.
 */
export function connectionOf(source: PairingSource): PairingConnection | Promise<PairingConnection> {
  if ('connection' in source) return source.connection
  if (connect) return connect(source)
  return import('../../poller/connect-provider.js').then(({ connectProvider }) => {
    connect = connectProvider
    return connectProvider(source)
  })
}

/** Whether updates of this source may come without a read. */
export function offersStream(source: PairingSource | undefined): boolean {
  return (source && 'connection' in source ? source.connection : source)?.subscribe !== undefined
}

/** Sends a request of the session and resolves with the resulting events. Never rejects. */
export async function sendRequest(
  source: PairingSource,
  request: SessionRequest,
  facts: SessionFacts,
  outer: AbortSignal,
): Promise<readonly SessionEvent[]> {
  const { kind } = request
  const sentAt = Date.now()
  const limitMs = limitOf(facts)
  try {
    const { expectedPhoneNumber } = facts.setup
    if (expectedPhoneNumber) {
      const later = loadedSession() ?? (await loadLaterSession())
      later.checkExpectedNumber(expectedPhoneNumber)
    }
    const send = () => inTime((options) => call(source, request, facts, options), limitMs, outer)
    const update = await send().catch((error: unknown) => {
      // The app's sign-in may have been renewed, so the second attempt computes the headers again.
      const mayBeRenewed = toPairingError(error).code === 'sign-in-required' && isCodeOnScreen(facts)
      if (mayBeRenewed && !outer.aborted) return send()
      throw error
    })
    const at = Date.now()
    const updated = { type: 'updated', update, sentAt, at } as const
    if (kind === 'read') return [updated]
    return [
      { type: 'request-done', request: kind, at },
      { ...updated, request: kind },
    ]
  } catch (thrown) {
    const error = toPairingError(thrown)
    const { id, sessionId } = source
    // This exact expression, so that bundlers remove the block from production builds.
    if (
      process.env.NODE_ENV !== 'production' &&
      error.code !== 'network' &&
      !isExpected(error.code) &&
      !outer.aborted
    )
      printOnce(`${id} ${sessionId} ${error.code}`, `A request of the provider "${id}" failed.`, thrown)
    return [{ type: 'request-failed', request: kind, error, jitter: Math.random(), at: Date.now() }]
  }
}

/** The time limit of a request. In milliseconds. */
export function limitOf(facts: SessionFacts | undefined): number {
  return (facts?.offer.timing?.requestTimeoutMs ?? FIRST_TIMEOUT_MS) * REQUESTS_PER_CALL
}

async function call(
  source: PairingSource,
  request: SessionRequest,
  { method }: SessionFacts,
  { signal }: RequestOptions,
): Promise<PairingUpdate> {
  const connection = await connectionOf(source)
  if (request.kind === 'read') {
    const { want, has } = request
    return connection.read({ want, method, has, signal })
  }
  const phoneNumber = request.kind === 'request-pairing-code' ? request.phoneNumber : undefined
  return connection.act(request.kind, { method, phoneNumber, signal })
}

/**
 * Ends the wait even if the source ignores its signal. `lib/in-time` does the same for several signals and any error; importing it
 * would cost each page 26 bytes before its first code.
 */
export async function inTime<Value>(
  run: (options: RequestOptions) => Promise<Value>,
  limitMs: number,
  outer: AbortSignal,
): Promise<Value> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  outer.addEventListener('abort', abort)
  let timer: ReturnType<typeof setTimeout> | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PairingError('timeout', 'No response in time. Try again.'))
      abort()
    }, limitMs)
  })
  try {
    return await Promise.race([run({ signal: controller.signal }), overdue])
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}
