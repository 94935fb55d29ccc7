import { PairingError, toPairingError } from '../core/errors.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { isPhoneNumber } from '../core/phone-number.js'
import {
  isSnapshot,
  type PairingProvider,
  type PairingSnapshot,
  type RequestOptions,
} from '../core/provider.js'
import { isDrawable } from '../core/qr-payload.js'
import type { QuestionKind, SessionEvent, SessionFacts } from '../core/session-state.js'

/** One call of a provider may take two requests (the QR code, then the state), and a server stands between. */
const REQUESTS_PER_CALL = 2

/** Puts a question to the provider and tells what came of it. Never rejects. */
export async function ask(
  provider: PairingProvider,
  question: QuestionKind,
  { timing, phoneNumber, unlinks, expectedPhoneNumber }: SessionFacts,
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
      call(provider, question, { phoneNumber, unlinks }, { signal }),
      overdue,
    ])
    return question === 'reset'
      ? { type: 'reset-done', at: Date.now() }
      : answerEvent(question, snapshot, askedAt)
  } catch (error) {
    const jitter = Math.random()
    return { type: 'errored', question, error: toPairingError(error), jitter, at: Date.now() }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}

/** What an answer of a provider does to the session; where it is none, that is an error of its own. */
export function answerEvent(
  question: QuestionKind,
  snapshot: PairingSnapshot | undefined,
  askedAt: number,
): SessionEvent {
  const at = Date.now()
  try {
    // Here, where an error becomes an event, and not in the middle of a transition.
    if (snapshot?.status === 'pairing-code') normalizePairingCode(snapshot.pairingCode)
    const isUsable = isSnapshot(snapshot) && (snapshot.status !== 'qr' || isDrawable(snapshot.qrCode))
    if (isUsable) return { type: 'answered', question, snapshot, askedAt, at }
    throw new PairingError('invalid-answer', 'The provider answered with nothing that can be shown.')
  } catch (error) {
    return { type: 'errored', question, error: toPairingError(error), at }
  }
}

async function call(
  provider: PairingProvider,
  question: QuestionKind,
  { phoneNumber, unlinks }: Pick<SessionFacts, 'phoneNumber' | 'unlinks'>,
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
