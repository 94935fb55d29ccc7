import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { encode } from 'jose/base64url'

/** The fields that identify a session. */
export interface TaggedSession {
  readonly tenant: string
  readonly provider: { readonly id: string; readonly sessionId: string }
}

/** 132 bits. */
const TAG_CHARACTERS = 22

/**
 * The `session` of updates: HMAC-SHA-256 of the JSON `[tenant, provider id, session id]` under the secret, or SHA-256 of it
 * without one; base64url, 22 characters. It is equal on every replica and after every restart, and authorizes nothing. When it
 * changes, a page discards its state.
 *
 * Web Crypto is asynchronous and would delay every request, so this uses a synchronous library (2 kB gzipped).
 */
export function sessionTag({ tenant, provider }: TaggedSession, secret: string | undefined): string {
  return tagOf([tenant, provider.id, provider.sessionId], secret)
}

/** The same for other values. */
export function tagOf(names: readonly string[], secret: string | undefined): string {
  const encoder = new TextEncoder()
  const name = encoder.encode(JSON.stringify(names))
  const digest = secret === undefined ? sha256(name) : hmac(sha256, encoder.encode(secret), name)
  return encode(digest).slice(0, TAG_CHARACTERS)
}
