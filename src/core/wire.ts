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
import { sessionNotices } from './session-notice.js'

// What travels between `proxy` (browser) and the server handler. `GET url?ask=…` reads, `POST url` with a JSON
// body `{ action, … }` changes; one URL, so that any router can mount it.

/** Query parameter of a read. */
export const ASK_PARAMETER = 'ask'

/** What may be read; `events` is answered with a stream (`text/event-stream`) of what is learnt from then on. */
export type WireQuestion = 'status' | 'qr-code' | 'events'

/** Query parameter of `events`: what the user has in front of them. */
export const METHOD_PARAMETER = 'method'

/**
 * Names of events in the stream: a snapshot, the QR code of the last snapshot confirmed ({@link QrConfirmation}), or
 * an error.
 */
export type WireEventName = 'snapshot' | 'same' | 'problem'

/** A stream that is silent for longer than this is broken, or held back on the way: the server sends something earlier. */
export const STREAM_SILENCE_LIMIT_MS = 25_000

/** What may be changed. */
export type WireAction = 'request-pairing-code' | 'reset' | 'unlink'

/** The part of a QR snapshot that changes while the code stays the same. */
export type QrConfirmation = Pick<
  Extract<PairingSnapshot, { status: 'qr' }>,
  'nextInMs' | 'confirmInMs' | 'expiresInMs'
>

/** Reads the durations of a {@link QrConfirmation}; what is none is left out. */
export function decodeConfirmation(input: unknown): QrConfirmation {
  return pickAmounts(asRecord(input), ['nextInMs', 'confirmInMs', 'expiresInMs'])
}

function pickAmounts<Name extends string>(
  fields: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { readonly [Key in Name]?: number } {
  const amounts: { [Key in Name]?: number } = {}
  for (const name of names) {
    const amount = asAmount(fields[name])
    if (amount !== undefined) amounts[name] = amount
  }
  return amounts
}

/** A snapshot with what the browser must know of the provider behind the server. */
export function withDetails<Snapshot extends PairingSnapshot>(
  snapshot: Snapshot,
  provider: PairingProvider,
): Snapshot {
  return { provider: provider.id, methods: methodsOf(provider), timing: provider.timing, ...snapshot }
}

/** The JSON of an answer: the snapshot, with what the browser must know of the provider behind the server. */
export function encodeSnapshot(snapshot: PairingSnapshot, provider: PairingProvider): string {
  return JSON.stringify(withDetails(snapshot, provider))
}

/**
 * The snapshot in an answer of the server handler.
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
        'The pairing URL answered with something that is not a pairing state. Check that the server handler is mounted there.',
      )
  }
}

/** It ends up in the host's statistics. */
const MAX_ID_CHARACTERS = 100

function decodeDetails(fields: Readonly<Record<string, unknown>>): SnapshotDetails {
  const methods = Array.isArray(fields.methods) ? [...new Set(fields.methods.filter(isMethod))] : undefined
  const timing = decodeTiming(fields.timing)
  const provider = asText(fields.provider)
  const session = asText(fields.session)
  const reason = sessionNotices.find((notice) => notice === fields.reason)
  return {
    ...(session && { session: session.slice(0, MAX_ID_CHARACTERS) }),
    ...(reason && { reason }),
    ...(provider && { provider: provider.slice(0, MAX_ID_CHARACTERS) }),
    ...(methods && { methods }),
    ...(timing && { timing }),
    ...pickAmounts(fields, ['nextInMs']),
  }
}

function isMethod(value: unknown): value is PairingMethod {
  return value === 'qr' || value === 'phone-code'
}

const SHORTEST_MS = 100
const LONGEST_MS = 86_400_000

/** The timing in a value of unknown origin; `undefined` where a part of it is missing. */
export function decodeTiming(input: unknown): ProviderTiming | undefined {
  const fields = asRecord(input)
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
