import { isSame } from '../core/is-same.js'
import { PASSKEY_LIFETIME_MS, type PasskeyAssertion } from '../core/passkey.js'
import { isPhoneNumber } from '../core/phone-number.js'
import { isQrText, pairingCodeOf, qrTextOf } from './emulated-codes.js'
import {
  answersChallenge,
  type Ceremony,
  type CeremonyDemand,
  ceremonyAt,
  ceremonyState,
  isSignedBy,
} from './emulated-passkey.js'
import type {
  ActiveFault,
  EmulatedAccount,
  EmulatedPairingCode,
  EmulatedPasskey,
  Emulator,
  EmulatorAction,
  EmulatorEvent,
  EmulatorOptions,
  EmulatorState,
} from './emulator-types.js'
import type { QrRound } from './qr-round.js'
import { qrOfRound } from './qr-round.js'

export type * from './emulator-types.js'

const defaultAccount: EmulatedAccount = { name: 'Ana Souza', phoneNumber: '5511987654321' }

/** All data of the emulator. Its state follows from this and the time. */
interface Facts {
  readonly link:
    | { readonly kind: 'none' | 'stale' }
    | { readonly kind: 'passkey'; readonly account: EmulatedAccount; readonly ceremony: Ceremony }
    | { readonly kind: 'failed'; readonly reason: 'passkey-refused' | 'passkey-expired' }
    | { readonly kind: 'answered'; readonly account: EmulatedAccount; readonly linkedAt: number }
  readonly round: QrRound | null
  readonly pairingCode: EmulatedPairingCode | null
  readonly passkeyDemand: CeremonyDemand | null
  readonly passkey: EmulatedPasskey | null
  /** Passkey ceremonies so far. */
  readonly ceremonies: number
  /** How often the device was removed. Each new device has different keys. */
  readonly device: number
  readonly rounds: number
  readonly pairingCodes: number
  readonly fault: ActiveFault | null
}

const nothingShown = { round: null, pairingCode: null } as const

