import { pauseAfter } from '../core/backoff.js'
import type { PairingError } from '../core/errors.js'
import type { PairingSnapshot, ProviderTiming } from '../core/provider.js'
import { promisedAt, type QrRequests, type TrackedQrCode, trackQrCode } from '../core/qr-lifetime.js'
import { qrPayloadKey } from '../core/qr-payload.js'
import type { PairingWant } from '../core/update.js'
import { isRefusal, pauseAfterRefusal } from './refusals.js'
import { afterFinding, initialWebhookRecord, type WebhookRecord } from './webhook-record.js'

/** A pairing code that a provider issued. Times are epoch milliseconds. */
export interface IssuedCode {
  readonly value: string
  /** Digits; empty where the code was issued outside of this process. */
  readonly phoneNumber: string
  readonly expiresAt: number
}

/** The cached state of one session at the provider. A value: times are epoch milliseconds and come from outside. */
export interface PollState extends QrRequests {
  /** The last response that was no code. */
  readonly state: Exclude<PairingSnapshot, { status: 'qr' | 'pairing-code' }> | undefined
  /** The last QR code; dropped as soon as the state says that a phone has responded, or that the provider sleeps. */
  readonly qr: TrackedQrCode | undefined
  /** Keys of QR codes that were replaced: a late response does not bring them back. */
  readonly replaced: readonly string[]
  /** Counts QR codes, so that a page that holds one does not get it again. */
  readonly qrCount: number
  readonly issued: IssuedCode | undefined
  /** The last response of any kind. */
  readonly respondedAt: number
  /** When the response that brought the present state was requested: what was requested before is older. */
  readonly newsAt: number
  /** Nothing is requested before this moment. */
  readonly quietUntil: number
  /** When the next pushed snapshot is due: from the provider, or from another replica. */
  readonly promisedAt: number
  /** Of the provider: a request for a code starts a pairing where none is under way. */
  readonly startsOnRead: boolean
  /** The user started the pairing, so a request for a code may start one at the provider. */
  readonly isStarted: boolean
  /** How long the last push promised to the next one, while the connection that pushed is there. */
  readonly promiseMs: number | undefined
  /** Failures in a row. */
  readonly failures: number
  /** The last of them. */
  readonly failedAt: number
  /** Refusals since the last response. */
  readonly refusals: number
  /** The last failure, until a response arrives. */
  readonly error: PairingError | undefined
  /** The last response was one to a request of this process: it has all details that the provider sends. */
  readonly isDetailed: boolean
  /** The provider refused: another request helps only after something has changed. */
  readonly isRefused: boolean
  /** Requests since a phone responded. */
  readonly linkingRequests: number
  readonly webhooks: WebhookRecord
  /** The last link was ended on the phone, or by WhatsApp. */
  readonly isUnlinked: boolean
  /** The code of a passkey ceremony that was confirmed: it is not shown again while the provider still names it. */
  readonly confirmedCode: string | undefined
}

/** So many replaced codes are remembered: no provider repeats an older one. */
const REPLACED_LIMIT = 12

/** Before any time. */
export const NEVER: number = Number.NEGATIVE_INFINITY

/** The state of a session that no request was made about. */
export const initialPollState: PollState = {
  state: undefined,
  qr: undefined,
  replaced: [],
  qrCount: 0,
  qrAskedAt: NEVER,
  qrInvited: false,
  issued: undefined,
  respondedAt: NEVER,
  newsAt: NEVER,
  quietUntil: NEVER,
  promisedAt: NEVER,
  promiseMs: undefined,
  startsOnRead: false,
  isStarted: false,
  failures: 0,
  failedAt: NEVER,
  refusals: 0,
  error: undefined,
  isDetailed: false,
  isRefused: false,
  linkingRequests: 0,
  webhooks: initialWebhookRecord,
  isUnlinked: false,
  confirmedCode: undefined,
}

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** Where a snapshot comes from: a response to a request of this process, or without one. */
export interface SnapshotOrigin {
  readonly want?: PairingWant | undefined
  /** It came over a connection that the provider keeps. */
  readonly isPushed?: boolean | undefined
  readonly sentAt: number
  readonly at: number
}

/** After the clock was set back no age is known, and nothing may wait until the old time comes again. */
export function isSetBack({ respondedAt, failedAt }: PollState, at: number): boolean {
  return at < Math.max(respondedAt, failedAt) - CLOCK_TOLERANCE_MS
}

