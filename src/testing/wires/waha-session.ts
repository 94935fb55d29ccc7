import type { Emulator } from '../emulator.js'

/** What a session says of itself; the words are WAHA's. */
export type WahaStatus = 'STOPPED' | 'STARTING' | 'SCAN_QR_CODE' | 'WORKING' | 'FAILED' | 'PASSKEY_REQUIRED'

/** A process that has to run for the account to have codes. */
export interface WahaSession {
  /** The status of this moment. A running session without a link begins a round of codes by itself. */
  status(): WahaStatus
  /** Starts it where it is stopped. */
  start(): void
  /** Stops it. The link survives that. */
  stop(): void
  restart(): void
}

/** The session of WAHA, and of WASend on top of it: the emulator knows nothing of processes. */
export function createWahaSession(
  emulator: Emulator,
  { startingMs, stopped }: { readonly startingMs: number; readonly stopped: boolean },
): WahaSession {
  /** When it is up; `null` while it is stopped. */
  let upAt: number | null = stopped ? null : emulator.now()

  function start(): void {
    if (upAt !== null) return
    upAt = emulator.now() + startingMs
    emulator.start(startingMs)
  }

  function stop(): void {
    upAt = null
    const { status } = emulator.state
    // Codes live on the connection that ends here, also those still to come; a link does not.
    if (status !== 'linked' && status !== 'linking') emulator.restart()
  }

  function status(): WahaStatus {
    if (upAt === null) return 'STOPPED'
    if (emulator.now() < upAt) return 'STARTING'
    if (emulator.state.status === 'idle') emulator.start()
    switch (emulator.state.status) {
      case 'pairing':
        return 'SCAN_QR_CODE'
      case 'linked':
        return 'WORKING'
      case 'passkey-required':
        return 'PASSKEY_REQUIRED'
      case 'out-of-codes':
      case 'stale-auth':
        return 'FAILED'
      default:
        return 'STARTING'
    }
  }

  return {
    status,
    start,
    stop,
    restart() {
      upAt = null
      emulator.restart()
      start()
    },
  }
}
