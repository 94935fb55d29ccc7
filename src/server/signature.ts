// Signed text over the runtime's own web crypto: `payload.signature`, both base64url, HMAC-SHA-256 (RFC 2104).

/**
 * The text with its signature. The purpose is signed along: what the host signs with the same secret for something
 * else never passes here, nor this there.
 */
export async function signText(text: string, secret: string, purpose: string): Promise<string> {
  const payload = encodeBase64Url(new TextEncoder().encode(text))
  const signature = await crypto.subtle.sign(
    'HMAC',
    await importKey(secret, 'sign'),
    signedBytes(purpose, payload),
  )
  return `${payload}.${encodeBase64Url(new Uint8Array(signature))}`
}

/**
 * The text that one of the secrets has signed for this purpose; `undefined` for everything else. The signature is
 * compared in constant time, and before the payload is looked at.
 */
export async function readSignedText(
  token: string,
  secrets: readonly string[],
  purpose: string,
): Promise<string | undefined> {
  const [payload = '', encodedSignature = '', ...others] = token.split('.')
  const signature = decodeBase64Url(encodedSignature)
  if (!signature || others.length > 0) return undefined
  const signed = signedBytes(purpose, payload)
  for (const secret of secrets) {
    const isSigned = await crypto.subtle.verify('HMAC', await importKey(secret, 'verify'), signature, signed)
    if (isSigned) {
      const bytes = decodeBase64Url(payload)
      return bytes && decodeUtf8(bytes)
    }
  }
  return undefined
}

function importKey(secret: string, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [usage])
}

function signedBytes(purpose: string, payload: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${purpose}.${payload}`)
}

function decodeUtf8(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Bytes as base64url without padding (RFC 4648). */
export function encodeBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  // A last group of one character ends within a byte; `atob` throws there.
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  // The last character may have spare bits. One spelling only, or there would be several links for one signature.
  return encodeBase64Url(bytes) === text ? bytes : undefined
}
