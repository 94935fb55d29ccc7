import type { SessionState } from '../../core/session-state.js'

/**
 * What the query cache holds. Codes are credentials: a private field is left out by `JSON.stringify`, by structured
 * clone and by the console, so that no persister, dehydration or devtool of the host carries one away.
 */
export class SessionCell {
  static #made = 0
  readonly #state: SessionState
  readonly #number = ++SessionCell.#made

  constructor(state: SessionState) {
    this.#state = state
  }

  /** The one that was made last. */
  static newest(this: void, held: unknown, other: unknown): unknown {
    const isNewer =
      held instanceof SessionCell && other instanceof SessionCell && held.#number > other.#number
    return isNewer ? held : other
  }

  /** The state in cached data of unknown origin; `undefined` for a cell that was restored from storage, and empty. */
  static stateIn(data: unknown): SessionState | undefined {
    return data instanceof SessionCell ? data.#state : undefined
  }
}
