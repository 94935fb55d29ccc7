import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../core/provider.js'
import type { QuestionKind, SessionEvent, SessionFacts } from '../core/session-state.js'

/** One call of a provider may take two requests (the QR code, then the state), and a server stands between. */
const REQUESTS_PER_CALL = 2

/** Puts a question to the provider and tells what came of it. Never rejects. */
export async function ask(
  provider: PairingProvider,
  question: QuestionKind,
  facts: SessionFacts,
  signal: AbortSignal,
): Promise<SessionEvent> {
  const askedAt = Date.now()
  const given = new AbortController()
  const giveUp = () => given.abort()
  signal.addEventListener('abort', giveUp)
  let timer: ReturnType<typeof setTimeout> | undefined
  // A provider that ignores its signal must not keep the session waiting.
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new PairingError(
          'timeout',
          'The provider did not answer in time, so the state is unknown. Try again.',
        ),
      )
      giveUp()
    }, facts.timing.requestTimeoutMs * REQUESTS_PER_CALL)
  })
  try {
    const snapshot = await Promise.race([call(provider, question, facts, { signal: given.signal }), overdue])
    const at = Date.now()
    return snapshot ? { type: 'answered', question, snapshot, askedAt, at } : { type: 'reset-done', at }
  } catch (error) {
    return { type: 'errored', question, error: toPairingError(error), at: Date.now() }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

async function call(
  provider: PairingProvider,
  question: QuestionKind,
  { code }: SessionFacts,
  options: RequestOptions,
): Promise<PairingSnapshot | undefined> {
  switch (question) {
    case 'status':
      return provider.getStatus(options)
    case 'qr-code':
      return provider.getQrCode(options)
    case 'pairing-code':
      if (!provider.requestPairingCode || !code.phoneNumber) break
      return provider.requestPairingCode(code.phoneNumber, options)
    case 'reset':
      if (!provider.reset) break
      await provider.reset(options)
      return undefined
  }
  throw new PairingError(
    'not-supported',
    'The provider of this session cannot do this, so it needs its own console.',
  )
}
