import type { PairingLogEntry, PairingLogger } from '../../src/server.js'

/** The traffic of a pairing handler. */
export interface TrafficView {
  /** The number of pages with a stream of live events. If it is zero, pages poll. */
  readonly watchers: number
  /** Requests to the provider so far. */
  readonly upstreamCalls: number
}

/** Counts what the handler logs. */
export interface Traffic {
  readonly log: PairingLogger
  view(): TrafficView
}

export function createTraffic(): Traffic {
  let view: TrafficView = { watchers: 0, upstreamCalls: 0 }
  return {
    log(entry: PairingLogEntry) {
      if (entry.event === 'watchers') view = { ...view, watchers: entry.watchers }
      if (entry.event === 'upstream') view = { ...view, upstreamCalls: view.upstreamCalls + 1 }
    },
    view: () => view,
  }
}
