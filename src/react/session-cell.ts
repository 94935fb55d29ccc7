import type { SessionState } from '../core/session-state.js'

/**
 * What the query cache holds. Codes are credentials: a private field is left out by `JSON.stringify`, by structured
 * clone and by the console, so that no persister, dehydration or devtool of the host carries one away.
 */
export class SessionCell {
  readonly #state: SessionState

  constructor(state: SessionState) {
    this.#state = state
  }

  /** The state in cached data of unknown origin; `undefined` for a cell that was restored from storage, and empty. */
  static stateIn(data: unknown): SessionState | undefined {
    return data instanceof SessionCell ? data.#state : undefined
  }
}
