import { PairingError, toPairingError } from '../core/errors.js'
import { isExpected } from '../core/is-expected.js'
import { isPhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import { printOnce } from '../core/print-error.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../core/provider.js'
import type { QuestionKind, SessionEvent, SessionFacts } from '../core/session-state.js'
import { decodeSnapshot } from '../core/wire.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** One call of a provider may take two requests (the QR code, then the state), and a server stands between. */
const REQUESTS_PER_CALL = 2

/** Puts a question to the provider and tells what came of it. Never rejects. */
export async function ask(
  provider: PairingProvider,
  question: QuestionKind,
  { setup: { timing, expectedPhoneNumber }, code: { phoneNumber }, reset }: SessionFacts,
  outer: AbortSignal,
): Promise<SessionEvent> {
  const askedAt = Date.now()
  const controller = new AbortController()
  const { signal } = controller
  const abort = () => controller.abort()
  outer.addEventListener('abort', abort)
  let timer: ReturnType<typeof setTimeout> | undefined
  // A provider that ignores its signal must not keep the session waiting.
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PairingError('timeout', 'No answer in time. Try again.'))
      abort()
    }, timing.requestTimeoutMs * REQUESTS_PER_CALL)
  })
  try {
    if (expectedPhoneNumber && !isPhoneNumber(expectedPhoneNumber)) {
      throw new PairingError(
        'invalid-options',
        '`expectedPhoneNumber` is no international phone number, so no phone could be the right one.',
      )
    }
    const snapshot = await Promise.race([
      call(provider, question, { phoneNumber, unlinks: reset === 'unlink-due' }, { signal }),
      overdue,
    ])
    return question === 'reset'
      ? { type: 'reset-done', at: Date.now() }
      : { type: 'answered', question, snapshot: decodeSnapshot(snapshot), askedAt, at: Date.now() }
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
    return { type: 'errored', question, error, jitter, at: Date.now() }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}

/** What an answer of a provider does to the session; where it is none, that is an error of its own. */
export function answerEvent(question: QuestionKind, answer: unknown, askedAt: number): SessionEvent {
  const at = Date.now()
  try {
    // A provider of one's own may answer with anything, and what is drawn as it comes may take the whole page down.
    return { type: 'answered', question, snapshot: decodeSnapshot(answer), askedAt, at }
  } catch (error) {
    return { type: 'errored', question, error: toPairingError(error), at }
  }
}

async function call(
  provider: PairingProvider,
  question: QuestionKind,
  { phoneNumber, unlinks }: { phoneNumber: PhoneNumber | undefined; unlinks: boolean },
  options: RequestOptions,
): Promise<PairingSnapshot | undefined> {
  if (question === 'status') return provider.getStatus(options)
  if (question === 'qr-code') return provider.getQrCode(options)
  if (question === 'pairing-code' && phoneNumber && provider.requestPairingCode) {
    return provider.requestPairingCode(phoneNumber, options)
  }
  if (question === 'reset' && unlinks && provider.unlink) return void (await provider.unlink(options))
  if (question === 'reset' && !unlinks && provider.reset) return void (await provider.reset(options))
  throw unsupported()
}

/** The provider lacks a method that was asked for. */
export function unsupported(): PairingError {
  return new PairingError('not-supported', 'This provider cannot do that. Use its console.')
}