/** The state after a snapshot. */
export function afterSnapshot(
  before: PollState,
  snapshot: PairingSnapshot,
  origin: SnapshotOrigin,
  timing: ProviderTiming,
): PollState {
  if (isOutdated(before, snapshot, origin)) return before
  const taken = takeSnapshot(before, snapshot, origin, timing)
  const after = stageOf(taken) === stageOf(before) ? taken : { ...taken, newsAt: origin.sentAt }
  return isChange(before, after) ? { ...after, webhooks: afterFinding(before.webhooks, origin.at) } : after
}

/**
 * Whether newer responses have overtaken this one: of another replica, or pushed. It would show a code of before a link, or a link
 * that has ended. A session that starts is followed by a code, in whatever order both were requested.
 */
function isOutdated(before: PollState, snapshot: PairingSnapshot, { sentAt, at }: SnapshotOrigin): boolean {
  if (sentAt >= before.newsAt || isSetBack(before, at)) return false
  const [known, read] = [stageOf(before), isCode(snapshot) ? 'unlinked' : snapshot.status]
  return known !== read && known !== 'preparing' && read !== 'preparing'
}

/** Whether the provider said something new. The first response says nothing about before. */
function isChange(before: PollState, after: PollState): boolean {
  const [from, to] = [stageOf(before), stageOf(after)]
  if (from === undefined || from !== to) return from !== undefined
  return before.qr !== undefined && after.qr !== undefined && after.qrCount !== before.qrCount
}

/** A code is what a session that waits for a scan has: the first one is no change. */
export function stageOf({ state, qr }: PollState): string | undefined {
  if (state && (isAnswered(state) || isAsleep(state))) return state.status
  return qr ? 'unlinked' : state?.status
}

function takeSnapshot(
  before: PollState,
  snapshot: PairingSnapshot,
  { want, isPushed = false, sentAt, at }: SnapshotOrigin,
  timing: ProviderTiming,
): PollState {
  // A code that is pushed late says nothing about a link.
  if (want === undefined && before.state?.status === 'linked' && isCode(snapshot)) return before
  const known = isSetBack(before, at) ? afterChange(before) : before
  // A response in between does not end the promise of a connection that is there.
  const promiseMs = isPushed ? snapshot.nextInMs : known.promiseMs
  const isUnlink = known.state?.status === 'linked' && snapshot.status !== 'linked'
  const next: PollState = {
    ...known,
    isUnlinked: snapshot.status !== 'linked' && (known.isUnlinked || (isUnlink && tellsOfUnlink(snapshot))),
    respondedAt: at,
    quietUntil: NEVER,
    failures: 0,
    failedAt: NEVER,
    refusals: 0,
    error: undefined,
    isDetailed: want !== undefined,
    isRefused: false,
    // The end of a link is confirmed by a request, whatever pace was promised.
    promisedAt: isUnlink
      ? NEVER
      : (promisedAt(snapshot.nextInMs ?? (want && promiseMs), at) ?? known.promisedAt),
    promiseMs: isUnlink ? undefined : promiseMs,
    ...(want === 'code' && { qrAskedAt: at, qrInvited: false }),
  }
  if (snapshot.status === 'qr') {
    const { qrCode: payload, expiresInMs } = snapshot
    const key = qrPayloadKey(payload)
    if (known.replaced.includes(key)) return next
    const before = known.qr && qrPayloadKey(known.qr.payload)
    const isSame = before === key
    // The connection that pushed this code would have pushed another one: it is trusted for as long again.
    const trustedMs = isSame && known.qr?.promisedAt !== undefined ? timing.qrLifetimeMs : undefined
    const confirmInMs = snapshot.confirmInMs ?? trustedMs
    const qr = trackQrCode(known.qr, { payload, at, askedAt: sentAt, expiresInMs, confirmInMs }, timing)
    return {
      ...next,
      // A code that was requested says that no phone is linked; while one links, only the state says so.
      ...(isOver(next.state, want) && { state: { status: 'unlinked' } }),
      qr,
      replaced:
        before === undefined || isSame ? known.replaced : [...known.replaced, before].slice(-REPLACED_LIMIT),
      qrCount: isSame ? known.qrCount : known.qrCount + 1,
      // A pushed code counts like a requested one.
      qrAskedAt: at,
      qrInvited: false,
    }
  }
  if (snapshot.status === 'pairing-code') {
    const { pairingCodeLifetimeMs } = timing
    const lifetimeMs = Math.min(snapshot.expiresInMs ?? pairingCodeLifetimeMs, pairingCodeLifetimeMs)
    const isSame = known.issued?.value === snapshot.pairingCode
    const issued = {
      value: snapshot.pairingCode,
      phoneNumber: known.issued?.phoneNumber ?? '',
      expiresAt: Math.min(sentAt, at) + lifetimeMs,
    }
    const { provider, methods, timing: own } = snapshot
    const details = {
      ...(provider && { provider }),
      ...(methods && { methods }),
      ...(own && { timing: own }),
    }
    // A state that repeats a code does not make it younger.
    return { ...next, state: { ...details, status: 'unlinked' }, issued: isSame ? known.issued : issued }
  }
  const state = withSentPasskey(known, snapshot)
  const wasLinking = known.state?.status === 'linking'
  return {
    ...next,
    state,
    linkingRequests: state.status !== 'linking' ? 0 : wasLinking ? known.linkingRequests + 1 : 1,
    confirmedCode: confirmedCode(known, state),
    ...(state.status === 'unlinked' && { qrInvited: true }),
    ...((isAnswered(state) || isAsleep(state)) && { qr: undefined, isStarted: false }),
    ...(state.status === 'linked' && { issued: undefined }),
  }
}

