import type { WASocket } from 'baileys'
import type { PairingError } from '../../core/errors.js'
import type { PairingAccount } from '../../core/provider.js'
import {
  CODES_OF_A_ROUND,
  PAIRING_CODE_LIFETIME_MS,
  QR_LIFETIME_MS,
  QR_LONGEST_LIFETIME_MS,
} from '../../core/qr-lifetime.js'
import type { FencedAuthState } from './baileys-auth-state.js'
import type { SocketEnding } from './baileys-ending.js'
import type { Baileys } from './baileys-package.js'
import { type BaileysSocketOptions, type LinkSocket, openSocket } from './baileys-socket.js'
import { accountOf } from './baileys-state.js'

/** The credentials and the package that reads them. */
export interface OpenedAuth {
  readonly baileys: Baileys
  readonly auth: FencedAuthState
}

/** A socket and its state. */
export interface Attempt extends OpenedAuth {
  readonly socket: LinkSocket
  readonly startedAt: number
  /** When the first QR code arrived. The round is counted from this time. */
  readyAt: number
  /** Settles with the first QR code. After it, WhatsApp also issues pairing codes. */
  readonly ready: Promise<void>
  /** Ends {@link ready}. */
  settle(error?: PairingError): void
  /** A phone has accepted the device, so these credentials are a link. */
  isPaired: boolean
  isOpen: boolean
  /** QR codes so far. */
  qrCodes: number
  /** Resolves when the credentials were last written. */
  saved: Promise<void>
}

/** The events of an attempt's socket. */
export interface AttemptListener {
  onCredentials(attempt: Attempt): void
  onQrCode(attempt: Attempt, text: string): void
  onPaired(attempt: Attempt): void
  onPasskeyRequired(attempt: Attempt): void
  onOpen(attempt: Attempt): void
  onHistory(attempt: Attempt, progress: number): void
  onClosed(attempt: Attempt, ending: SocketEnding): void
}

interface AttemptOptions {
  readonly socketOptions: BaileysSocketOptions
  readonly onSocket: ((socket: WASocket) => void) | undefined
}

export function openAttempt(
  { baileys, auth }: OpenedAuth,
  isPaired: boolean,
  { socketOptions, onSocket }: AttemptOptions,
  listener: AttemptListener,
): Attempt {
  let settle: Attempt['settle'] = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve())
  })
  // Usually no caller waits for it.
  ready.catch(() => undefined)
  // A socket emits nothing before the next tick, when `attempt` is set.
  const socket = openSocket(baileys, auth.state, socketOptions, {
    onCredentials: () => listener.onCredentials(attempt),
    onQrCode: (text) => listener.onQrCode(attempt, text),
    onPaired: () => listener.onPaired(attempt),
    onPasskeyRequired: () => listener.onPasskeyRequired(attempt),
    onOpen: () => listener.onOpen(attempt),
    onHistory: (progress) => listener.onHistory(attempt, progress),
    onClosed: (ending) => listener.onClosed(attempt, ending),
  })
  const attempt: Attempt = {
    baileys,
    auth,
    socket,
    startedAt: Date.now(),
    readyAt: Number.POSITIVE_INFINITY,
    ready,
    settle,
    isPaired,
    isOpen: false,
    qrCodes: 0,
    saved: Promise.resolve(),
  }
  onSocket?.(socket.socket)
  return attempt
}

/**
 * The work between the login and the report that the phone is linked.
 *
 * @throws if the credentials could not be stored, because the phone must not list a device that can never log in again
 */
export async function finishLink({ auth, saved, socket }: Attempt): Promise<PairingAccount> {
  try {
    await saved
  } catch (error) {
    await socket.logOut().catch(() => undefined)
    throw error
  }
  return accountOf(auth.state.creds.me, await socket.pictureUrl())
}

/**
 * How long a code of a round is shown.
 *
 * @param qrTimeout Baileys' option of this name, which applies to the first code and to the others.
 */
export function qrLifetimeMs(number: number, qrTimeout: number | undefined): number {
  return qrTimeout ?? (number === 1 ? QR_LONGEST_LIFETIME_MS : QR_LIFETIME_MS)
}

/** How long a pairing code is valid that is requested with the first QR code. */
export function pairingCodeLifetimeMs(qrTimeout: number | undefined): number {
  return qrTimeout === undefined
    ? PAIRING_CODE_LIFETIME_MS
    : Math.min(qrTimeout * CODES_OF_A_ROUND, PAIRING_CODE_LIFETIME_MS)
}
