import { PairingError } from '../../core/errors.js'
import type { PairingMemory, PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { pause } from '../../lib/pause.js'
import {
  CODE_MS,
  type EvolutionCode,
  type EvolutionListed,
  nextReadAt,
  SETTLED_MS,
  shownUntil,
} from './evolution-code.js'
import { isRepeatedlyOpen, meaningOfClose, readHistory, remember } from './evolution-history.js'
import { type EvolutionEntry, type EvolutionServer, NAME } from './evolution-server.js'
import { fromQrCode, linkedTo } from './evolution-snapshots.js'

/** Longer than a logout and a `connect` take. Another process that shares the memory waits for this time. */
const BUSY_MS = 30_000

/** The instance opens shortly before its list is written. Until then the list has the phone of an earlier link. */
const UNLISTED_MS = 5_000

/** With 2.3.7 `connect` fails for a moment after a logout. */
const SETTLE_REQUESTS = 4
const SETTLE_PAUSE_MS = 1_000

/** Longer than a link takes. */
const SETTLED_REQUESTS = 14
const SETTLED_PAUSE_MS = 1_000

/** A code that is read within this time after the end of the last one is the next one. */
const FOLLOWS_MS = 5_000

/** `connecting`: there is a pairing. `over`: the instance is closed without a pairing. */
export type EvolutionStage = 'connecting' | 'over'

/** How a pairing is begun. */
interface BeginOptions {
  readonly phoneNumber?: string | undefined
  /** Ends a running pairing first. */
  readonly isUnderWay?: boolean | undefined
  /** The instance was just logged out or created: `connect` may fail for a moment. */
  readonly isSettling?: boolean | undefined
}

/** The operations of one call of the adapter on the pairing of an instance. The poller's memory has the history. */
export interface EvolutionPairing {
  /** Reads the state: a snapshot if the instance is linked or connecting. Finishes a link that the server has left unfinished. */
  readState(): Promise<PairingSnapshot | EvolutionStage>
  /** Reads the state until the instance has settled, or until the last attempt. */
  settled(): Promise<PairingSnapshot | EvolutionStage>
  /** Begins a pairing. A running pairing is ended first, in the same step. */
  begin(options?: BeginOptions): Promise<void>
  /** Reads the code of the current pairing. Call it only after the last code has expired. */
  read(phoneNumber?: string): Promise<void>
  logout(): Promise<void>
  /** Records that the user starts over. Returns `true` if the user also did so a short time ago. */
  startsOver(): boolean
  /** The code of the current pairing, even if it has expired. */
  readonly code: EvolutionCode | undefined
  readonly phoneNumber: string | undefined
  /** Two pairings in a row closed without a code. */
  readonly isBroken: boolean
  /** Two connections of the device disconnect each other. */
  readonly isRepeatedlyOpen: boolean
  /** A `connect` is running. */
  readonly isBusy: boolean
  /** This session began the pairing just now. */
  readonly isJustBegun: boolean
}

/** Pages that are opened within this time share one start. */
const TOGETHER_MS = 5_000

/** If the user starts over again within this time, the last one did not help. */
const AGAIN_MS = 120_000

/** The pairing of an instance, for one call of its adapter. */
export function evolutionPairing(
  server: EvolutionServer,
  memory: PairingMemory,
  options: RequestOptions,
): EvolutionPairing {
  const history = () => readHistory(memory)
  const busyUntil = () => Date.now() + BUSY_MS

  async function state(): Promise<unknown> {
    try {
      return await server.state(options)
    } catch (error) {
      if (!options.signal?.aborted) remember(memory, { type: 'failed', at: Date.now() })
      throw error
    }
  }

  async function readState(): Promise<PairingSnapshot | EvolutionStage> {
    // No more requests are sent, because pages cannot end this state.
    if (isRepeatedlyOpen(history(), Date.now())) throw repeatedError()
    const now = await state()
    const { code: before, wasOpen, isUnsure } = history()
    const isUncertain = now === 'connecting' && (wasOpen || (isUnsure && before !== undefined))
    const listed = isUncertain || now === 'open' || now === 'close' ? await server.listed(options) : undefined
    const at = Date.now()
    const seen = remember(memory, { type: 'seen', at, state: now, listed })
    if (now === 'open') return linked(listed ?? {}, at)
    if (now === 'close') return closed(listed ?? {}, at)
    if (now !== 'connecting' || seen.wasOpen) return { status: 'preparing' }
    if (seen.closedAt > 0) return { status: 'preparing' }
    // The code on the screen is no longer valid, and the next one may be read.
    return before && !seen.code && at < shownUntil(before) ? fromQrCode(before.qr, 0) : now
  }

  function linked(
    { connectionStatus, owner, profileName, profilePicUrl }: EvolutionEntry,
    at: number,
  ): PairingSnapshot {
    const { opens } = history()
    if (isRepeatedlyOpen(history(), at)) throw repeatedError()
    const isListed = connectionStatus === undefined || connectionStatus === 'open'
    if (!isListed && at - (opens.at(-1) ?? 0) < UNLISTED_MS) return { status: 'linking' }
    return isListed ? linkedTo(owner, profileName, profilePicUrl) : { status: 'linked', account: {} }
  }

  async function closed(
    { connectionStatus }: EvolutionEntry,
    at: number,
  ): Promise<PairingSnapshot | EvolutionStage> {
    if (connectionStatus === 'open') return { status: 'preparing' }
    switch (meaningOfClose(history(), at)) {
      case 'starting':
        return { status: 'preparing' }
      // The reason may be a scan, a lost connection to WhatsApp or a restart. So the code stays on screen until it expires.
      case 'gap':
      case 'healing':
        return { status: 'preparing' }
      case 'fault':
        await heal()
        return readState()
      default:
        return 'over'
    }
  }

  async function heal(): Promise<void> {
    const { phoneNumber } = history()
    remember(memory, { type: 'heals', at: Date.now(), until: busyUntil() })
    if (!(await connect(phoneNumber))) await noteIfClosed()
  }

  /** Sends `connect` after it was recorded in the memory. Returns `false` if the response has no code. */
  async function connect(phoneNumber: string | undefined, listed?: EvolutionListed): Promise<boolean> {
    const sentAt = Date.now()
    try {
      const fields = await server.connect(options, phoneNumber)
      remember(memory, { type: 'codes', fields, sentAt, at: Date.now(), listed })
      return [fields.code, fields.base64, fields.instance].some(Boolean)
    } finally {
      remember(memory, { type: 'ended', at: Date.now() })
    }
  }

  /** Ends the current pairing. The instance stays busy, because a new pairing begins immediately. */
  async function end(): Promise<void> {
    remember(memory, { type: 'busy', at: Date.now(), until: busyUntil() })
    try {
      // On the first read, a link that is lost for a moment looks like a pairing.
      if ((await server.listed(options)).connectionStatus === 'open') throw notYet('is connecting')
      await server.logout(options)
      remember(memory, { type: 'logged-out', at: Date.now() })
    } catch (error) {
      remember(memory, { type: 'ended', at: Date.now() })
      throw error
    }
  }

  /** Records a pairing that closed without a code, because saved data of the server blocks it. */
  async function noteIfClosed(): Promise<void> {
    if ((await state()) === 'close') remember(memory, { type: 'no-code', at: Date.now() })
  }

  async function begin({
    phoneNumber,
    isUnderWay,
    isSettling = isUnderWay,
  }: BeginOptions = {}): Promise<void> {
    if (isUnderWay) await end()
    for (let sent = 1; ; sent += 1) {
      try {
        remember(memory, { type: 'begins', at: Date.now(), phoneNumber, until: busyUntil() })
        if (!(await connect(phoneNumber))) await noteIfClosed()
        return
      } catch (error) {
        const isOver = !isSettling || sent === SETTLE_REQUESTS
        if (isOver || !PairingError.isInstance(error) || error.code !== 'provider-unavailable') throw error
        remember(memory, { type: 'busy', at: Date.now(), until: busyUntil() })
        await pause(SETTLE_PAUSE_MS, options.signal)
      }
    }
  }

  const isBusy = (): boolean => Date.now() < history().busyUntil

  return {
    readState,
    async settled() {
      for (let sent = 1; ; sent += 1) {
        const found = isBusy() ? undefined : await readState()
        if (typeof found === 'string' || found?.status === 'linked') return found
        if (sent >= SETTLED_REQUESTS) return found ?? { status: 'preparing' }
        await pause(SETTLED_PAUSE_MS, options.signal)
      }
    },
    begin,
    async read(phoneNumber) {
      remember(memory, { type: 'busy', at: Date.now(), until: busyUntil() })
      const { code, isUnsure, phoneNumber: own } = history()
      const isNext = code && !isUnsure && Date.now() - shownUntil(code) < FOLLOWS_MS
      // The code is from another process or from a webhook.
      const listed = isNext ? {} : await server.listed(options)
      if (isSettling(listed, Date.now())) remember(memory, { type: 'ended', at: Date.now() })
      else await connect(phoneNumber ?? own, listed)
    },
    async logout() {
      await server.logout(options)
      remember(memory, { type: 'logged-out', at: Date.now() })
    },
    startsOver() {
      const at = Date.now()
      const { resetAt } = history()
      remember(memory, { type: 'reset', at })
      return at - resetAt >= TOGETHER_MS && at - resetAt < AGAIN_MS
    },
    get code() {
      return history().code
    },
    get phoneNumber() {
      return history().phoneNumber
    },
    get isBroken() {
      return history().emptyBegins > 1
    },
    get isRepeatedlyOpen() {
      return isRepeatedlyOpen(history(), Date.now())
    },
    get isBusy() {
      return isBusy()
    },
    get isJustBegun() {
      return Date.now() - history().begunAt < TOGETHER_MS
    },
  }
}

/** Whether the last code of the list may have ended just now. */
function isSettling({ listedAt, listedBefore = listedAt }: EvolutionListed, at: number): boolean {
  if (listedAt === undefined || listedBefore === undefined) return false
  return at >= listedAt + CODE_MS && at < listedBefore + CODE_MS + SETTLED_MS
}

/** Milliseconds until the next `connect` may be sent; 0 or less if it may be sent now. */
export function untilNextRead(code: EvolutionCode | undefined, at: number): number {
  return code ? nextReadAt(code) - at : 0
}

/** The error of a request that comes too early. */
export function notYet(reason: string): PairingError {
  return new PairingError('provider-unavailable', `${NAME} ${reason}. Try again in a few seconds.`)
}

function repeatedError(): PairingError {
  return new PairingError(
    'session-stale',
    `${NAME} opens this instance again and again without a logout: two of its connections to WhatsApp throw each other out, for which ` +
      'numbers are banned. No more requests are sent. Log the instance out, or restart the server.',
  )
}
