import type { QueryClient } from '@tanstack/react-query'
import type { PairingProvider } from '../core/provider.js'
import type { SessionEvent, SessionState } from '../core/session-state.js'

/** What a question of this page has brought. */
export interface OwnAnswer {
  readonly client: QueryClient
  readonly target: Pick<PairingProvider, 'id' | 'sessionId'>
  readonly event: SessionEvent
  /** The session after it. */
  readonly state: SessionState
}

const listeners = new Set<(answer: OwnAnswer) => void>()

/** Hears of every answer that a question of this page brings, pushed ones left out. Returns what ends that. */
export function onOwnAnswer(listener: (answer: OwnAnswer) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Tells whoever listens. */
export function tellOwnAnswer(answer: OwnAnswer): void {
  for (const listener of listeners) listener(answer)
}
