import { mergeAccounts } from './account.js'
import { type PairingError, type PairingErrorCode, toPairingError } from './errors.js'
import type { PairingAccount } from './provider.js'
import type { PairingAbility, PairingUpdate } from './update.js'

/**
 * Why a link needs attention: the phone was logged out (`unlinked-on-phone`), WhatsApp demands a passkey (`passkey-required`), or the
 * provider refuses: `unauthorized` (its key), `session-not-found`, `subscription-expired`, `account-blocked` (banned) or
 * `session-stale` (leftovers are in the way).
 */
export type PairingLinkReason =
  | 'unlinked-on-phone'
  | 'passkey-required'
  | Extract<
      PairingErrorCode,
      'unauthorized' | 'session-not-found' | 'subscription-expired' | 'account-blocked' | 'session-stale'
    >

/** Whether a phone is linked, for a badge or a settings page. */
export interface PairingLinkStatus {
  /** `unknown`: not read yet, or the last read returned no state. {@link PairingLinkStatus.last} is then the previous state. */
  readonly status: 'linked' | 'not-linked' | 'needs-attention' | 'unknown'
  /** Of `unknown`: the state that was read last. Missing if no state was read yet. */
  readonly last?: 'linked' | 'not-linked' | 'needs-attention' | undefined
  /** With `last`: when it was read, in epoch milliseconds. */
  readonly asOf?: number | undefined
  /** Of `unknown`: why the last read returned no state. Missing before the first read, and while the provider starts. */
  readonly error?: PairingErrorCode | undefined
  /** Of `needs-attention`, and of `unknown` with that `last`. */
  readonly reason?: PairingLinkReason | undefined
  /**
   * The linked account, or the last one if the link needs attention. `JSON.stringify` and `structuredClone` omit it from the
   * cached status, so dehydration and persisted caches contain no number or name. After a restart it comes with the first read.
   */
  readonly account?: PairingAccount | undefined
  /** Of `linked`: see `syncProgress` of {@link PairingSession}. */
  readonly syncProgress?: number | undefined
  /** What the provider supports; empty until that is known. Without `unlink`, no page can end the link. */
  readonly abilities: readonly PairingAbility[]
}

type LinkUpdate = Pick<
  PairingUpdate,
  | 'session'
  | 'origin'
  | 'seq'
  | 'status'
  | 'abilities'
  | 'reason'
  | 'error'
  | 'willRetry'
  | 'account'
  | 'nextInMs'
> & { readonly revision?: number | undefined; readonly syncProgress?: number | undefined }

/** The result of a read, or another event that concerns the link. */
export type LinkEvent = { readonly at: number } & (
  | { readonly update: LinkUpdate }
  /** The read failed. */
  | { readonly error: PairingError }
)

interface LinkSource extends Pick<PairingUpdate, 'session' | 'origin' | 'seq'> {
  readonly revision: number | undefined
}

type CachedLink = Pick<PairingLinkStatus, 'account' | 'reason'> & {
  readonly status: Exclude<PairingLinkStatus['status'], 'unknown'>
}

/** All facts of {@link PairingLinkStatus}. */
export interface LinkFacts {
  readonly cached?: CachedLink | undefined
  /** The progress that belongs to `known`; missing if `known` is not current. */
  readonly syncProgress?: number | undefined
  /** When `known` was read. Epoch milliseconds. */
  readonly asOf: number
  /** `known` is from the last read. */
  readonly isCurrent: boolean
  readonly error?: PairingErrorCode | undefined
  readonly abilities: readonly PairingAbility[]
  readonly source?: LinkSource | undefined
  /** One update said that the link has ended; a second one confirms it. */
  readonly isSuspected: boolean
  /**
   * Reads in a row that follow sooner than usual, including the next one; 0 is the usual pace. Each read that leaves the state
   * unsettled adds one. It is 1 while the chats are copied and the last read returned a new figure.
   */
  readonly fastReads: number
  /** The earliest time at which the server has news, in milliseconds from the last read. */
  readonly nextInMs?: number | undefined
}

/** Before the first read. */
export const unknownLink: LinkFacts = {
  asOf: 0,
  isCurrent: false,
  abilities: [],
  isSuspected: false,
  fastReads: 0,
}

/** Errors that a person has to repair. Other errors say nothing about the link. */
const attentionCodes: readonly PairingErrorCode[] = [
  'unauthorized',
  'session-not-found',
  'subscription-expired',
  'account-blocked',
  'session-stale',
] satisfies readonly PairingLinkReason[]

/** The pause before the second read of an unsettled state, in milliseconds. It doubles each time. */
const FIRST_PAUSE_MS = 2_000

/** After this many reads, an unsettled state is read at the usual pace. */
const FAST_READS_LIMIT = 6

/**
 * The facts after a read or an event. A failed read says nothing about the link, so the last state and its time are kept. A link
 * has ended if two reads in a row say so, because some providers report an end for a moment while a link settles. It has also
 * ended if its end was reported.
 */
