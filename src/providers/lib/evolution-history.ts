import { asRecord } from '../../core/json.js'
import type { PairingMemory } from '../../core/provider.js'
import {
  CODE_MS,
  codeOf,
  type EvolutionCode,
  type EvolutionCodes,
  type EvolutionListed,
  shownUntil,
} from './evolution-code.js'

/**
 * Facts about an instance that its server does not report. They are in the memory of the session, so they are plain JSON. Times
 * are epoch milliseconds; 0 means never.
 */
export interface EvolutionHistory {
  /** The last code of the current pairing. */
  readonly code?: EvolutionCode | undefined
  /** The number of the current pairing. */
  readonly phoneNumber?: string | undefined
  /** Until when a running `connect` ends at the latest. */
  readonly busyUntil: number
  /** When this session has begun a pairing. */
  readonly begunAt: number
  /** Since when the instance is closed, although its list reports another state. */
  readonly closedAt: number
  /** Whether the code had expired when the instance closed; `unsure` if it closed at about that time, or no code is known. */
  readonly codeAtClose: 'live' | 'unsure' | 'over'
  /** When a `connect` was sent to finish a link. It is sent once each time the instance closes. */
  readonly healedAt: number
  /** How many pairings in a row closed without a code. */
  readonly emptyBegins: number
  /** When the user last started over during a pairing. */
  readonly resetAt: number
  /** The instance was linked at the last read. */
  readonly wasOpen: boolean
  /** When the instance opened again without a logout in between. */
  readonly opens: readonly number[]
  /** The last time stamp of the list while the instance was open. */
  readonly openStamp?: string | undefined
  /** The server may have been restarted, with a new code, since the last code was read. */
  readonly isUnsure: boolean
  /** Codes of the previous pairing, because the server repeats the last one until it has a new one. */
  readonly over: readonly string[]
}

/** A response about an instance, or a request that was sent. */
export type EvolutionEvent = { readonly at: number } & (
  | {
      readonly type: 'seen'
      readonly state: unknown
      /** The list entry, if it was read too. */
      readonly listed?: EvolutionListed | undefined
    }
  /** A request failed. */
  | { readonly type: 'failed' }
  /** A `connect` that begins a pairing is sent. */
  | { readonly type: 'begins'; readonly phoneNumber?: string | undefined; readonly until: number }
  /** A `connect` is sent to finish a link. */
  | { readonly type: 'heals'; readonly until: number }
  /** Another request that must not overlap is sent. */
  | { readonly type: 'busy'; readonly until: number }
  /** A request of these has ended. */
  | { readonly type: 'ended' }
  | ({ readonly type: 'codes' } & EvolutionCodes)
  /** A pairing that was begun has closed again without a code. */
  | { readonly type: 'no-code' }
  /** The user starts over during a pairing. */
  | { readonly type: 'reset' }
  | { readonly type: 'logged-out' }
)

/**
 * Why an instance is `close` while its list reports another state:
 *
 * - `starting`: a pairing is being begun.
 * - `gap`: a phone may have scanned, and the server reconnects: within 3 seconds with 2.4.
 * - `fault`: the server has not reconnected. 2.4 never does after a logout through its API; one `connect` finishes the link.
 * - `healing`: this `connect` was sent.
 * - `untyped`: the server keeps a pairing code that was not entered, and WhatsApp refuses its credentials.
 * - `over`: all codes are used up, or it is disconnected for another reason. It stays closed until a pairing begins.
 */
export type MeaningOfClose = 'starting' | 'gap' | 'fault' | 'healing' | 'untyped' | 'over'

/** How long an instance may be `close` while the server reconnects: 3 seconds with 2.4, plus the connection to WhatsApp. */
const GAP_MS = 8_000

/** After its last code expires, the instance closes, according to the server's clock. */
const LIMIT_TOLERANCE_MS = 500

/** How late a server under load writes its list after it has issued a code. */
const LISTED_LATE_MS = 2_000

/** If the list entry is newer than a code by this, it belongs to another code. */
const NEWER_MS = 3_000

