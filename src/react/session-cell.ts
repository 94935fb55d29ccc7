import type { SessionState } from '../core/session-state.js'

/** What was reported of a cached session, whatever component showed it. */
export interface SessionMemory {
  /** The end that `onLinked` or `onError` was called for. */
  end: string | undefined
  /** The state up to which steps were reported. */
  reported: SessionState | undefined
  /** The tag in the last response of each provider object. */
  readonly tags: WeakMap<object, string>
}

/**
 * What the query cache holds. Codes are credentials: a private field is left out by `JSON.stringify`, by structured
 * clone and by the console, so that no persister, dehydration or devtool of the app carries one away.
 */
export class SessionCell {
  static #made = 0
  readonly #state: SessionState
  readonly #memory: SessionMemory
  readonly #number = ++SessionCell.#made

  /** @param before The cell whose place it takes. */
  constructor(state: SessionState, before?: unknown) {
    this.#state = state
    this.#memory = SessionCell.memoryIn(before) ?? {
      end: undefined,
      reported: undefined,
      tags: new WeakMap(),
    }
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

  /** What was reported of the session in cached data of unknown origin. */
  static memoryIn(data: unknown): SessionMemory | undefined {
    return data instanceof SessionCell ? data.#memory : undefined
  }
}
