import { encodeBase64Url } from './signature.js'

/** What names a session. */
export interface TaggedSession {
  readonly tenant: string
  readonly provider: { readonly id: string; readonly sessionId: string }
}

/** 132 bits. */
const TAG_CHARACTERS = 22

/** Tags of so many sessions are kept, so that a request need not wait for a digest. */
const CACHED_TAGS = 10_000

/** Makes the tags of sessions. */
export type SessionTagger = (session: TaggedSession) => Promise<string>

/**
 * Makes the `session` of updates: HMAC-SHA-256 of the JSON `[tenant, provider id, session id]` under the secret, or SHA-256
 * of it without one; base64url, 22 characters. Equal on every replica and after every restart; authorises nothing. A page
 * drops what it holds when the tag changes.
 */
export function createSessionTagger(secret: string | undefined): SessionTagger {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key =
    secret === undefined
      ? undefined
      : crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const tags = new Map<string, Promise<string>>()

  async function tagOf(name: string): Promise<string> {
    const bytes = encoder.encode(name)
    const digest = key
      ? await crypto.subtle.sign('HMAC', await key, bytes)
      : await crypto.subtle.digest('SHA-256', bytes)
    return encodeBase64Url(new Uint8Array(digest)).slice(0, TAG_CHARACTERS)
  }

  return ({ tenant, provider }) => {
    const name = JSON.stringify([tenant, provider.id, provider.sessionId])
    const known = tags.get(name)
    if (known) return known
    if (tags.size >= CACHED_TAGS) tags.clear()
    const tag = tagOf(name)
    tags.set(name, tag)
    return tag
  }
}
