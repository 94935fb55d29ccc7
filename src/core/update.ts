import { decodeMethods, decodeProviderId, decodeTiming, LONGEST_MS } from './decode-offer.js'
import { isPairingErrorCode, PairingError, type PairingErrorCode } from './errors.js'
import { asAmount, asRecord, asText, pickAmounts } from './json.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PairingAccount, PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import { decodeQrPayload, type QrPayload } from './qr-payload.js'

// The messages between `proxy` in the browser and the server handler. `GET url?want=…` reads, `GET url?events` streams the same
// messages, and `POST url` with `{ action, … }` performs an action. One URL, so that any router can mount it.

/** Version of the messages. A page that reads another one ignores fields that it does not know. */
export const WIRE_VERSION = 1

/** Query parameter of a read: {@link PairingWant}. */
export const WANT_PARAMETER = 'want'

/** Query parameter without a value: the response is a stream (`text/event-stream`) of updates. */
export const EVENTS_PARAMETER = 'events'

/** Query parameter: the method that the user sees. */
export const METHOD_PARAMETER = 'method'

/**
 * Query parameter: `codeId` of the page's QR code, so that it is not sent again. With `want=state`: the code that has expired on
 * screen, as its `codeId` or {@link PAIRING_CODE}. Never the code itself, because URLs are logged.
 */
export const HAS_PARAMETER = 'has'

/** Value of {@link HAS_PARAMETER} for the pairing code of the session. */
export const PAIRING_CODE = 'pairing-code'

/** Name of the events of the stream. */
export const UPDATE_EVENT = 'update'

/** What to read: the QR code, or the state alone. */
export type PairingWant = 'code' | 'state'

/** The actions of a page. A read never starts, restarts or ends a pairing. */
export type PairingAction = 'start' | 'request-pairing-code' | 'reset' | 'unlink'

/**
 * What a provider supports besides reading. The screen hides the buttons for everything else. `passkey`: the server forwards the
 * answer of a passkey; `passkey-confirm`: a code can be confirmed; `passkey-handoff`: the provider has its own procedure.
 */
export type PairingAbility = 'unlink' | 'reset' | 'passkey' | 'passkey-confirm' | 'passkey-handoff'

/** Every ability, in the order of updates. */
export const pairingAbilities: readonly PairingAbility[] = [
  'unlink',
  'reset',
  'passkey',
  'passkey-confirm',
  'passkey-handoff',
]

/** Why the previous state ended. `disconnected`: by `unlink` of a page; `unlinked`: on the phone, or by WhatsApp. */
export type UpdateReason = 'code-replaced' | 'reset' | 'disconnected' | 'unlinked'

/** A stream that is silent for longer than this (milliseconds) is broken or buffered. The server sends an event earlier. */
export const STREAM_SILENCE_LIMIT_MS = 25_000

/** A pairing code that may be entered now. */
export interface UpdatePairingCode {
  /** Eight letters and digits. */
  readonly value: string
  /** The last four digits of its phone number. Only the page that sent the number knows all of it. */
  readonly lastDigits: string
  /** Milliseconds until it expires. */
  readonly expiresInMs: number
}

/** The current passkey ceremony. */
export interface UpdatePasskey {
  readonly step: PasskeyStep
  /** Of `confirm`: the code that the phone shows too. */
  readonly code?: string
  /** Milliseconds until the ceremony expires. */
  readonly expiresInMs?: number
}

/** A request to the provider that failed. */
export interface UpdateError {
  readonly code: PairingErrorCode
  /** Milliseconds until the next attempt; missing if a retry cannot help. */
  readonly retryInMs?: number
}

/**
 * The message for polling and streaming. It contains everything that a page needs about a session. Durations are milliseconds.
 */
export interface PairingUpdate {
  /** {@link WIRE_VERSION}. */
  readonly v: number
  /** Identifies the session. Opaque, and equal on every replica. When it changes, a page discards its state. */
  readonly session: string
  /** Time of the last change (start, pairing code, reset, unlink). A greater one makes the page's state invalid. */
  readonly revision?: number
  /** The process that sent it. */
  readonly origin: string
  /** Order within one `origin`: an older response never overwrites a newer event. */
  readonly seq: number
  /** The clock of the server, in epoch milliseconds. */
  readonly at: number
  readonly status: Exclude<PairingSnapshot['status'], 'pairing-code'>
  readonly reason?: UpdateReason
  readonly error?: UpdateError
  /** The refusal in `error` is not final: the server tries again, `nextInMs` says when. */
  readonly willRetry?: boolean
  /** Of `qr`; missing if the read said that the page already has this code. */
  readonly qrCode?: QrPayload
  /** Of `qr`: the id of the code. */
  readonly codeId?: string
  /** Of `qr`: hide the code after this time, unless another update confirms it. */
  readonly hideInMs?: number
  /** Of `qr`: the code expires after this time. */
  readonly expiresInMs?: number
  readonly pairingCode?: UpdatePairingCode
  /** Of `linked`. */
  readonly account?: PairingAccount
  /** Of `linked`: how much of the account's chats the provider has copied, in percent, if it reports that. */
  readonly syncProgress?: number
  /** Of `passkey-required`, if the provider reports the ceremony. */
  readonly passkey?: UpdatePasskey
  /** Of `passkey-required`. */
  readonly helpUrl?: string
  /** When to read again; in a stream, when the next event is due at the latest. */
  readonly nextInMs?: number
  /** How long the server took to make this update, so that a page knows the age of its durations. */
  readonly heldMs?: number
  /** How long the credentials of this request remain valid. */
  readonly authorizedForMs?: number
  /** `id` of the provider. */
  readonly provider: string
  readonly methods: readonly PairingMethod[]
  readonly abilities: readonly PairingAbility[]
  readonly timing: ProviderTiming
}