export function linkStatusAfter(before: LinkFacts, event: LinkEvent): LinkFacts {
  if ('error' in event) return unsettled(before, toPairingError(event.error).code, undefined)
  const { update, at } = event
  const { source } = before
  const isSameOrigin = source?.session === update.session && source.origin === update.origin
  if (isSameOrigin && update.seq < source.seq) return before
  if (source?.session === update.session && (update.revision ?? Infinity) < (source.revision ?? 0))
    return before
  const isRepeated = isSameOrigin && update.seq === source.seq
  // Another session has replaced the last one, for example because another user signed in. Everything is discarded.
  const base = source && source.session !== update.session ? unknownLink : before
  const { session, revision = base.source?.revision, origin, seq, abilities } = update
  const next = { ...base, abilities, source: { session, revision, origin, seq } }
  const isChanged = base.source !== undefined && (revision ?? 0) > (base.source.revision ?? 0)
  const cached = update.error
    ? refusalIn(update, base.cached?.account)
    : linkFrom(update, base.cached, isChanged, base.isSuspected && !isRepeated)
  if (cached === 'suspected') return { ...unsettled(next, undefined, update.nextInMs), ...suspected(next) }
  if (!cached) return unsettled(next, update.error?.code, update.nextInMs)
  const { nextInMs, syncProgress } = update
  // While the progress increases, the next figure is read as soon as the server has it.
  const isMoved = isRepeated ? base.fastReads === 1 : syncProgress !== base.syncProgress
  const isAhead = (syncProgress ?? 100) < 100 && isMoved && nextInMs
  return {
    ...next,
    error: undefined,
    cached,
    syncProgress,
    asOf: at,
    isCurrent: true,
    isSuspected: false,
    fastReads: isAhead ? 1 : 0,
    nextInMs,
  }
}

/** The link counts as linked until a second update confirms its end. */
function suspected({ isCurrent }: LinkFacts): Pick<LinkFacts, 'isCurrent' | 'isSuspected'> {
  return { isCurrent, isSuspected: true }
}

function unsettled(
  facts: LinkFacts,
  error: PairingErrorCode | undefined,
  nextInMs: number | undefined,
): LinkFacts {
  return { ...facts, isCurrent: false, error, nextInMs, fastReads: facts.fastReads + 1 }
}

/** A refusal counts only if the server does not retry automatically. */
function refusalIn(
  { error, willRetry }: LinkUpdate,
  account: PairingAccount | undefined,
): CachedLink | undefined {
  if (!error || willRetry || !isAttentionCode(error.code)) return undefined
  return { status: 'needs-attention', reason: error.code, account }
}

function isAttentionCode(code: PairingErrorCode): code is PairingErrorCode & PairingLinkReason {
  return attentionCodes.includes(code)
}

/** The state that an update reports; `undefined` while the provider starts or finishes a link. */
function linkFrom(
  update: LinkUpdate,
  before: CachedLink | undefined,
  isChanged: boolean,
  isConfirmation: boolean,
): CachedLink | 'suspected' | undefined {
  const { status, reason, account } = update
  switch (status) {
    case 'linked':
      return { status, account: mergeAccounts(before?.account ?? {}, account) }
    case 'passkey-required':
      return { status: 'needs-attention', reason: status }
    case 'linking':
    case 'preparing':
      return reason === 'disconnected' ? { status: 'not-linked' } : undefined
  }
  const lost: CachedLink = {
    status: 'needs-attention',
    reason: 'unlinked-on-phone',
    account: before?.account,
  }
  if (reason === 'unlinked') return lost
  const isEndedHere = reason === 'disconnected' || isChanged
  if (before?.status === 'linked' && !isEndedHere) return isConfirmation ? lost : 'suspected'
  if (status === 'stale') return { status: 'needs-attention', reason: 'session-stale' }
  const wasLost = before?.reason === 'unlinked-on-phone' && !isEndedHere
  return wasLost ? lost : { status: 'not-linked' }
}

/** The facts as the app sees them. */
export function viewLinkStatus({
  cached,
  syncProgress,
  asOf,
  isCurrent,
  error,
  abilities,
}: LinkFacts): PairingLinkStatus {
  if (cached && isCurrent) return { ...cached, syncProgress, abilities }
  if (!cached) return { status: 'unknown', error, abilities }
  const { status: last, ...details } = cached
  return { status: 'unknown', last, asOf, error, ...details, abilities }
}

/**
 * How long to wait for the next read, in milliseconds. The pause is shorter while the state is unsettled or the chats are being
 * copied.
 *
 * @param usualMs `Infinity`: no regular reads.
 */
export function linkPauseMs({ fastReads, nextInMs = 0 }: LinkFacts, usualMs: number): number {
  if (fastReads === 0 || fastReads > FAST_READS_LIMIT) return usualMs
  return Math.min(usualMs, Math.max(nextInMs, FIRST_PAUSE_MS * 2 ** (fastReads - 1)))
}