/** The state after a connection that pushed is lost: what it promised is not waited for. */
export function afterGap(before: PollState): PollState {
  const { qr } = before
  return { ...before, promisedAt: NEVER, promiseMs: undefined, qr: qr && { ...qr, promisedAt: undefined } }
}

/** The state after a failed request. `jitter` is random, from 0 to 1. */
export function afterFailure(before: PollState, error: PairingError, at: number, jitter: number): PollState {
  const failures = before.failures + 1
  // Of requests that were sent together, one counts.
  const isCounted = isRefusal(error) && (before.refusals === 0 || at >= before.quietUntil)
  const refusals = before.refusals + (isCounted ? 1 : 0)
  const pauseMs = isRefusal(error) ? pauseAfterRefusal(refusals) : undefined
  const known = {
    ...(isSetBack(before, at) ? afterChange(before) : before),
    failures,
    refusals,
    failedAt: at,
  }
  if (pauseMs !== undefined) return { ...known, quietUntil: at + pauseMs, error, isRefused: false }
  return {
    ...known,
    quietUntil: at + pauseAfter(error, failures, jitter),
    error,
    isRefused: !error.retryable,
  }
}

/** The state after something was changed at the provider: only when the next request may be sent is kept. */
export function afterChange(
  { qrCount, quietUntil, failures, failedAt, startsOnRead, webhooks: { inARow } }: PollState,
  isStarted = false,
): PollState {
  const webhooks = { ...initialWebhookRecord, inARow }
  return { ...initialPollState, qrCount, quietUntil, failures, failedAt, startsOnRead, isStarted, webhooks }
}

function isOver(state: PollState['state'], want: PairingWant | undefined): boolean {
  if (!state) return false
  return isAsleep(state) || want === 'state' || (want === 'code' && state.status === 'linked')
}

/** A provider that sleeps, starts or finishes a link may be linked all the same. */
function tellsOfUnlink(snapshot: PairingSnapshot): boolean {
  const { status } = snapshot
  return (
    status === 'unlinked' ||
    status === 'qr' ||
    status === 'stale' ||
    Boolean('reason' in snapshot && snapshot.reason)
  )
}

function isCode({ status }: PairingSnapshot): boolean {
  return status === 'qr' || status === 'pairing-code'
}

/** A provider that still waits for a passkey, or for a code to be confirmed, does not say that this was done already. */
function withSentPasskey(
  { state: before, confirmedCode }: PollState,
  state: NonNullable<PollState['state']>,
): NonNullable<PollState['state']> {
  if (state.status !== 'passkey-required') return state
  if (state.step === 'confirm' && state.code !== undefined && state.code === confirmedCode)
    return { status: 'linking' }
  const isSent = before?.status === 'passkey-required' && before.step === 'submitted'
  return isSent && state.step === 'assert' ? { ...state, step: 'submitted' } : state
}

/** A code was confirmed where the phone links after it. */
function confirmedCode(
  { state: before, confirmedCode: known }: PollState,
  { status }: NonNullable<PollState['state']>,
): string | undefined {
  if (status !== 'linking') return undefined
  return before?.status === 'passkey-required' ? before.code : known
}

/** Whether a phone has responded: from then on, codes are invalid. */
export function isAnswered({ status }: PairingSnapshot): boolean {
  return status === 'linking' || status === 'linked' || status === 'passkey-required'
}

/** Whether the provider offers no code until it is started or reset. */
export function isAsleep({ status }: PairingSnapshot): boolean {
  return status === 'stopped' || status === 'stale'
}
