import { normalizeAccount } from '../../core/account.js'
import { asRecord, asText } from '../../core/json.js'
import type { PairingAccount, PairingSnapshot } from '../../core/provider.js'

// What WAHA says about a session, and every service that is a layer over it:
// https://waha.devlike.pro/docs/how-to/sessions

const PASSKEY_HELP_URL = 'https://waha.devlike.pro/blog/waha-passkey/'

/** What a status means; `undefined` for one that is not WAHA's. */
export function wahaSnapshot(
  status: string | undefined,
  account: PairingAccount,
): PairingSnapshot | undefined {
  switch (status?.toUpperCase()) {
    case 'SCAN_QR_CODE':
      return { status: 'unlinked' }
    case 'STOPPED':
    // Six codes passed unscanned.
    case 'FAILED':
      return { status: 'stopped' }
    case 'PASSKEY_REQUIRED':
    case 'PASSKEY_CONFIRMATION_REQUIRED':
      return { status: 'passkey-required', helpUrl: PASSKEY_HELP_URL }
    case 'STARTING':
      return { status: 'preparing' }
    case 'WORKING':
      return { status: 'linked', account }
    default:
      return undefined
  }
}

/**
 * Who scanned, from the field `me`.
 *
 * @param declaredNumber The number where `me` has none.
 */
export function wahaAccount(me: unknown, declaredNumber?: unknown): PairingAccount {
  const { id, pushName } = asRecord(me)
  return normalizeAccount({ phoneNumber: id ?? declaredNumber, name: pushName, id })
}

/** What a webhook says about this session: `session.status`, which also comes with each new QR code. */
export function readWahaWebhook(body: unknown, sessionId: string): PairingSnapshot | undefined {
  const { event, session, me, payload } = asRecord(body)
  if (event !== 'session.status' || asText(session) !== sessionId) return undefined
  return wahaSnapshot(asText(asRecord(payload).status), wahaAccount(me))
}
