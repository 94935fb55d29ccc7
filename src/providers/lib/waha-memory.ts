import type { PairingMemory, RequestOptions } from '../../core/provider.js'
import type { WahaSession } from './waha-session.js'

/** What WAHA does not report of a session, in `RequestOptions.memory` or, without that, in the adapter. */
export interface WahaMemory {
  /** Takes in a session that was read. @param sentAt Of the request: it may have changed since. */
  see(options: RequestOptions, session: WahaSession, sentAt: number): void
  /** Something was changed: the session begins anew. @param sentAt Of the request. */
  change(options: RequestOptions, action: 'start' | 'restart' | 'logout', sentAt: number): void
  /** How long the connection may have waited for a scan at the most, in milliseconds; `Infinity` where that is not known. */
  connectionAge(options: RequestOptions): number
  /** The session was linked when it worked last. */
  wasLinked(options: RequestOptions): boolean
  /** The engine has refused a pairing code with an error of its own. */
  hasNoCodes(options: RequestOptions): boolean
  setNoCodes(options: RequestOptions, hasNoCodes: boolean): void
}

/** Makes the memory of one adapter. */
export function createWahaMemory(): WahaMemory {
  const own: PairingMemory = {}
  const memoryOf = ({ memory = own }: RequestOptions): PairingMemory => memory
  // A poller is idle while no page reads. The adapter may be there for longer.
  const setLinked = (options: RequestOptions, wasLinked: boolean): void => {
    memoryOf(options).wasLinked = own.wasLinked = wasLinked
  }
  return {
    see(options, { status }, sentAt) {
      if (status === 'WORKING') setLinked(options, true)
      if (status === 'SCAN_QR_CODE') setLinked(options, false)
      else memoryOf(options).beforeScanAt = sentAt
    },
    change(options, action, sentAt) {
      memoryOf(options).beforeScanAt = sentAt
      if (action === 'logout') setLinked(options, false)
    },
    connectionAge(options) {
      const { beforeScanAt } = memoryOf(options)
      const ageMs = typeof beforeScanAt === 'number' ? Date.now() - beforeScanAt : -1
      // After the clock was set back, no age is known.
      return ageMs >= 0 ? ageMs : Number.POSITIVE_INFINITY
    },
    wasLinked: (options) => (memoryOf(options).wasLinked ?? own.wasLinked) === true,
    hasNoCodes: (options) => memoryOf(options).hasNoCodes === true,
    setNoCodes(options, hasNoCodes) {
      memoryOf(options).hasNoCodes = hasNoCodes
    },
  }
}
