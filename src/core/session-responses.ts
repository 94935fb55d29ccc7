import { PairingError } from './errors.js'
import { asAmount } from './json.js'
import { LINKED_WATCH_MS } from './next-request.js'
import { normalizePairingCode } from './pairing-code.js'
import { isSamePhone } from './phone-number.js'
import type { PairingSnapshot } from './provider.js'
import { promisedAt, qrDeadAt, trackQrCode, unconfirmedQrCode } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import { begin, enter, followTag, forgetQr, returnToCodes, stuck } from './session-moves.js'
import type { Phase, SessionEvent, SessionFacts, SessionSetup } from './session-state.js'

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

/** WhatsApp's own hand-over after a scan takes seconds, a provider's start up to five minutes. */
const LINKING_LIMIT_MS = 5 * 60_000

/** GREEN-API documents up to ten minutes before the first code. */
const WAITING_LIMIT_MS = 10 * 60_000

/** For how long the last read is repeated while the provider is between two states. */
const LAST_READ_LIMIT_MS = 15_000

type Response = Extract<SessionEvent, { type: 'responded' }>
type LinkedPhase = Extract<Phase, { name: 'linked' }>
type Status = PairingSnapshot['status']

/** Without a link: some providers have nothing left to run then, and say that the session is stopped. */
const withoutLink: readonly Status[] = ['unlinked', 'stopped', 'stale']

/** Nothing stands in the way of a round. */
const ready: readonly Status[] = ['unlinked', 'qr', 'pairing-code', 'linking', 'linked', 'passkey-required']

/** What the last read may still find of a session that has ended. */
const scanned: readonly Status[] = ['linking', 'linked', 'passkey-required']

/** What a response of the provider means. */
export function responded(facts: SessionFacts, event: Response): void {
  followTag(facts, event.snapshot.session, event.at)
  const { phase } = facts
  if (phase.name === 'linked') respondedWhileLinked(facts, phase, event)
  else if (phase.name !== 'idle' && (phase.name !== 'failed' || reopens(facts, phase, event)))
    takeIn(facts, event)
  confirm(facts, event)
}

function respondedWhileLinked(facts: SessionFacts, phase: LinkedPhase, event: Response): void {
  const { snapshot, at } = event
  facts.setup = { ...facts.setup, provider: snapshot.provider ?? facts.setup.provider }
  // Only the state itself may say that the link is gone; codes that come late may not.
  if (snapshot.status === 'qr' || snapshot.status === 'pairing-code') return
  if (!isLinkGone(facts, phase, event)) return
  const notice = at - facts.since <= LINKED_WATCH_MS ? 'link-ended' : 'unlinked-on-phone'
  begin(facts, at)
  facts.notice = notice
  // The next code is wanted now, and not when the provider looks again.
  takeIn(facts, { ...event, snapshot: { ...snapshot, nextInMs: undefined } })
}

/** A response to a request that was sent after the component was mounted: it is still the same session. */
function confirm(facts: SessionFacts, { requestedAt }: Response): void {
  if (facts.visit.name !== 'shown' && requestedAt >= facts.visit.at) facts.visit = { name: 'shown' }
}

/** Whether a response ends `failed`; only the read after a return is made in that phase. */
function reopens(
  facts: SessionFacts,
  phase: Extract<Phase, { name: 'failed' }>,
  { snapshot, at }: Response,
): boolean {
  const { lastRead, visit } = facts
  facts.lastRead = undefined
  if (!lastRead) return false
  const mayRestart = visit.name === 'returned' && visit.mayRestart
  if (!(mayRestart ? ready : scanned).includes(snapshot.status)) return false
  const other = phase.error.code === 'wrong-phone-number' && snapshot.status === 'linked' && snapshot.account
  // The same wrong phone is no news.
  if (other && isExpectedPhone(facts, other.phoneNumber) === false) return false
  begin(facts, at)
  // The user has not asked for a reset, and the response shows that none is needed.
  facts.reset = 'none'
  return true
}

