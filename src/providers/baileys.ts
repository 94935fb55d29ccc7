/**
 * Baileys links a phone to this process, without a provider: the process becomes a linked device of the account. The adapter owns
 * the socket from the first QR code on, and then keeps the link connected.
 *
 * Setup: `npm install baileys@7.0.0-rc14` next to this package. It is an optional peer dependency that is loaded on first use.
 * Versions 7.0.0-rc.9 to 7.x and 6.7.21 to 6.7.x work; npm's `latest`, 6.17.16, does not. The other name of the package,
 * `@whiskeysockets/baileys`, works too, but with `skipLibCheck: false` TypeScript needs the first name. You also need a folder
 * for the credentials that survives a restart. Create the provider once for each folder, in a long-running process, and not in a
 * serverless function.
 *
 * Configuration:
 *
 *     const provider = baileys({ authFolder: 'link', onSocket: (socket) => socket.ev.on('messages.upsert', answer) })
 *     process.once('SIGTERM', () => provider.close())
 *
 * Notes:
 * - `getStatus` connects a stored link: call it once when the process starts. Only `reset` and `requestPairingCode` begin a new
 *   one.
 * - Nothing is stored before a phone has accepted the device. An abandoned attempt leaves nothing behind.
 * - Providers of the same folder, or of the same `sessionId` without a folder, share one socket in a process. Of several
 *   processes with the same folder, the first holds it, with a lock file that contains its process id. The others wait until it
 *   ends. Until then they use the link through `bus`, or reject with `invalid-options`. With `authState`, make sure yourself that
 *   only one process uses the credentials: WhatsApp accepts one connection and ends the other, whose process then rejects with
 *   `invalid-options`.
 * - A round of codes ends after 160 seconds. Another round follows while codes are requested. Otherwise the socket is closed,
 *   after `idleTimeoutMs` at the latest. A link is never closed because it is idle.
 * - After a link, `syncProgress` is the `progress` of Baileys' last `messaging-history.set`, unless that is older than two minutes.
 * - If WhatsApp demands a passkey, the state is `passkey-required` without a step, until the socket has used up its QR codes and
 *   ends. Then reads reject with `passkey-expired` until `reset`. Baileys cannot complete the ceremony, and its codes are not
 *   shown during it. Your own listener may complete it through `onSocket`; the adapter then notices the link.
 * - If the process ends before a phone has accepted the device, the pairing is lost, and the screen offers to start over.
 * - Do not bundle the package. In Next.js: `serverExternalPackages: ['baileys', '@whiskeysockets/baileys']`.
 * - Unofficial clients violate WhatsApp's terms. WhatsApp may ban an account for messages that are sent through one.
 *
 * Pages:
 * - https://baileys.wiki/docs/socket/connecting
 * - https://baileys.wiki/docs/socket/configuration
 * - https://github.com/WhiskeySockets/Baileys
 *
 * @module
 */

import { resolve } from 'node:path'
import type { WASocket } from 'baileys'
import { abortedError } from '../core/errors.js'
import type { PairingBus } from '../core/pairing-bus.js'
import type { PairingProvider, ProviderTiming, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS, QR_LIFETIME_MS } from '../core/qr-lifetime.js'
import { openAuthFolder } from './lib/baileys-auth-folder.js'
import type { BaileysAuthState } from './lib/baileys-auth-state.js'
import { closed, hostError } from './lib/baileys-ending.js'
import { createFolderLock } from './lib/baileys-folder-lock.js'
import { type BaileysSession, closeSession, createBaileysSession, sessionFor } from './lib/baileys-session.js'
import type { BaileysSocketOptions } from './lib/baileys-socket.js'
import { unlessAborted } from './lib/request.js'
import { assertServer, requiredOption } from './lib/server-only.js'

export type { BaileysAuthState, BaileysSocketOptions }

interface CommonOptions {
  /**
   * Options of Baileys itself, such as `browser`, `version`, `agent` or `logger`; `waWebSocketUrl` selects a test server.
   * `browser` must name a system and a browser that WhatsApp knows; otherwise WhatsApp issues no pairing codes.
   */
  readonly socketOptions?: BaileysSocketOptions | undefined
  /** Called with every new socket before any event, so that you can add your own listeners. */
  readonly onSocket?: ((socket: WASocket) => void) | undefined
  /**
   * A socket that waits for a phone is closed if nothing was requested for this long. The next request for a QR code opens a new
   * one.
   * @default 60_000
   */
  readonly idleTimeoutMs?: number | undefined
}

