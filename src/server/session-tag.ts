import { hmacSha256, sha256 } from './sha-256.js'
import { encodeBase64Url } from './signature.js'

/** 132 bits. */
const TAG_CHARACTERS = 22

/** What names a session. */
export interface TaggedSession {
  readonly tenant: string
  readonly provider: { readonly id: string; readonly sessionId: string }
}

/**
 * The `session` of responses and events: HMAC-SHA-256 of the JSON `[tenant, provider id, session id]` under the secret, or
 * SHA-256 of it without one; base64url, 22 characters. Equal on every replica and after every restart; authorises nothing.
 * A page drops what it holds when it changes.
 */
export function sessionTag({ tenant, provider }: TaggedSession, secret: string | undefined): string {
  return tagOf([tenant, provider.id, provider.sessionId], secret)
}

/** The same for other names. */
export function tagOf(names: readonly string[], secret: string | undefined): string {
  const encoder = new TextEncoder()
  const bytes = encoder.encode(JSON.stringify(names))
  const digest = secret === undefined ? sha256(bytes) : hmacSha256(encoder.encode(secret), bytes)
  return encodeBase64Url(digest).slice(0, TAG_CHARACTERS)
}
