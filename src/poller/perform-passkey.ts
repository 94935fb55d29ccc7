import { sha256 } from '@noble/hashes/sha2.js'
import { PairingError } from '../core/errors.js'
import {
  decodePasskeyAssertion,
  decodePasskeyChallenge,
  decodePasskeyHandoff,
  type PasskeyAction,
  type PasskeyReply,
} from '../core/passkey.js'
import type { PasskeyStep } from '../core/passkey-step.js'
import type { PairingProvider } from '../core/provider.js'
import type { UpdatePasskey } from '../core/update.js'
import { checkPasskeyAssertion } from './check-passkey-assertion.js'
import { isCeremonyOver } from './is-ceremony-over.js'
import type { Poller } from './poller.js'

/** A passkey request and its fields. */
export interface PasskeyInput {
  readonly action: PasskeyAction
  /** Of `passkey-answer`: untrusted, and checked before use. */
  readonly assertion?: unknown
  /** Of `passkey-confirm`. */
  readonly code?: unknown
}

/** What was sent to the provider in a session, so that nothing is sent twice. */
interface Sent {
  /** Digest of the last challenge that was answered: a second answer would only end the ceremony. */
  challenge?: string
  /** Digest of the last code that was confirmed. */
  code?: string
}

const sentIn = new WeakMap<Poller, Sent>()

/**
 * Performs one step of a passkey ceremony. An answer is checked and sent once for each challenge, a code is confirmed once, and
 * nothing is retried automatically.
 *
 * @throws {@link PairingError} `not-supported`, `invalid-request` if the ceremony is at another step, `passkey-refused`, and the
 * errors of the provider
 */
export async function performPasskey(
  poller: Poller,
  provider: PairingProvider,
  { action, assertion, code }: PasskeyInput,
  signal: AbortSignal,
): Promise<PasskeyReply> {
  const { getPasskeyChallenge, answerPasskey, confirmPasskey, getPasskeyHandoff } = provider
  const requestChallenge = async () => {
    if (!getPasskeyChallenge) throw unsupported()
    return decodePasskeyChallenge(
      await poller.call('passkey-challenge', signal, (options) =>
        getPasskeyChallenge.call(provider, options),
      ),
    )
  }
  switch (action) {
    case 'passkey-challenge':
      await stepOf(poller, signal, ['assert'])
      return { challenge: await requestChallenge() }
    case 'passkey-handoff': {
      if (!getPasskeyHandoff) throw unsupported()
      await stepOf(poller, signal, ['assert'])
      const handoff = await poller.call(action, signal, (options) =>
        getPasskeyHandoff.call(provider, options),
      )
      const reply =
        handoff.kind === 'code'
          ? { ...handoff, expiresInMs: Math.max(handoff.expiresAt - Date.now(), 0) }
          : handoff
      return { handoff: decodePasskeyHandoff(reply) }
    }
    case 'passkey-answer': {
      if (!answerPasskey) throw unsupported()
      const checked = decodePasskeyAssertion(assertion)
      await stepOf(poller, signal, ['assert'])
      // Reads the provider again, to make sure that the answer belongs to the current challenge.
      const requestedAt = Date.now()
      const { options: wanted, expiresInMs } = await requestChallenge()
      checkPasskeyAssertion(checked, wanted)
      sendOnce(poller, 'challenge', wanted.challenge)
      await poller.call(action, signal, (options) => answerPasskey.call(provider, checked, options))
      poller.receive(
        { status: 'passkey-required', step: 'submitted', ...(expiresInMs !== undefined && { expiresInMs }) },
        requestedAt,
      )
      return {}
    }
    case 'passkey-confirm': {
      if (!confirmPasskey) throw unsupported()
      const passkey = await stepOf(poller, signal, ['confirm'])
      if (typeof code !== 'string' || passkey?.code !== code)
        throw new PairingError(
          'invalid-request',
          'Another code has to be compared now, so nothing was confirmed. Show it to the user first.',
        )
      sendOnce(poller, 'code', code)
      await poller.call(action, signal, (options) => confirmPasskey.call(provider, code, options))
      // Until the provider reports the link, its responses may still contain the code.
      poller.receive({ status: 'linking' }, Date.now())
      return {}
    }
  }
}

/**
 * Reads the state, and checks that the ceremony is at one of these steps. A provider that reports no step waits for the passkey.
 */
async function stepOf(
  poller: Poller,
  signal: AbortSignal,
  steps: readonly PasskeyStep[],
): Promise<UpdatePasskey | undefined> {
  const { status, passkey, error } = await poller.read('state', signal)
  if (isCeremonyOver(error))
    throw new PairingError(error.code, 'This passkey ceremony is over. Start over to get another challenge.')
  if (status === 'passkey-required' && steps.includes(passkey?.step ?? 'assert')) return passkey
  throw new PairingError(
    'invalid-request',
    status === 'passkey-required'
      ? 'The passkey ceremony is at another step. Read the state to see which.'
      : 'No passkey is wanted in this session now. Read the state to see what is.',
  )
}

function sendOnce(poller: Poller, what: keyof Sent, value: string): void {
  const sent = sentIn.get(poller) ?? {}
  const digest = sha256(new TextEncoder().encode(value)).join()
  if (sent[what] === digest)
    throw new PairingError('invalid-request', 'This was sent already. Start over to get another challenge.')
  sentIn.set(poller, { ...sent, [what]: digest })
}

function unsupported(): PairingError {
  return new PairingError(
    'not-supported',
    'The provider of this session does not offer this step of a passkey.',
  )
}
