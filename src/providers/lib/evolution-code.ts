import { asText } from '../../core/json.js'

/** The codes of one moment, and what is known of their birth. Times are epoch milliseconds. */
export interface EvolutionCode {
  readonly qr: string
  readonly pairing?: string | undefined
  /** It is younger than this; 0 where that is not known. */
  readonly bornAfter: number
  /** It was there at this moment. */
  readonly bornBefore: number
  /** When it was last requested and was still there. */
  readonly readAt: number
  /** {@link EvolutionListed.updatedAt} of its list. */
  readonly writtenAt?: string | undefined
}

/** When an instance was last written into the list: with each code, and each time that it opens. */
export interface EvolutionListed {
  readonly connectionStatus?: unknown
  /** By the clock of the server. */
  readonly updatedAt?: string | undefined
  /** The same by the clock of this process: at the earliest, since a response may have travelled for as long as it took. */
  readonly listedAt?: number | undefined
  /** At the latest. */
  readonly listedBefore?: number | undefined
}

/** A response of `connect`. */
export interface EvolutionCodes {
  readonly fields: Readonly<Record<string, unknown>>
  readonly sentAt: number
  readonly at: number
  /** What the list said of the server's last code. */
  readonly listed?: EvolutionListed | undefined
}

/** The server's `qrTimeout`: each code is replaced after 45 seconds. See the notes of `evolutionApi`. */
export const CODE_MS = 45_000

/** A code of unknown age is off the screen one second before it is read again, 15 and 30 seconds after the first time. */
const UNKNOWN_AGE_MS = 14_000

/** Between the end of a code and the next `connect`: a scan of its last moment has arrived at the server by then. */
export const SETTLED_MS = 2_500

/** The server gives its time in whole seconds. */
const LISTED_TOLERANCE_MS = 1_500

/** With a pairing code, the list is written when WhatsApp has issued that: a second after the QR code, or more on a slow line. */
const PAIRING_CODE_MS = 2_500

/** When a code leaves the screen. */
export function shownUntil({ bornAfter, bornBefore, readAt }: EvolutionCode): number {
  return Math.max(bornAfter + CODE_MS, Math.min(readAt + UNKNOWN_AGE_MS, bornBefore + CODE_MS))
}

/** When `connect` may bring the code after this one. */
export function nextReadAt(code: EvolutionCode): number {
  return shownUntil(code) + SETTLED_MS
}

/**
 * The code of a response; `undefined` where it has none, or repeats one of a pairing that is over.
 *
 * @param before - The code before it in the same pairing.
 * @param begunAt - When this session has begun the pairing; 0 where it has not.
 * @param over - Codes of the pairing before.
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
  const follows = before ? Math.max(before.readAt, before.bornAfter && before.bornAfter + CODE_MS) : 0
  const bornAfter = before ? Math.min(follows, at) : sentAt - begunAt < CODE_MS ? begunAt : 0
  const { listedAt = 0, listedBefore = listedAt, updatedAt } = listed
  if (listedBefore < bornAfter - LISTED_TOLERANCE_MS || at - listedBefore > CODE_MS)
    return { qr, pairing, bornAfter, bornBefore: at, readAt: sentAt }
  const bornAt = Math.min(pairing ? listedAt - PAIRING_CODE_MS : listedAt, at)
  return {
    qr,
    pairing,
    bornAfter: Math.max(bornAfter, bornAt),
    bornBefore: Math.max(bornAfter, listedAt),
    readAt: sentAt,
    writtenAt: updatedAt,
  }
}