/** An aborted request continues at the server, which is `close` at first. */
const BEGIN_MS = 3_000

/** Two connections disconnect each other every 3 seconds, and the state is read every 15. */
const REPEATED_MS = 90_000
const REPEATED_OPENS = 4

/** How many codes of one pairing are remembered. The server repeats only the last. */
const OVER_LIMIT = 6

const initial: EvolutionHistory = {
  busyUntil: 0,
  begunAt: 0,
  closedAt: 0,
  codeAtClose: 'unsure',
  healedAt: 0,
  emptyBegins: 0,
  resetAt: 0,
  wasOpen: false,
  opens: [],
  isUnsure: false,
  over: [],
}

/** The history after an event. */
export function evolutionHistory(
  before: EvolutionHistory = initial,
  event: EvolutionEvent,
): EvolutionHistory {
  const { at } = event
  switch (event.type) {
    case 'seen':
      return afterSeen(before, event)
    case 'failed':
      return { ...before, isUnsure: true }
    case 'begins':
      return {
        ...withoutPairing(before),
        phoneNumber: event.phoneNumber,
        busyUntil: event.until,
        begunAt: at,
        wasOpen: false,
      }
    case 'heals':
      return { ...before, busyUntil: event.until, healedAt: at }
    case 'busy':
      return { ...before, busyUntil: event.until }
    case 'ended':
      return { ...before, busyUntil: 0 }
    case 'codes':
      return afterCodes(before, event)
    case 'no-code':
      return { ...before, emptyBegins: before.emptyBegins + 1 }
    case 'reset':
      return { ...before, resetAt: at }
    case 'logged-out':
      return { ...withoutPairing(before), wasOpen: false, opens: [], openStamp: undefined }
  }
}

function afterCodes(
  before: EvolutionHistory,
  event: Extract<EvolutionEvent, { type: 'codes' }>,
): EvolutionHistory {
  const isKnown = before.code !== undefined && codeOf(event, undefined, 0, [])?.qr === before.code.qr
  // After a restart of the server, a new code does not follow a known one.
  const isNext = isKnown || !before.isUnsure
  const code = codeOf(event, isNext ? before.code : undefined, isNext ? before.begunAt : 0, before.over)
  return code ? { ...before, code, isUnsure: before.isUnsure && isKnown, emptyBegins: 0 } : before
}

function afterSeen(
  before: EvolutionHistory,
  { at, state, listed = {} }: Extract<EvolutionEvent, { type: 'seen' }>,
): EvolutionHistory {
  const { connectionStatus, updatedAt } = listed
  if (state === 'open') {
    const isNew = !before.wasOpen || (updatedAt !== undefined && updatedAt !== before.openStamp)
    return {
      ...withoutPairing(before),
      wasOpen: true,
      emptyBegins: 0,
      opens: isNew ? [...before.opens, at].slice(-REPEATED_OPENS) : before.opens,
      openStamp: updatedAt ?? before.openStamp,
    }
  }
  // A link that is lost for a moment looks like a pairing, but the list still has `open`.
  const wasOpen = before.wasOpen && (connectionStatus ?? 'open') === 'open'
  if (state !== 'close') return afterConnecting({ ...before, wasOpen }, { at, state, listed })
  if (connectionStatus === 'close')
    return { ...withoutPairing(before), wasOpen: false, opens: [], emptyBegins: 0 }
  if (before.closedAt > 0) return { ...before, wasOpen }
  return { ...before, wasOpen, closedAt: at, healedAt: 0, codeAtClose: codeAtClose(before, at, listed) }
}

