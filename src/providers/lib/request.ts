import { RETRY_AFTER_LONGEST_MS } from '../../core/backoff.js'
import { abortedError, PairingError } from '../../core/errors.js'
import { parseForeignJson } from '../../core/json.js'
import type { RequestOptions } from '../../core/provider.js'
import { fetchFailure, isCacheRefused, timeout } from './fetch-failure.js'

/** A complete response of a provider. Only the adapter may use its body, which may contain tokens. */
export interface ProviderResponse {
  readonly status: number
  readonly ok: boolean
  /** Lower case, without parameters; empty where the provider sent none. */
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly text: string
  /** The parsed body; `undefined` if it is not JSON. */
  readonly json: unknown
  /** From `Retry-After`, if it is valid. */
  readonly retryAfterMs: number | undefined
  /** From `Date`: the clock of the provider, in epoch milliseconds. */
  readonly date: number | undefined
}

/** One request of an adapter. */
export interface ProviderRequest extends RequestOptions {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Replaces the default limit. */
  readonly timeoutMs?: number
}

/** Sends requests of one session, one after the other. */
export type Requester = (request: ProviderRequest) => Promise<ProviderResponse>

interface RequesterOptions {
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
  readonly timeoutMs: number
}

/** A QR picture has 20 kB, everything else less. Longer bodies are refused, to limit memory and parsing time. */
const MAX_BODY_BYTES = 512_000

/** The time limit for the name and the picture, which are optional. */
const DETAIL_TIMEOUT_MS = 5_000

/**
 * Sends the requests of one session of one provider. They never overlap, and each ends after `timeoutMs` or with its signal. An
 * exception of `fetch` becomes a `PairingError` without any text of the request.
 */
export function createRequester({ fetch: ownFetch, timeoutMs }: RequesterOptions): Requester {
  let last: Promise<unknown> = Promise.resolve()
  return (request) => {
    const response = last.then(() => send(ownFetch ?? fetch, { timeoutMs, ...request }))
    // Keeps only the end of the request, because the response would stay in memory until the next one.
    last = response.then(nothing, nothing)
    // Also aborts while it waits for a slow request.
    return request.signal ? unlessAborted(response, request.signal, abortedError) : response
  }
}

const nothing = (): void => {}

/** The response to a request for optional details; `undefined` if it fails. Rejects only after an abort. */
export async function detail(
  request: Requester,
  details: ProviderRequest,
): Promise<ProviderResponse | undefined> {
  try {
    return await request({ timeoutMs: DETAIL_TIMEOUT_MS, ...details })
  } catch (error) {
    if (details.signal?.aborted) throw error
    return undefined
  }
}

/**
 * Cloudflare Workers with a compatibility date before 2024-11-11 throw for the option. They do not cache responses to `fetch`.
 */
function knowsCache(): boolean {
  return typeof Request === 'undefined' || 'cache' in Request.prototype
}

async function send(
  fetcher: typeof fetch,
  { url, method = 'GET', headers, body, signal, timeoutMs }: ProviderRequest,
): Promise<ProviderResponse> {
  if (signal?.aborted) throw abortedError()
  const controller = new AbortController()
  let reason = abortedError
  const end = (): void => controller.abort()
  const timer = setTimeout(() => {
    reason = timeout
    end()
  }, timeoutMs)
  signal?.addEventListener('abort', end)
  try {
    const init: RequestInit = {
      method,
      signal: controller.signal,
      // A redirect would send the token in the URL or the header to another server.
      redirect: 'manual',
      // Next.js before 15 caches GET responses permanently by default, so only the first code would be shown.
      ...(knowsCache() && { cache: 'no-store' as const }),
      // Only the required headers: any other makes a browser send a preflight request, which GREEN-API refuses.
      ...((headers || body !== undefined) && {
        headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    const response = sent(fetcher, url, init).then(read)
    // The app's own `fetch`, or a stalled body, may ignore the signal. The request ends anyway.
    return await unlessAborted(response, controller.signal, () => reason())
  } catch (error) {
    if (PairingError.isInstance(error)) throw error
    throw fetchFailure(error, { url, headers, body })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

/** Cloudflare Workers with a compatibility date before 2024-11-11 throw for `cache`, before anything is sent, and cache nothing without it. */
async function sent(fetcher: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetcher(url, init)
  } catch (error) {
    if (!isCacheRefused(error) || init.signal?.aborted) throw error
    const { cache: _, ...rest } = init
    return fetcher(url, rest)
  }
}

/** Settles as the promise does, or rejects as soon as the signal is aborted. */
export function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
  reason: () => PairingError,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reason())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

async function read(response: Response): Promise<ProviderResponse> {
  const bytes = await readBytes(response)
  const text = new TextDecoder().decode(bytes)
  return {
    status: response.status,
    ok: response.ok,
    contentType: (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    bytes,
    text,
    json: parseForeignJson(text),
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    date: dateOf(response.headers.get('date')),
  }
}

async function readBytes(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  if (!reader) return new Uint8Array(await response.arrayBuffer())
  const chunks: Uint8Array[] = []
  let size = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length
    if (size > MAX_BODY_BYTES) {
      await reader.cancel()
      throw new PairingError(
        'invalid-answer',
        'The provider sent far more than any pairing answer holds. Check the base URL.',
      )
    }
    chunks.push(chunk.value)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return ms >= 0 ? Math.min(ms, RETRY_AFTER_LONGEST_MS) : undefined
}

function dateOf(header: string | null): number | undefined {
  const date = Date.parse(header ?? '')
  return Number.isNaN(date) ? undefined : date
}
