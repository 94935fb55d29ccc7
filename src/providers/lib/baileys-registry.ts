import type { BaileysSession } from './baileys-session.js'

// On the global object, because a dev server that loads this module again must find the sockets of its first copy:
// WhatsApp allows only one socket per device, and two would disconnect each other endlessly.
const REGISTRY = Symbol.for('whatsapp-pairing.baileys-sessions')

/** The session with this key, or a new one. */
export function sessionFor(key: string, create: () => BaileysSession): BaileysSession {
  const sessions = registry()
  const session = sessions.get(key) ?? create()
  sessions.set(key, session)
  return session
}

/** Ends the session with this key, if it exists. The next request creates a new one. */
export async function closeSession(key: string): Promise<void> {
  const sessions = registry()
  const session = sessions.get(key)
  sessions.delete(key)
  await session?.close()
}

function registry(): Map<string, BaileysSession> {
  const kept: unknown = Reflect.get(globalThis, REGISTRY)
  if (kept instanceof Map) return kept
  const sessions = new Map<string, BaileysSession>()
  Reflect.set(globalThis, REGISTRY, sessions)
  return sessions
}
