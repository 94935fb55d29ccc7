/**
 * Baileys links a phone to this process: the process is then a linked device of the account, with no provider between.
 * The adapter owns the socket, from the first QR code to the link, and keeps the link up from then on.
 *
 * Setup: `npm install baileys@7.0.0-rc14` beside this package (an optional peer, loaded when it is first needed; 7.0.0-rc.9 and
 * later work, and 6.7.21 to 6.7.x; npm's `latest`, 6.17.16, does not). `@whiskeysockets/baileys` is the same package under its
 * other name and is found too; with `skipLibCheck: false`, TypeScript wants the first. And a folder for the credentials that survives a restart. Make the provider once for each folder, in a process that goes
 * on running: not in a function that ends with its request.
 *
 * Configuration:
 *
 *     const provider = baileys({ authFolder: 'link', onSocket: (socket) => socket.ev.on('messages.upsert', answer) })
 *     process.once('SIGTERM', () => provider.close())
 *
 * Notes:
 * - `getStatus` connects a link that is kept: call it once when the process starts. Only `reset` and
 *   `requestPairingCode` begin a new one.
 * - Nothing is kept before a phone has let the device in. An attempt that was abandoned leaves nothing behind that a
 *   later one could stumble over.
 * - Providers of the same folder, or of the same `sessionId` without a folder, share one socket in a process. Of several
 *   processes with one folder the first has it, by a lock file with its process id; the others wait until it ends, and reach the
 *   link through `bus`, or are refused with `invalid-options`. With `authState`, see to it yourself that one process uses the
 *   credentials: WhatsApp lets one in at a time, and ends the connection of the other, which then rejects with `invalid-options`.
 * - A round of codes ends by itself after 160 seconds. Another one follows while codes are requested; otherwise the
 *   socket is closed, after `idleTimeoutMs` at the latest. A link is never closed because it is idle.
 * - After a link, `syncProgress` is the `progress` of Baileys' last `messaging-history.set`, unless that is older than two minutes.
 * - Where WhatsApp wants a passkey, the state is `passkey-required` without a step until the socket ends, which is when its QR codes
 *   are used up, and then rejects with `passkey-expired`; `reset` begins anew. Baileys cannot answer for a passkey, and its codes
 *   are not shown in that time. A listener of your own may answer through `onSocket`; the link is noticed then.
 * - What a phone has not let in yet is forgotten with the process: the screen then offers to start over.
 * - Bundlers must leave the package alone: in Next.js, `serverExternalPackages: ['baileys', '@whiskeysockets/baileys']`.
 * - WhatsApp's terms forbid unofficial clients. WhatsApp may lock an account for what is sent through one.
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
import { openAuthFolder } from './lib/baileys-auth-folder.js'
import type { BaileysAuthState } from './lib/baileys-auth-state.js'
import { QR_LIFETIME_MS, ROUND_MS } from './lib/baileys-clock.js'
import { closed, hostError } from './lib/baileys-ending.js'
import { createFolderLock } from './lib/baileys-folder-lock.js'
import { closeSession, sessionFor } from './lib/baileys-registry.js'
import { type BaileysSession, createBaileysSession } from './lib/baileys-session.js'
import type { BaileysSocketOptions } from './lib/baileys-socket.js'
import { unlessAborted } from './lib/request.js'
import { assertServer, requiredOption } from './lib/server-only.js'

export type { BaileysAuthState, BaileysSocketOptions }

interface CommonOptions {
  /**
   * Options of Baileys itself, such as `browser`, `version`, `agent` or `logger`; `waWebSocketUrl` leads to a test
   * server. `browser` must name a system and a browser that WhatsApp knows, or it gives no pairing codes.
   */
  readonly socketOptions?: BaileysSocketOptions | undefined
  /** Called with every socket before anything happens on it: the place for your own listeners. */
  readonly onSocket?: ((socket: WASocket) => void) | undefined
  /**
   * A socket that waits for a phone is closed when nothing was requested for this long. The next request for a QR code
   * gets a new one.
   * @default 60_000
   */
  readonly idleTimeoutMs?: number | undefined
}

