import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingHandler } from './handler.js'
import { problem } from './responses.js'

/** The parts of `node:http`'s `IncomingMessage` that are read; typed here so that edge runtimes need no Node types. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The whole path: Express takes its mount path off `url`. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** What `express.json()` made of the body, which is then gone from the stream. */
  readonly body?: unknown
  readonly readableEnded: boolean
  readonly socket: object
}

/** The parts of `node:http`'s `ServerResponse` that are used. */
export interface NodeResponse {
  readonly writableEnded: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: Uint8Array): unknown
  on(event: 'close', listener: () => void): unknown
}

/**
 * The handler as a listener for `node:http`, Express or Connect. The request ends at the provider too when the
 * client goes away.
 *
 * @example `http.createServer(toNodeListener(handler))`, `app.use('/api/pairing', toNodeListener(handler))`
 */
export function toNodeListener(
  handler: PairingHandler,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return async (request, response) => {
    const gone = new AbortController()
    response.on('close', () => {
      if (!response.writableEnded) gone.abort()
    })
    const answer = await answerTo(request, handler, gone.signal)
    const body = new Uint8Array(await answer.arrayBuffer())
    // Ended by somebody else: a middleware that limits the time, for example.
    if (gone.signal.aborted || response.writableEnded) return
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(body)
  }
}

async function answerTo(
  request: NodeRequest,
  handler: PairingHandler,
  signal: AbortSignal,
): Promise<Response> {
  let webRequest: Request
  try {
    webRequest = await toWebRequest(request, signal)
  } catch {
    // Node passes on what the web standard refuses: a malformed Host header, a verb like TRACE, a body cut off.
    return problem(new PairingError('invalid-request', 'The request is malformed.'))
  }
  try {
    return await handler(webRequest)
  } catch (error) {
    // Ours never rejects, but a host may have wrapped it; under `node:http` a rejection ends the process.
    return problem(toPairingError(error))
  }
}

async function toWebRequest(request: NodeRequest, signal: AbortSignal): Promise<Request> {
  const { method = 'GET' } = request
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // `:method` and its like are HTTP/2's, not headers.
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  const scheme = 'encrypted' in request.socket ? 'https' : 'http'
  // Joined as text: resolved as a reference, a path that begins with `//` would name the host, and with it the origin.
  const host = headers.get('host') ?? request.headers[':authority'] ?? 'localhost'
  const path = request.originalUrl ?? request.url ?? '/'
  // `Host: app.example/other-tenant?` would put another path before the one that the host's own middleware checked.
  if (/[\s/\\?#@]/.test(`${host}`) || !path.startsWith('/')) throw new Error('Malformed address')
  const url = new URL(`${scheme}://${host}${path}`)
  const body = method === 'GET' || method === 'HEAD' ? null : await readBody(request)
  return new Request(url, { method, headers, body, signal })
}

/** The handler itself refuses bodies over 4 kB; this only keeps an endless one from filling the memory before. */
const MAX_BODY_BYTES = 16_384

async function readBody(request: NodeRequest): Promise<Uint8Array<ArrayBuffer> | string> {
  if (request.readableEnded && request.body !== undefined) return JSON.stringify(request.body)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    chunks.push(chunk)
    if (size > MAX_BODY_BYTES) break
  }
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}
