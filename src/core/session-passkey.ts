import { PairingError } from './errors.js'
import { start } from './later-actions.js'
import type { SessionPasskey } from './pairing-session.js'
import { PASSKEY_LIFETIME_MS } from './passkey.js'
import { type Draft, enter, initialPoll } from './session-draft.js'
import type { SessionEvent } from './session-event.js'
import { wayOutAt } from './session-request.js'
import type { PasskeyPhase, SessionFacts, SessionView, UpdatedEvent } from './session-state.js'
import { baseOf, keepIfClose } from './show-qr-code.js'

/** Two reported ends of one ceremony that differ by less are the same. In milliseconds. */
const STEADY_END_MS = 2_000

/** Applies an update that reports the demand for a passkey. */
export function applyPasskeyState(s: Draft, event: UpdatedEvent): void {
  const { update, at } = event
  const { phase } = s
  const before: PasskeyPhase | undefined = phase.name === 'passkey-required' ? phase : undefined
  const { passkey, helpUrl } = update
  const offered = update.abilities.includes('passkey') || update.abilities.includes('passkey-handoff')
  const reported = passkey?.step ?? (offered ? 'assert' : undefined)
  const endsAt = baseOf(s, event) + (passkey?.expiresInMs ?? PASSKEY_LIFETIME_MS)
  // If the provider does not report the end, the time counts from the first update.
  const expiresAt =
    passkey?.expiresInMs === undefined
      ? (before?.expiresAt ?? endsAt)
      : keepIfClose(before?.expiresAt, endsAt, STEADY_END_MS)
  if (!reported) {
    put(s, { ...before, name: 'passkey-required', helpUrl, expiresAt }, at)
    return
  }
  // The page knows what it has sent before the provider reports it, and some providers never do.
  const step = before?.hasResponded && reported === 'assert' ? 'submitted' : reported
  const code = step === 'confirm' && passkey?.code !== before?.confirmedCode ? passkey?.code : undefined
  const next = step === 'confirm' && !code ? 'submitted' : step
  put(s, { ...before, name: 'passkey-required', helpUrl, expiresAt, step: next, code }, at)
}

/** The ceremony has ended without a link, and the user did not end it. */
export function endPasskey(s: Draft, { step, expiresAt }: PasskeyPhase, at: number): void {
  fail(s, at >= expiresAt - STEADY_END_MS || step === 'assert' ? 'passkey-expired' : 'passkey-refused', at)
}

const endings = {
  'passkey-refused': 'WhatsApp did not accept the passkey. Start over to try again.',
  'passkey-expired': 'The passkey was not used in time. Start over to try again.',
  'passkey-mismatch': 'The user says that the phone shows another code, so the ceremony was reset.',
} as const

function fail(s: Draft, code: keyof typeof endings, at: number): void {
  enter(s, { name: 'failed', error: new PairingError(code, endings[code]) }, at)
}

/** Enters a step, and clears what belongs to the previous one. */
function put(s: Draft, phase: Omit<PasskeyPhase, 'isSlow' | 'nextAt'>, at: number): void {
  const before = s.phase.name === 'passkey-required' ? s.phase : undefined
  const isNewStep = before?.step !== phase.step
  if (isNewStep) s.waitingSince = at
  const kept = isNewStep ? { ...phase, deed: undefined, problem: undefined } : phase
  const handoff = phase.step === 'assert' ? phase.handoff : undefined
  const handoffEnd = handoff?.kind === 'code' ? handoff.expiresAt : Number.POSITIVE_INFINITY
  const isSlow = phase.step === 'submitted' && at >= wayOutAt(s)
  const slowAt = phase.step === 'submitted' && !isSlow ? wayOutAt(s) : Number.POSITIVE_INFINITY
  const nextAt = Math.min(phase.expiresAt, handoffEnd, slowAt)
  enter(s, { ...kept, handoff, isSlow, nextAt }, at)
}

/** Applies the passing of time to a ceremony. */
export function settlePasskey(s: Draft, phase: PasskeyPhase, at: number): void {
  const { expiresAt, handoff } = phase
  if (at >= expiresAt) fail(s, 'passkey-expired', at)
  else if (handoff?.kind === 'code' && at >= handoff.expiresAt) put(s, { ...phase, handoff: undefined }, at)
  else if (at >= phase.nextAt) put(s, phase, at)
}

type PasskeyEvent = Extract<SessionEvent, { type: `passkey-${string}` }>

/** Whether an event belongs to a passkey ceremony. */
export function isPasskeyEvent(event: SessionEvent): event is PasskeyEvent {
  return event.type.startsWith('passkey-')
}

/** Applies an action of the user in a ceremony, or its result. */
export function applyPasskey(s: Draft, event: PasskeyEvent): void {
  const { at } = event
  const { phase } = s
  if (phase.name !== 'passkey-required') return
  switch (event.type) {
    case 'passkey-begun':
      if (!phase.deed) put(s, { ...phase, deed: event.deed, problem: undefined }, at)
      return
    case 'passkey-failed': {
      if (phase.deed !== event.deed) return
      const { problem } = event
      if (isEnding(problem)) {
        fail(s, problem.code, at)
        return
      }
      put(s, { ...phase, deed: undefined, problem }, at)
      // The action may have failed because the ceremony is already at another step.
      s.poll = { ...s.poll, dueAt: at }
      return
    }
    case 'passkey-answered':
      put(s, { ...phase, step: 'submitted', code: undefined, hasResponded: true }, at)
      s.poll = { ...s.poll, dueAt: at }
      return
    case 'passkey-confirmed':
      put(s, { ...phase, step: 'submitted', code: undefined, confirmedCode: event.code }, at)
      s.poll = { ...s.poll, dueAt: at }
      return
    case 'passkey-handed':
      put(s, { ...phase, deed: undefined, handoff: event.handoff }, at)
      return
    case 'passkey-denied':
      fail(s, 'passkey-mismatch', at)
  }
}

type Ending = PairingError & { readonly code: keyof typeof endings }

function isEnding(problem: PasskeyPhase['problem']): problem is Ending {
  return problem instanceof Error && problem.code in endings
}

/** The user starts over: the ceremony is cleared at the provider, if the provider supports that. */
export function restartPasskey(s: Draft, at: number): void {
  if (!s.offer.abilities.includes('reset')) {
    start(s, at)
    return
  }
  enter(s, { name: 'active' }, at)
  s.reset = 'reset'
  s.poll = { ...initialPoll, dueAt: at }
  s.waitingSince = at
}

/** The view of a ceremony. */
export function viewPasskey(phase: PasskeyPhase, s: SessionFacts): SessionView {
  const { provider, abilities } = s.offer
  return {
    status: 'passkey-required',
    passkey: ceremony(phase, s),
    helpUrl: phase.helpUrl,
    provider,
    phoneNumber: s.code.name === 'number' ? s.code.phoneNumber : undefined,
    canStartOver: abilities.includes('reset'),
  }
}

function ceremony(
  { step, code, expiresAt, deed, problem, handoff, isSlow }: PasskeyPhase,
  { since, offer: { abilities } }: SessionFacts,
): SessionPasskey | undefined {
  if (!step) return undefined
  return {
    step,
    since,
    expiresAt,
    code,
    handoff,
    canAnswer: abilities.includes('passkey'),
    canConfirm: abilities.includes('passkey-confirm'),
    canHandOff: abilities.includes('passkey-handoff'),
    ...(deed && { busy: deed }),
    ...(problem === 'cancelled' ? { isCancelled: true } : problem && { error: problem }),
    ...(isSlow && { isSlow }),
  }
}