/**
 * Creates a WhatsApp account with a phone and a clock. A mock server adds the HTTP API of a provider.
 *
 * ```ts
 * const emulator = createEmulator({ now: () => time })
 * const provider = greenApi({ ...credentials, fetch: mockGreenApi(emulator, credentials).fetch })
 * await provider.getQrCode({})
 * emulator.scan()
 * ```
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  // `Date` is looked up at each call, because fake clocks may replace it later.
  const { now = () => Date.now(), wait = waitByTimer } = options
  const { linkingMs = 2_000, pairingCodeMs = 160_000 } = options
  const { firstCodeMs = 60_000, codeMs = 20_000, refs = 6 } = options
  const { seed = Math.floor(Math.random() * 2 ** 32) } = options
  const timing = { firstCodeMs, codeMs, refs }
  const account: EmulatedAccount = { ...defaultAccount, ...options.account }
  const listeners = new Set<(event: EmulatorEvent) => void>()

  let facts: Facts = {
    link: { kind: 'none' },
    ...nothingShown,
    passkeyDemand: null,
    passkey: null,
    ceremonies: 0,
    device: 0,
    rounds: 0,
    pairingCodes: 0,
    fault: null,
  }
  let lastState: EmulatorState = { status: 'idle' }

  function stateAt(at: number): EmulatorState {
    const state = derive(at)
    if (!isSame(state, lastState)) lastState = state
    return lastState
  }

  /** The link, with the effect of time on a passkey ceremony. */
  function linkAt(at: number): Facts['link'] {
    const { link } = facts
    if (link.kind !== 'passkey') return link
    const ceremony = ceremonyAt(link.ceremony, at)
    if (ceremony === 'expired') return { kind: 'failed', reason: 'passkey-expired' }
    if (typeof ceremony === 'string') return link
    return { kind: 'answered', account: link.account, linkedAt: ceremony.passedAt + linkingMs }
  }

  function derive(at: number): EmulatorState {
    const { round, device } = facts
    const link = linkAt(at)
    if (link.kind === 'stale') return { status: 'stale-auth' }
    if (link.kind === 'failed') return { status: 'out-of-codes', pairingCode: null, reason: link.reason }
    if (link.kind === 'passkey') return ceremonyState(link.ceremony, seed, at)
    if (link.kind === 'answered') {
      const { linkedAt } = link
      return { status: at < linkedAt ? 'linking' : 'linked', account: link.account, linkedAt }
    }
    const qr = round ? qrOfRound(round, timing, at) : 'ahead'
    if (qr === 'ahead') return { status: 'idle' }
    const pairingCode = facts.pairingCode && at < facts.pairingCode.expiresAt ? facts.pairingCode : null
    if (qr === 'over') return { status: 'out-of-codes', pairingCode }
    const qrText = qrTextOf(seed, device, qr.serial)
    return { status: 'pairing', qrText, qrNumber: qr.number, qrExpiresAt: qr.expiresAt, pairingCode }
  }

  function change(action: EmulatorAction, changes: Partial<Facts>, at: number): { readonly ok: true } {
    facts = { ...facts, ...changes }
    const event = { action, at, state: stateAt(at) }
    for (const listener of [...listeners]) listener(event)
    return { ok: true }
  }

  /** A round from its first code. */
  function newRound(since: number, ownCodeMs?: number): Pick<Facts, 'link' | 'round' | 'rounds'> {
    const round = { firstSerial: facts.rounds * refs + 1, number: 1, since, codeMs: ownCodeMs }
    return { link: { kind: 'none' }, round, rounds: facts.rounds + 1 }
  }

  function acceptedBy(holder: EmulatedAccount, at: number): Partial<Facts> {
    return { ...nothingShown, link: { kind: 'answered', account: holder, linkedAt: at + linkingMs } }
  }

  /** A valid code reached WhatsApp. All other codes are then invalid. */
  function accept(action: 'scan' | 'typeCode', holder: EmulatedAccount, at: number): { readonly ok: true } {
    const { passkeyDemand, ceremonies } = facts
    if (!passkeyDemand) return change(action, acceptedBy(holder, at), at)
    const ceremony = { ...passkeyDemand, serial: ceremonies, beganAt: at }
    const link = { kind: 'passkey', account: holder, ceremony } as const
    return change(action, { ...nothingShown, passkeyDemand: null, ceremonies: ceremonies + 1, link }, at)
  }

  /** The account and the ceremony of a passkey that is still required. */
  function underWay(at: number): Extract<Facts['link'], { kind: 'passkey' }> | undefined {
    const link = linkAt(at)
    return link.kind === 'passkey' ? link : undefined
  }

  /** WhatsApp responds to an answer only if its signature is valid. */
  async function verify(
    assertion: PasskeyAssertion,
    passkey: EmulatedPasskey,
    serial: number,
  ): Promise<void> {
    if (!(await isSignedBy(passkey, assertion))) return
    const { link } = facts
    if (link.kind !== 'passkey' || link.ceremony.serial !== serial) return
    facts = { ...facts, link: { ...link, ceremony: { ...link.ceremony, isAccepted: true } } }
  }

  /** The {@link Facts} after either side has removed the device. */
  function removed(): Partial<Facts> {
    return { ...nothingShown, link: { kind: 'none' }, device: facts.device + 1 }
  }

  return {
    now,
    wait,
    get state() {
      return stateAt(now())
    },
    get fault() {
      return facts.fault
    },

    start(delayMs = 0, ownCodeMs) {
      const at = now()
      const { status } = stateAt(at)
      if (status === 'idle' || status === 'out-of-codes')
        change('start', newRound(at + delayMs, ownCodeMs), at)
    },

    requestPairingCode(phoneNumber) {
      const at = now()
      const { status } = stateAt(at)
      if (status === 'linking' || status === 'linked') return { ok: false, reason: 'already-linked' }
      if (status === 'stale-auth' || status === 'passkey-required') return { ok: false, reason: status }
      if (!isPhoneNumber(phoneNumber)) return { ok: false, reason: 'invalid-phone-number' }
      const value = pairingCodeOf(seed, facts.pairingCodes)
      const pairingCode = { value, phoneNumber, expiresAt: at + pairingCodeMs }
      const changes = { pairingCode, pairingCodes: facts.pairingCodes + 1 }
      change('requestPairingCode', status === 'pairing' ? changes : { ...changes, ...newRound(at) }, at)
      return { ok: true, pairingCode }
    },

    logout() {
      change('logout', { ...removed(), passkeyDemand: null }, now())
    },

    restart() {
      const at = now()
      const link = linkAt(at)
      if (link.kind === 'answered') change('restart', acceptedBy(link.account, at), at)
      else change('restart', { ...nothingShown, link: link.kind === 'stale' ? link : { kind: 'none' } }, at)
    },

    restore() {
      const at = now()
      if (facts.link.kind !== 'stale') return { ok: false, reason: 'no-stale-auth' }
      return change('restore', acceptedBy(account, at), at)
    },

    scan(text) {
      const at = now()
      const state = stateAt(at)
      if (state.status === 'linking' || state.status === 'linked')
        return { ok: false, reason: 'already-linked' }
      if (text !== undefined && !isQrText(text)) return { ok: false, reason: 'not-a-code' }
      if (state.status === 'pairing' && (text ?? state.qrText) === state.qrText)
        return accept('scan', account, at)
      return { ok: false, reason: text === undefined ? 'not-pairing' : 'code-expired' }
    },

    typeCode(code) {
      const at = now()
      const { status } = stateAt(at)
      if (status === 'linking' || status === 'linked') return { ok: false, reason: 'already-linked' }
      const issued = facts.pairingCode
      const isPairing = status === 'pairing' || status === 'out-of-codes'
      if (!issued || !isPairing) return { ok: false, reason: 'not-pairing' }
      if (code.replace(/[^a-z0-9]/gi, '').toUpperCase() !== issued.value)
        return { ok: false, reason: 'wrong-code' }
      if (at >= issued.expiresAt) return { ok: false, reason: 'code-expired' }
      return accept('typeCode', { ...account, phoneNumber: issued.phoneNumber }, at)
    },

    rotate() {
      const at = now()
      const qr = facts.round && facts.link.kind === 'none' ? qrOfRound(facts.round, timing, at) : 'over'
      if (!facts.round || typeof qr === 'string') return { ok: false, reason: 'not-pairing' }
      return change('rotate', { round: { ...facts.round, number: qr.number + 1, since: at } }, at)
    },

    demandPasskey({ comparesCode = false, isSilent = false, lifetimeMs = PASSKEY_LIFETIME_MS } = {}) {
      change('demandPasskey', { passkeyDemand: { comparesCode, isSilent, lifetimeMs } }, now())
    },

    registerPasskey(passkey) {
      change('registerPasskey', { passkey }, now())
    },

    answerPasskey(assertion) {
      const at = now()
      const link = underWay(at)
      if (!link) return { ok: false, reason: 'no-passkey-required' }
      const { ceremony } = link
      if (ceremony.answeredAt !== undefined) return { ok: false, reason: 'already-answered' }
      if (!answersChallenge(assertion, seed, ceremony)) return { ok: false, reason: 'wrong-challenge' }
      const { passkey } = facts
      const answered = { ...ceremony, answeredAt: at, isAccepted: passkey === null }
      const result = change('answerPasskey', { link: { ...link, ceremony: answered } }, at)
      if (passkey) void verify(assertion, passkey, ceremony.serial)
      return result
    },

    confirmPasskey(code) {
      const at = now()
      const link = underWay(at)
      const state = stateAt(at)
      const shown = state.status === 'passkey-required' ? state.code : undefined
      if (!link || shown === undefined) return { ok: false, reason: 'no-code-to-confirm' }
      if (code !== shown) return { ok: false, reason: 'wrong-code' }
      return change('confirmPasskey', acceptedBy(link.account, at), at)
    },

    resetPasskey() {
      const at = now()
      if (!underWay(at)) return { ok: false, reason: 'no-passkey-required' }
      return change('resetPasskey', removed(), at)
    },

    refusePasskey() {
      const at = now()
      if (!underWay(at)) return { ok: false, reason: 'no-passkey-required' }
      return change('refusePasskey', { link: { kind: 'failed', reason: 'passkey-refused' } }, at)
    },

    solvePasskey() {
      const at = now()
      const link = underWay(at)
      if (!link) return { ok: false, reason: 'no-passkey-required' }
      return change('solvePasskey', acceptedBy(link.account, at), at)
    },

    disconnect() {
      const at = now()
      if (linkAt(at).kind !== 'answered') return { ok: false, reason: 'not-linked' }
      return change('disconnect', removed(), at)
    },

    leaveStaleAuth() {
      change('leaveStaleAuth', { ...nothingShown, link: { kind: 'stale' } }, now())
    },

    fail(fault, { times, retryAfterMs } = {}) {
      if (fault === null) change('recover', { fault: null }, now())
      else change('fail', { fault: { fault, times, retryAfterMs } }, now())
    },

    recover() {
      change('recover', { fault: null }, now())
    },

    takeFault() {
      const { fault } = facts
      if (fault?.times === undefined) return fault
      if (fault.times > 1) facts = { ...facts, fault: { ...fault, times: fault.times - 1 } }
      else change('recover', { fault: null }, now())
      return fault
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function waitByTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