function afterConnecting(
  before: EvolutionHistory,
  { at, state, listed = {} }: Pick<Extract<EvolutionEvent, { type: 'seen' }>, 'at' | 'state' | 'listed'>,
): EvolutionHistory {
  const { code, closedAt, healedAt } = before
  const isGapOver = closedAt > 0 && at - Math.max(closedAt, healedAt) >= GAP_MS
  const base = isGapOver ? { ...before, closedAt: 0, healedAt: 0 } : before
  const isUnsure = before.isUnsure || state === undefined || closedAt > 0
  const { listedAt } = listed
  if (!isUnsure || !code || listedAt === undefined || state === undefined) return { ...base, isUnsure }
  // After a restart, the server has another code. Both times are from the server's clock.
  const writtenAt = Date.parse(code.writtenAt ?? '')
  const newerByMs = Number.isNaN(writtenAt)
    ? listedAt - code.createdBefore
    : Date.parse(listed.updatedAt ?? '') - writtenAt
  const isReplaced = newerByMs > NEWER_MS
  return { ...base, isUnsure: false, ...(isReplaced && { code: undefined, begunAt: 0 }) }
}

function codeAtClose(
  { code, isUnsure }: EvolutionHistory,
  at: number,
  { listedAt = 0 }: EvolutionListed,
): EvolutionHistory['codeAtClose'] {
  // The list also contains codes that came by webhook.
  const lastEnd = Math.max(code?.createdBefore ?? 0, listedAt) + CODE_MS
  if (lastEnd > CODE_MS && at > lastEnd + GAP_MS) return 'over'
  // Only if this session has seen a code. After failed requests, the server may have been restarted, which is not a scan.
  if (!code || isUnsure) return 'unsure'
  const firstEnd = Math.max(shownUntil(code) - LIMIT_TOLERANCE_MS, listedAt + CODE_MS - LISTED_LATE_MS)
  return at < firstEnd ? 'live' : 'unsure'
}

/** Ends the pairing, with or without a link. */
function withoutPairing(before: EvolutionHistory): EvolutionHistory {
  const { code, over } = before
  // A pairing without a code has not replaced the last code.
  const last = code ? [code.qr, ...(code.pairing ? [code.pairing] : [])] : []
  return {
    ...before,
    code: undefined,
    phoneNumber: undefined,
    begunAt: 0,
    closedAt: 0,
    healedAt: 0,
    isUnsure: false,
    over: [...over, ...last].slice(-OVER_LIMIT),
  }
}

/** Why the instance is currently closed. */
export function meaningOfClose(history: EvolutionHistory, at: number): MeaningOfClose {
  const { busyUntil, begunAt, closedAt, codeAtClose, healedAt, emptyBegins } = history
  if (at < busyUntil || at - begunAt < BEGIN_MS) return healedAt > 0 ? 'healing' : 'starting'
  if (emptyBegins > 1) return 'untyped'
  // A server with an unfinished link would repeat its code.
  if (healedAt > 0) return emptyBegins === 0 && at - healedAt < GAP_MS ? 'healing' : 'over'
  if (closedAt === 0 || codeAtClose === 'over') return 'over'
  if (at - closedAt < GAP_MS) return 'gap'
  return codeAtClose === 'live' ? 'fault' : 'over'
}

/** Whether two connections of the device disconnect each other. Only a person can end that. */
export function isRepeatedlyOpen({ opens }: EvolutionHistory, at: number): boolean {
  return opens.filter((openedAt) => at - openedAt < REPEATED_MS).length >= REPEATED_OPENS
}

const FIELD = 'evolution'

/** Reads the history from the memory of a session. */
export function readHistory(memory: PairingMemory): EvolutionHistory {
  const kept = memory[FIELD]
  return isHistory(kept) ? kept : initial
}

/** Applies an event to the history in the memory of a session. */
export function remember(memory: PairingMemory, event: EvolutionEvent): EvolutionHistory {
  const history = evolutionHistory(readHistory(memory), event)
  memory[FIELD] = history
  return history
}

/** Another replica may run another version of this package. */
function isHistory(value: unknown): value is EvolutionHistory {
  const fields = asRecord(value)
  const { opens, over } = fields
  const times = [fields.busyUntil, fields.begunAt, fields.closedAt, fields.healedAt, fields.emptyBegins]
  return times.every((time) => typeof time === 'number') && Array.isArray(opens) && Array.isArray(over)
}