/** Every status that an update may have. */
const statuses: readonly string[] = [
  'preparing',
  'unlinked',
  'stopped',
  'stale',
  'qr',
  'linking',
  'linked',
  'passkey-required',
] satisfies readonly PairingUpdate['status'][]

function isStatus(value: unknown): value is PairingUpdate['status'] {
  return typeof value === 'string' && statuses.includes(value)
}

/** The JSON of an update. The code is left out where the page `has` it. */
export function encodeUpdate({ qrCode, ...update }: PairingUpdate, has?: string | null): string {
  const isKnown = update.codeId !== undefined && update.codeId === has
  return JSON.stringify(isKnown ? update : { ...update, qrCode })
}

/**
 * Decodes the update in a response, except its account, pairing code, passkey, help URL and reason, which `decodeUpdate` decodes
 * too. An unknown status becomes `preparing`.
 *
 * @throws {@link PairingError} `invalid-answer` for anything that is no update.
 */
export function decodePlainUpdate(input: unknown): PairingUpdate {
  const fields = asRecord(input)
  const { v, status, revision, seq, at, qrCode } = fields
  const [session, origin] = [asText(fields.session), asText(fields.origin)]
  const timing = decodeTiming(fields.timing)
  const provider = decodeProviderId(fields.provider)
  if (
    asAmount(v) === undefined ||
    !session ||
    !origin ||
    !timing ||
    !provider ||
    typeof status !== 'string'
  ) {
    throw new PairingError(
      'invalid-answer',
      'The response is no pairing update. Check that createPairingHandler() is mounted at the URL.',
    )
  }
  const error = decodeError(fields.error)
  const codeId = asText(fields.codeId)
  const known = isStatus(status) ? status : 'preparing'
  const changedAt = asAmount(revision)
  return {
    v: asAmount(v) ?? WIRE_VERSION,
    session,
    origin,
    seq: asAmount(seq) ?? 0,
    at: asAmount(at) ?? 0,
    status: known,
    provider,
    methods: decodeMethods(fields.methods) ?? [],
    abilities: decodeAbilities(fields.abilities),
    timing,
    ...(changedAt !== undefined && { revision: changedAt }),
    ...(error && { error }),
    ...(fields.willRetry === true && { willRetry: true }),
    ...(known === 'qr' &&
      qrCode !== undefined && {
        qrCode: decodeQrPayload(qrCode),
      }),
    ...(codeId && { codeId }),
    ...pickAmounts(fields, ['heldMs', 'authorizedForMs']),
    ...waits(pickAmounts(fields, ['hideInMs', 'expiresInMs', 'nextInMs'])),
  }
}

/** Whether a message has what {@link decodePlainUpdate} leaves out. */
export function hasDetails(input: unknown): boolean {
  const { status, pairingCode, passkey, helpUrl, reason } = asRecord(input)
  return Boolean(status === 'linked' || pairingCode || passkey || helpUrl || reason)
}

/** Durations that a timer can wait for. A timer of more than 24 days would fire immediately, again and again. */
export function waits<Amounts extends Readonly<Record<string, number | undefined>>>(
  amounts: Amounts,
): Amounts {
  const capped = Object.entries(amounts).map(([name, ms]) => [name, Math.min(ms ?? 0, LONGEST_MS)])
  return { ...amounts, ...Object.fromEntries(capped) }
}

function decodeAbilities(value: unknown): readonly PairingAbility[] {
  return Array.isArray(value) ? pairingAbilities.filter((ability) => value.includes(ability)) : []
}

function decodeError(value: unknown): UpdateError | undefined {
  const { code, retryInMs } = asRecord(value)
  if (code === undefined) return undefined
  const waitMs = asAmount(retryInMs)
  return {
    code: isPairingErrorCode(code) ? code : 'unknown',
    ...(waitMs !== undefined && { retryInMs: Math.min(waitMs, LONGEST_MS) }),
  }
}
