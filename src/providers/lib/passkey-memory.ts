import { PairingError } from '../../core/errors.js'
import { asAmount } from '../../core/json.js'
import { PASSKEY_LIFETIME_MS } from '../../core/passkey.js'
import type { PairingMemory, RequestOptions } from '../../core/provider.js'

/** Keys of {@link PairingMemory}. Neither is a secret: the challenge is remembered nowhere. */
const UNTIL = 'passkeyUntil'
const IS_SENT = 'passkeySent'

/** A passkey ceremony as far as an adapter has seen it. */
export interface SeenCeremony {
  /** Milliseconds until WhatsApp gives up; 0 where that is over. */
  readonly expiresInMs: number
  /** An answer was sent. */
  readonly isSent: boolean
}

/**
 * Remembers that WhatsApp wants a passkey, where the state of the provider does not say so: in `RequestOptions.memory`, or without
 * that in the adapter.
 */
export interface PasskeyMemory {
  /** The provider says that a passkey is wanted. Of a ceremony that is known, the end stays. */
  begin(options: RequestOptions, lifetimeMs?: number): SeenCeremony
  /** An answer was sent. */
  sent(options: RequestOptions): void
  /** The last ceremony that nothing has ended, also where its time is over. */
  last(options: RequestOptions): SeenCeremony | undefined
  /** A link, a code or a reset ended it. */
  end(options: RequestOptions): void
}

/** Makes the memory of one adapter. */
export function createPasskeyMemory(): PasskeyMemory {
  const own: PairingMemory = {}
  const memoryOf = ({ memory = own }: RequestOptions): PairingMemory => memory
  const last: PasskeyMemory['last'] = (options) => {
    const memory = memoryOf(options)
    const until = asAmount(memory[UNTIL])
    if (until === undefined) return undefined
    return { expiresInMs: Math.max(until - Date.now(), 0), isSent: memory[IS_SENT] === true }
  }
  const end: PasskeyMemory['end'] = (options) => {
    const memory = memoryOf(options)
    delete memory[UNTIL]
    delete memory[IS_SENT]
  }
  const begin: PasskeyMemory['begin'] = (options, lifetimeMs = PASSKEY_LIFETIME_MS) => {
    const known = last(options)
    if (known && known.expiresInMs > 0) return known
    end(options)
    memoryOf(options)[UNTIL] = Date.now() + lifetimeMs
    return { expiresInMs: lifetimeMs, isSent: false }
  }
  return {
    begin,
    sent(options) {
      begin(options)
      memoryOf(options)[IS_SENT] = true
    },
    last,
    end,
  }
}

/** Why a ceremony ended without a link, where the provider does not say it. */
export function passkeyFailure(name: string, { expiresInMs, isSent }: SeenCeremony): PairingError {
  return isSent && expiresInMs > 0 ? passkeyRefused(name) : passkeyExpired(name)
}

/** The answer was sent, and nothing is linked. */
export function passkeyRefused(name: string): PairingError {
  return new PairingError(
    'passkey-refused',
    `${name} reports that WhatsApp did not accept the passkey, so no phone is linked. Start over to get a new code.`,
  )
}

/** Nothing waits for a passkey any more. */
export function passkeyExpired(name: string): PairingError {
  return new PairingError(
    'passkey-expired',
    `${name} waits for no passkey any more, and no phone is linked. Start over to get a new code.`,
  )
}
