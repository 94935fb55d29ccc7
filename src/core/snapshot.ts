import { normalizeAccount } from './account.js'
import { PairingError } from './errors.js'
import { asAmount, asHttpsUrl, asRecord, asText, pickAmounts } from './json.js'
import { normalizePairingCode } from './pairing-code.js'
import type { PairingMethod, PairingSnapshot, ProviderTiming, SnapshotDetails } from './provider.js'
import { normalizeQrPayload } from './qr-payload.js'

/**
 * The snapshot in a value of unknown origin: a response of a developer's own provider may hold anything.
 *
 * @throws {@link PairingError} `invalid-answer`
 */
export function decodeSnapshot(input: unknown): PairingSnapshot {
  const fields = asRecord(input)
  const details = decodeDetails(fields)
  switch (fields.status) {
    case 'preparing':
    case 'unlinked':
    case 'stopped':
    case 'stale':
    case 'linking':
      return { ...details, status: fields.status }
    case 'linked':
      return { ...details, status: 'linked', account: normalizeAccount(fields.account) }
    case 'passkey-required':
      return { ...details, status: 'passkey-required', helpUrl: asHttpsUrl(fields.helpUrl) }
    case 'qr': {
      const payload = asRecord(fields.qrCode)
      const qrCode = normalizeQrPayload(asText(payload.value) ?? asText(payload.src) ?? '')
      return { ...details, status: 'qr', qrCode, ...pickAmounts(fields, ['expiresInMs', 'confirmInMs']) }
    }
    case 'pairing-code': {
      const { value } = normalizePairingCode(asText(fields.pairingCode) ?? '')
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

/** It ends up in the developer's statistics. */
const MAX_ID_CHARACTERS = 100

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

/** The `id` of a provider, cut to a length that statistics can hold. */
export function decodeProviderId(value: unknown): string | undefined {
  return asText(value)?.slice(0, MAX_ID_CHARACTERS)
}

/** The methods in a value of unknown origin; `undefined` where it is no list. */
export function decodeMethods(value: unknown): readonly PairingMethod[] | undefined {
  return Array.isArray(value) ? [...new Set(value.filter(isMethod))] : undefined
}

function isMethod(value: unknown): value is PairingMethod {
  return value === 'qr' || value === 'phone-code'
}

const SHORTEST_MS = 100
const LONGEST_MS = 86_400_000

/** The timing in a value of unknown origin; `undefined` where a part of it is missing. */
export function decodeTiming(input: unknown): ProviderTiming | undefined {
  const fields = asRecord(input)
  // With zero, or with more than a timer can hold, the browser would send requests without a pause.
  const duration = (name: keyof ProviderTiming) =>
    Math.min(Math.max(asAmount(fields[name]) ?? Number.NaN, SHORTEST_MS), LONGEST_MS)
  const timing = {
    qrLifetimeMs: duration('qrLifetimeMs'),
    qrIntervalMs: duration('qrIntervalMs'),
    qrMinIntervalMs: duration('qrMinIntervalMs'),
    statusIntervalMs: duration('statusIntervalMs'),
    pairingCodeLifetimeMs: duration('pairingCodeLifetimeMs'),
    requestTimeoutMs: duration('requestTimeoutMs'),
  }
  return Object.values(timing).some(Number.isNaN) ? undefined : timing
}
