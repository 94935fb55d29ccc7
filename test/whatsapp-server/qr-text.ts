/** The fields that a phone reads from a device's QR code. */
export interface ScannedCode {
  /** The reference that the server issued. It identifies the registration and has an expiry. */
  readonly ref: string
  readonly noiseKey: Buffer
  readonly identityKey: Buffer
  readonly advSecret: Buffer
}

/**
 * Returns `undefined` if the text is not a WhatsApp code. The fields appear alone or after the hash of a
 * wa.me link.
 */
export function readQrText(text: string): ScannedCode | undefined {
  const [ref, noiseKey, identityKey, advSecret] = text.slice(text.indexOf('#') + 1).split(',')
  if (!ref || !noiseKey || !identityKey || !advSecret) return undefined
  return {
    ref,
    noiseKey: Buffer.from(noiseKey, 'base64'),
    identityKey: Buffer.from(identityKey, 'base64'),
    advSecret: Buffer.from(advSecret, 'base64'),
  }
}
