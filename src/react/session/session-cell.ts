import type { SessionState } from '../../core/session-state.js'

/**
 * The entry of the query cache. Codes are credentials. A private field is omitted by `JSON.stringify`, by structured clone and by
 * the console, so no persister, dehydration or devtool of the app copies a code.
 */
export class SessionCell {
  static #made = 0
  readonly #state: SessionState
  readonly #number = ++SessionCell.#made

  constructor(state: SessionState) {
    this.#state = state
  }

  /** Returns the newest cell. */
  static newest(this: void, held: unknown, other: unknown): unknown {
    const isNewer =
      held instanceof SessionCell && other instanceof SessionCell && held.#number > other.#number
    return isNewer ? held : other
  }

  /** Reads the state from untrusted cached data; `undefined` for an empty cell that was restored from storage. */
  static stateIn(data: unknown): SessionState | undefined {
    return data instanceof SessionCell ? data.#state : undefined
  }
}
