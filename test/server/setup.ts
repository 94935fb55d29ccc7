import { expect } from 'vitest'
import { decodeUpdate } from '../../src/core/decode-update.js'
import { pairingErrorCodes } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { createPollerRegistry, type PollerRegistry } from '../../src/poller/registry.js'
import { createHandler, type PairingHandler } from '../../src/server/handler.js'
import type { PairingHandlerOptions, TenantProviderOptions } from '../../src/server/handler-options.js'
import type { PairingLogEntry } from '../../src/server/log.js'
import { httpStatusOf } from '../../src/server/responses.js'
import { settle } from '../time.js'
import { type SpyProvider, spyProvider } from './spy-provider.js'

export const HANDLER_URL = 'https://host.example/api/pairing'

/** One event on arrival. */
export interface LiveEvent {
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
  /** When it arrived, in epoch milliseconds. */
  readonly at: number
}

/** A page that streams events, and reads as fast as it can. */
export interface Tab {
  readonly response: Response
  readonly events: readonly LiveEvent[]
  /** When each part arrived, including comments. */
  readonly signsOfLife: readonly number[]
  /** The complete received text. */
  readonly text: string
  /** Whether the server has ended the stream. */
  readonly isOver: boolean
  /** Closes the page. */
  leave(): void
}

/** Reads a response as a page does: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function readTab(response: Response): Tab {
  const events: LiveEvent[] = []
  const signsOfLife: number[] = []
  const decoder = new TextDecoder()
  const reader = bodyOf(response).getReader()
  let text = ''
  let taken = 0
  let isOver = false

  function take(frame: string): void {
    const fields = new Map(
      frame
        .split('\n')
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
    )
    const data = fields.get('data')
    if (data === undefined) return
    events.push({
      name: fields.get('event') ?? 'message',
      data: JSON.parse(data),
      at: Date.now(),
    })
  }

  async function read(): Promise<void> {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true })
      signsOfLife.push(Date.now())
      for (let end = text.indexOf('\n\n', taken); end >= 0; end = text.indexOf('\n\n', taken)) {
        take(text.slice(taken, end))
        taken = end + 2
      }
    }
  }

  const over = (): void => {
    isOver = true
  }
  read().then(over, over)
  return {
    response,
    events,
    signsOfLife,
    get text() {
      return text
    },
    get isOver() {
      return isOver
    },
    leave: () => void reader.cancel(),
  }
}

/** What each event shows: its status, or `error` and the code. */
export const shownIn = ({ events }: Tab): string[] =>
  events.map(({ data: { status, error } }) =>
    error ? `error ${Reflect.get(Object(error), 'code')}` : `${status}`,
  )

/** The same as {@link shownIn}, without consecutive repetitions. */
export const stepsIn = (tab: Tab): string[] =>
  shownIn(tab).filter((one, index, all) => one !== all[index - 1])

/** The values of the QR codes that were sent. */
export const codesIn = ({ events }: Tab): string[] =>
  events.flatMap(({ data: { qrCode } }) => (qrCode ? [String(Reflect.get(Object(qrCode), 'value'))] : []))

/** Parses a response that is an update. */
export async function updateOf(answer: Response | Promise<Response>): Promise<PairingUpdate> {
  const response = await answer
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  return decodeUpdate(await response.json())
}

/** The code of an update with an error: the provider failed, and the handler did not. */
export async function providerErrorOf(answer: Response | Promise<Response>): Promise<unknown> {
  return (await updateOf(answer)).error?.code
}

export function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (!body) throw new Error('The response has no body')
  return body
}

/** Never settles, and ignores its signal. */
export const silence = (): Promise<never> => new Promise(() => {})

/** A handler, its provider and its log. */
export interface Setup {
  readonly handler: PairingHandler
  readonly provider: SpyProvider
  /** The provider requests, oldest first. */
  readonly calls: string[]
  readonly log: PairingLogEntry[]
  /** The number of watchers in the last log entry. */
  readonly watchers: number
  get(query?: string, init?: RequestInit): Promise<Response>
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Posts to the path of webhooks. */
  webhook(
    body: unknown,
    init?: { readonly query?: string; readonly headers?: HeadersInit },
  ): Promise<Response>
  watch(query?: string, init?: RequestInit): Promise<Tab>
}

/** Options of the handler, all optional. */
export type SetupOptions = Partial<Omit<PairingHandlerOptions, 'provider' | 'tenant'>> & {
  readonly provider?: PairingHandlerOptions['provider'] | undefined
  readonly tenant?: TenantProviderOptions['tenant'] | undefined
}

/** Returns the options of a handler with the provider of a test, and with a tenant if the provider is a function. */
export function handlerOptions({
  provider = spyProvider(),
  tenant = () => 'tenant',
  authorize = () => true,
  ...common
}: SetupOptions): PairingHandlerOptions {
  return typeof provider === 'function'
    ? { ...common, authorize, provider, tenant }
    : { ...common, authorize, provider }
}

/** Creates a handler as in a separate process: it shares its pollers with no other handler. */
export const separateHandler = (options: PairingHandlerOptions): PairingHandler =>
  createHandler(options, createPollerRegistry())

/** Creates a handler with its provider and log. Handlers with the same `registry` share a process. */
export function createSetup(
  methods: Partial<PairingProvider> = {},
  options: SetupOptions = {},
  registry: PollerRegistry = createPollerRegistry(),
): Setup {
  const provider = spyProvider(methods)
  const log: PairingLogEntry[] = []
  const handler = createHandler(
    handlerOptions({ provider, log: (entry) => log.push(entry), ...options }),
    registry,
  )
  const get: Setup['get'] = (query = '?want=state', init) =>
    handler(new Request(`${HANDLER_URL}${query}`, init))
  const postTo = (url: string, body: unknown, headers: HeadersInit = {}): Promise<Response> => {
    const sent = new Headers(headers)
    if (!sent.has('content-type')) sent.set('content-type', 'application/json')
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return handler(new Request(url, { method: 'POST', headers: sent, body: text }))
  }
  return {
    handler,
    provider,
    calls: provider.calls,
    log,
    get watchers() {
      return log.reduce((count, entry) => (entry.event === 'watchers' ? entry.watchers : count), 0)
    },
    get,
    post: (body, headers) => postTo(HANDLER_URL, body, headers),
    webhook: (body, { query = '', headers } = {}) => postTo(`${HANDLER_URL}/webhook${query}`, body, headers),
    async watch(query = '', init) {
      const response = await get(`?events${query}`, init)
      expect(response.status).toBe(200)
      const tab = readTab(response)
      await settle()
      return tab
    },
  }
}

const HEADERS_OF_A_REFUSAL = [
  'allow',
  'cache-control',
  'connection',
  'content-type',
  'retry-after',
  'vary',
  'x-content-type-options',
]

/** Expects a refusal to contain only our code, the status that belongs to it, and the time to wait if it is known. */
export async function expectRefusal(
  answer: Response,
  code: string,
  { status, retryAfterMs }: { readonly status?: number; readonly retryAfterMs?: number } = {},
): Promise<void> {
  const known = pairingErrorCodes.find((one) => one === code)
  if (!known) throw new Error(`Unknown error code: ${code}`)
  const expected = status ?? httpStatusOf(known)
  const body: unknown = await answer.json()
  expect(body).toEqual({
    type: 'about:blank',
    title: code,
    status: expected,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
  expect(answer.status).toBe(expected)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect([...answer.headers.keys()].filter((name) => !HEADERS_OF_A_REFUSAL.includes(name))).toEqual([])
}
