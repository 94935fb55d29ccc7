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
  /** `unknown`: not read yet, or the last read brought no state. Then {@link PairingLinkStatus.last} is what was known before. */
  readonly status: 'linked' | 'not-linked' | 'needs-attention' | 'unknown'
  /** Of `unknown`: the state that was read last. Missing where none was. */
  readonly last?: 'linked' | 'not-linked' | 'needs-attention' | undefined
  /** With `last`: when it was read, in epoch milliseconds. */
  readonly asOf?: number | undefined
  /** Of `unknown`: why the last read brought no state. Missing before the first one, and while the provider starts. */
  readonly error?: PairingErrorCode | undefined
  /** Of `needs-attention`, also as `last`. */
  readonly reason?: PairingLinkReason | undefined
  /**
   * Who is linked, or was before it needed attention. `JSON.stringify` and `structuredClone` leave it out of the cached status, so that
   * neither dehydration nor a persisted cache holds the number or the name; after a restart it comes with the first read.
   */
  readonly account?: PairingAccount | undefined
  /** Of `linked`: how much of the account's chats the provider has copied, in percent: 0 to 100. Missing where it does not say. */
  readonly syncProgress?: number | undefined
  /** What the provider offers; empty until that is known. Without `unlink`, no page can end the link. */
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

/** What a read, or something else that concerns the link, has brought. */
export type LinkNews = { readonly at: number } & (
  | { readonly update: LinkUpdate }
  /** The read failed. */
  | { readonly error: PairingError }
)

interface LinkSource extends Pick<PairingUpdate, 'session' | 'origin' | 'seq'> {
  readonly revision: number | undefined
}

type KnownLink = Pick<PairingLinkStatus, 'account' | 'reason'> & {
  readonly status: Exclude<PairingLinkStatus['status'], 'unknown'>
}

/** All facts of {@link PairingLinkStatus}. */
export interface LinkFacts {
  readonly known?: KnownLink | undefined
  /** Of `known`, while that is current. */
  readonly syncProgress?: number | undefined
  /** When `known` was read. Epoch milliseconds. */
  readonly asOf: number
  /** The last read has brought `known`. */
  readonly isCurrent: boolean
  readonly error?: PairingErrorCode | undefined
  readonly abilities: readonly PairingAbility[]
  readonly source?: LinkSource | undefined
  /** One update said that the link has ended; a second one confirms it. */
  readonly isSuspected: boolean
  /** Reads in a row that have not settled the state; 1 also while chats are copied, and the last read has brought another figure. */
  readonly unsettled: number
  /** When the server has something new at the earliest, in milliseconds. */
  readonly nextInMs?: number | undefined
}

/** Before the first read. */
export const unknownLink: LinkFacts = {
  asOf: 0,
  isCurrent: false,
  abilities: [],
  isSuspected: false,
  unsettled: 0,
}

/** What only a person can repair. Other errors say nothing about the link. */
const attentionCodes: readonly PairingErrorCode[] = [
  'unauthorized',
  'session-not-found',
  'subscription-expired',
  'account-blocked',
  'session-stale',
] satisfies readonly PairingLinkReason[]

/** Before the second read of a state that is not settled, in milliseconds; then twice as long each time. */
const FIRST_PAUSE_MS = 2_000

/** After so many reads a state is not settled soon: the usual pace will do. */
const UNSETTLED_LIMIT = 6

/**
 * The facts after a read or an event. A failed read says nothing about the link, so the last state stays with its time.
 * A link has ended where the provider says so twice, since some say it for a moment while a link settles, or where its
 * end was reported.
 */
export function linkStatusAfter(before: LinkFacts, news: LinkNews): LinkFacts {
  if ('error' in news) return unsettled(before, toPairingError(news.error).code, undefined)
  const { update, at } = news
  const { source } = before
  const isSameOrigin = source?.session === update.session && source.origin === update.origin
  if (isSameOrigin && update.seq < source.seq) return before
  if (source?.session === update.session && (update.revision ?? Infinity) < (source.revision ?? 0))
    return before
  const isRepeated = isSameOrigin && update.seq === source.seq
  // Another session took its place, as after another user signed in: nothing of the one before may stay.
  const base = source && source.session !== update.session ? unknownLink : before
  const { session, revision = base.source?.revision, origin, seq, abilities } = update
  const next = { ...base, abilities, source: { session, revision, origin, seq } }
  const isChanged = base.source !== undefined && (revision ?? 0) > (base.source.revision ?? 0)
  const known = update.error
    ? refusalIn(update, base.known?.account)
    : knownFrom(update, base.known, isChanged, base.isSuspected && !isRepeated)
  if (known === 'suspected') return { ...unsettled(next, undefined, update.nextInMs), ...suspected(next) }
  if (!known) return unsettled(next, update.error?.code, update.nextInMs)
  const { nextInMs, syncProgress } = update
  // While the figure goes up, the next one is read as soon as the server has it.
  const isMoved = isRepeated ? base.unsettled === 1 : syncProgress !== base.syncProgress
  const isAhead = (syncProgress ?? 100) < 100 && isMoved && nextInMs
  return {
    ...next,
    error: undefined,
    known,
    syncProgress,
    asOf: at,
    isCurrent: true,
    isSuspected: false,
    unsettled: isAhead ? 1 : 0,
    nextInMs,
  }
}

/** Until the second update the link counts. */
function suspected({ isCurrent }: LinkFacts): Pick<LinkFacts, 'isCurrent' | 'isSuspected'> {
  return { isCurrent, isSuspected: true }
}

function unsettled(
  facts: LinkFacts,
  error: PairingErrorCode | undefined,
  nextInMs: number | undefined,
): LinkFacts {
  return { ...facts, isCurrent: false, error, nextInMs, unsettled: facts.unsettled + 1 }
}

/** A refusal counts where the server does not try again by itself. */
function refusalIn(
  { error, willRetry }: LinkUpdate,
  account: PairingAccount | undefined,
): KnownLink | undefined {
  if (!error || willRetry || !isAttentionCode(error.code)) return undefined
  return { status: 'needs-attention', reason: error.code, account }
}

function isAttentionCode(code: PairingErrorCode): code is PairingErrorCode & PairingLinkReason {
  return attentionCodes.includes(code)
}

/** What the provider says; nothing while it starts, or finishes a link. */
function knownFrom(
  update: LinkUpdate,
  before: KnownLink | undefined,
  isChanged: boolean,
  isConfirmation: boolean,
): KnownLink | 'suspected' | undefined {
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
  const lost: KnownLink = {
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
  known,
  syncProgress,
  asOf,
  isCurrent,
  error,
  abilities,
}: LinkFacts): PairingLinkStatus {
  if (known && isCurrent) return { ...known, syncProgress, abilities }
  if (!known) return { status: 'unknown', error, abilities }
  const { status: last, ...details } = known
  return { status: 'unknown', last, asOf, error, ...details, abilities }
}

/**
 * How long to wait for the next read, in milliseconds: the usual time, and less while the state is not settled or while the
 * figure of the copied chats goes up.
 *
 * @param usualMs `Infinity`: no read is due by itself.
 */
export function linkPauseMs({ unsettled: count, nextInMs = 0 }: LinkFacts, usualMs: number): number {
  if (count === 0 || count > UNSETTLED_LIMIT) return usualMs
  return Math.min(usualMs, Math.max(nextInMs, FIRST_PAUSE_MS * 2 ** (count - 1)))
}
