import { PASSKEY_RESPONSE_MS } from '../emulated-passkey.js'
import type { Emulator, EmulatorState } from '../emulator.js'

/** The statuses of a WAHA session. */
export type WahaStatus =
  | 'STOPPED'
  | 'STARTING'
  | 'SCAN_QR_CODE'
  | 'WORKING'
  | 'FAILED'
  | 'PASSKEY_REQUIRED'
  | 'PASSKEY_CONFIRMATION_REQUIRED'

/** The `me` of a session: the account of its credentials, which need not be linked. */
export interface WahaMe {
  readonly id: string
  readonly pushName?: string
  readonly lid: string
}

/** A session of the engine NOWEB. It runs or is stopped, and keeps its credentials either way. */
export interface WahaSession {
  /** The current status. A running session without credentials begins a round of codes automatically. */
  status(): WahaStatus
  /** The credentials that the server shows now. A session that is stopped or has just started shows none. */
  me(): WahaMe | null
  /** The credentials on the server's disk, shown or not. */
  credentials(): WahaMe | null
  /** Stores an incomplete link, as the server does when a pairing code is requested. */
  halfLink(phoneNumber: string): void
  /** Starts the session. Returns `false` if it is already running. */
  start(): boolean
  /** Stops it immediately. The link survives. Resolves when the server responds. */
  stop(hold: Hold): Promise<void>
  restart(hold: Hold): Promise<void>
  /** Removes the device, and restarts a running session. The status changes a second after the device was removed. */
  logout(hold: Hold): Promise<void>
  /** Like {@link logout}, but the session stays stopped. */
  remove(hold: Hold): Promise<void>
  /**
   * Waits for `SCAN_QR_CODE` as a request for the QR code does, and returns the status at the end of the
   * wait.
   */
  awaitScan(hold: Hold): Promise<WahaStatus>
  /** Whether the engine's socket to WhatsApp exists. Without it, a request for a pairing code crashes. */
  hasSocket(): boolean
  /** When the status changes next without another event, on the emulator's clock. */
  nextChangeAt(): number
  /** The `data` of a webhook for the current status: the passkey challenge, or the code to compare. */
  statusData(): object | null
}

/** Delays a response. */
export type Hold = (ms: number) => Promise<void>

/** Recorded times of WAHA Core 2026.2.1: see the README of the recordings. */
const STOP_MS = 3_000
const LOGOUT_MS = 1_000
/** The duration of the first login, the last part of the time from scan to link. */
const LOGIN_MS = 100
/** The share of a start after which the engine's socket exists. */
const SOCKET_SHARE = 0.75
const QR_TICK_MS = 500
const QR_HOLD_STOPPED_MS = 5_000
const QR_HOLD_RUNNING_MS = 10_000

/** The account that a server finds if it has not seen the link. */
const BEFORE: WahaMe = { id: '5511987654321@c.us', pushName: 'Ana Souza', lid: '' }

/** One run of the session, and the end of the previous run. */
interface Run {
  /** The status until `stopsAt`. */
  readonly before: { readonly status: WahaStatus; readonly me: WahaMe | null } | null
  /** When the previous run ends. */
  readonly stopsAt: number
  /** When this run begins. `null` if the session stays stopped. */
  readonly startsAt: number | null
}

interface SessionOptions {
  readonly startingMs: number
  readonly stopped: boolean
  /** NOWEB keeps credentials that WhatsApp refuses, and fails with them until a logout. */
  readonly engine: 'NOWEB' | 'GOWS'
}