/** Options of {@link baileys}. */
export type BaileysOptions = CommonOptions &
  (
    | {
        /**
         * Folder for the credentials, in the layout of Baileys' `useMultiFileAuthState`. It is created if it does not exist. Read
         * access to it gives access to the account, so only the owner of the process has it. One process at a time uses the
         * folder. Another one waits until the first has closed the provider or ended. Until then it rejects with
         * `invalid-options`, or uses `bus`.
         */
        readonly authFolder: string
        readonly authState?: undefined
        /**
         * The `bus` of the handler. It connects other processes of this folder to the one that uses it. Every client that can
         * publish on it can read codes and end the link, so keep it private.
         * @default none
         */
        readonly bus?: PairingBus | undefined
        /** @default the absolute path of the folder */
        readonly sessionId?: string | undefined
      }
    | {
        readonly authFolder?: undefined
        readonly bus?: undefined
        /** Opens credentials from another store, such as a database. Called for every round. */
        readonly authState: () => Promise<BaileysAuthState>
        /** Identifies these credentials. Each id has one socket. */
        readonly sessionId: string
      }
  )

/** Result of {@link baileys}. */
export interface BaileysProvider extends PairingProvider {
  readonly requestPairingCode: NonNullable<PairingProvider['requestPairingCode']>
  readonly reset: NonNullable<PairingProvider['reset']>
  readonly unlink: NonNullable<PairingProvider['unlink']>
  readonly subscribe: NonNullable<PairingProvider['subscribe']>
  /**
   * Closes the socket of the session, also for other providers of the same session, and keeps the link. Resolves when nothing
   * keeps the process alive any more. This provider then rejects every call.
   */
  close(): Promise<void>
}

const TIMING: ProviderTiming = {
  qrLifetimeMs: QR_LIFETIME_MS,
  // Responses come from memory. Each snapshot contains the remaining time of its code, so these two values apply only without a
  // code.
  qrIntervalMs: 2_000,
  qrMinIntervalMs: 1_000,
  // How soon a scan is noticed.
  statusIntervalMs: 2_000,
  // The life of the connection that WhatsApp issues codes on.
  pairingCodeLifetimeMs: PAIRING_CODE_LIFETIME_MS,
  // Baileys waits up to 20 seconds for a connection; then the first code arrives.
  requestTimeoutMs: 30_000,
}

/**
 * A provider that makes your process a linked device on WhatsApp.
 *
 * @example
 * createPairingHandler({ provider: baileys({ authFolder: 'link' }), authorize })
 */
export function baileys(options: BaileysOptions): BaileysProvider {
  assertServer('baileys', {})
  const { key, sessionId, openAuthState, lockOf } = target(options)
  const { socketOptions = {}, onSocket, idleTimeoutMs = 60_000, bus } = options
  const { requestTimeoutMs } = TIMING
  let isClosed = false

  const session = (): BaileysSession => {
    if (isClosed) throw closed()
    return sessionFor(key, () =>
      createBaileysSession({
        openAuthState,
        lockOf,
        socketOptions,
        onSocket,
        idleTimeoutMs,
        requestTimeoutMs,
        sessionId,
        bus,
      }),
    )
  }
  /** The work continues if one caller aborts, because others may wait for it too. */
  const run = async <Result>(
    task: (session: BaileysSession) => Promise<Result>,
    { signal }: RequestOptions,
  ): Promise<Result> => {
    if (signal?.aborted) throw abortedError()
    // The app's `authState` and `onSocket` may throw anything.
    const result = task(session()).catch((error: unknown) => {
      throw hostError(error)
    })
    return signal ? unlessAborted(result, signal, abortedError) : result
  }

  return {
    id: 'baileys',
    sessionId,
    timing: TIMING,
    getStatus: (request) => run((current) => current.status(), request),
    getQrCode: (request) => run((current) => current.qrCode(), request),
    requestPairingCode: (phoneNumber, request) =>
      run((current) => current.requestPairingCode(phoneNumber), request),
    reset: (request) => run((current) => current.reset(), request),
    unlink: (request) => run((current) => current.unlink(), request),
    subscribe(listener, request) {
      if (!isClosed) return session().subscribe(listener, request)
      request.onGap?.()
      return () => undefined
    },
    async close() {
      isClosed = true
      await closeSession(key)
    },
  }
}

type Target = Pick<Parameters<typeof createBaileysSession>[0], 'openAuthState' | 'lockOf'> & {
  /** The key in the registry. */
  readonly key: string
  readonly sessionId: string
}

function target({ authFolder, authState, sessionId }: BaileysOptions): Target {
  if (authState) {
    const id = requiredOption('baileys', 'sessionId', sessionId)
    return { key: `session:${id}`, sessionId: id, openAuthState: authState, lockOf: undefined }
  }
  // The real path of the folder, because its credentials allow only one socket.
  const folder = resolve(requiredOption('baileys', 'authFolder', authFolder))
  return {
    key: `folder:${folder}`,
    sessionId: sessionId ?? folder,
    openAuthState: (loaded) => openAuthFolder(loaded, folder),
    lockOf: (onLost) => createFolderLock(folder, onLost),
  }
}
