import { PairingError } from './errors.js'

/** A pairing code as it is copied and as it is read. */
export interface PairingCode {
  /** Letters and digits only, upper case: what is copied. */
  readonly value: string
  /** `ABCD-1234` where the code has eight characters, as WhatsApp shows it; otherwise the same as `value`. */
  readonly formatted: string
}

/**
 * A pairing code from any spelling a provider uses: `ABCD1234`, `ABCD-1234`, `abcd 1234`. WhatsApp's codes have
 * eight characters; other lengths are kept whole, since one provider documents ten.
 *
 * @throws {@link PairingError} `invalid-answer`
 */
export function normalizePairingCode(input: string): PairingCode {
  const value = (typeof input === 'string' ? input : '').replace(/[\s\p{P}\p{Cf}]/gu, '').toUpperCase()
  if (!/^[A-Z0-9]{4,16}$/.test(value)) {
    throw new PairingError('invalid-answer', 'The provider sent something that is not a pairing code.')
  }
  return { value, formatted: value.length === 8 ? `${value.slice(0, 4)}-${value.slice(4)}` : value }
}
