import { normalizeAccount } from '../../core/account.js'
import { asRecord, asText } from '../../core/json.js'
import type { PairingAccount, PairingSnapshot } from '../../core/provider.js'

// What WAHA says about a session, and every service that is a layer over it:
// https://waha.devlike.pro/docs/how-to/sessions

/** A session as WAHA reports it. */
export interface WahaSession {
  /** In capitals, as WAHA writes it. */
  readonly status: string | undefined
  /** Whose credentials it holds, which says nothing about a link. */
  readonly account: PairingAccount
  /** They are of a number that was sent to it, and of no phone yet: until then the name is a tilde. */
  readonly isHalfLinked: boolean
}

/**
 * A session from its fields.
 *
 * @param me Who scanned.
 * @param declaredNumber The number where `me` has none.
 */
export function wahaSession(status: unknown, me: unknown, declaredNumber?: unknown): WahaSession {
  const { id, pushName } = asRecord(me)
  const isHalfLinked = pushName === '~'
  const name = isHalfLinked ? undefined : pushName
  return {
    status: asText(status)?.toUpperCase(),
    account: normalizeAccount({ phoneNumber: id ?? declaredNumber, name, id }),
    isHalfLinked,
  }
}

/** The session in a webhook that is about this one: `session.status`, which also comes with each new QR code. */
export function webhookSession(body: unknown, sessionName: string): WahaSession | undefined {
  const { event, session, me, payload } = asRecord(body)
  if (event !== 'session.status' || session !== sessionName) return undefined
  return wahaSession(asRecord(payload).status, me)
}

/** What a status means; `undefined` for one that is not WAHA's. */
export function wahaSnapshot({ status, account }: WahaSession): PairingSnapshot | undefined {
  switch (status) {
    case 'SCAN_QR_CODE':
      return { status: 'unlinked' }
    case 'STOPPED':
    // Six codes passed unscanned.
    case 'FAILED':
      return { status: 'stopped' }
    case 'PASSKEY_REQUIRED':
    case 'PASSKEY_CONFIRMATION_REQUIRED':
      // The provider's page about it is for developers, so no help URL leads the user there.
      return { status: 'passkey-required' }
    case 'STARTING':
      return { status: 'preparing' }
    case 'WORKING':
      return { status: 'linked', account }
    default:
      return undefined
  }
}
