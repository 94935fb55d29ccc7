import { PairingError, type PairingErrorCode } from './errors.js'
import { asAmount } from './json.js'
import { normalizePairingCode } from './pairing-code.js'
import { isSamePhone } from './phone-number.js'
import type { PairingAccount, PairingSnapshot } from './provider.js'
import { promisedAt, qrDeadAt, trackQrCode } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import { type Draft, forgetQr, isCodeOnScreen, noCode } from './session-draft.js'
import { enter, FAILURE_LIMIT, fail, pauseAfter, retry, retryAfterMs, start, stuck } from './session-moves.js'
import type { NumberedQrCode, SessionEvent } from './session-state.js'

/** Weather gets more chances than {@link FAILURE_LIMIT}, since it heals by itself. */
const WEATHER_LIMIT = 8
const weather: readonly PairingErrorCode[] = ['network', 'timeout', 'provider-unavailable', 'rate-limited']

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

/** WhatsApp's own hand-over after a scan takes seconds, a provider's start up to five minutes. */
const LINKING_LIMIT_MS = 5 * 60_000

/** GREEN-API documents up to ten minutes before the first code. */
const WAITING_LIMIT_MS = 10 * 60_000

/** For whoever is told that it was too often, and not how long to wait. */
const CODE_COOL_DOWN_MS = 30_000

type Answered = Extract<SessionEvent, { type: 'answered' }>

/** What an answer of the provider means. */
export function answered(draft: Draft, event: Answered): void {
  const { snapshot, question, at } = event
  const { phase } = draft
  if (phase === 'idle' || phase === 'failed') return
  draft.provider = snapshot.provider ?? draft.provider
  // Once linked, only the state itself may say that the link is gone; codes that come late may not.
  if (phase === 'linked') {
    if (isCode(snapshot) || !isLinkGone(draft, event)) return
    start(draft, at)
  }
  Object.assign(draft, { answeredAt: at, quietUntil: 0, failures: 0, error: undefined })
  // Of a link that is gone: the next code is wanted now, not when the provider looks again.
  if (phase !== 'linked') promise(draft, snapshot.nextInMs, at)
  draft.timing = snapshot.timing ?? draft.timing
  draft.methods = snapshot.methods ?? draft.methods
  const [first = draft.method] = draft.methods
  if (!draft.methods.includes(draft.method)) draft.method = first
  const { codeRequested } = draft
  // The request for a pairing code is over, whatever it brought.
  if (question === 'pairing-code') {
    draft.codeRequested = false
    // Taken back below, where a code came.
    draft.codeError = new PairingError(
      'code-refused',
      'The provider gave no pairing code. Ask again, or use the QR code.',
    )
  }
  if (question === 'qr-code') Object.assign(draft, { qrAskedAt: at, qrInvited: false })
  const wasEnding = draft.ending
  const isCodeUp = wasEnding || isCodeOnScreen(draft)
  draft.ending = false
  switch (snapshot.status) {
    case 'linked':
      // A provider of one's own may leave it out.
      draft.account = snapshot.account ?? {}
      enter(draft, 'linked', at)
      checkPhone(draft, at)
      break
    case 'passkey-required':
      draft.helpUrl = snapshot.helpUrl
      enter(draft, 'passkey-required', at)
      break
    case 'stopped':
    case 'stale':
      // The round is over; whoever begins another one will meet it again.
      if (wasEnding) break
      if ((snapshot.status === 'stale' && !draft.clearsLeftovers) || draft.reset === 'done') {
        fail(draft, stuck(), at)
        break
      }
      forgetQr(draft)
      draft.reset = 'due'
      // Nobody has made a code, so asking for one after the reset ends none.
      if (question === 'pairing-code') Object.assign(draft, { codeRequested, codeError: undefined })
      enter(draft, 'active', at)
      break
    case 'unlinked':
      unlinked(draft, at)
      break
    default:
      if (phase === 'active') answeredWhileActive(draft, event, isCodeUp)
  }
  const limitMs = draft.phase === 'linking' ? LINKING_LIMIT_MS : WAITING_LIMIT_MS
  if (isWaiting(draft) && at - draft.waitingSince >= limitMs) fail(draft, stuck(), at)
}

