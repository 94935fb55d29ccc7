import { onlineManager } from '@tanstack/react-query'
import { PairingError } from '../../core/errors.js'

type LaterSession = typeof import('./later-session.js').laterSession

let loaded: LaterSession | undefined
let loading: Promise<LaterSession> | undefined

/** The module that no session needs before its first QR code; `undefined` until it has loaded. */
export const loadedSession = (): LaterSession | undefined => loaded

/**
 * Loads that module, and again after a failure.
 *
 * @throws {@link PairingError} `network`
 */
export function loadLaterSession(): Promise<LaterSession> {
  loading ??= load().catch(() => {
    loading = undefined
    throw new PairingError('network', 'A part of the app did not load. Check the connection and try again.')
  })
  return loading
}

async function load(): Promise<LaterSession> {
  // Some browsers never retry a failed import.
  if (!onlineManager.isOnline()) throw undefined
  const { laterSession } = await import('./later-session.js')
  loaded = laterSession
  return laterSession
}