/** Takes in a response in a phase that is open for it. */
function takeIn(facts: SessionFacts, event: Response): void {
  const { snapshot, request, at } = event
  const { code, qr, poll } = facts
  facts.setup = { ...facts.setup, ...detailsOf(snapshot, facts.setup) }
  poll.respondedAt = at
  poll.quietUntil = 0
  poll.failures = 0
  poll.error = undefined
  poll.isStarting = snapshot.status === 'preparing'
  promise(facts, snapshot.nextInMs, at)
  const { methods } = facts.setup
  if (!methods.includes(facts.method)) facts.method = methods[0] ?? facts.method
  if (request === 'qr-code') {
    qr.requestedAt = at
    qr.isInvited = false
  }
  const { lastRead } = facts
  facts.lastRead = undefined
  // The request for a pairing code is over, whatever it brought.
  if (request === 'pairing-code' && code.name === 'requesting' && snapshot.status !== 'pairing-code') {
    const message = 'The provider gave no pairing code. Request one again, or use the QR code.'
    facts.code = { ...code, name: 'number', error: new PairingError('code-refused', message) }
  }
  switch (snapshot.status) {
    case 'linked':
      // A provider of your own may leave the account out.
      enter(facts, { name: 'linked', account: snapshot.account ?? {}, unlinkSuspected: false }, at)
      checkPhone(facts, at)
      break
    case 'passkey-required':
      enter(facts, { name: 'passkey-required', helpUrl: snapshot.helpUrl }, at)
      break
    case 'linking':
      if (facts.phase.name === 'active') enter(facts, { name: 'linking' }, at)
      break
    case 'stopped':
    case 'stale':
      // After the last read the round is over; the next one will meet this again.
      if (!lastRead) stopped(facts, event, code)
      break
    case 'unlinked':
      qr.isInvited = true
      if (facts.phase.name === 'linking' && at - facts.since >= LINKING_GRACE_MS)
        returnToCodes(facts, 'link-not-finished', at)
      break
    case 'preparing':
      // After a scan in the last second, some providers say no more than this before the link is there.
      if (lastRead && at - lastRead.since < LAST_READ_LIMIT_MS)
        facts.lastRead = { ...lastRead, at: at + facts.setup.timing.statusIntervalMs }
      // Not a scan: the code on screen stays until its own end.
      if (qr.code && qr.display === 'visible' && !qr.isMissing) {
        qr.code = { ...unconfirmedQrCode(qr.code, facts.setup.timing), number: qr.code.number }
        qr.isMissing = true
      }
      break
    case 'qr':
      if (facts.phase.name === 'active' && facts.method === 'qr') showQrCode(facts, event, snapshot)
      break
    case 'pairing-code':
      if (facts.phase.name === 'active') showPairingCode(facts, event, snapshot)
  }
  explain(facts, snapshot)
  endLongWait(facts, at)
}

/** The server may say why the state before ended. */
function explain(facts: SessionFacts, { reason }: PairingSnapshot): void {
  const { phase, code } = facts
  if (!reason || phase.name !== 'active') return
  if (reason === 'code-replaced') {
    if (code.name !== 'live') return
    facts.code = { name: 'number', phoneNumber: code.phoneNumber }
  }
  facts.notice = reason
}

function detailsOf(snapshot: PairingSnapshot, setup: SessionSetup): Partial<SessionSetup> {
  const { provider = setup.provider, timing = setup.timing, methods = setup.methods } = snapshot
  return { provider, timing, methods }
}

function stopped(facts: SessionFacts, { snapshot, request, at }: Response, code: SessionFacts['code']): void {
  if ((snapshot.status === 'stale' && !facts.setup.clearsLeftovers) || facts.reset === 'done') {
    enter(facts, stuck(), at)
    return
  }
  forgetQr(facts.qr, facts, at)
  facts.reset = 'due'
  // The provider has made no code, so requesting one after the reset ends none.
  if (request === 'pairing-code') facts.code = code
  enter(facts, { name: 'active' }, at)
}

function endLongWait(facts: SessionFacts, at: number): void {
  const { phase, method, qr, waitingSince } = facts
  const isLinking = phase.name === 'linking'
  const isWaiting = isLinking || (phase.name === 'active' && method === 'qr' && qr.display === 'waiting')
  if (isWaiting && at - waitingSince >= (isLinking ? LINKING_LIMIT_MS : WAITING_LIMIT_MS))
    enter(facts, stuck(), at)
}

/**
 * What a response means for a link that is there. It is gone when the provider says so twice: for a moment, some say so
 * while the link settles.
 */