/** Where a link was: some providers have nothing left to run without one, and say that it is asleep. */
const denials: readonly PairingSnapshot['status'][] = ['unlinked', 'stopped', 'stale']

/**
 * What an answer means for a link that is there. It is gone when the provider says so twice: for a moment, some do while
 * the link settles.
 */
function isLinkGone(draft: Draft, { snapshot, at }: Answered): boolean {
  const isDenied = denials.includes(snapshot.status)
  if (isDenied && draft.isLinkDoubted) return true
  // Asked for a code, where others ask too, a session without a link may say no more than that it sleeps.
  const isLinkDoubted = isDenied || (snapshot.status === 'stopped' && draft.isLinkDoubted)
  Object.assign(draft, { answeredAt: at, quietUntil: 0, failures: 0, isLinkDoubted })
  promise(draft, isDenied ? 0 : snapshot.nextInMs, at)
  if (snapshot.status === 'linked') {
    // The number, the name and the picture may come later than the link.
    draft.account = mergeAccounts(draft.account, snapshot.account)
    checkPhone(draft, at)
  }
  return false
}

function isCode({ status }: PairingSnapshot): boolean {
  return status === 'qr' || status === 'pairing-code'
}

/** What was told before stays, unless it was of another phone. */
function mergeAccounts(before: PairingAccount, after: PairingAccount = {}): PairingAccount {
  const isOther =
    before.phoneNumber && after.phoneNumber && !isSamePhone(before.phoneNumber, after.phoneNumber)
  return isOther ? after : { ...before, ...after }
}

/** A link to another phone than the one expected is a failure, however late the number is known. */
export function checkPhone(draft: Draft, at: number): void {
  const { expectedPhoneNumber, account } = draft
  if (!expectedPhoneNumber || !account.phoneNumber) return
  if (isSamePhone(expectedPhoneNumber, account.phoneNumber)) return
  const error = new PairingError(
    'wrong-phone-number',
    'Another phone was linked than the one expected. Unlink it, and link the right one.',
  )
  fail(draft, error, at)
}

/** Who pushes an answer says when the next one comes: until then nobody needs to ask. */
function promise(draft: Draft, nextInMs: number | undefined, at: number): void {
  draft.promisedAt = promisedAt(nextInMs, at) ?? draft.promisedAt
}

function isWaiting({ phase, method, qrVisible, qrExhausted, qrHeld }: Draft): boolean {
  const isAsked = !qrExhausted && !qrHeld
  return phase === 'linking' || (phase === 'active' && method === 'qr' && !qrVisible && isAsked)
}

function answeredWhileActive(draft: Draft, event: Answered, isCodeUp: boolean): void {
  const { snapshot, at } = event
  if (snapshot.status === 'qr') {
    if (draft.method === 'qr') showQrCode(draft, event, snapshot)
  } else if (snapshot.status === 'pairing-code') {
    // A state that goes on naming a code does not make it young again.
    if (event.question === 'pairing-code' || !draft.codeRanOut) showPairingCode(draft, event, snapshot)
  } else if (snapshot.status === 'linking' || isCodeUp) {
    // Nothing announces a scan; a provider that leaves its QR state while a code is on screen was answered by a phone.
    enter(draft, 'linking', at)
  }
}

function unlinked(draft: Draft, at: number): void {
  draft.qrInvited = true
  if (draft.phase === 'linking' && at - draft.since >= LINKING_GRACE_MS) {
    draft.roundSince = at
    enter(draft, 'active', at)
  }
}

