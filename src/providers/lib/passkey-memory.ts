import { PairingError } from '../../core/errors.js'
import { asAmount } from '../../core/json.js'
import { PASSKEY_LIFETIME_MS } from '../../core/passkey.js'
import type { PairingMemory, RequestOptions } from '../../core/provider.js'

/** Keys of {@link PairingMemory}. Neither is a secret: the challenge is remembered nowhere. */
const UNTIL = 'passkeyUntil'
const IS_SENT = 'passkeySent'

/** A passkey ceremony, as seen by an adapter. */
export interface SeenCeremony {
  /** Milliseconds until the ceremony expires; 0 after that. */
  readonly expiresInMs: number
  /** An answer was sent. */
  readonly isSent: boolean
}

/**
 * Remembers that WhatsApp demands a passkey, for providers whose state does not contain that. It uses `RequestOptions.memory`, or
 * the adapter without it.
 */
export interface PasskeyMemory {
  /** Records the demand for a passkey. The end of a known ceremony does not change. */
  begin(options: RequestOptions, lifetimeMs?: number): SeenCeremony
  /** An answer was sent. */
  sent(options: RequestOptions): void
  /** The last ceremony that has not ended, even if its time is over. */
  last(options: RequestOptions): SeenCeremony | undefined
  /** Ends it, after a link, a code or a reset. */
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
    const current = last(options)
    if (current && current.expiresInMs > 0) return current
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

/** The reason for a ceremony without a link, if the provider does not report it. */
export function passkeyFailure(name: string, { expiresInMs, isSent }: SeenCeremony): PairingError {
  return isSent && expiresInMs > 0 ? passkeyRefused(name) : passkeyExpired(name)
}

/** An answer was sent, but nothing is linked. */
export function passkeyRefused(name: string): PairingError {
  return new PairingError(
    'passkey-refused',
    `${name} reports that WhatsApp did not accept the passkey, so no phone is linked. Start over to get a new code.`,
  )
}

/** The ceremony has expired. */
export function passkeyExpired(name: string): PairingError {
  return new PairingError(
    'passkey-expired',
    `${name} waits for no passkey any more, and no phone is linked. Start over to get a new code.`,
  )
}
