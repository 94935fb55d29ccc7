import type { QueryClient } from '@tanstack/react-query'
import type { PairingProvider } from '../core/provider.js'
import type { SessionEvent, SessionState } from '../core/session-state.js'

/** Something that happened to a cached session. */
export interface SessionTransition {
  readonly client: QueryClient
  readonly target: Pick<PairingProvider, 'id' | 'sessionId'>
  readonly event: SessionEvent
  /** True for what a question of this page has brought; false for what was pushed, or done by the user or the clock. */
  readonly isOwnAnswer: boolean
  readonly before: SessionState
  readonly after: SessionState
}

const listeners = new Set<(transition: SessionTransition) => void>()

/** Hears of everything that happens to the cached session of a target. Returns what ends that. */
export function onTransition(
  client: QueryClient,
  { id, sessionId }: SessionTransition['target'],
  listener: (transition: SessionTransition) => void,
): () => void {
  const hear = (transition: SessionTransition) => {
    const { target } = transition
    if (transition.client === client && target.id === id && target.sessionId === sessionId)
      listener(transition)
  }
  listeners.add(hear)
  return () => void listeners.delete(hear)
}

/** Tells whoever listens. */
export function tellTransition(transition: SessionTransition): void {
  for (const listener of [...listeners]) listener(transition)
}
