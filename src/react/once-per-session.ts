import type { QueryClient } from '@tanstack/react-query'
import { type PairingTarget, pairingSessionQueryKey } from './query-options.js'

interface Running {
  users: number
  readonly stop: () => void
}

const running = new WeakMap<QueryClient, Map<string, Running>>()

/**
 * Runs something once for a cached session, however many components show it, and ends it with the last of them: not at
 * once, since StrictMode, and a component that moves, mount again in the same turn. Returns what a component calls when it
 * goes.
 *
 * @param purpose Tells apart what runs for the same session.
 */
export function oncePerSession(
  client: QueryClient,
  target: PairingTarget,
  purpose: string,
  begin: () => () => void,
): () => void {
  const sessions = running.get(client) ?? new Map<string, Running>()
  running.set(client, sessions)
  const key = JSON.stringify([purpose, ...pairingSessionQueryKey(target)])
  const session = sessions.get(key) ?? { users: 0, stop: begin() }
  sessions.set(key, session)
  session.users += 1
  return () => {
    session.users -= 1
    queueMicrotask(() => {
      if (session.users > 0 || sessions.get(key) !== session) return
      sessions.delete(key)
      session.stop()
    })
  }
}
