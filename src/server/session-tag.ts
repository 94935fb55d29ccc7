import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { encode } from 'jose/base64url'

/** What names a session. */
export interface TaggedSession {
  readonly tenant: string
  readonly provider: { readonly id: string; readonly sessionId: string }
}

/** 132 bits. */
const TAG_CHARACTERS = 22

/**
 * The `session` of updates: HMAC-SHA-256 of the JSON `[tenant, provider id, session id]` under the secret, or SHA-256 of it
 * without one; base64url, 22 characters. Equal on every replica and after every restart; authorizes nothing. A page drops
 * what it holds when the tag changes.
 *
 * Web crypto would make every request wait for a thread, so this uses a library that works at once (2 kB gzipped).
 */
export function sessionTag({ tenant, provider }: TaggedSession, secret: string | undefined): string {
  return tagOf([tenant, provider.id, provider.sessionId], secret)
}

/** The same for other names. */
export function tagOf(names: readonly string[], secret: string | undefined): string {
  const encoder = new TextEncoder()
  const name = encoder.encode(JSON.stringify(names))
  const digest = secret === undefined ? sha256(name) : hmac(sha256, encoder.encode(secret), name)
  return encode(digest).slice(0, TAG_CHARACTERS)
}
