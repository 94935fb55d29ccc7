import { decodeMethods, decodeProviderId, decodeTiming } from './decode-offer.js'
import { isPairingErrorCode, PairingError, type PairingErrorCode } from './errors.js'
import { asAmount, asRecord, asText, pickAmounts } from './json.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PairingAccount, PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import { decodeQrPayload, type QrPayload } from './qr-payload.js'

// What travels between `proxy` in the browser and the server handler.
// `GET url?want=…` reads, `GET url?events` streams the same messages, `POST url` with `{ action, … }` acts.
// One URL, so that any router can mount it.

/** Version of the messages. A page that reads another one ignores fields that it does not know. */
export const WIRE_VERSION = 1

/** Query parameter of a read: {@link PairingWant}. */
export const WANT_PARAMETER = 'want'

/** Query parameter without a value: the response is a stream (`text/event-stream`) of updates. */
export const EVENTS_PARAMETER = 'events'

/** Query parameter: the method that the user sees. */
export const METHOD_PARAMETER = 'method'

/**
 * Query parameter: `codeId` of the QR code that the page holds, which is not sent again. With `want=state`: the code, by its
 * `codeId` or {@link PAIRING_CODE}, that has expired in front of the user. Never a code itself: URLs are logged.
 */
export const HAS_PARAMETER = 'has'

/** Value of {@link HAS_PARAMETER} for the pairing code of the session. */
export const PAIRING_CODE = 'pairing-code'

/** Name of the events of the stream. */
export const UPDATE_EVENT = 'update'

/** What a read is about: the QR code, or the state alone. */
export type PairingWant = 'code' | 'state'

/** What may be changed. A read never starts, restarts or ends a pairing. */
export type PairingAction = 'start' | 'request-pairing-code' | 'reset' | 'unlink'

/**
 * What a provider offers beside reading. No button is shown that cannot work. `passkey`: the server passes the answer of a
 * passkey on; `passkey-confirm`: a code can be confirmed; `passkey-handoff`: the provider has a way of its own.
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

/** Why the state before ended. `disconnected`: by `unlink` of a page; `unlinked`: on the phone, or by WhatsApp. */
export type UpdateReason = 'code-replaced' | 'reset' | 'disconnected' | 'unlinked'

/** A stream that is silent for longer than this (milliseconds) is broken or held back; the server sends something earlier. */
export const STREAM_SILENCE_LIMIT_MS = 25_000

/** A pairing code that may be entered now. */
export interface UpdatePairingCode {
  /** Eight letters and digits. */
  readonly value: string
  /** The last four digits of its phone number. The whole number is only known to the page that sent it. */
  readonly lastDigits: string
  /** Milliseconds until it expires. */
  readonly expiresInMs: number
}

/** A passkey ceremony that is under way. */
export interface UpdatePasskey {
  readonly step: PasskeyStep
  /** Of `confirm`: the code that the phone shows too. */
  readonly code?: string
  /** Milliseconds until WhatsApp gives up. */
  readonly expiresInMs?: number
}

/** A request to the provider that failed. */
export interface UpdateError {
  readonly code: PairingErrorCode
  /** Milliseconds until the next attempt; missing where only a change helps. */
  readonly retryInMs?: number
}

/** The one message for polling and streaming: all that a page needs to know about a session. Durations are milliseconds. */
export interface PairingUpdate {
  /** {@link WIRE_VERSION}. */
  readonly v: number
  /** Whose session this is. Opaque, equal on every replica. A page drops what it holds when it changes. */
  readonly session: string
  /** Time of the last change (start, pairing code, reset, unlink). A greater one makes invalid what a page shows. */
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
  /** Of `qr`; missing where the read said that the page holds this code. */
  readonly qrCode?: QrPayload
  /** Of `qr`: names the code. */
  readonly codeId?: string
  /** Of `qr`: hide the code then, unless another update confirms it. */
  readonly hideInMs?: number
  /** Of `qr`: the code expires then. */
  readonly expiresInMs?: number
  readonly pairingCode?: UpdatePairingCode
  /** Of `linked`. */
  readonly account?: PairingAccount
  /** Of `linked`: how much of the account's chats the provider has copied, in percent, where it says so. */
  readonly syncProgress?: number
  /** Of `passkey-required`, where the provider says more than that. */
  readonly passkey?: UpdatePasskey
  /** Of `passkey-required`. */
  readonly helpUrl?: string
  /** When to read again; in a stream, when the next event is due at the latest. */
  readonly nextInMs?: number
  /** How long the server held the request until it made this update, so that a page knows the age of its durations. */
  readonly heldMs?: number
  /** How long the credentials of this request still count. */
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
 * The update in a response, but for its account, pairing code, passkey, help URL and reason: `decodeUpdate` of `decode-update.js` decodes those
 * too. A status that this version does not know is `preparing`.
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

/** A timer that waits for more than 24 days fires at once, and would not stop. In milliseconds. */
export const LONGEST_WAIT_MS = 86_400_000

/** Durations that a timer can wait for. */
export function waits<Amounts extends Readonly<Record<string, number | undefined>>>(
  amounts: Amounts,
): Amounts {
  const capped = Object.entries(amounts).map(([name, ms]) => [name, Math.min(ms ?? 0, LONGEST_WAIT_MS)])
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
    ...(waitMs !== undefined && { retryInMs: Math.min(waitMs, LONGEST_WAIT_MS) }),
  }
}