function showQrCode(
  draft: Draft,
  { askedAt, at }: Answered,
  snapshot: Extract<PairingSnapshot, { status: 'qr' }>,
): void {
  const { qrCode: payload, expiresInMs, confirmInMs } = snapshot
  const { qr: previous, timing, maxRefreshes } = draft
  const key = qrPayloadKey(payload)
  if (draft.qrExhausted || draft.qrHeld || draft.qrReplaced.includes(key)) return
  const known = previous && qrPayloadKey(previous.payload) === key ? previous : undefined
  const code: NumberedQrCode = {
    ...trackQrCode(previous, { payload, at, askedAt, expiresInMs, confirmInMs }, timing),
    number: known?.number || draft.qrShown + 1,
  }
  const isDead = at >= qrDeadAt(code, timing)
  if (known && isDead) return
  if (!known) forgetQr(draft)
  // Expired on arrival: not a code to show.
  if (isDead) return
  if (code.number > maxRefreshes) {
    draft.qrExhausted = true
    return
  }
  // It has taken the place of the one that was on screen, and nobody has asked for it yet.
  if (draft.refreshMode === 'manual' && code.number > draft.qrWanted) {
    draft.qrHeld = true
    return
  }
  Object.assign(draft, { qr: code, qrVisible: true, qrShown: code.number })
  // The reset has helped. When these codes have run out too, as behind a hidden page, another one may.
  if (draft.reset === 'done') draft.reset = 'none'
}

function showPairingCode(
  draft: Draft,
  { askedAt, at }: Answered,
  { pairingCode, expiresInMs }: Extract<PairingSnapshot, { status: 'pairing-code' }>,
): void {
  const code = normalizePairingCode(pairingCode)
  if (draft.code?.value !== code.value) {
    const { pairingCodeLifetimeMs } = draft.timing
    const lifetimeMs = Math.min(asAmount(expiresInMs) ?? pairingCodeLifetimeMs, pairingCodeLifetimeMs)
    draft.code = { ...code, shownAt: at, expiresAt: Math.min(askedAt, at) + lifetimeMs }
    draft.isCodeSlow = false
  }
  draft.codeRanOut = false
  draft.codeError = undefined
}

/** A question that fails says nothing about a link; it only makes the pauses longer. */
function doubtLess(draft: Draft, error: PairingError, at: number, jitter?: number): void {
  draft.failures += 1
  draft.quietUntil = at + pauseAfter(error, draft.failures, jitter)
  // Whoever cannot be asked is not asked for ever.
  if (draft.failures >= WEATHER_LIMIT) draft.isLinkDoubted = false
}

/** What it means that a question failed. */
export function errored(
  draft: Draft,
  { question, error, jitter, nextInMs, at }: Extract<SessionEvent, { type: 'errored' }>,
): void {
  const { phase } = draft
  if (phase === 'idle' || phase === 'failed') return
  if (phase === 'linked') {
    doubtLess(draft, error, at, jitter)
    return
  }
  const wasEnding = draft.ending
  draft.ending = false
  if (question === 'pairing-code' && error.code === 'not-supported' && draft.methods.length === 0) {
    // The number was sent before the first answer could tell that there are no pairing codes.
    Object.assign(draft, noCode, { methods: ['qr'], method: 'qr' })
  } else if (question === 'pairing-code' && error.action !== 'contact-host') {
    // Asking again by itself could end a code that was issued after all: the user decides.
    draft.codeRequested = false
    draft.codeError = error
    const standardMs = error.code === 'rate-limited' ? CODE_COOL_DOWN_MS : 0
    draft.codeQuietUntil = at + (retryAfterMs(error) || standardMs)
  } else if (wasEnding && question === 'status') {
    // The last question brought nothing: the round is over.
  } else if (!error.retryable) {
    fail(draft, error, at)
  } else {
    // Before anybody was to ask again, it is a failure that is told twice: by an answer and by a push.
    if (at >= draft.quietUntil) draft.failures += 1
    const limit = weather.includes(error.code) ? WEATHER_LIMIT : FAILURE_LIMIT
    // A code that is still good stays while the questions fail; when it goes, so does the patience.
    if (draft.failures < limit || isCodeOnScreen(draft)) {
      retry(draft, error, at, jitter)
      promise(draft, nextInMs, at)
    } else fail(draft, error, at)
  }
}
