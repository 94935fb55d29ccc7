import { isClockSetBack, pauseAfter } from '../core/backoff.js'
import type { PairingError } from '../core/errors.js'
import type { PairingSnapshot, ProviderTiming } from '../core/provider.js'
import { promisedAt, type QrRequests, type TrackedQrCode, trackQrCode } from '../core/qr-lifetime.js'
import { qrPayloadKey, withReplaced } from '../core/qr-payload.js'
import type { PairingWant } from '../core/update.js'
import { isRefusal, pauseAfterRefusal } from './refusals.js'
import { afterFoundChange, initialWebhookRecord, NEVER, type WebhookRecord } from './webhook-record.js'

/** A pairing code that a provider issued. Times are epoch milliseconds. */
export interface IssuedCode {
  readonly value: string
  /** Digits; empty if another process issued the code. */
  readonly phoneNumber: string
  readonly expiresAt: number
}

/**
 * The cached state of one session at the provider. It is an immutable value. Times are epoch milliseconds, passed in by the
 * caller.
 */
export interface PollState extends QrRequests {
  /** The last response without a code. */
  readonly state: Exclude<PairingSnapshot, { status: 'qr' | 'pairing-code' }> | undefined
  /**
   * The last QR code. It is removed as soon as the state says that a phone has scanned or entered a code, or that the provider is
   * stopped.
   */
  readonly qr: TrackedQrCode | undefined
  /** Keys of replaced QR codes, so that a late response does not bring them back. */
  readonly replaced: readonly string[]
  /** Counts QR codes, so that a page does not get the code that it already has. */
  readonly qrCount: number
  readonly issued: IssuedCode | undefined
  /** The last response of any kind. */
  readonly respondedAt: number
  /** When the response with the current state was requested. Responses to earlier requests are outdated. */
  readonly stageChangedAt: number
  /** No request is sent before this time. */
  readonly quietUntil: number
  /** When the next pushed snapshot is due: from the provider, or from another replica. */
  readonly promisedAt: number
  /** `startsOnRead` of the provider: a request for a code starts a pairing. */
  readonly startsOnRead: boolean
  /** The user started the pairing, so a request for a code may start one at the provider. */
  readonly isStarted: boolean
  /** The promised time until the next push, while the connection is open. */
  readonly promiseMs: number | undefined
  /** Failures in a row. */
  readonly failures: number
  /** The time of the last failure. */
  readonly failedAt: number
  /** Refusals since the last response. */
  readonly refusals: number
  /** The last failure, until a response arrives. */
  readonly error: PairingError | undefined
  /** The last response was to a request of this process, so it has all details that the provider sends. */
  readonly isDetailed: boolean
  /** The provider refused finally: another request helps only after a change. */
  readonly isRefused: boolean
  /** Requests since a phone scanned or entered a code. */
  readonly linkingRequests: number
  readonly webhooks: WebhookRecord
  /** The last link was ended on the phone, or by WhatsApp. */
  readonly isUnlinked: boolean
  /** The confirmed code of a passkey ceremony. It is not shown again while the provider still sends it. */
  readonly confirmedCode: string | undefined
}

