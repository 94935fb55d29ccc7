import { normalizeAccount } from './account.js'
import { asPercent } from './as-percent.js'
import { LONGEST_MS } from './decode-offer.js'
import { PairingError } from './errors.js'
import { asAmount, asHttpsUrl, asRecord, asText, pickAmounts } from './json.js'
import { isNormalized } from './pairing-code.js'
import { asPasskeyCode, asPasskeyStep } from './passkey-step.js'
import {
  decodePlainUpdate,
  type PairingUpdate,
  type UpdatePairingCode,
  type UpdatePasskey,
  type UpdateReason,
  waits,
} from './update.js'

/**
 * Decodes the complete update in a response of the server handler.
 *
 * @throws {@link PairingError} `invalid-answer` for anything that is no update.
 */
export function decodeUpdate(input: unknown): PairingUpdate {
  const update = decodePlainUpdate(input)
  const fields = asRecord(input)
  const pairingCode = decodePairingCode(fields.pairingCode, update.provider)
  const passkey = decodePasskey(fields.passkey)
  const helpUrl = asHttpsUrl(fields.helpUrl)
  const syncProgress = asPercent(fields.syncProgress)
  return {
    ...update,
    ...(pairingCode && { pairingCode }),
    ...(update.status === 'linked' && {
      account: normalizeAccount(fields.account),
      ...(syncProgress !== undefined && { syncProgress }),
    }),
    ...(update.status === 'passkey-required' && passkey && { passkey }),
    ...(helpUrl && { helpUrl }),
    ...(isReason(fields.reason) && { reason: fields.reason }),
  }
}

const reasons: readonly string[] = [
  'code-replaced',
  'reset',
  'disconnected',
  'unlinked',
] satisfies readonly UpdateReason[]

function isReason(value: unknown): value is UpdateReason {
  return typeof value === 'string' && reasons.includes(value)
}

function decodePairingCode(value: unknown, provider: string): UpdatePairingCode | undefined {
  const fields = asRecord(value)
  const text = asText(fields.value)
  const expiresInMs = asAmount(fields.expiresInMs)
  if (!text || expiresInMs === undefined) return undefined
  if (!isNormalized(text, provider))
    throw new PairingError('invalid-answer', 'The update holds something that is not a pairing code.')
  const lastDigits = /^\d{1,4}$/.exec(asText(fields.lastDigits) ?? '')?.[0] ?? ''
  return {
    value: text,
    lastDigits,
    expiresInMs: Math.min(expiresInMs, LONGEST_MS),
  }
}

function decodePasskey(value: unknown): UpdatePasskey | undefined {
  const fields = asRecord(value)
  const step = asPasskeyStep(fields.step)
  const code = asPasskeyCode(fields.code)
  return step && { step, ...(code && { code }), ...waits(pickAmounts(fields, ['expiresInMs'])) }
}
