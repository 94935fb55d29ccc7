import type { PairingBus } from '../../core/pairing-bus.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { PairingProvider, PairingSnapshot } from '../../core/provider.js'
import { FolderBusyError } from './baileys-folder-lock.js'
import { type BaileysLink, type BaileysLinkOptions, createBaileysLink } from './baileys-link.js'
import { createBaileysRemote, type RemoteCall } from './baileys-remote.js'
import { isLive, qrSnapshot, statusSnapshot } from './baileys-state.js'
import { createWatchers } from './baileys-watchers.js'

/** Options of a session. */
export interface BaileysSessionOptions extends BaileysLinkOptions {
  readonly idleTimeoutMs: number
  readonly sessionId: string
  /** The bus to the process that holds the folder. */
  readonly bus: PairingBus | undefined
}

/** The process that holds the folder responds to reads from memory. */
const REMOTE_READ_MS = 3_000

/** A link and its callers, through any number of providers. */
export interface BaileysSession {
  status(): Promise<PairingSnapshot>
  qrCode(): Promise<PairingSnapshot>
  requestPairingCode(phoneNumber: PhoneNumber): Promise<PairingSnapshot>
  reset(): Promise<void>
  unlink(): Promise<void>
  readonly subscribe: NonNullable<PairingProvider['subscribe']>
  close(): Promise<void>
}

export function createBaileysSession({
  idleTimeoutMs,
  sessionId,
  bus,
  ...options
}: BaileysSessionOptions): BaileysSession {
  let lastRequestAt = Number.NEGATIVE_INFINITY
  let idleTimer: ReturnType<typeof setInterval> | undefined
  let underWay = 0

  const touch = (): void => {
    lastRequestAt = Date.now()
  }
  const watchers = createWatchers((method) => {
    // The state will be known in a moment. Reporting `preparing` now would remove a code from the screen.
    if (link.state.status === 'unread') return undefined
    return method === 'qr' ? qrSnapshot(link.state, Date.now()) : statusSnapshot(link.state, Date.now())
  }, touch)
  const link: BaileysLink = createBaileysLink(options, {
    isWatched: () => isWatched(),
    onChange() {
      watchers.notify()
      if (link.state.status === 'pairing') idleTimer ??= watchIdle()
      else stopIdleWatch()
    },
    onUnsaved: (error) => watchers.fail(error),
  })

  function isWatched(): boolean {
    const now = Date.now()
    // A user who types a code on the phone may have left the page, so no requests are needed while the code is valid.
    const hasPairingCode = link.state.status === 'pairing' && isLive(link.state.pairingCode, now)
    return underWay > 0 || watchers.size > 0 || hasPairingCode || now < lastRequestAt + idleTimeoutMs
  }

  /** A waiting caller counts as active. */
  async function withRequest<Result>(task: () => Promise<Result>): Promise<Result> {
    underWay += 1
    try {
      return await task()
    } finally {
      underWay -= 1
      touch()
    }
  }

  /** Without pages, a pairing must not keep a socket open. */
  function watchIdle(): ReturnType<typeof setTimeout> {
    const timer = setInterval(
      () => {
        if (!isWatched()) link.sleep()
      },
      Math.max(idleTimeoutMs / 4, 1),
    )
    timer.unref()
    return timer
  }

  function stopIdleWatch(): void {
    clearInterval(idleTimer)
    idleTimer = undefined
  }

  const run = (call: RemoteCall): Promise<PairingSnapshot | undefined> =>
    withRequest(async () => {
      switch (call.name) {
        case 'status':
          await link.read()
          return statusSnapshot(link.state, Date.now())
        case 'qrCode':
          await link.read()
          link.wake()
          return qrSnapshot(link.state, Date.now())
        case 'requestPairingCode':
          return link.requestPairingCode(call.phoneNumber)
        case 'reset':
        case 'unlink':
          await link[call.name]()
          return undefined
      }
    })

  const remote = bus && createBaileysRemote({ bus, sessionId, isHolder: () => link.isHolder, run })

  /** Performs a call here, or in the process that holds the folder. */
  async function anywhere(call: RemoteCall): Promise<PairingSnapshot | undefined> {
    try {
      return await run(call)
    } catch (error) {
      if (!remote || !(error instanceof FolderBusyError)) throw error
      const isRead = call.name === 'status' || call.name === 'qrCode'
      const response = await remote.call(call, isRead ? REMOTE_READ_MS : options.requestTimeoutMs)
      if (!response) throw error
      return response.snapshot
    }
  }

  async function snapshotOf(call: RemoteCall): Promise<PairingSnapshot> {
    return (await anywhere(call)) ?? { status: 'preparing' }
  }

  return {
    status: () => snapshotOf({ name: 'status' }),
    qrCode: () => snapshotOf({ name: 'qrCode' }),
    requestPairingCode: (phoneNumber) => snapshotOf({ name: 'requestPairingCode', phoneNumber }),
    async reset() {
      await anywhere({ name: 'reset' })
    },
    async unlink() {
      await anywhere({ name: 'unlink' })
    },
    subscribe(listener, options) {
      const remove = watchers.add(listener, options)
      link.read().catch((error: unknown) => {
        // The other process pushes nothing to this one, so the page polls.
        if (remote && error instanceof FolderBusyError) options.onGap?.()
        else watchers.fail(error)
      })
      if (options.method !== 'phone-code') link.wake()
      return remove
    },
    async close() {
      stopIdleWatch()
      watchers.close()
      remote?.close()
      await link.close()
    },
  }
}

// On the global object, because a dev server that loads this module again must find the sockets of its first copy:
// WhatsApp allows only one socket per device, and two would disconnect each other endlessly.
const REGISTRY = Symbol.for('whatsapp-pairing.baileys-sessions')

/** The session with this key, or a new one. */
export function sessionFor(key: string, create: () => BaileysSession): BaileysSession {
  const sessions = registry()
  const session = sessions.get(key) ?? create()
  sessions.set(key, session)
  return session
}

/** Ends the session with this key, if it exists. The next request creates a new one. */
export async function closeSession(key: string): Promise<void> {
  const sessions = registry()
  const session = sessions.get(key)
  sessions.delete(key)
  await session?.close()
}

function registry(): Map<string, BaileysSession> {
  const kept: unknown = Reflect.get(globalThis, REGISTRY)
  if (kept instanceof Map) return kept
  const sessions = new Map<string, BaileysSession>()
  Reflect.set(globalThis, REGISTRY, sessions)
  return sessions
}
