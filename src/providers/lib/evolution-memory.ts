import { asText } from '../../core/json.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { RequestOptions } from '../../core/provider.js'

/** What was given of one pairing. Evolution API repeats its last code in the next one, until that has a code too. */
interface CodesOfPairing {
  /** A code, unless it is of the pairing before. */
  take(code: unknown): string | undefined
  /** The pairing is over. */
  end(): void
}

/** The codes of the last response that had any, and how long they may be shown. Times are of `performance.now`. */
export interface EvolutionCodes {
  readonly qrCode: string
  readonly pairingCode: string | undefined
  readonly count: number
  /** The earliest end. Each code is shown for exactly 45 seconds. */
  readonly endsAt: number
  /** When the next codes may be fetched: a scan of this one has arrived by then. */
  readonly nextAt: number
  /** The last response with these codes. */
  readonly readAt: number
  /** Begun by another process: nothing is known of the age. */
  readonly isJoined: boolean
}

/** Something that only one adapter does at a time. */
interface EvolutionStep {
  readonly result: Promise<unknown>
  readonly controller: AbortController
  /** Those that want its result. */
  waiting: number
}

/**
 * What is known of an instance and cannot be read from its server. All adapters of one process share it: `connect`
 * opens a second connection to WhatsApp when it is sent at the wrong moment, whichever adapter sends it.
 */
export interface EvolutionMemory {
  readonly codesOfPairing: CodesOfPairing
  codes: EvolutionCodes | undefined
  /** The instance was linked when it was last seen. */
  wasOpen: boolean
  /** The last pairing that was begun here: when that was sent, and when it was done. */
  begunAt: number
  begunUntil: number
  /** Pairings in a row that brought no code. */
  emptyBegins: number
  /** Whose pairing code is awaited on the phone, and the last count that may bring another. */
  awaited: { readonly phoneNumber: PhoneNumber; readonly lastCount: number } | undefined
  /** Since when the instance is `close` although its list says otherwise. */
  closedAt: number | undefined
  /** A phone has answered the code. */
  answeredAt: number | undefined
  /** When a link that did not come was helped by `connect`. Once for each pairing. */
  healedAt: number | undefined
  /** A `connect` that is under way, with the logout before it. */
  connecting: EvolutionStep | undefined
  /** Instances that nothing has been asked about for long are forgotten. */
  usedAt: number
}

const FORGOTTEN_MS = 60 * 60_000
const NEVER = Number.NEGATIVE_INFINITY

// On the global object, since a bundler or a dev server may load this module twice.
const REGISTRY = Symbol.for('whatsapp-pairing.evolution-api')

function registry(): Map<string, EvolutionMemory> {
  const kept: unknown = Reflect.get(globalThis, REGISTRY)
  if (kept instanceof Map) return kept
  const memories = new Map<string, EvolutionMemory>()
  Reflect.set(globalThis, REGISTRY, memories)
  return memories
}

/**
 * The memory of an instance.
 *
 * @param sessionId Names the server and the instance.
 */
export function evolutionMemoryOf(sessionId: string): EvolutionMemory {
  const memories = registry()
  const now = performance.now()
  for (const [id, { usedAt }] of memories) {
    if (now - usedAt > FORGOTTEN_MS) memories.delete(id)
  }
  const memory = memories.get(sessionId) ?? createMemory(now)
  memories.set(sessionId, memory)
  memory.usedAt = now
  return memory
}

function createMemory(usedAt: number): EvolutionMemory {
  return {
    codesOfPairing: createCodesOfPairing(),
    codes: undefined,
    wasOpen: false,
    begunAt: NEVER,
    begunUntil: NEVER,
    emptyBegins: 0,
    awaited: undefined,
    closedAt: undefined,
    answeredAt: undefined,
    healedAt: undefined,
    connecting: undefined,
    usedAt,
  }
}

/** Begins a step that others join until it has ended. */
export function startStep(
  memory: EvolutionMemory,
  run: (options: RequestOptions) => Promise<unknown>,
): EvolutionStep {
  const controller = new AbortController()
  const step = { result: run({ signal: controller.signal }), controller, waiting: 0 }
  const end = (): void => {
    if (memory.connecting === step) memory.connecting = undefined
  }
  step.result.then(end, end)
  controller.signal.addEventListener('abort', end)
  memory.connecting = step
  return step
}

/** The pairing is over, by a link or without one. */
export function endPairing(memory: EvolutionMemory): void {
  memory.codesOfPairing.end()
  memory.codes = undefined
  memory.awaited = undefined
  memory.closedAt = undefined
  memory.answeredAt = undefined
  memory.healedAt = undefined
}

/** The server's `qrTimeout`. */
const CODE_MS = 45_000

/** Between the end of a code and the request for the next one: a scan of its last moment has arrived then. */
const MARGIN_MS = 2_500

/** A code of unknown age is shown for so long before it is read again. */
const JOINED_MS = 15_000

/**
 * Takes in a response of `connect`.
 *
 * @param sentAt When it was sent.
 * @returns The codes that may be shown; `undefined` where there are none yet, or only those that are over.
 */
export function takeCodes(
  memory: EvolutionMemory,
  { code, base64, pairingCode, count }: Readonly<Record<string, unknown>>,
  sentAt: number,
): EvolutionCodes | undefined {
  const { codesOfPairing, codes: before, begunAt } = memory
  // The text first: the picture has the highest error correction, so its modules are a third smaller.
  const qrCode = codesOfPairing.take(code ?? base64)
  if (!qrCode) return undefined
  const now = performance.now()
  const text = codesOfPairing.take(pairingCode)
  const isSame = before?.qrCode === qrCode
  const codes = { qrCode, pairingCode: text, count: Number(count) }
  if (before && isSame) {
    // A pairing code comes later than its QR code. A code whose time is over is not shown again.
    const isAlive = now < before.endsAt
    const endsAt = before.isJoined ? Math.min(now + JOINED_MS, before.endsAt + CODE_MS) : before.endsAt
    const nextAt = isAlive || before.isJoined ? endsAt + MARGIN_MS : now + MARGIN_MS
    memory.codes = { ...before, ...codes, endsAt, nextAt, readAt: now }
    return now < endsAt ? memory.codes : undefined
  }
  const isBegun = !before && sentAt - begunAt < CODE_MS
  const isJoined = !before && !isBegun
  let bornAt = isBegun ? begunAt : sentAt
  // It is born when the one before ended, or a multiple of 45 seconds later.
  if (before) bornAt = before.isJoined ? before.readAt : Math.max(before.endsAt, before.readAt)
  while (bornAt + CODE_MS <= now) bornAt += CODE_MS
  const endsAt = isJoined ? now + JOINED_MS : bornAt + CODE_MS
  memory.codes = { ...codes, endsAt, nextAt: endsAt + MARGIN_MS, readAt: now, isJoined }
  return memory.codes
}

function createCodesOfPairing(): CodesOfPairing {
  let given = new Set<string>()
  let over: ReadonlySet<string> = new Set()
  return {
    take(code) {
      const text = asText(code)
      if (!text || over.has(text)) return undefined
      given.add(text)
      return text
    },
    end() {
      // One that ended without a code has not replaced the last one.
      if (given.size > 0) over = given
      given = new Set()
    },
  }
}