/** Adds a WAHA session to the emulator, which has no sessions and no processes. */
export function createWahaSession(
  emulator: Emulator,
  { startingMs, stopped, engine }: SessionOptions,
): WahaSession {
  const { now } = emulator
  let run: Run = { before: null, stopsAt: now(), startsAt: stopped ? null : now() - startingMs }
  let saved: WahaMe | null = null
  /** True if a code made the link. WAHA then reports SCAN_QR_CODE until it logs in. */
  let isFreshLink = false
  let answeredAt = 0

  function keepCredentials(state: EmulatorState): void {
    if (state.status !== 'linking' && state.status !== 'linked') return
    const { phoneNumber, name } = state.account
    saved = { id: `${phoneNumber}@c.us`, ...(name && { pushName: name }), lid: `${lidOf(phoneNumber)}@lid` }
  }

  keepCredentials(emulator.state)
  emulator.subscribe(({ action, at, state }) => {
    keepCredentials(state)
    // After a passkey, the session logs in without another code.
    if (action === 'scan' || action === 'typeCode') isFreshLink = state.status !== 'passkey-required'
    if (action === 'answerPasskey') answeredAt = at
    if (action === 'restart' || action === 'restore') isFreshLink = false
    if (action === 'logout') saved = null
    // The server keeps the credentials that WhatsApp no longer accepts.
    if (action === 'disconnect' && engine === 'NOWEB') emulator.leaveStaleAuth()
    if (action === 'leaveStaleAuth') saved ??= BEFORE
  })

  function status(): WahaStatus {
    const at = now()
    if (run.before && at < run.stopsAt) return run.before.status
    if (run.startsAt === null || at < run.startsAt) return 'STOPPED'
    if (at < run.startsAt + startingMs) return 'STARTING'
    if (emulator.state.status === 'idle') emulator.start()
    const { state } = emulator
    // No event reports the link after a passkey.
    keepCredentials(state)
    switch (state.status) {
      case 'pairing':
        return 'SCAN_QR_CODE'
      case 'linking':
        return isFreshLink && at < state.linkedAt - LOGIN_MS ? 'SCAN_QR_CODE' : 'STARTING'
      case 'linked':
        return 'WORKING'
      case 'passkey-required':
        return state.step === 'confirm' ? 'PASSKEY_CONFIRMATION_REQUIRED' : 'PASSKEY_REQUIRED'
      default:
        return 'FAILED'
    }
  }

  function me(): WahaMe | null {
    if (run.before && now() < run.stopsAt) return run.before.me
    const isUp = run.startsAt !== null && now() >= run.startsAt + startingMs
    return isUp ? saved : null
  }

  /** Ends this run in `stopMs`, and starts another run in `startMs`. */
  function replaceRun(stopMs: number, startMs: number | null, isLogout: boolean): void {
    const at = now()
    const before = { status: status(), me: me() }
    run = { before, stopsAt: at + stopMs, startsAt: startMs === null ? null : at + startMs }
    const { status: link } = emulator.state
    if (isLogout) emulator.logout()
    // A link survives a stop.
    else if (link === 'linked' || link === 'linking') return
    // Codes belong to the connection that ends here, including later codes.
    else emulator.restart()
    if (startMs === null) return
    // With incomplete or invalid credentials, the server tries to log in, and WhatsApp refuses.
    if (saved && engine === 'NOWEB') emulator.leaveStaleAuth()
    else emulator.start(startMs + startingMs)
  }

  async function logout(hold: Hold, startMs: number | null): Promise<void> {
    if (status() === 'STOPPED') return void emulator.logout()
    replaceRun(LOGOUT_MS, startMs, true)
    await hold(LOGOUT_MS + STOP_MS)
  }

  return {
    status,
    me,
    credentials: () => saved,
    halfLink(phoneNumber) {
      saved = { id: `${phoneNumber}@c.us`, pushName: '~', lid: '' }
    },
    start() {
      if (status() !== 'STOPPED') return false
      replaceRun(0, 0, false)
      return true
    },
    async stop(hold) {
      if (status() === 'STOPPED') return
      replaceRun(0, null, false)
      await hold(STOP_MS)
    },
    async restart(hold) {
      replaceRun(0, STOP_MS, false)
      await hold(STOP_MS)
    },
    logout: (hold) => logout(hold, LOGOUT_MS + STOP_MS),
    remove: (hold) => logout(hold, null),
    async awaitScan(hold) {
      const first = status()
      const begun = run
      const isEnding = now() < run.stopsAt
      const endsAt = now() + (first === 'STOPPED' ? QR_HOLD_STOPPED_MS : QR_HOLD_RUNNING_MS)
      // A request that began in one run never receives the status of the next run. It waits until its time limit.
      function seen(): WahaStatus {
        const isOver = begun !== run || (isEnding && now() >= begun.stopsAt)
        return first !== 'STOPPED' && isOver ? 'STOPPED' : status()
      }
      while (seen() !== 'SCAN_QR_CODE' && now() < endsAt) await hold(QR_TICK_MS)
      return seen()
    },
    hasSocket: () => run.startsAt !== null && now() >= run.startsAt + startingMs * SOCKET_SHARE,
    nextChangeAt() {
      const { state } = emulator
      const times = [run.stopsAt]
      if (run.startsAt !== null) times.push(run.startsAt, run.startsAt + startingMs)
      if (state.status === 'pairing') times.push(state.qrExpiresAt)
      if (state.status === 'linking') times.push(state.linkedAt - LOGIN_MS, state.linkedAt)
      if (state.status === 'passkey-required') times.push(state.expiresAt, answeredAt + PASSKEY_RESPONSE_MS)
      return Math.min(...times.filter((time) => time > now()))
    },
    statusData() {
      const { state } = emulator
      if (state.status !== 'passkey-required') return null
      return state.step === 'confirm' ? { code: state.code } : state.challenge
    },
  }
}

/** WhatsApp's id without a phone number. Any other number works. */
function lidOf(phoneNumber: string): string {
  return `1${[...phoneNumber].reverse().join('')}`
}
