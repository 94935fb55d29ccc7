import { inspect } from 'node:util'
import { vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { startTime } from '../time.js'

/** One request that an adapter sent. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  /** The parsed JSON body. */
  readonly body: unknown
  readonly init: RequestInit
}

export type Answer = (request: RecordedRequest) => Response | Promise<Response>

export interface FetchStub {
  readonly fetch: typeof fetch
  readonly requests: RecordedRequest[]
  /** The requests in order as `GET qr`, without the credentials. */
  readonly asked: string[]
}

/** Returns a `fetch` that responds from a function and records the requests. */
export function stubFetch(answer: Answer): FetchStub {
  const requests: RecordedRequest[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    const request = {
      method: init.method ?? 'GET',
      url: String(input),
      headers: new Headers(init.headers),
      body,
      init,
    }
    requests.push(request)
    return answer(request)
  }
  return {
    fetch,
    requests,
    get asked() {
      return requests.map(nameOf)
    },
  }
}

/** Responses by requests such as `GET qr`. Several are used in turn, and the last one repeats. */
export type Routes = Readonly<Record<string, Answer | readonly Answer[]>>

/** Returns a `fetch` that responds from routes. Any other request is a mistake of the test. */
export function stubRoutes(routes: Routes): FetchStub {
  const turns = new Map<string, number>()
  return stubFetch((request) => {
    const name = nameOf(request)
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    const route = routes[name]
    const answer = typeof route === 'function' ? route : (route?.[turn] ?? route?.at(-1))
    if (!answer) throw new Error(`No answer for ${name}`)
    return answer(request)
  })
}

/** The part of a path in front of the name of a call: credentials, or the id of a session. */
const ADDRESSES = [
  /\/waInstance[^/]+\/([^/]+)\/[^/]+$/,
  /\/instances\/[^/]+\/token\/[^/]+\/(.+)$/,
  /\/sessions\/[^/]+\/?(.*)$/,
  /\/instance\/([^/]+)(?:\/[^/]+)?$/,
  /\/api\/[^/]+\/(auth\/.+)$/,
]

/** Returns `GET qr`, or `GET` alone for a session itself, or the whole path if it contains no credentials. */
function nameOf({ method, url }: RecordedRequest): string {
  const { pathname } = new URL(url)
  const call = ADDRESSES.map((address) => address.exec(pathname)?.[1]).find((name) => name !== undefined)
  return `${method} ${call ?? pathname}`.trim()
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    })
}

export function text(body: string, status = 200, contentType = 'text/plain'): Answer {
  return () => new Response(body, { status, headers: { 'content-type': contentType } })
}

export function empty(status = 200): Answer {
  return () => new Response(null, { status })
}

export function page(status: number, title = 'Bad Gateway'): Answer {
  return text(
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${title}</body></html>`,
    status,
    'text/html; charset=utf-8',
  )
}

export function bytes(base64: string, contentType: string, status = 200): Answer {
  return () =>
    new Response(Buffer.from(base64, 'base64'), { status, headers: { 'content-type': contentType } })
}

/** A response that is created immediately and arrives late. */
export const late =
  (answer: Answer, ms: number): Answer =>
  async (request) => {
    const response = await answer(request)
    await pause(ms)
    return response
  }

/** A response that is created late, and arrives immediately. */
export const held =
  (answer: Answer, ms: number): Answer =>
  async (request) => {
    await pause(ms)
    return answer(request)
  }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Never settles, and ignores its signal. */
export function hang(): Promise<Response> {
  return new Promise(() => {})
}

/** A fake that only waits until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Returns the error that a promise rejected with. It must be a PairingError. */
export async function rejection(promise: Promise<unknown>): Promise<PairingError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && PairingError.isInstance(outcome.error)) return outcome.error
  throw new Error(`Expected a PairingError, got ${inspect(outcome)}`)
}

/** Returns the error that a function throws. It must be a PairingError. */
export function thrownBy(action: () => unknown): PairingError {
  try {
    action()
  } catch (error) {
    if (PairingError.isInstance(error)) return error
    throw error
  }
  throw new Error('Expected a PairingError, and nothing was thrown')
}

/** Returns everything of a value that could be printed, logged or sent: fields, hidden fields, message, stack, causes. */
export function everythingIn(value: unknown): string {
  const parts = [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
  ]
  if (value instanceof Error) parts.push(value.message, value.stack ?? '', everythingIn(value.cause))
  return parts.join('\n')
}

/** Runs with fake timers, and restores the real ones. */
export async function withFakeTimers(run: () => Promise<void>): Promise<void> {
  startTime()
  try {
    await run()
  } finally {
    vi.useRealTimers()
  }
}

/** One grey pixel. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB3wgwGAAAAABJRU5ErkJggg=='

export const IMAGE = { kind: 'image', src: `data:image/png;base64,${PNG}` } as const

/** WhatsApp's text in both forms that are in use. */
export const QR_TEXT =
  '2@AbCd/EfGh+IjKl==,MnOpQrStUvWxYz0123456789abcdefghijk=,ZyXwVuTsRqPoNmLkJiHgFeDcBa98765432=,1'
export const QR_LINK = `https://wa.me/settings/linked_devices#${QR_TEXT}`
