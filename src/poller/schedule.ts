import type { PairingSnapshot, ProviderTiming } from '../core/provider.js'
import {
  PUSH_SLACK_MS,
  QR_RESPONSE_GRACE_MS,
  qrExpiresAt,
  qrHiddenAt,
  qrRequestAt,
  type TrackedQrCode,
} from '../core/qr-lifetime.js'
import type { PairingWant } from '../core/update.js'
import { type IssuedCode, isCodeUsed, isInactive, isSetBack, type PollState, stageOf } from './poll-state.js'
import { areTrusted, NEVER, TRUSTED_INTERVAL_MS } from './webhook-record.js'

/** The pause between the end of a code and the request for the next one, if that starts a pairing. By then a scan has arrived. */
const SETTLED_MS = 1_000

/** The interval while linked. A link may end on the phone at any time, but users do not look at a linked screen for long. */
const LINKED_INTERVAL_MS = 15_000

/** The interval while linking. The user waits, and the link takes only a few seconds. */
const LINKING_INTERVAL_MS = 1_000
const LINKING_REQUESTS = 3

/** The next request and its time; `undefined` if another request does not help. */
export function nextRequest(
  poll: PollState,
  showsQrCode: boolean,
  timing: ProviderTiming,
): { readonly want: PairingWant; readonly at: number } | undefined {
  const { quietUntil, promisedAt: pushAt, isRefused } = poll
  if (isRefused) return undefined
  const pushedAt = pushAt + PUSH_SLACK_MS
  const stateAt = Math.max(stateDueAt(poll, timing), quietUntil, pushedAt)
  // A pushed code has a separate promise.
  const hasPromise = poll.qr?.promisedAt !== undefined
  const codeAt = showsQrCode
    ? Math.max(codeDueAt(poll, timing), quietUntil, hasPromise ? NEVER : pushedAt)
    : Number.POSITIVE_INFINITY
  // If both are due, a pushed code can wait and is confirmed next.
  return codeAt < stateAt || (codeAt === stateAt && !hasPromise)
    ? { want: 'code', at: codeAt }
    : { want: 'state', at: stateAt }
}

function stateDueAt(poll: PollState, { statusIntervalMs }: ProviderTiming): number {
  const { state, respondedAt, isDetailed, linkingRequests } = poll
  if (state?.status === 'linked' && isDetailed) return respondedAt + LINKED_INTERVAL_MS
  // The user waits while a session starts or a phone is being linked.
  if (state?.status !== 'preparing' && stageOf(poll) === 'unlinked' && areTrusted(poll.webhooks))
    return respondedAt + Math.max(statusIntervalMs, TRUSTED_INTERVAL_MS)
  const isFast = state?.status === 'linking' && linkingRequests <= LINKING_REQUESTS
  return respondedAt + (isFast ? Math.min(LINKING_INTERVAL_MS, statusIntervalMs) : statusIntervalMs)
}

function codeDueAt(poll: PollState, timing: ProviderTiming): number {
  const { state, qr, qrRespondedAt, startsOnRead, isStarted } = poll
  if (state && isCodeUsed(state)) return Number.POSITIVE_INFINITY
  if (!startsOnRead) {
    const usualAt = qrRequestAt(qr, poll, timing)
    // The session still waits for a scan, so the webhook may have announced a new code.
    const { announcedAt } = poll.webhooks
    const isStateRead = poll.respondedAt >= announcedAt
    if (state?.status === 'unlinked' && isStateRead && announcedAt > qrRespondedAt)
      return Math.min(usualAt, qrRespondedAt + timing.qrMinIntervalMs)
    if (!qr || !areTrusted(poll.webhooks)) return usualAt
    // Waits a moment for the webhook with the next code.
    return Math.max(
      usualAt,
      Math.min(qrRespondedAt + TRUSTED_INTERVAL_MS, qrExpiresAt(qr, timing) + PUSH_SLACK_MS),
    )
  }
  if (!qr) return isStarted ? qrRespondedAt + timing.qrMinIntervalMs : Number.POSITIVE_INFINITY
  return Math.max(qrExpiresAt(qr, timing) + SETTLED_MS, qrRespondedAt + timing.qrIntervalMs)
}

/** Whether only a start by the user brings a code. */
export function needsStart({ startsOnRead, isStarted, qr, state }: PollState): boolean {
  return startsOnRead && !isStarted && !qr && state?.status === 'unlinked'
}

/**
 * The request that a read has to wait for; `undefined` if the cached state is fresh. The last read after a code expired is due
 * immediately, to notice a scan at the last moment.
 */
export function dueRequest(
  poll: PollState,
  want: PairingWant,
  at: number,
  timing: ProviderTiming,
): PairingWant | undefined {
  const { state, qr, respondedAt, failedAt, quietUntil, isRefused, startsOnRead } = poll
  const isCodeOff = (state && isCodeUsed(state)) || (startsOnRead && at < codeDueAt(poll, timing))
  const request = want === 'code' && isCodeOff ? 'state' : want
  // After a refusal the user may have repaired the cause.
  if (isRefused) return at - failedAt >= timing.qrMinIntervalMs || at < failedAt ? request : undefined
  // A pause that began before the clock was set back could last for hours.
  const isLost = isSetBack(poll, at)
  if (at < quietUntil && !isLost) return undefined
  const expiredAt = qr ? qrExpiresAt(qr, timing) : Number.POSITIVE_INFINITY
  if (isLost || (respondedAt < expiredAt && at >= expiredAt)) return request
  // A user who starts again after an end may have changed something.
  if (state && isEnd(state) && at >= respondedAt + timing.qrMinIntervalMs) return request
  const next = nextRequest(poll, want === 'code', timing)
  return next && at >= next.at ? next.want : undefined
}

function isEnd(state: PairingSnapshot): boolean {
  return state.status === 'linked' || isInactive(state)
}

/** A QR code that may be shown now. Durations are milliseconds. */
export interface ShownQrCode {
  readonly payload: TrackedQrCode['payload']
  readonly hideInMs: number
  readonly expiresInMs: number
}

/** Returns the QR code that may be shown now. */
export function shownQrCode(poll: PollState, at: number, timing: ProviderTiming): ShownQrCode | undefined {
  const { qr } = poll
  if (!qr) return undefined
  const expiresAt = qrExpiresAt(qr, timing)
  // If requests are rare, a code is confirmed rarely too.
  const trustedUntil = areTrusted(poll.webhooks)
    ? qr.confirmedAt + TRUSTED_INTERVAL_MS + QR_RESPONSE_GRACE_MS
    : NEVER
  const hideAt = Math.min(Math.max(qrHiddenAt(qr, timing), trustedUntil), expiresAt)
  return at < hideAt ? { payload: qr.payload, hideInMs: hideAt - at, expiresInMs: expiresAt - at } : undefined
}

/** The pairing code that may be shown now. */
export function shownPairingCode({ issued }: PollState, at: number): IssuedCode | undefined {
  return issued && at < issued.expiresAt ? issued : undefined
}
