import type { WASocket } from 'baileys'
import type { PairingError } from '../../core/errors.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { PairingSnapshot } from '../../core/provider.js'
import { inTime } from '../../lib/in-time.js'
import {
  type Attempt,
  finishLink,
  type OpenedAuth,
  openAttempt,
  pairingCodeLifetimeMs,
  qrLifetimeMs,
} from './baileys-attempt.js'
import { type BaileysAuthState, type FencedAuthState, isLinked, withFence } from './baileys-auth-state.js'
import { closed, ended, hostError, type SocketEnding, unreachable } from './baileys-ending.js'
import { FolderBusyError, type FolderLock } from './baileys-folder-lock.js'
import { type Baileys, baileysName, loadBaileys } from './baileys-package.js'
import { createRetry } from './baileys-retry.js'
import type { BaileysSocketOptions } from './baileys-socket.js'
import { accountOf, type LinkState, statusSnapshot } from './baileys-state.js'
import { timeout } from './fetch-failure.js'
import { passkeyExpired } from './passkey-memory.js'
import { createTurns } from './turns.js'

/** Options of a link. */
export interface BaileysLinkOptions {
  /** Opens the credentials. Called for every round. */
  readonly openAuthState: (baileys: Baileys) => Promise<BaileysAuthState>
  /** The lock of the folder of the credentials. @param onLost Called when another process has taken it. */
  readonly lockOf: ((onLost: () => void) => FolderLock) | undefined
  readonly socketOptions: BaileysSocketOptions
  readonly onSocket: ((socket: WASocket) => void) | undefined
  readonly requestTimeoutMs: number
}

interface LinkListener {
  /** Whether a page waits for a link. If not, expired codes are not replaced. */
  isWatched(): boolean
  onChange(): void
  /** Called when the credentials of a link could not be written. */
  onUnsaved(error: unknown): void
}

/** The link: its credentials, at most one socket, and its state. Commands run one after the other. */
export interface BaileysLink {
  readonly state: LinkState
  /** Whether this process holds the credentials, as far as it knows. */
  readonly isHolder: boolean
  /** Checks whether there is a link, and connects it. Only the first call does so. */
  read(): Promise<void>
  /** Requests new codes, if a page wants a link and the socket was closed. */
  wake(): void
  /** Closes the socket of a round that no page shows. */
  sleep(): void
  requestPairingCode(phoneNumber: PhoneNumber): Promise<PairingSnapshot>
  reset(): Promise<void>
  unlink(): Promise<void>
  /** Closes the socket and keeps the link. */
  close(): Promise<void>
}

/** A round that ends sooner still had codes. Starting the next one immediately would flood WhatsApp. */
const ROUND_MIN_MS = 5_000

/** How often this process checks whether the one that holds the folder has ended. */
const LOCK_INTERVAL_MS = 1_000

/** The longest pause between two attempts while a user looks at the screen. */
const PAIRING_PAUSE_MS = 8_000
/** The same for a link without a waiting user. It reconnects when the network is back. */
const LINK_PAUSE_MS = 60_000

