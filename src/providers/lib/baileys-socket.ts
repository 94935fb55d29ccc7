import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { AuthenticationState, BinaryNode, UserFacingSocketConfig, WASocket } from 'baileys'
import { asPercent } from '../../core/as-percent.js'
import { PairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import { printOnce } from '../../core/print-error.js'
import { endingOf, type SocketEnding, unreachable } from './baileys-ending.js'
import type { Baileys } from './baileys-package.js'

/** Options of Baileys itself: `browser`, `version`, `agent`, `logger`, `waWebSocketUrl` and others. */
export type BaileysSocketOptions = Omit<UserFacingSocketConfig, 'auth'>

/** The events of a socket. */
export interface SocketListener {
  /** The credentials have changed. */
  onCredentials(): void
  onQrCode(text: string): void
  /** A phone has accepted the device. WhatsApp then ends the socket and requires the device to reconnect. */
  onPaired(): void
  /** A phone has accepted the device, but WhatsApp demands a passkey first. */
  onPasskeyRequired(): void
  /** Logged in. */
  onOpen(): void
  /** The phone has sent a part of its chats. `progress`: 0 to 100 percent. */
  onHistory(progress: number): void
  onClosed(ending: SocketEnding): void
}

/** One connection to WhatsApp. */
export interface LinkSocket {
  readonly socket: WASocket
  /** @throws {@link PairingError} `code-refused` or `rate-limited` if WhatsApp refuses, `network` if it does not respond */
  requestPairingCode(phoneNumber: PhoneNumber): Promise<string>
  /**
   * Removes this device from the list on the phone.
   *
   * @throws {@link PairingError} `network` if WhatsApp does not confirm it
   */
  logOut(): Promise<void>
  /** The picture of the account; `undefined` if it has none or hides it. */
  pictureUrl(): Promise<string | undefined>
  /** Closes the connection; resolves when it is closed completely. */
  close(): Promise<void>
}

/** WhatsApp responds to the request for a code in less than a second. Without a response the code may still work. */
const CODE_RESPONSE_LIMIT_MS = 5_000

/** Without a confirmation the phone may still list the device. */
const LOG_OUT_WAIT_MS = 10_000

/** The picture is optional, so it gets only a short time. */
const PICTURE_WAIT_MS = 3_000

/** A server that is down does not respond to a close frame, and `ws` would wait for half a minute. */
const CLOSE_WAIT_MS = 1_000

export function openSocket(
  baileys: Baileys,
  auth: AuthenticationState,
  options: BaileysSocketOptions,
  listener: SocketListener,
): LinkSocket {
  const socket = makeSocket(baileys, auth, options)
  let connection: Socket | undefined
  socket.ws.on('upgrade', (response: IncomingMessage) => {
    connection = response.socket
  })
  // A gateway has refused the connection. Baileys ignores this event and would wait for its timeout.
  socket.ws.on('unexpected-response', () => void socket.end(new Error('refused')))
  // A WebSocket that is closed before it is open emits an error, which would end the process without a listener.
  socket.ws.on('error', nothing)
  // Baileys does not support passkeys: it acknowledges and drops this stanza, and continues with invalid QR codes.
  socket.ws.on('CB:notification,type:passkey_prologue_request', () => listener.onPasskeyRequired())
  // Baileys has already written the change to the credentials, because its own listener runs first.
  socket.ev.on('creds.update', () => listener.onCredentials())
  socket.ev.on('connection.update', ({ connection, qr, isNewLogin, lastDisconnect }) => {
    if (qr) listener.onQrCode(qr)
    if (isNewLogin) listener.onPaired()
    if (connection === 'open') listener.onOpen()
    if (connection === 'close') listener.onClosed(endingOf(lastDisconnect?.error))
  })

  socket.ev.on('messaging-history.set', ({ progress }) => {
    const percent = asPercent(progress)
    if (percent !== undefined) listener.onHistory(percent)
  })

  return {
    socket,
    async requestPairingCode(phoneNumber) {
      const response = codeResponse(socket, baileys)
      try {
        const code = await socket.requestPairingCode(phoneNumber)
        await response.promise
        return code
      } catch (error) {
        // A bug, such as an `authState` without keys, is not a network error.
        const isProgrammingError = /^(?:Type|Reference|Range)Error$/.test(String(asRecord(error).name))
        throw PairingError.isInstance(error) || isProgrammingError ? error : unreachable()
      } finally {
        response.forget()
      }
    },
    logOut: () => logOut(socket, auth.creds.me?.id),
    async pictureUrl() {
      const id = auth.creds.me?.id
      if (id === undefined) return undefined
      return socket.profilePictureUrl(id, 'preview', PICTURE_WAIT_MS).catch(() => undefined)
    },
    async close() {
      const ended = socket.end(undefined)
      // Baileys removes its listeners before the connection closes. Pending requests would then wait for up to a minute and keep
      // the process alive.
      socket.ws.emit('error', new Error('closed'))
      await socketClosed(connection)
      await ended
    },
  }
}

function makeSocket(
  { makeWASocket }: Baileys,
  auth: AuthenticationState,
  options: BaileysSocketOptions,
): WASocket {
  try {
    return makeWASocket({
      // By default Baileys logs credentials to the standard output.
      logger: silent,
      // A device that is online suppresses notifications on the phone.
      markOnlineOnConnect: false,
      // The full history has years of messages that the app does not need.
      syncFullHistory: false,
      ...options,
      auth,
    })
  } catch (error) {
    printOnce('socketOptions', 'Baileys does not take the "socketOptions" of baileys().', error)
    throw new PairingError(
      'invalid-options',
      'Baileys does not take these "socketOptions", so there is no socket. Check "waWebSocketUrl" and the others.',
    )
  }
}

/** Replaces Baileys' `logout`, which does not wait for a response. */
async function logOut(socket: WASocket, jid: string | undefined): Promise<void> {
  if (jid === undefined) return
  const confirmed = socket
    .query(
      {
        tag: 'iq',
        attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'md' },
        content: [{ tag: 'remove-companion-device', attrs: { jid, reason: 'user_initiated' } }],
      },
      LOG_OUT_WAIT_MS,
    )
    .then((response: unknown) => response !== undefined)
    .catch(() => false)
  // WhatsApp may also confirm it by disconnecting the device.
  const thrownOut = new Promise<boolean>((resolve) => {
    socket.ev.on('connection.update', ({ connection, lastDisconnect }) => {
      if (connection === 'close') resolve(endingOf(lastDisconnect?.error).kind === 'logged-out')
    })
  })
  if (!(await Promise.race([confirmed, thrownOut]))) throw unreachable()
}

