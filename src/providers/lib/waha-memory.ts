import type { PairingMemory, RequestOptions } from '../../core/provider.js'
import type { WahaSession } from './waha-session.js'

/** Facts about a session that WAHA does not report, in `RequestOptions.memory` or, without it, in the adapter. */
export interface WahaMemory {
  /** Records a session that was read. @param sentAt When the request was sent, because the session may have changed since. */
  see(options: RequestOptions, session: WahaSession, sentAt: number): void
  /** Records a change, which restarts the session. @param sentAt When the request was sent. */
  change(options: RequestOptions, action: 'start' | 'restart' | 'logout', sentAt: number): void
  /** The longest possible time that the connection has waited for a scan, in milliseconds; `Infinity` if unknown. */
  connectionAge(options: RequestOptions): number
  /** Whether the session was linked when it last worked. */
  wasLinked(options: RequestOptions): boolean
  /** Whether the engine has refused a pairing code with an engine error. */
  hasNoCodes(options: RequestOptions): boolean
  setNoCodes(options: RequestOptions, hasNoCodes: boolean): void
}

/** Makes the memory of one adapter. */
export function createWahaMemory(): WahaMemory {
  const own: PairingMemory = {}
  const memoryOf = ({ memory = own }: RequestOptions): PairingMemory => memory
  // A poller ends when no page reads, but the adapter may live longer.
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