export function createBaileysLink(options: BaileysLinkOptions, listener: LinkListener): BaileysLink {
  const { openAuthState, socketOptions, requestTimeoutMs } = options
  const inTurn = createTurns()
  const retry = createRetry()
  const lock = options.lockOf?.(onLost)
  const closing = new Set<Promise<unknown>>()
  let state: LinkState = { status: 'unread' }
  let attempt: Attempt | undefined
  // The credentials of the last attempt, also between two attempts.
  let currentAuth: FencedAuthState | undefined
  // A closed socket is opened again only by a request for a code.
  let isWanted = false
  let isClosed = false
  /** The timer that runs while another process holds the folder. */
  let waiting: ReturnType<typeof setInterval> | undefined

  function become(next: LinkState): void {
    state = next
    listener.onChange()
  }

  async function open(): Promise<OpenedAuth> {
    const baileys = await loadBaileys()
    if (lock && !(await lock.take())) {
      waitForLock()
      throw new FolderBusyError(lock.holder)
    }
    clearInterval(waiting)
    waiting = undefined
    const auth = withFence(await openAuthState(baileys))
    if (isClosed) throw closed()
    return { baileys, auth }
  }

  /** A deployment starts the next process before it ends the last one, and may call it only once, at its start. */
  function waitForLock(): void {
    if (isClosed) return
    waiting ??= setInterval(() => void inTurn(read).catch(() => undefined), LOCK_INTERVAL_MS)
    waiting.unref()
  }

  /** Another process has taken the folder, because this one was suspended for too long. */
  function onLost(): void {
    hangUp()
    become({ status: 'unread' })
    waitForLock()
  }

  async function read(): Promise<void> {
    if (state.status !== 'unread') return
    const opened = await open()
    if (isLinked(opened.auth.state.creds)) logIn(opened)
    else become({ status: 'idle' })
  }

  /** Starts with new credentials and codes, or connects an existing link. */
  async function startRound(): Promise<void> {
    hangUp()
    const kept = await open()
    if (isLinked(kept.auth.state.creds)) return logIn(kept)
    // Otherwise keys of an earlier link would be used for the next one, and an abandoned code would look like a link.
    await kept.auth.clear()
    connect(await open(), false)
    isWanted = true
    become({ status: 'pairing' })
  }

  function logIn(opened: OpenedAuth): void {
    connect(opened, true)
    become({ status: 'login' })
  }

  function connect(opened: OpenedAuth, isPaired: boolean): void {
    currentAuth = opened.auth
    attempt = openAttempt(opened, isPaired, options, {
      onCredentials: ifCurrent(onCredentials),
      onQrCode: ifCurrent(onQrCode),
      onPaired: ifCurrent(onPaired),
      onPasskeyRequired: ifCurrent(onPasskeyRequired),
      onOpen: ifCurrent((current) => void onOpen(current)),
      onHistory: ifCurrent((_, progress) => onHistory(progress)),
      onClosed: ifCurrent(onClosed),
    })
  }

  /** A discarded socket still emits events for a while. */
  function ifCurrent<Details extends readonly unknown[]>(
    react: (current: Attempt, ...details: Details) => void,
  ): (current: Attempt, ...details: Details) => void {
    return (current, ...details) => {
      if (current === attempt) react(current, ...details)
    }
  }

  /** Discards the socket, if there is one. The caller sets the next state. */
  function hangUp(): void {
    retry.cancel()
    const old = attempt
    attempt = undefined
    old?.settle(ended())
    const closed = Promise.all([old?.socket.close(), currentAuth?.fence()]).finally(() =>
      closing.delete(closed),
    )
    closing.add(closed)
  }

  function onCredentials(current: Attempt): void {
    const { creds } = current.auth.state
    // Before a phone has accepted the device nothing is stored, because an abandoned code would block the next one.
    if (!isLinked(creds)) return
    current.saved = saveCredentials(current)
    current.saved.catch(listener.onUnsaved)
    // The name comes some time after the link.
    if (state.status === 'linked') {
      become({ ...state, account: accountOf(creds.me, state.account.avatarUrl) })
    }
  }

  /** Newer credentials of another process are not overwritten. */
  async function saveCredentials({ auth }: Attempt): Promise<void> {
    if (lock && !(await lock.take())) throw new FolderBusyError(lock.holder)
    await auth.saveCreds()
  }

  function onQrCode(current: Attempt, text: string): void {
    // Baileys still emits codes after a scan.
    if (current.isPaired || state.status === 'passkey-required') return
    current.qrCodes += 1
    if (current.qrCodes === 1) current.readyAt = Date.now()
    const expiresAt = Date.now() + qrLifetimeMs(current.qrCodes, socketOptions.qrTimeout)
    const pairingCode = state.status === 'pairing' ? state.pairingCode : undefined
    become({ status: 'pairing', qrCode: { value: text, expiresAt }, pairingCode })
    current.settle()
  }

  function onPaired(current: Attempt): void {
    current.isPaired = true
    become({ status: 'linking' })
  }

  function onPasskeyRequired(current: Attempt): void {
    if (!current.isPaired) become({ status: 'passkey-required' })
  }

  async function onOpen(current: Attempt): Promise<void> {
    current.isOpen = true
    retry.succeeded()
    if (state.status === 'linked') return
    try {
      const account = await finishLink(current)
      if (current === attempt) become({ status: 'linked', account })
    } catch (error) {
      if (current === attempt) hangUp()
      refuse(error)
    }
  }

  function onHistory(progress: number): void {
    if (state.status === 'linked') become({ ...state, sync: { progress, at: Date.now() } })
  }

  function onClosed(current: Attempt, ending: SocketEnding): void {
    attempt = undefined
    // Before the first code, either the version or the network may be the reason, so the message has both.
    const isStart = current.qrCodes === 0 && !current.isPaired && ending.kind === 'lost'
    const given = 'error' in ending ? ending.error : ended()
    const error = isStart && given.code === 'network' ? unreachable(baileysName()) : given
    current.settle(error)
    const isLinkAlive = current.isPaired && (ending.kind === 'restart' || ending.kind === 'lost')
    if (!isLinkAlive) void current.auth.fence()
    if (ending.kind === 'refused') become({ status: 'refused', error, isLinkOver: ending.isLinkOver })
    // The ceremony ends with its socket, and new codes would only lead to another ceremony.
    else if (!current.isPaired && state.status === 'passkey-required') refuse(passkeyExpired('Baileys'))
    else if (!current.isPaired) pairAgain(current, error)
    else if (ending.kind === 'logged-out') inTurn(() => forget(current.auth)).catch(refuse)
    else comeBack(current, ending.kind === 'restart', error)
  }

  /** A round has ended or could not begin. */
  function pairAgain({ qrCodes, startedAt }: Attempt, error: PairingError): void {
    become({ status: 'pairing', trouble: qrCodes === 0 ? error : undefined })
    if (!listener.isWatched()) {
      become({ status: 'idle' })
      return
    }
    const begin = (): void => void inTurn(resume).catch(refuse)
    if (qrCodes > 0 && Date.now() - startedAt >= ROUND_MIN_MS) {
      retry.succeeded()
      retry.soon(begin)
    } else {
      retry.after(PAIRING_PAUSE_MS, begin)
    }
  }

  /** Reconnects a link whose connection was lost. */
  function comeBack(current: Attempt, isInvited: boolean, error: PairingError): void {
    if (state.status === 'login') become({ status: 'login', trouble: error })
    const again = (): void => connect(current, true)
    // After a scan WhatsApp waits for the login, so it comes immediately. If WhatsApp requires a reconnect after every login,
    // there is a pause.
    if (isInvited && (current.isOpen || current.qrCodes > 0)) again()
    else retry.after(LINK_PAUSE_MS, again)
  }

  async function resume(): Promise<void> {
    if (state.status === 'pairing' && !attempt && !isClosed) await startRound()
  }

  async function forget(auth: FencedAuthState): Promise<void> {
    await auth.fence()
    await auth.clear()
    isWanted = false
    become({ status: 'idle' })
  }

  function refuse(error: unknown): void {
    if (!isClosed) become({ status: 'refused', error: hostError(error), isLinkOver: false })
  }

  async function requestPairingCode(phoneNumber: PhoneNumber): Promise<PairingSnapshot> {
    await read()
    // Starts a new round, because the code lives as long as its round. Any earlier code ends.
    if (state.status === 'idle' || state.status === 'pairing') await startRound()
    const current = attempt
    if (state.status !== 'pairing' || !current) return statusSnapshot(state, Date.now())
    await inTime(() => current.ready, requestTimeoutMs, [], timeout)
    const expiresAt = current.readyAt + pairingCodeLifetimeMs(socketOptions.qrTimeout)
    const value = await current.socket.requestPairingCode(phoneNumber)
    if (current !== attempt) throw ended()
    if (state.status === 'pairing') become({ ...state, pairingCode: { value, expiresAt } })
    return { status: 'pairing-code', pairingCode: value, expiresInMs: expiresAt - Date.now() }
  }

  async function reset(): Promise<void> {
    await read()
    if (state.status === 'refused' && state.isLinkOver) await (await open()).auth.clear()
    retry.succeeded()
    if (!attempt || state.status === 'passkey-required') await startRound()
  }

  async function unlink(): Promise<void> {
    await read()
    if (state.status === 'idle' || state.status === 'pairing' || state.status === 'passkey-required') return
    if (!attempt?.isOpen) throw unreachable()
    const { auth, socket } = attempt
    await socket.logOut()
    hangUp()
    await forget(auth)
  }

  return {
    get state() {
      return state
    },
    get isHolder() {
      return lock?.isHeld ?? true
    },
    read: () => (state.status === 'unread' ? inTurn(read) : Promise.resolve()),
    wake() {
      if (state.status !== 'idle' || !isWanted) return
      become({ status: 'pairing' })
      inTurn(resume).catch(refuse)
    },
    sleep() {
      hangUp()
      become({ status: 'idle' })
    },
    requestPairingCode: (phoneNumber) => inTurn(() => requestPairingCode(phoneNumber)),
    reset: () => inTurn(reset),
    unlink: () => inTurn(unlink),
    async close() {
      isClosed = true
      clearInterval(waiting)
      hangUp()
      await Promise.allSettled([...closing, inTurn(async () => undefined)])
      await lock?.release()
    },
  }
}
