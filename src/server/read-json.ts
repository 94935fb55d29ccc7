import { PairingError, toPairingError } from '../core/errors.js'
import { HandlerError, type Report } from './report.js'

/** The answer of a passkey takes less than an eighth of this. */
const MAX_BODY_BYTES = 16_384

/** A small body arrives in a moment. A slower one may be an attack that keeps connections open. */
const BODY_TIMEOUT_MS = 10_000

/**
 * The JSON body of a request.
 *
 * @throws {@link PairingError} `invalid-request` if it is not JSON, and the errors of {@link readJsonText}
 */
export async function readJson(request: Request, report: Report, maxBytes?: number): Promise<unknown> {
  return jsonOf(await readJsonText(request, report, maxBytes))
}

/** @throws {@link PairingError} `invalid-request` */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('is not JSON')
  }
}

/**
 * The text of a JSON body, not parsed yet.
 *
 * @throws {@link PairingError} `invalid-request` if it is not labelled as JSON, too long or too slow. Also if it was already
 * read, which is reported as a bug in the app.
 */
export async function readJsonText(
  request: Request,
  report: Report,
  maxBytes: number = MAX_BODY_BYTES,
): Promise<string> {
  // The label is required, because a form post, which browsers send across sites without a preflight request, cannot have it.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? ''))
    throw invalid('must be application/json')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let size = 0
  if (request.bodyUsed || request.body?.locked) {
    const error = readBefore(
      'Where authorize, provider or a middleware needs it, let it read request.clone().',
    )
    report(error, 'request')
    throw error
  }
  // Without this, a body that can only be read as a whole would be read before its size is known.
  if (Number(request.headers.get('content-length')) > maxBytes) throw invalid('is too long')
  const body = Reflect.has(request, 'body') ? request.body : wholeBody(request)
  const reader = body?.getReader()
  if (!reader) throw invalid('is missing')
  let refuse = (_error: PairingError): void => {}
  const overdue = new Promise<never>((_, reject) => {
    refuse = reject
  })
  const timer = setTimeout(() => refuse(invalid('took too long')), BODY_TIMEOUT_MS)
  const next = () => Promise.race([reader.read(), overdue])
  try {
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      size += chunk.value.length
      if (size > maxBytes) throw invalid('is too long')
      text += decode(decoder, chunk.value)
    }
  } catch (error) {
    // From `toNodeListener`, if a body parser has read the body.
    if (error instanceof HandlerError) report(error, 'request')
    // Not awaited: if the app has cloned the request, this would wait until the clone is read.
    reader.cancel().catch(() => {})
    // A body that breaks off rejects with an error of the runtime, which is not a bug in the app.
    throw toPairingError(error)
  } finally {
    clearTimeout(timer)
  }
  return text + decode(decoder)
}

/**
 * The body in one piece, for Firefox, which has no `Request.body`. The handler runs in a page where a test or a demo simulates the
 * server.
 */
function wholeBody(request: Request): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(await request.arrayBuffer()))
      controller.close()
    },
  })
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    throw invalid('is not UTF-8')
  }
}

/** The error for a body that the app has already read. */
export function readBefore(advice: string): HandlerError {
  return new HandlerError(
    'invalid-request',
    `The body of the request was read before the handler got it. ${advice}`,
  )
}

function invalid(what: string): PairingError {
  return new PairingError('invalid-request', `The body of the request ${what}.`)
}