function isLinkGone(facts: SessionFacts, phase: LinkedPhase, { snapshot, at }: Response): boolean {
  const { poll } = facts
  const unlinkSuspected = withoutLink.includes(snapshot.status)
  if (unlinkSuspected && phase.unlinkSuspected) return true
  poll.respondedAt = at
  poll.quietUntil = 0
  poll.failures = 0
  poll.error = undefined
  promise(facts, unlinkSuspected ? 0 : snapshot.nextInMs, at)
  let { account } = phase
  if (snapshot.status === 'linked') {
    // The number, the name and the picture may come later than the link; those of another phone replace them.
    const { account: latest = {} } = snapshot
    const isOther =
      account.phoneNumber && latest.phoneNumber && !isSamePhone(account.phoneNumber, latest.phoneNumber)
    account = isOther ? latest : { ...account, ...latest }
  }
  facts.phase = { ...phase, account, unlinkSuspected }
  checkPhone(facts, at)
  return false
}

/** `undefined` where nothing is expected, or the provider does not say whose phone it is. */
function isExpectedPhone({ setup }: SessionFacts, phoneNumber: string | undefined): boolean | undefined {
  if (!setup.expectedPhoneNumber || !phoneNumber) return undefined
  return isSamePhone(setup.expectedPhoneNumber, phoneNumber)
}

/** A link to another phone than the expected one is a failure, however late the number is known. */
export function checkPhone(facts: SessionFacts, at: number): void {
  const { phase } = facts
  if (phase.name !== 'linked' || isExpectedPhone(facts, phase.account.phoneNumber) !== false) return
  const message = 'Another phone was linked than the one expected. Unlink it, and link the right one.'
  const error = new PairingError('wrong-phone-number', message)
  enter(facts, { name: 'failed', error, account: phase.account }, at)
}

/** The next pushed snapshot is due at this time: until then the session need not poll. */
function promise({ poll }: SessionFacts, nextInMs: number | undefined, at: number): void {
  poll.promisedAt = promisedAt(nextInMs, at) ?? poll.promisedAt
}

function showQrCode(
  facts: SessionFacts,
  { requestedAt: askedAt, at }: Response,
  snapshot: Extract<PairingSnapshot, { status: 'qr' }>,
): void {
  const { qr, setup } = facts
  const { qrCode: payload, expiresInMs, confirmInMs } = snapshot
  const key = qrPayloadKey(payload)
  if (qr.display === 'spent' || qr.display === 'held' || qr.replaced.includes(key)) return
  const previous = qr.code
  const isKnown = previous !== undefined && qrPayloadKey(previous.payload) === key
  const tracked = trackQrCode(previous, { payload, at, askedAt, expiresInMs, confirmInMs }, setup.timing)
  const isExpired = at >= qrDeadAt(tracked, setup.timing)
  if (isKnown && isExpired) return
  if (!isKnown) forgetQr(qr, facts, at)
  if (isExpired) return
  const number = (isKnown && previous.number) || qr.shown + 1
  // It has taken the place of the one on screen: the allowed codes have passed, or the user has not asked for it yet.
  if (number > setup.maxRefreshes) qr.display = 'spent'
  else if (setup.refreshMode === 'manual' && number > qr.wanted) qr.display = 'held'
  else {
    if (!isKnown || previous.number === 0) {
      qr.displayed += 1
      qr.watch = { ms: 0, since: facts.isWatched ? at : undefined, wasInterrupted: !facts.isWatched }
    }
    qr.code = { ...tracked, number }
    qr.display = 'visible'
    qr.isMissing = false
    qr.shown = number
    // The reset has helped. When these codes have passed too, as behind a hidden page, another one may.
    if (facts.reset === 'done') facts.reset = 'none'
  }
}

function showPairingCode(
  facts: SessionFacts,
  { request, requestedAt, at }: Response,
  { pairingCode, expiresInMs }: Extract<PairingSnapshot, { status: 'pairing-code' }>,
): void {
  const { code: step, setup } = facts
  const isOwn = request === 'pairing-code'
  // A code belongs to a number, and one that is being requested is not there before the response to that request. A state
  // that goes on naming an expired code does not make it young again.
  if (!step.phoneNumber || (!isOwn && step.name !== 'live' && step.name !== 'number')) return
  const code = normalizePairingCode(pairingCode)
  if (step.name === 'live' && step.code.value === code.value) return
  const { pairingCodeLifetimeMs } = setup.timing
  const lifetimeMs = Math.min(asAmount(expiresInMs) ?? pairingCodeLifetimeMs, pairingCodeLifetimeMs)
  const live = { ...code, shownAt: at, expiresAt: Math.min(requestedAt, at) + lifetimeMs }
  facts.code = { name: 'live', phoneNumber: step.phoneNumber, code: live, isSlow: false }
}
