import type { PairingMemory, RequestOptions } from '../../core/provider.js'
import type { WahaSession } from './waha-session.js'

/** What WAHA does not report of a session, in `RequestOptions.memory` or, without that, in the adapter. */
export interface WahaMemory {
  /** Takes in a session that was read. */
  see(options: RequestOptions, session: WahaSession): void
  /** Something was changed: the session begins anew. */
  change(options: RequestOptions, action: 'start' | 'restart' | 'logout'): void
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
    see(options, { status }) {
      if (status === 'WORKING') setLinked(options, true)
      if (status === 'SCAN_QR_CODE') setLinked(options, false)
      else memoryOf(options).beforeScanAt = performance.now()
    },
    change(options, action) {
      memoryOf(options).beforeScanAt = performance.now()
      if (action === 'logout') setLinked(options, false)
    },
    connectionAge(options) {
      const { beforeScanAt } = memoryOf(options)
      return typeof beforeScanAt === 'number' ? performance.now() - beforeScanAt : Number.POSITIVE_INFINITY
    },
    wasLinked: (options) => (memoryOf(options).wasLinked ?? own.wasLinked) === true,
    hasNoCodes: (options) => memoryOf(options).hasNoCodes === true,
    setNoCodes(options, hasNoCodes) {
      memoryOf(options).hasNoCodes = hasNoCodes
    },
  }
}
