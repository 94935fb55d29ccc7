import { normalizeAccount } from '../../core/account.js'
import { asRecord, asText } from '../../core/json.js'
import type { PairingAccount, PairingSnapshot } from '../../core/provider.js'

// The session in responses of WAHA, and of services on top of it:
// https://waha.devlike.pro/docs/how-to/sessions

/** The provider's name in messages. */
export const NAME = 'WAHA'

/** A session as WAHA reports it. */
export interface WahaSession {
  /** In capitals, as in WAHA. */
  readonly status: string | undefined
  /** The account of its credentials, which need not be linked. */
  readonly account: PairingAccount
  /** The credentials belong to a number that was sent, but no phone has confirmed them: until then the name is a tilde. */
  readonly isHalfLinked: boolean
}

/**
 * A session from its fields.
 *
 * @param me The account that scanned.
 * @param declaredNumber The number, if `me` has none.
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

/** The snapshot of a status; `undefined` if the status is unknown. */
export function wahaSnapshot({ status, account }: WahaSession): PairingSnapshot | undefined {
  switch (status) {
    case 'SCAN_QR_CODE':
      return { status: 'unlinked' }
    case 'STOPPED':
    // Six codes expired unscanned.
    case 'FAILED':
      return { status: 'stopped' }
    case 'PASSKEY_REQUIRED':
    case 'PASSKEY_CONFIRMATION_REQUIRED':
      // The provider's page about it is for developers, so there is no help URL.
      return { status: 'passkey-required' }
    case 'STARTING':
      return { status: 'preparing' }
    case 'WORKING':
      return { status: 'linked', account }
    default:
      return undefined
  }
}
