import type { PairingErrorCode } from '../../core/errors.js'
import type { Responder } from './set-up-provider.js'

/** An error response of a provider's server, or of something in front of it. */
export type ProviderFault =
  | 'HTTP 401'
  | 'HTTP 402'
  | 'HTTP 403'
  | 'HTTP 404'
  | 'HTTP 429'
  | 'HTTP 500'
  | 'HTTP 502 with a page'
  | 'HTTP 503'
  | 'HTTP 504 with a page'
  | 'a page with HTTP 200'
  | 'an empty body'
  | 'malformed JSON'
  | 'plain text'
  | 'a JSON list'
  | 'a JSON number'
  | 'an endless body'
  | 'a truncated body'
  | 'a network failure'

interface Fault {
  /** What the `PairingError` must be: by its code, one that is retried, or any. */
  readonly expected: PairingErrorCode | 'retryable' | 'any'
  readonly respond: Responder
  /** It could be a success without content, so that `reset` and `unlink` may take it for one. */
  readonly isVague?: boolean
}

/** Far more than any response about a link holds. */
const ENDLESS_BYTES = 64_000_000
const CHUNK_BYTES = 500_000

const page = (status: number) => (): Response =>
  new Response('<!DOCTYPE html>\n<html><body>Unavailable</body></html>', {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })

/** With the fields of many APIs: a response in another form may be a gateway's. */
const refusal = (status: number) => (): Response =>
  Response.json({ status, statusCode: status, error: 'Refused', message: 'Refused' }, { status })

const text = (body: string, contentType: string) => (): Response =>
  new Response(body, { headers: { 'content-type': contentType } })

/** Each error response, and what a provider must make of it. */
export const providerFaults: Readonly<Record<ProviderFault, Fault>> = {
  'HTTP 401': { expected: 'unauthorized', respond: refusal(401) },
  // Few providers document it.
  'HTTP 402': { expected: 'any', respond: refusal(402) },
  'HTTP 403': { expected: 'unauthorized', respond: refusal(403) },
  'HTTP 404': { expected: 'session-not-found', respond: refusal(404) },
  'HTTP 429': { expected: 'rate-limited', respond: refusal(429) },
  'HTTP 500': { expected: 'retryable', respond: refusal(500) },
  'HTTP 502 with a page': { expected: 'retryable', respond: page(502) },
  'HTTP 503': { expected: 'retryable', respond: () => new Response(null, { status: 503 }) },
  'HTTP 504 with a page': { expected: 'retryable', respond: page(504) },
  'a page with HTTP 200': { expected: 'retryable', respond: page(200) },
  'an empty body': { expected: 'retryable', respond: () => new Response(null), isVague: true },
  'malformed JSON': { expected: 'retryable', respond: text('{"stat', 'application/json'), isVague: true },
  'plain text': { expected: 'retryable', respond: text('OK', 'text/plain'), isVague: true },
  'a JSON list': { expected: 'retryable', respond: () => Response.json([]), isVague: true },
  'a JSON number': { expected: 'retryable', respond: () => Response.json(7), isVague: true },
  'an endless body': {
    expected: 'retryable',
    respond: () => streamed(ENDLESS_BYTES / CHUNK_BYTES, CHUNK_BYTES),
  },
  'a truncated body': { expected: 'retryable', respond: () => streamed(1, 1) },
  'a network failure': {
    expected: 'retryable',
    respond() {
      throw new TypeError('fetch failed')
    },
  },
}

/** Every {@link ProviderFault}. */
export const providerFaultNames: readonly ProviderFault[] = Object.keys(providerFaults).filter(
  (name): name is ProviderFault => Object.hasOwn(providerFaults, name),
)

/** A body whose connection breaks after some chunks. */
function streamed(chunks: number, chunkBytes: number): Response {
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1
      if (sent > chunks) controller.error(new TypeError('terminated'))
      else controller.enqueue(new Uint8Array(chunkBytes).fill(0x7b))
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}