/** The state of a session before its first request. */
export const initialPollState: PollState = {
  state: undefined,
  qr: undefined,
  replaced: [],
  qrCount: 0,
  qrRespondedAt: NEVER,
  qrInvited: false,
  issued: undefined,
  respondedAt: NEVER,
  stageChangedAt: NEVER,
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

/** The origin of a snapshot: a response to a request of this process, or a message without one. */
export interface SnapshotOrigin {
  readonly want?: PairingWant | undefined
  /** It was pushed over a connection of the provider. */
  readonly isPushed?: boolean | undefined
  readonly sentAt: number
  readonly at: number
}

/** Whether the clock was set back. Then all ages are unknown, and nothing may wait until the old time is reached again. */
export function isSetBack({ respondedAt, failedAt }: PollState, at: number): boolean {
  return isClockSetBack(Math.max(respondedAt, failedAt), at)
}

/** The state after a snapshot. */
export function afterSnapshot(
  before: PollState,
  snapshot: PairingSnapshot,
  origin: SnapshotOrigin,
  timing: ProviderTiming,
): PollState {
  if (isOutdated(before, snapshot, origin)) return before
  const taken = applySnapshot(before, snapshot, origin, timing)
  const after = stageOf(taken) === stageOf(before) ? taken : { ...taken, stageChangedAt: origin.sentAt }
  return isChange(before, after)
    ? { ...after, webhooks: afterFoundChange(before.webhooks, origin.at) }
    : after
}

/**
 * Whether a newer response, pushed or of another replica, has overtaken this one. Otherwise it could show a code from before a
 * link, or a link that has ended. `preparing` is excluded: a code follows it, in whichever order both were requested.
 */
function isOutdated(before: PollState, snapshot: PairingSnapshot, { sentAt, at }: SnapshotOrigin): boolean {
  if (sentAt >= before.stageChangedAt || isSetBack(before, at)) return false
  const [base, read] = [stageOf(before), isCode(snapshot) ? 'unlinked' : snapshot.status]
  return base !== read && base !== 'preparing' && read !== 'preparing'
}

/** Whether the provider reported a change. The first response is not a change. */
function isChange(before: PollState, after: PollState): boolean {
  const [from, to] = [stageOf(before), stageOf(after)]
  if (from === undefined || from !== to) return from !== undefined
  return before.qr !== undefined && after.qr !== undefined && after.qrCount !== before.qrCount
}

/** The stage of a session. A session that waits for a scan has a code, so its first code is not a change. */
export function stageOf({ state, qr }: PollState): string | undefined {
  if (state && (isCodeUsed(state) || isInactive(state))) return state.status
  return qr ? 'unlinked' : state?.status
}

function applySnapshot(
  before: PollState,
  snapshot: PairingSnapshot,
  { want, isPushed = false, sentAt, at }: SnapshotOrigin,
  timing: ProviderTiming,
): PollState {
  // A code that is pushed late does not end a link.
  if (want === undefined && before.state?.status === 'linked' && isCode(snapshot)) return before
  const base = isSetBack(before, at) ? afterChange(before) : before
  // A response in between does not end the promise of an open connection.
  const promiseMs = isPushed ? snapshot.nextInMs : base.promiseMs
  const isUnlink = base.state?.status === 'linked' && snapshot.status !== 'linked'
  const next: PollState = {
    ...base,
    isUnlinked: snapshot.status !== 'linked' && (base.isUnlinked || (isUnlink && reportsUnlink(snapshot))),
    respondedAt: at,
    quietUntil: NEVER,
    failures: 0,
    failedAt: NEVER,
    refusals: 0,
    error: undefined,
    isDetailed: want !== undefined,
    isRefused: false,
    // A request confirms the end of a link, regardless of promised pushes.
    promisedAt: isUnlink
      ? NEVER
      : (promisedAt(snapshot.nextInMs ?? (want && promiseMs), at) ?? base.promisedAt),
    promiseMs: isUnlink ? undefined : promiseMs,
    ...(want === 'code' && { qrRespondedAt: at, qrInvited: false }),
  }
  if (snapshot.status === 'qr') {
    const { qrCode: payload, expiresInMs } = snapshot
    const key = qrPayloadKey(payload)
    if (base.replaced.includes(key)) return next
    const before = base.qr && qrPayloadKey(base.qr.payload)
    const isSame = before === key
    // The connection that pushed this code would also push its replacement, so the code is trusted for the same time again.
    const trustedMs = isSame && base.qr?.promisedAt !== undefined ? timing.qrLifetimeMs : undefined
    const confirmInMs = snapshot.confirmInMs ?? trustedMs
    const qr = trackQrCode(base.qr, { payload, at, requestedAt: sentAt, expiresInMs, confirmInMs }, timing)
    return {
      ...next,
      // A requested code means that no phone is linked. During linking, only the state can mean that.
      ...(isOver(next.state, want) && { state: { status: 'unlinked' } }),
      qr,
      replaced: before === undefined || isSame ? base.replaced : withReplaced(base.replaced, before),
      qrCount: isSame ? base.qrCount : base.qrCount + 1,
      // A pushed code counts like a requested one.
      qrRespondedAt: at,
      qrInvited: false,
    }
  }
  if (snapshot.status === 'pairing-code') {
    const { pairingCodeLifetimeMs } = timing
    const lifetimeMs = Math.min(snapshot.expiresInMs ?? pairingCodeLifetimeMs, pairingCodeLifetimeMs)
    const isSame = base.issued?.value === snapshot.pairingCode
    const issued = {
      value: snapshot.pairingCode,
      phoneNumber: base.issued?.phoneNumber ?? '',
      expiresAt: Math.min(sentAt, at) + lifetimeMs,
    }
    const { provider, methods, timing: own } = snapshot
    const details = {
      ...(provider && { provider }),
      ...(methods && { methods }),
      ...(own && { timing: own }),
    }
    // A state that repeats a code does not extend its life.
    return { ...next, state: { ...details, status: 'unlinked' }, issued: isSame ? base.issued : issued }
  }
  const state = withSentPasskey(base, snapshot)
  const wasLinking = base.state?.status === 'linking'
  return {
    ...next,
    state,
    linkingRequests: state.status !== 'linking' ? 0 : wasLinking ? base.linkingRequests + 1 : 1,
    confirmedCode: confirmedCode(base, state),
    ...(state.status === 'unlinked' && { qrInvited: true }),
    ...((isCodeUsed(state) || isInactive(state)) && { qr: undefined, isStarted: false }),
    ...(state.status === 'linked' && { issued: undefined }),
  }
}

/** The state after a push connection was lost: its promises no longer count. */
export function afterGap(before: PollState): PollState {
  const { qr } = before
  return { ...before, promisedAt: NEVER, promiseMs: undefined, qr: qr && { ...qr, promisedAt: undefined } }
}

/** The state after a failed request. `jitter` is random, from 0 to 1. */
export function afterFailure(before: PollState, error: PairingError, at: number, jitter: number): PollState {
  const failures = before.failures + 1
  // Refusals of requests that were sent together count once.
  const isCounted = isRefusal(error) && (before.refusals === 0 || at >= before.quietUntil)
  const refusals = before.refusals + (isCounted ? 1 : 0)
  const pauseMs = isRefusal(error) ? pauseAfterRefusal(refusals) : undefined
  const base = {
    ...(isSetBack(before, at) ? afterChange(before) : before),
    failures,
    refusals,
    failedAt: at,
  }
  if (pauseMs !== undefined) return { ...base, quietUntil: at + pauseMs, error, isRefused: false }
  return {
    ...base,
    quietUntil: at + pauseAfter(error, failures, jitter),
    error,
    isRefused: !error.retryable,
  }
}

/** The state after a change at the provider. Only the time of the next allowed request is kept. */
export function afterChange(
  { qrCount, quietUntil, failures, failedAt, startsOnRead, webhooks: { inARow } }: PollState,
  isStarted = false,
): PollState {
  const webhooks = { ...initialWebhookRecord, inARow }
  return { ...initialPollState, qrCount, quietUntil, failures, failedAt, startsOnRead, isStarted, webhooks }
}

function isOver(state: PollState['state'], want: PairingWant | undefined): boolean {
  if (!state) return false
  return isInactive(state) || want === 'state' || (want === 'code' && state.status === 'linked')
}

/** A provider that is stopped, starting or completing a link may still be linked. */
function reportsUnlink(snapshot: PairingSnapshot): boolean {
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

/** A provider may still report the previous step of a passkey ceremony after an answer or a confirmation was sent. */
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

/** The confirmed code, if the phone links after it. */
function confirmedCode(
  { state: before, confirmedCode: base }: PollState,
  { status }: NonNullable<PollState['state']>,
): string | undefined {
  if (status !== 'linking') return undefined
  return before?.status === 'passkey-required' ? before.code : base
}

/** Whether a phone has scanned or entered a code. After that, codes are invalid. */
export function isCodeUsed({ status }: PairingSnapshot): boolean {
  return status === 'linking' || status === 'linked' || status === 'passkey-required'
}

/** Whether the provider issues no code until it is started or reset. */
export function isInactive({ status }: PairingSnapshot): boolean {
  return status === 'stopped' || status === 'stale'
}
