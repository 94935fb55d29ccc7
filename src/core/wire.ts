import { normalizeAccount } from './account.js'
import { PairingError } from './errors.js'
import { asAmount, asHttpsUrl, asRecord, asText } from './json.js'
import { normalizePairingCode } from './pairing-code.js'
import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  SnapshotDetails,
} from './provider.js'
import { methodsOf } from './provider.js'
import { normalizeQrPayload } from './qr-payload.js'

// What travels between `proxy` (browser) and the server handler. `GET url?ask=…` reads, `POST url` with a JSON
// body `{ action, … }` changes; one URL, so that any router can mount it.

/** Query parameter of a read. */
export const ASK_PARAMETER = 'ask'

/** What may be read. */
export type WireQuestion = 'status' | 'qr-code'

/** What may be changed. */
export type WireAction = 'request-pairing-code' | 'reset' | 'unlink'

/** The JSON of an answer: the snapshot, with what the browser must know of the provider behind the server. */
export function encodeSnapshot(snapshot: PairingSnapshot, provider: PairingProvider): string {
  const { methods = methodsOf(provider), timing = provider.timing } = snapshot
  return JSON.stringify({ ...snapshot, methods, timing })
}

/**
 * The snapshot in an answer of the server handler.
 *
 * @throws {@link PairingError} `invalid-answer`
 */
export function decodeSnapshot(input: unknown): PairingSnapshot {
  const fields = asRecord(input)
  const details = decodeDetails(fields)
  const expiresInMs = asAmount(fields.expiresInMs)
  const lifetime = expiresInMs === undefined ? {} : { expiresInMs }
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
      return { ...details, status: 'qr', qrCode, ...lifetime }
    }
    case 'pairing-code': {
      const { value } = normalizePairingCode(asText(fields.pairingCode) ?? '')
      return { ...details, status: 'pairing-code', pairingCode: value, ...lifetime }
    }
    default:
      throw new PairingError(
        'invalid-answer',
        'The pairing URL answered with something that is not a pairing state. Check that the server handler is mounted there.',
      )
  }
}

function decodeDetails(fields: Readonly<Record<string, unknown>>): SnapshotDetails {
  const methods = Array.isArray(fields.methods) ? fields.methods.filter(isMethod) : undefined
  const timing = decodeTiming(asRecord(fields.timing))
  return { ...(methods && { methods }), ...(timing && { timing }) }
}

function isMethod(value: unknown): value is PairingMethod {
  return value === 'qr' || value === 'phone-code'
}

const SHORTEST_MS = 100
const LONGEST_MS = 86_400_000

function decodeTiming(fields: Readonly<Record<string, unknown>>): ProviderTiming | undefined {
  // A zero would make the browser ask without pause, and what a timer cannot hold would too.
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
