/** What a phone reads from a device's QR code. */
export interface ScannedCode {
  /** From the server: which registration the code belongs to, and for how long. */
  readonly ref: string
  readonly noiseKey: Buffer
  readonly identityKey: Buffer
  readonly advSecret: Buffer
}

/** `undefined` for what is no code of WhatsApp's. The fields come alone or behind the hash of a wa.me link. */
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
