import { PairingError, toPairingError } from '../core/errors.js'
import { printError } from '../core/print-error.js'
import { readBefore } from './read-json.js'
import { problem } from './responses.js'

/** The parts of `node:http`'s `IncomingMessage` that are read; typed here so that edge runtimes need no Node types. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The whole path: Express takes its mount path off `url`. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** What a body parser of Express made of the body, which the stream then no longer has. */
  readonly body?: unknown
  readonly readableEnded: boolean
  readonly httpVersionMajor?: number | undefined
  readonly socket: object
}

/** The parts of `node:http`'s `ServerResponse` that are used. */
export interface NodeResponse {
  readonly writableEnded: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  /** False where it has to be waited for `drain`. */
  write(piece: Uint8Array): boolean
  end(): unknown
  /** Cuts the line. */
  destroy(): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
}

const PARSER_ADVICE =
  'A body parser consumed it and kept it where toNodeListener() does not find it. Mount the handler before the body ' +
  'parser, or hand the parsed body on first: in Fastify `request.raw.body = request.body`, in Koa ' +
  '`ctx.req.body = ctx.request.body`.'

/** A connection that takes nothing for so long has lost its client, and without an end it would stay open. */
const DRAIN_LIMIT_MS = 30_000

/**
 * The handler as a listener for `node:http`, Express or Connect. The request ends at the provider too when the client
 * goes away, and a stream flows no faster than the client takes it.
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
    const gone = new AbortController()
    let isAnswered = false
    response.on('close', () => {
      if (!isAnswered) gone.abort()
    })
    const answer = await answerTo(request, handler, gone.signal).catch(failed)
    // Ended by other code: a middleware that limits the time, for example.
    if (gone.signal.aborted || response.writableEnded) return void answer.body?.cancel()
    // What is left of a body that was refused must not be taken for the next request, nor read for its own sake.
    if (!isRead(request)) answer.headers.set('connection', 'close')
    // HTTP/2 ends the stream of the request alone, and Node warns about this header there.
    if ((request.httpVersionMajor ?? 1) >= 2) answer.headers.delete('connection')
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (answer.body) await pipe(answer.body, response, gone.signal)
    isAnswered = true
    response.end()
  }
}

async function answerTo(
  request: NodeRequest,
  handler: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  let webRequest: Request
  try {
    webRequest = toWebRequest(request, signal)
  } catch (error) {
    // Node passes on what the web standard refuses: a malformed Host header, a verb like TRACE.
    if (error instanceof TypeError)
      return problem(new PairingError('invalid-request', 'The request is malformed.'))
    throw error
  }
  // Ours never rejects, but a host may have wrapped it; under `node:http` a rejection ends the process.
  return handler(webRequest)
}

/** Writes a body piece by piece, each when there is room for it. */
async function pipe(
  body: ReadableStream<Uint8Array>,
  response: NodeResponse,
  gone: AbortSignal,
): Promise<void> {
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  gone.addEventListener('abort', cancel)
  try {
    for (let piece = await reader.read(); !piece.done && !gone.aborted; piece = await reader.read()) {
      if (response.write(piece.value) || (await hasRoom(response, gone))) continue
      response.destroy()
      cancel()
    }
  } catch (error) {
    // The body failed midway: the status is out already, and all that is left is to cut the response short.
    if (!gone.aborted) printError('The body of a response failed midway.', error)
    cancel()
  } finally {
    gone.removeEventListener('abort', cancel)
  }
}

/** Waits for room; false where there was none in time. */
function hasRoom(response: NodeResponse, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isThere: boolean): void => {
      clearTimeout(timer)
      response.off('drain', drained)
      gone.removeEventListener('abort', drained)
      resolve(isThere)
    }
    const drained = (): void => settle(true)
    const timer = setTimeout(() => settle(false), DRAIN_LIMIT_MS)
    response.on('drain', drained)
    gone.addEventListener('abort', drained)
    if (gone.aborted) drained()
  })
}

function toWebRequest(request: NodeRequest, signal: AbortSignal): Request {
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
  if (/[\s/\\?#@]/.test(`${host}`) || !path.startsWith('/')) throw new TypeError('Malformed address')
  const url = new URL(`${scheme}://${host}${path}`)
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal })
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: bodyOf(request),
    signal,
    // The standard demands this header where the body may still be on its way when the response begins.
    duplex: 'half',
  }
  return new Request(url, init)
}

/**
 * The body as it arrives, so that the handler's limits of size and time hold, and no body is read before `authorize`.
 */
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

/** What is left of a body that a parser has read as JSON, as text or as bytes. */
function bodyText(body: unknown): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : JSON.stringify(body)
}

/** Whether the client has sent a body, whatever became of it. */
function hasBody({ headers }: NodeRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Fails when it is read, which is after `authorize`: the handler reports it then. */
function failing(error: PairingError): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.error(error) })
}

function isRead({ method = 'GET', readableEnded }: NodeRequest): boolean {
  return readableEnded || method === 'GET' || method === 'HEAD'
}
