import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'

const GCM_TAG_BYTES = 16

/** The rounds of WhatsApp's key derivation from the eight characters of a pairing code. */
const PAIRING_CODE_ROUNDS = 2 << 16

const derive = promisify(pbkdf2)

export function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

export function hkdf(
  keyMaterial: Uint8Array,
  length: number,
  { salt = new Uint8Array(0), info = '' }: { readonly salt?: Uint8Array; readonly info?: string } = {},
): Buffer {
  return Buffer.from(hkdfSync('sha256', keyMaterial, salt, info, length))
}

/** AES-256-GCM with its tag at the end. */
export function sealGcm(
  plain: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  authenticated?: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  if (authenticated) cipher.setAAD(authenticated)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** The inverse of {@link sealGcm}. Throws if the key is wrong or a byte was changed. */
export function openGcm(
  sealed: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  authenticated?: Uint8Array,
): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv)
  if (authenticated) decipher.setAAD(authenticated)
  decipher.setAuthTag(sealed.subarray(-GCM_TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(0, -GCM_TAG_BYTES)), decipher.final()])
}

/**
 * AES-256-CTR, which is its own inverse. It has no tag, so a wrong key returns wrong bytes without an error.
 */
export function applyCtr(data: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-ctr', key, iv)
  return Buffer.concat([cipher.update(data), cipher.final()])
}

/** The key that WhatsApp derives from a pairing code. */
export function pairingCodeKey(code: string, salt: Uint8Array): Promise<Buffer> {
  return derive(code, salt, PAIRING_CODE_ROUNDS, 32, 'sha256')
}
