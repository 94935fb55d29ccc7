import { isSame } from '../../core/is-same.js'
import {
  type LinkEvent,
  type LinkFacts,
  linkStatusAfter,
  type PairingLinkStatus,
  unknownLink,
  viewLinkStatus,
} from '../../core/link-status.js'
import type { PairingUpdate } from '../../core/update.js'

/**
 * The status of a link in the query cache. The account is personal data. A private field is omitted by `JSON.stringify`, by
 * structured clone and by the console, so no persister, dehydration or devtool of the app copies it.
 */
export class StatusCell implements PairingLinkStatus {
  readonly status: PairingLinkStatus['status']
  readonly last?: PairingLinkStatus['last']
  readonly asOf?: PairingLinkStatus['asOf']
  readonly error?: PairingLinkStatus['error']
  readonly reason?: PairingLinkStatus['reason']
  readonly syncProgress?: PairingLinkStatus['syncProgress']
  readonly abilities: PairingLinkStatus['abilities']
  readonly #account: PairingLinkStatus['account']
  #facts: LinkFacts
  /** The event that it was created from, until it is folded into the previous cell. */
  readonly #event: LinkEvent | undefined
  /** The update that was read last. */
  #update: PairingUpdate | undefined

  private constructor(facts: LinkFacts, update: PairingUpdate | undefined, event?: LinkEvent) {
    const { account, ...view } = viewLinkStatus(facts)
    this.status = view.status
    this.last = view.last
    this.asOf = view.asOf
    this.error = view.error
    this.reason = view.reason
    this.syncProgress = view.syncProgress
    this.abilities = view.abilities
    this.#account = account
    this.#facts = facts
    this.#update = update
    this.#event = event
  }

  get account(): PairingLinkStatus['account'] {
    return this.#account
  }

  /** The first cell, from an update. */
  static of(event: LinkEvent, update?: PairingUpdate): StatusCell {
    return new StatusCell(linkStatusAfter(unknownLink, event), update, event)
  }

  /** The cell of an update that was read or received. */
  static read(update: PairingUpdate): StatusCell {
    return StatusCell.of({ update, at: Date.now() }, update)
  }

  /** The update that was read last. */
  static updateIn(data: unknown): PairingUpdate | undefined {
    return data instanceof StatusCell ? data.#update : undefined
  }

  /** Reads the facts from untrusted cached data. A cell that was restored from storage has none. */
  static factsIn(data: unknown): LinkFacts {
    return data instanceof StatusCell ? data.#facts : unknownLink
  }

  /**
   * Folds the cell of an update into the previous one, for `structuralSharing`. Returns the same object if the app would see no
   * difference, so that nothing renders again.
   */
  static folded(this: void, before: unknown, after: unknown): unknown {
    if (!(before instanceof StatusCell && after instanceof StatusCell) || before === after) return after
    if (!after.#event) return after
    const facts = linkStatusAfter(before.#facts, after.#event)
    if (isSame(viewLinkStatus(before.#facts), viewLinkStatus(facts))) {
      before.#facts = facts
      before.#update = after.#update
      return before
    }
    return new StatusCell(facts, after.#update)
  }
}
