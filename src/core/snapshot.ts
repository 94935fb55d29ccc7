import { normalizeAccount } from './account.js'
import { asPercent } from './as-percent.js'
import { decodeMethods, decodeProviderId, decodeTiming } from './decode-offer.js'
import { PairingError } from './errors.js'
import { asHttpsUrl, asRecord, asText, pickAmounts } from './json.js'
import { asQrContent, normalizeQrPayload } from './normalize-qr-payload.js'
import { normalizePairingCode } from './pairing-code.js'
import { asPasskeyCode, asPasskeyStep } from './passkey-step.js'
import type { PairingSnapshot, SnapshotDetails } from './provider.js'

/**
 * Reads the snapshot from an untrusted value: the developer's own provider may return anything.
 *
 * @param provider - `id` of the provider: one of them documents another length of pairing codes.
 * @throws {@link PairingError} `invalid-answer`
 */
export function decodeSnapshot(input: unknown, provider?: string): PairingSnapshot {
  const fields = asRecord(input)
  const details = decodeDetails(fields)
  switch (fields.status) {
    case 'preparing':
    case 'unlinked':
    case 'stale':
    case 'linking':
      return { ...details, status: fields.status }
    case 'stopped':
      return {
        ...details,
        status: 'stopped',
        ...(fields.reason === 'unlinked' && { reason: fields.reason }),
      }
    case 'linked': {
      const syncProgress = asPercent(fields.syncProgress)
      return {
        ...details,
        status: 'linked',
        account: normalizeAccount(fields.account),
        ...(syncProgress !== undefined && { syncProgress }),
      }
    }
    case 'passkey-required':
      return {
        ...details,
        status: 'passkey-required',
        step: asPasskeyStep(fields.step),
        code: asPasskeyCode(fields.code),
        helpUrl: asHttpsUrl(fields.helpUrl),
        ...pickAmounts(fields, ['expiresInMs']),
      }
    case 'qr': {
      const { value, src } = asRecord(fields.qrCode)
      const qrCode = normalizeQrPayload(asQrContent(value ?? src ?? fields.qrCode) ?? '')
      return { ...details, status: 'qr', qrCode, ...pickAmounts(fields, ['expiresInMs', 'confirmInMs']) }
    }
    case 'pairing-code': {
      const { value } = normalizePairingCode(asText(fields.pairingCode) ?? '', provider)
      return {
        ...details,
        status: 'pairing-code',
        pairingCode: value,
        ...pickAmounts(fields, ['expiresInMs']),
      }
    }
    default:
      throw new PairingError(
        'invalid-answer',
        'The provider returned something that is not a pairing snapshot. Return one of the documented states.',
      )
  }
}

function decodeDetails(fields: Readonly<Record<string, unknown>>): SnapshotDetails {
  const methods = decodeMethods(fields.methods)
  const timing = decodeTiming(fields.timing)
  const provider = decodeProviderId(fields.provider)
  return {
    ...(provider && { provider }),
    ...(methods && { methods }),
    ...(timing && { timing }),
    ...pickAmounts(fields, ['nextInMs']),
  }
}
