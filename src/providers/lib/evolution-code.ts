import { asText } from '../../core/json.js'

/** A QR code with its pairing code, and the facts about their age. Times are epoch milliseconds. */
export interface EvolutionCode {
  readonly qr: string
  readonly pairing?: string | undefined
  /** It was issued after this time; 0 if that is unknown. */
  readonly createdAfter: number
  /** It was issued before this time. */
  readonly createdBefore: number
  /** When a read last returned it. */
  readonly readAt: number
  /** {@link EvolutionListed.updatedAt} of its list entry. */
  readonly writtenAt?: string | undefined
}

/** When the list entry of an instance was last written, which happens with each code and each opening. */
export interface EvolutionListed {
  readonly connectionStatus?: unknown
  /** On the clock of the server. */
  readonly updatedAt?: string | undefined
  /** The earliest time on the clock of this process, because the response may have taken the whole duration of the request. */
  readonly listedAt?: number | undefined
  /** The latest time on the clock of this process. */
  readonly listedBefore?: number | undefined
}

/** A response of `connect`. */
export interface EvolutionCodes {
  readonly fields: Readonly<Record<string, unknown>>
  readonly sentAt: number
  readonly at: number
  /** The list entry of the server's last code. */
  readonly listed?: EvolutionListed | undefined
}

/** The server's `qrTimeout`: each code is replaced after 45 seconds. See the notes of `evolutionApi`. */
export const CODE_MS = 45_000

/** A code of unknown age leaves the screen one second before it is read again, 15 and 30 seconds after the first read. */
const UNKNOWN_AGE_MS = 14_000

/** The pause between the end of a code and the next `connect`. By then, a scan at the last moment has reached the server. */
export const SETTLED_MS = 2_500

/** The server sends its time in whole seconds. */
const LISTED_TOLERANCE_MS = 1_500

/** With a pairing code, the list is written after WhatsApp has issued that code: at least a second after the QR code. */
const PAIRING_CODE_MS = 2_500

/** When a code leaves the screen. */
export function shownUntil({ createdAfter, createdBefore, readAt }: EvolutionCode): number {
  return Math.max(createdAfter + CODE_MS, Math.min(readAt + UNKNOWN_AGE_MS, createdBefore + CODE_MS))
}

/** When `connect` may return the next code. */
export function nextReadAt(code: EvolutionCode): number {
  return shownUntil(code) + SETTLED_MS
}

/**
 * The code of a response; `undefined` if it has none, or repeats one of an ended pairing.
 *
 * @param before - The previous code of the same pairing.
 * @param begunAt - When this session has begun the pairing; 0 if it has not.
 * @param over - Codes of the previous pairing.
 */
export function codeOf(
  { fields, sentAt, at, listed = {} }: EvolutionCodes,
  before: EvolutionCode | undefined,
  begunAt: number,
  over: readonly string[],
): EvolutionCode | undefined {
  // The text first: the picture has the highest error correction, so its modules are a third smaller.
  const qr = asText(fields.code) ?? asText(fields.base64)
  if (!qr || over.includes(qr)) return undefined
  const own = asText(fields.pairingCode)
  const pairing = own && !over.includes(own) ? own : undefined
  if (before?.qr === qr) return { ...before, pairing: pairing ?? before.pairing, readAt: sentAt }
  const follows = before ? Math.max(before.readAt, before.createdAfter && before.createdAfter + CODE_MS) : 0
  const createdAfter = before ? Math.min(follows, at) : sentAt - begunAt < CODE_MS ? begunAt : 0
  const { listedAt = 0, listedBefore = listedAt, updatedAt } = listed
  if (listedBefore < createdAfter - LISTED_TOLERANCE_MS || at - listedBefore > CODE_MS)
    return { qr, pairing, createdAfter, createdBefore: at, readAt: sentAt }
  const createdAt = Math.min(pairing ? listedAt - PAIRING_CODE_MS : listedAt, at)
  return {
    qr,
    pairing,
    createdAfter: Math.max(createdAfter, createdAt),
    createdBefore: Math.max(createdAfter, listedAt),
    readAt: sentAt,
    writtenAt: updatedAt,
  }
}
