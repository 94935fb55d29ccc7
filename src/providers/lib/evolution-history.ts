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
 * What is known of an instance and cannot be read from its server. It is kept in the memory of the session, so it is plain JSON;
 * times are epoch milliseconds, and 0 is never.
 */
export interface EvolutionHistory {
  /** The last code of the pairing under way. */
  readonly code?: EvolutionCode | undefined
  /** The number that the pairing under way was begun with. */
  readonly phoneNumber?: string | undefined
  /** A `connect` is under way, and ends by then. */
  readonly busyUntil: number
  /** When this session has begun a pairing. */
  readonly begunAt: number
  /** Since when the instance is closed while its list does not say so. */
  readonly closedAt: number
  /** Whether the time of the code was over when the instance closed: `unsure` where it closed at that moment, or no code is known. */
  readonly codeAtClose: 'live' | 'unsure' | 'over'
  /** When a link that did not come was helped by a `connect`. Once for each time that the instance closes. */
  readonly healedAt: number
  /** Pairings in a row that were begun and closed without a code. */
  readonly emptyBegins: number
  /** When the user last wanted to start over while a pairing was under way. */
  readonly resetAt: number
  /** The instance was linked when it was last seen. */
  readonly wasOpen: boolean
  /** When the instance was found open anew, without a logout in between. */
  readonly opens: readonly number[]
  /** What the list was last written with while the instance was open. */
  readonly openStamp?: string | undefined
  /** The server may have been restarted, with a new code, since the last code was read. */
  readonly isUnsure: boolean
  /** Codes of the pairing before: the server repeats the last one until it has another. */
  readonly over: readonly string[]
}

/** What a response says of an instance, or what was sent. */
export type EvolutionEvent = { readonly at: number } & (
  | {
      readonly type: 'seen'
      readonly state: unknown
      /** What the list says beside it, where that was read. */
      readonly listed?: EvolutionListed | undefined
    }
  /** A request failed. */
  | { readonly type: 'failed' }
  /** A `connect` is sent, which begins a pairing. */
  | { readonly type: 'begins'; readonly phoneNumber?: string | undefined; readonly until: number }
  /** A `connect` is sent to finish a link. */
  | { readonly type: 'heals'; readonly until: number }
  /** Another request is sent that must be alone. */
  | { readonly type: 'busy'; readonly until: number }
  /** A request of these has ended. */
  | { readonly type: 'ended' }
  | ({ readonly type: 'codes' } & EvolutionCodes)
  /** A pairing that was begun has closed again without a code. */
  | { readonly type: 'no-code' }
  /** The user wants to start over, while a pairing is under way. */
  | { readonly type: 'reset' }
  | { readonly type: 'logged-out' }
)

/**
 * Why an instance is `close` while its list says something else:
 *
 * - `starting`: a pairing is being begun.
 * - `gap`: a phone may have scanned, and the server connects again: in 3 seconds with 2.4.
 * - `fault`: it has not connected again. 2.4 never does after a logout by its API; one `connect` finishes the link.
 * - `healing`: that was sent.
 * - `untyped`: the server keeps a pairing code that was not entered, and WhatsApp refuses what it logs in with.
 * - `over`: it has given all its codes, or is not connected for another reason. It stays closed until a pairing is begun.
 */
export type MeaningOfClose = 'starting' | 'gap' | 'fault' | 'healing' | 'untyped' | 'over'

/** So long an instance may be `close` because the server connects again: 3 seconds with 2.4, and the line to WhatsApp. */
const GAP_MS = 8_000

/** At the limit of codes the instance closes when the time of the last code is over, by a clock that is not this one. */
const LIMIT_TOLERANCE_MS = 500

/** A server under load writes its list so long after a code was born. */
const LISTED_LATE_MS = 2_000

/** A code that the list knows of is another one where it is younger by this. */
const NEWER_MS = 3_000

/** A request that was given up goes on at the server, which is `close` in the first moments. */
const BEGIN_MS = 3_000

/** A second connection throws the first one out every 3 seconds, and the state is read every 15. */
const REPEATED_MS = 90_000
const REPEATED_OPENS = 4

/** So many codes of one pairing are remembered, of which the server repeats the last. */
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
  // After a restart of the server, another code follows none that is known.
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
  // A link that is lost for a moment looks like a pairing; the list still calls it open.
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
  const known = isGapOver ? { ...before, closedAt: 0, healedAt: 0 } : before
  const isUnsure = before.isUnsure || state === undefined || closedAt > 0
  const { listedAt } = listed
  if (!isUnsure || !code || listedAt === undefined || state === undefined) return { ...known, isUnsure }
  // After a restart, the server has another code. Two times of the server are compared by its own clock.
  const writtenAt = Date.parse(code.writtenAt ?? '')
  const newerByMs = Number.isNaN(writtenAt)
    ? listedAt - code.bornBefore
    : Date.parse(listed.updatedAt ?? '') - writtenAt
  const isReplaced = newerByMs > NEWER_MS
  return { ...known, isUnsure: false, ...(isReplaced && { code: undefined, begunAt: 0 }) }
}

function codeAtClose(
  { code, isUnsure }: EvolutionHistory,
  at: number,
  { listedAt = 0 }: EvolutionListed,
): EvolutionHistory['codeAtClose'] {
  // The list knows of codes that came by webhook.
  const lastEnd = Math.max(code?.bornBefore ?? 0, listedAt) + CODE_MS
  if (lastEnd > CODE_MS && at > lastEnd + GAP_MS) return 'over'
  // Only where this session has seen a code. After requests that failed, the server may have been restarted, which is no scan.
  if (!code || isUnsure) return 'unsure'
  const firstEnd = Math.max(shownUntil(code) - LIMIT_TOLERANCE_MS, listedAt + CODE_MS - LISTED_LATE_MS)
  return at < firstEnd ? 'live' : 'unsure'
}

/** The pairing is over, by a link or without one. */
function withoutPairing(before: EvolutionHistory): EvolutionHistory {
  const { code, over } = before
  // One that ended without a code has not replaced the last one.
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

/** Why the instance is closed at this moment. */
export function meaningOfClose(history: EvolutionHistory, at: number): MeaningOfClose {
  const { busyUntil, begunAt, closedAt, codeAtClose, healedAt, emptyBegins } = history
  if (at < busyUntil || at - begunAt < BEGIN_MS) return healedAt > 0 ? 'healing' : 'starting'
  if (emptyBegins > 1) return 'untyped'
  // A server that had a link to finish has a code to repeat.
  if (healedAt > 0) return emptyBegins === 0 && at - healedAt < GAP_MS ? 'healing' : 'over'
  if (closedAt === 0 || codeAtClose === 'over') return 'over'
  if (at - closedAt < GAP_MS) return 'gap'
  return codeAtClose === 'live' ? 'fault' : 'over'
}

/** Whether two connections of the device throw each other out: only a person can end that. */
export function isRepeatedlyOpen({ opens }: EvolutionHistory, at: number): boolean {
  return opens.filter((openedAt) => at - openedAt < REPEATED_MS).length >= REPEATED_OPENS
}

const FIELD = 'evolution'

/** The history in the memory of a session. */
export function readHistory(memory: PairingMemory): EvolutionHistory {
  const kept = memory[FIELD]
  return isHistory(kept) ? kept : initial
}

/** Takes an event into the memory of a session. */
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
