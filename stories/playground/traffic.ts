import type { PairingLogEntry, PairingLogger } from '../../src/server.js'

/** What goes through a pairing handler, for the one who looks. */
export interface TrafficView {
  /** Pages that watch over live events; none of them: they ask again and again. */
  readonly watchers: number
  /** Calls of the provider so far. */
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