interface CodeResponse {
  readonly promise: Promise<void>
  forget(): void
}

/** WhatsApp's response to a request for a code. Baileys returns the code without waiting for it. */
function codeResponse({ ws }: WASocket, { getBinaryNodeChild }: Baileys): CodeResponse {
  const accepted = 'CB:iq,type:result,link_code_companion_reg'
  const refused = 'CB:iq,type:error'
  let forget = (): void => undefined
  const promise = new Promise<void>((resolve, reject) => {
    const onAccepted = (): void => resolve()
    const onRefused = (response: BinaryNode): void => {
      reject(codeRefusal(Number(getBinaryNodeChild(response, 'error')?.attrs.code)))
    }
    const timer = setTimeout(resolve, CODE_RESPONSE_LIMIT_MS)
    ws.on(accepted, onAccepted)
    ws.on(refused, onRefused)
    forget = () => {
      clearTimeout(timer)
      ws.off(accepted, onAccepted)
      ws.off(refused, onRefused)
    }
  })
  // Prevents an unhandled rejection if the request itself fails.
  promise.catch(() => undefined)
  return { promise, forget: () => forget() }
}

function codeRefusal(code: number): PairingError {
  return code === 429
    ? new PairingError(
        'rate-limited',
        'WhatsApp gives no more pairing codes for now. Wait, or use the QR code.',
      )
    : new PairingError(
        'code-refused',
        'WhatsApp gives no pairing code for this number. Check the number and "browser" in "socketOptions".',
      )
}

/** Resolves when the connection is closed, after a time limit by force. */
function socketClosed(connection: Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!connection || connection.destroyed) return resolve()
    const timer = setTimeout(() => connection.destroy(), CLOSE_WAIT_MS)
    connection.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const nothing = (): void => undefined

const silent: NonNullable<BaileysSocketOptions['logger']> = {
  level: 'silent',
  child: () => silent,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}
