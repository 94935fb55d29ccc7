import type { PairingBus } from '../../core/pairing-bus.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { PairingProvider, PairingSnapshot } from '../../core/provider.js'
import { FolderBusyError } from './baileys-folder-lock.js'
import { type BaileysLink, type BaileysLinkOptions, createBaileysLink } from './baileys-link.js'
import { createBaileysRemote, type RemoteCall } from './baileys-remote.js'
import { isLive, qrSnapshot, statusSnapshot } from './baileys-state.js'
import { createWatchers } from './baileys-watchers.js'

/** What a session needs to know. */
export interface BaileysSessionOptions extends BaileysLinkOptions {
  readonly idleTimeoutMs: number
  readonly sessionId: string
  /** Leads to the process that has the folder. */
  readonly bus: PairingBus | undefined
}

/** A process that has the folder responds to a read from memory. */
const REMOTE_READ_MS = 3_000

/** A link and its callers, however many providers they come through. */
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
  let askedAt = Number.NEGATIVE_INFINITY
  let idleTimer: ReturnType<typeof setInterval> | undefined
  let underWay = 0

  const touch = (): void => {
    askedAt = Date.now()
  }
  const watchers = createWatchers((method) => {
    // Whether there is a link will be known in a moment, and "preparing" would say something else to who has a code.
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
    // A user who types a code on the phone has left the page: as long as the code is valid, no request has to come.
    const hasPairingCode = link.state.status === 'pairing' && isLive(link.state.pairingCode, now)
    return underWay > 0 || watchers.size > 0 || hasPairingCode || now < askedAt + idleTimeoutMs
  }

  /** A caller that waits for a response has not left. */
  async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    underWay += 1
    try {
      return await question()
    } finally {
      underWay -= 1
      touch()
    }
  }

  /** A pairing that every page has left must not keep a socket open. */
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
    asked(async () => {
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

  /** Here, or by the process that has the folder. */
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
        // The other process pushes nothing here: the page reads.
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