/** Options of {@link baileys}. */
export type BaileysOptions = CommonOptions &
  (
    | {
        /**
         * Folder for the credentials, made where it is not there, in the layout of Baileys' `useMultiFileAuthState`.
         * Read access to it is access to the account, so only the owner of the process may have it. One process at a
         * time uses it; another one waits until that one has closed the provider or ended, and until then rejects with
         * `invalid-options`, or goes through `bus`.
         */
        readonly authFolder: string
        readonly authState?: undefined
        /**
         * Leads from other processes of this folder to the one that uses it: the `bus` of the handler. Every client
         * that can publish on it can read codes and end the link, so keep it private.
         * @default none
         */
        readonly bus?: PairingBus | undefined
        /** @default the whole path of the folder */
        readonly sessionId?: string | undefined
      }
    | {
        readonly authFolder?: undefined
        readonly bus?: undefined
        /** Opens credentials that are kept elsewhere, a database for example. Called anew for every round. */
        readonly authState: () => Promise<BaileysAuthState>
        /** Identifies these credentials: there is one socket for each. */
        readonly sessionId: string
      }
  )

/** What {@link baileys} makes. */
export interface BaileysProvider extends PairingProvider {
  readonly requestPairingCode: NonNullable<PairingProvider['requestPairingCode']>
  readonly reset: NonNullable<PairingProvider['reset']>
  readonly unlink: NonNullable<PairingProvider['unlink']>
  readonly subscribe: NonNullable<PairingProvider['subscribe']>
  /**
   * Closes the socket of the session, also for other providers of it, and keeps the link. Resolves when nothing is left
   * that would keep the process alive. This provider rejects every later call.
   */
  close(): Promise<void>
}

const TIMING: ProviderTiming = {
  qrLifetimeMs: QR_LIFETIME_MS,
  // Responses come from memory; each snapshot says how long its code is valid, so that these are for the time without
  // one.
  qrIntervalMs: 2_000,
  qrMinIntervalMs: 1_000,
  // As often as a scan should be noticed.
  statusIntervalMs: 2_000,
  // The life of the connection that WhatsApp issues codes on.
  pairingCodeLifetimeMs: ROUND_MS,
  // Baileys gives a connection 20 seconds; then comes the first code.
  requestTimeoutMs: 30_000,
}

/**
 * A linked device of your own on WhatsApp.
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
  /** What is under way goes on when it is given up: others may wait for it too. */
  const ask = async <Answer>(
    question: (session: BaileysSession) => Promise<Answer>,
    { signal }: RequestOptions,
  ): Promise<Answer> => {
    if (signal?.aborted) throw abortedError()
    // The host's own `authState` and `onSocket` may fail in any way.
    const answer = question(session()).catch((error: unknown) => {
      throw hostError(error)
    })
    return signal ? unlessAborted(answer, signal, abortedError) : answer
  }

  return {
    id: 'baileys',
    sessionId,
    timing: TIMING,
    getStatus: (request) => ask((asked) => asked.status(), request),
    getQrCode: (request) => ask((asked) => asked.qrCode(), request),
    requestPairingCode: (phoneNumber, request) =>
      ask((asked) => asked.requestPairingCode(phoneNumber), request),
    reset: (request) => ask((asked) => asked.reset(), request),
    unlink: (request) => ask((asked) => asked.unlink(), request),
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
  /** Of the registry. */
  readonly key: string
  readonly sessionId: string
}

function target({ authFolder, authState, sessionId }: BaileysOptions): Target {
  if (authState) {
    const id = requiredOption('baileys', 'sessionId', sessionId)
    return { key: `session:${id}`, sessionId: id, openAuthState: authState, lockOf: undefined }
  }
  // The folder itself, whatever name it goes by: its credentials allow one socket.
  const folder = resolve(requiredOption('baileys', 'authFolder', authFolder))
  return {
    key: `folder:${folder}`,
    sessionId: sessionId ?? folder,
    openAuthState: (loaded) => openAuthFolder(loaded, folder),
    lockOf: (onLost) => createFolderLock(folder, onLost),
  }
}
