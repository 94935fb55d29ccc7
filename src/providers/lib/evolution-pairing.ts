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
import type { EvolutionEntry, EvolutionServer } from './evolution-server.js'
import { fromQrCode, linkedTo } from './evolution-snapshots.js'

const NAME = 'Evolution API'

/** Longer than a logout and a `connect` take. Another process that shares the memory waits for so long. */
const BUSY_MS = 30_000

/** The instance is open some moments before its list is written; until then the list names the phone of an earlier link. */
const UNLISTED_MS = 5_000

/** With 2.3.7 `connect` fails for a moment after a logout. */
const SETTLE_REQUESTS = 4
const SETTLE_PAUSE_MS = 1_000

/** Longer than a link takes. */
const SETTLED_REQUESTS = 14
const SETTLED_PAUSE_MS = 1_000

/** A code that is read so soon after the end of the one before is the next one. */
const FOLLOWS_MS = 5_000

/** `connecting`: a pairing is under way. `over`: the instance is closed, and nothing is under way. */
export type EvolutionStage = 'connecting' | 'over'

/** How a pairing is begun. */
interface BeginOptions {
  readonly phoneNumber?: string | undefined
  /** One is under way, and is ended before. */
  readonly isUnderWay?: boolean | undefined
  /** The instance was just logged out or created: `connect` may fail for a moment. */
  readonly isSettling?: boolean | undefined
}

/** What one call of the adapter may do with the pairing of an instance. The poller's memory says what went before. */
export interface EvolutionPairing {
  /** The state, as a snapshot where the instance is linked or on its way. Finishes a link that the server has left open. */
  look(): Promise<PairingSnapshot | EvolutionStage>
  /** The state as soon as the instance is not on its way any more, or at last. */
  settled(): Promise<PairingSnapshot | EvolutionStage>
  /** Begins a pairing. The one that is under way ends before; all of it is one step. */
  begin(options?: BeginOptions): Promise<void>
  /** Reads the code of the pairing under way. Only where the last code is over. */
  read(phoneNumber?: string): Promise<void>
  logout(): Promise<void>
  /** The user wants to start over. `true` where that was a short time ago too. */
  startsOver(): boolean
  /** The code of the pairing under way, also where it is over. */
  readonly code: EvolutionCode | undefined
  readonly phoneNumber: string | undefined
  /** Two pairings in a row closed without a code. */
  readonly isBroken: boolean
  /** Two connections of the device throw each other out. */
  readonly isRepeatedlyOpen: boolean
  /** A `connect` is under way. */
  readonly isBusy: boolean
  /** This session began the pairing just now. */
  readonly isJustBegun: boolean
}

/** Pages that are opened together want the same start. */
const TOGETHER_MS = 5_000

/** Who starts over again within this time was not helped by it. */
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

  async function look(): Promise<PairingSnapshot | EvolutionStage> {
    // Each request would come from a page that cannot end it.
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
    // The code on the screen is not valid any more, and the next one may be read.
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
      // A scan is one reason, and a lost line to WhatsApp or a restart are others: what is on the screen stays until its own end.
      case 'gap':
      case 'healing':
        return { status: 'preparing' }
      case 'fault':
        await heal()
        return look()
      default:
        return 'over'
    }
  }

  async function heal(): Promise<void> {
    const { phoneNumber } = history()
    remember(memory, { type: 'heals', at: Date.now(), until: busyUntil() })
    if (!(await connect(phoneNumber))) await noteIfClosed()
  }

  /** Sends `connect`, after the memory says that it is under way. `false` where the response has no code. */
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

  /** Ends the pairing under way. The instance stays busy: another one begins at once. */
  async function end(): Promise<void> {
    remember(memory, { type: 'busy', at: Date.now(), until: busyUntil() })
    try {
      // Seen for the first time, a link that is lost for a moment looks like a pairing.
      if ((await server.listed(options)).connectionStatus === 'open') throw notYet('is connecting')
      await server.logout(options)
      remember(memory, { type: 'logged-out', at: Date.now() })
    } catch (error) {
      remember(memory, { type: 'ended', at: Date.now() })
      throw error
    }
  }

  /** A pairing that has no code and is closed again: what the server has saved stands in its way. */
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
    look,
    async settled() {
      for (let sent = 1; ; sent += 1) {
        const found = isBusy() ? undefined : await look()
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
      // Of another process, or of a webhook.
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

/** Milliseconds until the next `connect` may be sent; 0 or less where it may be sent now. */
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
