import { PairingError, toPairingError } from '../core/errors.js'
import { printError } from '../core/print-error.js'
import { readBefore } from './read-json.js'
import { problem } from './responses.js'

/** The used parts of `IncomingMessage` of `node:http`. They are typed here so that edge runtimes need no Node types. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The complete path: Express removes its mount path from `url`. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as parsed by Express. The stream is empty then. */
  readonly body?: unknown
  readonly readableEnded: boolean
  readonly httpVersionMajor?: number | undefined
  readonly socket: object
}

/** The used parts of `ServerResponse` of `node:http`. */
export interface NodeResponse {
  readonly writableEnded: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  /** False if the caller has to wait for `drain`. */
  write(piece: Uint8Array): boolean
  end(): unknown
  /** Closes the connection. */
  destroy(): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
}

const PARSER_ADVICE =
  'A body parser consumed it and kept it where toNodeListener() does not find it. Mount the handler before the body ' +
  'parser, or hand the parsed body on first: in Fastify `request.raw.body = request.body`, in Koa ' +
  '`ctx.req.body = ctx.request.body`.'

/** A connection that accepts no data for this long has lost its client. Otherwise it would stay open. */
const DRAIN_LIMIT_MS = 30_000

/**
 * The handler as a listener for `node:http`, Express or Connect. When the client disconnects, the request to the provider is
 * aborted too. A stream is sent only as fast as the client reads it.
 *
 * @example `http.createServer(toNodeListener(handler))`, `app.use('/api/pairing', toNodeListener(handler))`
 */
export function toNodeListener(
  handler: (request: Request) => Promise<Response>,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  let isPrinted = false
  function failed(error: unknown): Response {
    if (!isPrinted)
      printError(
        'The handler given to toNodeListener() failed, so the request was answered with HTTP 500.',
        error,
      )
    isPrinted = true
    return problem(toPairingError(error))
  }
  return async (request, response) => {
    const closed = new AbortController()
    let hasResponded = false
    response.on('close', () => {
      if (!hasResponded) closed.abort()
    })
    const sent = await respond(request, handler, closed.signal).catch(failed)
    // Other code has already responded, for example a middleware with a time limit.
    if (closed.signal.aborted || response.writableEnded) return void sent.body?.cancel()
    // The rest of a refused body must not be parsed as the next request, and need not be read.
    if (!isRead(request)) sent.headers.set('connection', 'close')
    // HTTP/2 ends only the stream of the request, and Node warns about this header there.
    if ((request.httpVersionMajor ?? 1) >= 2) sent.headers.delete('connection')
    response.writeHead(sent.status, Object.fromEntries(sent.headers))
    if (sent.body) await pipe(sent.body, response, closed.signal)
    hasResponded = true
    response.end()
  }
}

async function respond(
  request: NodeRequest,
  handler: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  let webRequest: Request
  try {
    webRequest = toWebRequest(request, signal)
  } catch (error) {
    // Node accepts requests that the web standard refuses: a malformed Host header, or a method such as TRACE.
    if (error instanceof TypeError)
      return problem(new PairingError('invalid-request', 'The request is malformed.'))
    throw error
  }
  // Our handler never rejects, but the app may have wrapped it. Under `node:http` a rejection ends the process.
  return handler(webRequest)
}

/** Writes a body piece by piece, each when the connection accepts it. */
async function pipe(
  body: ReadableStream<Uint8Array>,
  response: NodeResponse,
  closed: AbortSignal,
): Promise<void> {
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  closed.addEventListener('abort', cancel)
  try {
    for (let piece = await reader.read(); !piece.done && !closed.aborted; piece = await reader.read()) {
      if (response.write(piece.value) || (await hasRoom(response, closed))) continue
      response.destroy()
      cancel()
    }
  } catch (error) {
    // The body failed after the status was sent, so the response can only be cut off.
    if (!closed.aborted) printError('The body of a response failed midway.', error)
    cancel()
  } finally {
    closed.removeEventListener('abort', cancel)
  }
}

/** Waits until the connection accepts data; false if that takes too long. */
function hasRoom(response: NodeResponse, closed: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isReady: boolean): void => {
      clearTimeout(timer)
      response.off('drain', drained)
      closed.removeEventListener('abort', drained)
      resolve(isReady)
    }
    const drained = (): void => settle(true)
    const timer = setTimeout(() => settle(false), DRAIN_LIMIT_MS)
    response.on('drain', drained)
    closed.addEventListener('abort', drained)
    if (closed.aborted) drained()
  })
}

function toWebRequest(request: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET' } = request
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // `:method` and similar fields of HTTP/2 are not headers.
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  const scheme = 'encrypted' in request.socket ? 'https' : 'http'
  // Joined as text: in a relative reference, a path that begins with `//` would set the host, and thereby the origin.
  const host = headers.get('host') ?? request.headers[':authority'] ?? 'localhost'
  const path = request.originalUrl ?? request.url ?? '/'
  // `Host: app.example/other-tenant?` would put another path before the one that the app's middleware has checked.
  if (/[\s/\\?#@]/.test(`${host}`) || !path.startsWith('/')) throw new TypeError('Malformed address')
  const url = new URL(`${scheme}://${host}${path}`)
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal })
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: bodyOf(request),
    signal,
    // The standard requires this option if the body may still arrive after the response has begun.
    duplex: 'half',
  }
  return new Request(url, init)
}

/** Streams the body, so that the handler's limits for size and time apply, and no body is read before `authorize`. */
function bodyOf(request: NodeRequest): ReadableStream<Uint8Array> | string {
  const { body, readableEnded } = request
  if (readableEnded && body !== undefined) return bodyText(body)
  if (readableEnded && hasBody(request)) return failing(readBefore(PARSER_ADVICE))
  const pieces = request[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

/** The text of a body that a parser has read as JSON, text or bytes. */
function bodyText(body: unknown): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : JSON.stringify(body)
}

/** Whether the client has sent a body, even if it was already read. */
function hasBody({ headers }: NodeRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** A body that fails when it is read. That is after `authorize`, and the handler then reports the error. */
function failing(error: PairingError): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.error(error) })
}

function isRead({ method = 'GET', readableEnded }: NodeRequest): boolean {
  return readableEnded || method === 'GET' || method === 'HEAD'
}
