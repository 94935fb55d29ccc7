import { vi } from 'vitest'
import type { Exchange, Json, PhoneAction, Recording, WhatsAppEventName } from './recording.js'

/** A mock server and its phone. */
export interface ReplayTarget {
  readonly fetch: typeof fetch
  /** The origin of the recorded server, because some bodies contain it. */
  readonly origin?: string
  scan(text: string): void
  typeCode(code: string): void
  logOutAllDevices(): void
  /** Ends the server's process. Only needed for recordings that do this. */
  stop?(): void
  /** Starts the process again. It responds after `bootMs`, as in the recording. */
  start?(bootMs: number): void
}

/** The mock server calls this listener. */
export interface ReplayListener {
  webhook(body: Json): void
  whatsapp(event: WhatsAppEventName): void
}

/** The actions of a mock server for the requests of a recording, with their times. */
export interface Transcript {
  readonly exchanges: readonly MockExchange[]
  readonly webhooks: readonly { readonly t: number; readonly body: Json }[]
  readonly whatsapp: readonly { readonly t: number; readonly event: WhatsAppEventName }[]
  /** The mock server's code for each code of the recording. */
  readonly codes: ReadonlyMap<string, string>
}

/** The mock server's response to a request of the recording. */
export interface MockExchange {
  readonly recorded: Exchange
  readonly t: number
  readonly ms: number
  readonly status: number | undefined
  readonly body: Json | undefined
}

const POLL_MS = 500
const ORIGIN = 'http://mock.example'

/**
 * Replays a recording against a mock server: each request, scan and restart at the recorded time, in emulated time:
 * call `emulateTime` before. Create the mock server in `setUp`, which may also advance the time.
 */
export async function replay(
  { entries }: Recording,
  setUp: (listener: ReplayListener) => ReplayTarget | Promise<ReplayTarget>,
): Promise<Transcript> {
  let startedAt = Date.now()
  const now = (): number => Date.now() - startedAt
  const exchanges: MockExchange[] = []
  const webhooks: { t: number; body: Json }[] = []
  const whatsapp: { t: number; event: WhatsAppEventName }[] = []
  const codes = new Map<string, string>()
  const target = await setUp({
    webhook: (body) => webhooks.push({ t: now(), body: clone(body) }),
    whatsapp: (event) => whatsapp.push({ t: now(), event }),
  })
  // Discards what happened before the recording began.
  webhooks.length = 0
  whatsapp.length = 0
  startedAt = Date.now()
  const underWay: Promise<void>[] = []

  async function send(recorded: Exchange): Promise<void> {
    const t = now()
    const { method, path, headers, body } = recorded.request
    const init = {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    const result = await target.fetch((target.origin ?? ORIGIN) + path, init).then(readBody, () => undefined)
    exchanges.push({ recorded, t, ms: now() - t, status: result?.status, body: result?.body })
    for (const [mine, its] of pairsOfCodes(recorded.body, result?.body)) {
      if (!codes.has(mine)) codes.set(mine, its)
    }
  }

  function act({ action, text = '' }: PhoneAction): void {
    // `AAAAAAAA` is an invalid code. It stands for a code without a counterpart at the mock server.
    if (action === 'scans') target.scan(codes.get(text) ?? text)
    else if (action === 'types') target.typeCode(codes.get(text) ?? text)
    else target.logOutAllDevices()
  }

  for (const { t, run } of steps()) {
    await vi.advanceTimersByTimeAsync(Math.max(t - now(), 0))
    run()
  }
  const end = Math.max(0, ...entries.map((entry) => (entry.kind === 'exchange' ? entry.until : entry.t)))
  await vi.advanceTimersByTimeAsync(Math.max(end - now(), 0))
  // Waits for a response that is still pending at the end of the recording.
  await vi.advanceTimersByTimeAsync(20_000)
  await Promise.all(underWay)
  const isWithin = ({ t }: { readonly t: number }): boolean => t <= end
  return { exchanges, webhooks: webhooks.filter(isWithin), whatsapp: whatsapp.filter(isWithin), codes }

  function bootMs(startedAtT: number): number {
    const first = entries.find(
      (entry) => entry.kind === 'exchange' && entry.t > startedAtT && entry.status !== undefined,
    )
    return first ? first.t - startedAtT : 0
  }

  /** The actions of the client, the phone and the server's operator, in order. */
  function steps(): readonly { readonly t: number; run(): void }[] {
    const list: { t: number; run(): void }[] = []
    for (const entry of entries) {
      if (entry.kind === 'exchange') {
        for (let t = entry.t; t <= entry.until; t += POLL_MS) {
          list.push({ t, run: () => underWay.push(send(entry)) })
        }
      } else if (entry.kind === 'phone') list.push({ t: entry.t, run: () => act(entry) })
      else if (entry.kind === 'server' && entry.event === 'ends')
        list.push({ t: entry.t, run: () => target.stop?.() })
      else if (entry.kind === 'server' && entry.event === 'starts')
        list.push({ t: entry.t, run: () => target.start?.(bootMs(entry.t)) })
    }
    return list.sort((one, other) => one.t - other.t)
  }
}

async function readBody(response: Response): Promise<{ status: number; body: Json | undefined }> {
  const text = await response.text()
  return { status: response.status, body: parse(text) }
}

function parse(text: string): Json | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function clone(body: Json): Json {
  return JSON.parse(JSON.stringify(body))
}

/** Pairs of texts at the same position of two bodies. */
function pairsOfCodes(mine: Json | undefined, its: Json | undefined): readonly (readonly [string, string])[] {
  if (typeof mine === 'string' && typeof its === 'string') return mine === its ? [] : [[mine, its]]
  if (!isObject(mine) || !isObject(its)) return []
  return Object.entries(mine).flatMap(([key, value]) => pairsOfCodes(value, its[key]))
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
