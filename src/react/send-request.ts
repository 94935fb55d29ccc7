import { PairingError, toPairingError } from '../core/errors.js'
import { isExpected } from '../core/is-expected.js'
import { isPhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import { printOnce } from '../core/print-error.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../core/provider.js'
import type { RequestKind, SessionEvent, SessionFacts } from '../core/session-state.js'
import { decodeSnapshot } from '../core/wire.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** One call of a provider may take two requests (the QR code, then the state), and a server is in between. */
const REQUESTS_PER_CALL = 2

/** Sends a request to the provider and returns what came of it, as an event. Never rejects. */
export async function sendRequest(
  provider: PairingProvider,
  request: RequestKind,
  { setup: { timing, expectedPhoneNumber }, code: { phoneNumber }, reset }: SessionFacts,
  outer: AbortSignal,
): Promise<SessionEvent> {
  const requestedAt = Date.now()
  const controller = new AbortController()
  const { signal } = controller
  const abort = () => controller.abort()
  outer.addEventListener('abort', abort)
  let timer: ReturnType<typeof setTimeout> | undefined
  // A provider that ignores its signal must not keep the session waiting.
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PairingError('timeout', 'No response in time. Try again.'))
      abort()
    }, timing.requestTimeoutMs * REQUESTS_PER_CALL)
  })
  try {
    if (expectedPhoneNumber && !isPhoneNumber(expectedPhoneNumber)) {
      throw new PairingError(
        'invalid-options',
        '`expectedPhoneNumber` is not an international phone number, so no phone could match it.',
      )
    }
    const snapshot = await Promise.race([
      call(provider, request, { phoneNumber, unlinks: reset === 'unlink-due' }, { signal }),
      overdue,
    ])
    return request === 'reset'
      ? { type: 'reset-done', at: Date.now() }
      : { type: 'responded', request, snapshot: decodeSnapshot(snapshot), requestedAt, at: Date.now() }
  } catch (thrown) {
    const jitter = Math.random()
    const error = toPairingError(thrown)
    const { id, sessionId } = provider
    // Written out, so that bundlers leave it and what it needs out of production.
    if (
      process.env.NODE_ENV !== 'production' &&
      error.code !== 'network' &&
      !isExpected(error.code) &&
      !outer.aborted
    )
      printOnce(`${id} ${sessionId} ${error.code}`, `A request of the provider "${id}" failed.`, thrown)
    return { type: 'request-failed', request, error, jitter, at: Date.now() }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}

/** What a response of a provider does to the session; a value that is no snapshot is an error of its own. */
export function responseEvent(request: RequestKind, response: unknown, requestedAt: number): SessionEvent {
  const at = Date.now()
  try {
    // A provider of your own may respond with anything, and drawn as it comes that could break the whole page.
    return { type: 'responded', request, snapshot: decodeSnapshot(response), requestedAt, at }
  } catch (error) {
    return { type: 'request-failed', request, error: toPairingError(error), at }
  }
}

async function call(
  provider: PairingProvider,
  request: RequestKind,
  { phoneNumber, unlinks }: { phoneNumber: PhoneNumber | undefined; unlinks: boolean },
  options: RequestOptions,
): Promise<PairingSnapshot | undefined> {
  if (request === 'status') return provider.getStatus(options)
  if (request === 'qr-code') return provider.getQrCode(options)
  if (request === 'pairing-code' && phoneNumber && provider.requestPairingCode) {
    return provider.requestPairingCode(phoneNumber, options)
  }
  if (request === 'reset' && unlinks && provider.unlink) return void (await provider.unlink(options))
  if (request === 'reset' && !unlinks && provider.reset) return void (await provider.reset(options))
  throw unsupported()
}

/** The provider lacks the method for this request. */
export function unsupported(): PairingError {
  return new PairingError('not-supported', 'This provider cannot do that. Use its console.')
}
