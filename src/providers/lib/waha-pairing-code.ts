import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import { normalizePairingCode } from '../../core/pairing-code.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS } from '../../core/qr-lifetime.js'
import { pause } from '../../lib/pause.js'
import type { ProviderResponse } from './request.js'
import type { WahaMemory } from './waha-memory.js'
import { NAME, type WahaSession, wahaSnapshot } from './waha-session.js'

/** The error for a number if the status has just changed. */
const NOT_READY = /SCAN_QR_CODE|start it first/

/** The pause while an engine starts; engines with a browser are slow. */
const CODE_PAUSE_MS = 1_000
const CODE_ATTEMPTS = 20

/**
 * WAHA responds with 500 until its socket exists, which takes less than a second. An engine without codes always responds with
 * 500.
 */
const CRASHES_OF_A_START = 3

/** The life of a connection, with time for responses. */
const CONNECTION_MS = PAIRING_CODE_LIFETIME_MS - 5_000

/** On a connection younger than this, a pairing code can be entered in time. */
const FRESH_MS = 60_000

/** The operations on the session that {@link requestWahaPairingCode} uses. */
export interface WahaPairingCodeSession {
  read(options: RequestOptions): Promise<WahaSession>
  /** Starts the session or logs it out, and resolves with the new session. */
  change(action: 'start' | 'logout', options: RequestOptions): Promise<WahaSession>
  /** Sends the number. */
  requestCode(phoneNumber: PhoneNumber, options: RequestOptions): Promise<ProviderResponse>
  snapshotOf(session: WahaSession, options: RequestOptions): Promise<PairingSnapshot>
  readonly memory: WahaMemory
  /** The error of an undocumented response. */
  errorOf(response: ProviderResponse): PairingError
}

/** Requests a pairing code, on a connection that is young enough. Starts one if there is none. */
export async function requestWahaPairingCode(
  waha: WahaPairingCodeSession,
  phoneNumber: PhoneNumber,
  options: RequestOptions,
): Promise<PairingSnapshot> {
  const { memory } = waha
  let crashes = 0
  let hasLoggedOut = false
  for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(CODE_PAUSE_MS, options.signal)
    let session = await waha.read(options)
    if (session.status === 'STOPPED') session = await waha.change('start', options)
    const ageMs = memory.hasNoCodes(options) ? 0 : memory.connectionAge(options)
    if (!hasLoggedOut && needsLogout(session, ageMs)) {
      session = await waha.change('logout', options)
      hasLoggedOut = true
    }
    const status = wahaSnapshot(session)?.status
    if (status === 'linked' || status === 'passkey-required') return waha.snapshotOf(session, options)
    if (session.status !== 'SCAN_QR_CODE') continue
    const response = await waha.requestCode(phoneNumber, options)
    const code = response.ok && asText(asRecord(response.json).code)
    if (code) {
      memory.setNoCodes(options, false)
      return issued(code, memory.connectionAge(options))
    }
    if (isEngineError(response)) {
      crashes += 1
      if (response.status === 500 && crashes <= CRASHES_OF_A_START && !memory.hasNoCodes(options)) continue
      memory.setNoCodes(options, true)
      throw new PairingError(
        'code-refused',
        `The engine of this ${NAME} session issues no pairing codes, or none for this number. Use the QR code, or another engine.`,
      )
    }
    if (response.ok || !NOT_READY.test(response.text)) throw codeError(waha, response)
  }
  throw new PairingError(
    'provider-unavailable',
    `${NAME} did not get the session ready for a pairing code. Try again in a few seconds.`,
  )
}

/** @param ageMs The longest possible time that the connection has waited for a scan. */
function issued(code: string, ageMs: number): PairingSnapshot {
  return {
    status: 'pairing-code',
    pairingCode: normalizePairingCode(code, 'waha').value,
    ...(ageMs < CONNECTION_MS && { expiresInMs: CONNECTION_MS - ageMs }),
  }
}

/** Whether a pairing code of this connection could not be entered in time. */
function needsLogout({ status, isHalfLinked }: WahaSession, ageMs: number): boolean {
  return status === 'FAILED' || (status === 'SCAN_QR_CODE' && (isHalfLinked || ageMs >= FRESH_MS))
}

/** Whether WAHA reports an exception or a missing method of the engine. A gateway sends another text. */
function isEngineError({ status, json }: ProviderResponse): boolean {
  return (status === 500 || status === 501) && asRecord(json).statusCode === status
}

function codeError({ errorOf }: WahaPairingCodeSession, response: ProviderResponse): PairingError {
  if (response.status !== 400 && response.status !== 422) return errorOf(response)
  return new PairingError(
    'code-refused',
    `${NAME} issued no pairing code for this number. Check it and try again, or use the QR code.`,
  )
}
