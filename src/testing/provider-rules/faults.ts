import type { PairingErrorCode } from '../../core/errors.js'
import type { ServerAnswer } from './server.js'

/** What a server, or something in front of it, may answer to anything. */
export type ProviderFault =
  | 'HTTP 401'
  | 'HTTP 401 with JSON'
  | 'HTTP 403 with a page'
  | 'HTTP 404'
  | 'HTTP 429'
  | 'HTTP 500'
  | 'HTTP 502 with a page'
  | 'HTTP 503'
  | 'a page under HTTP 200'
  | 'a page without its type'
  | 'an empty body'
  | 'half a JSON body'
  | 'plain text'
  | 'a list'
  | 'a number'
  | 'a body without end'
  | 'a body that breaks off'
  | 'no network'

interface Fault {
  readonly code: PairingErrorCode
  readonly answer: ServerAnswer
  /** It might be a success without content: then a change may take it for one. */
  readonly isVague?: boolean
}

/** Far more than any answer about a link holds. */
const ENDLESS_BYTES = 64_000_000
const CHUNK_BYTES = 500_000

export const faults: Readonly<Record<ProviderFault, Fault>> = {
  'HTTP 401': { code: 'unauthorized', answer: empty(401) },
  'HTTP 401 with JSON': { code: 'unauthorized', answer: json({ message: 'Unauthorized' }, 401) },
  'HTTP 403 with a page': { code: 'unauthorized', answer: page(403, 'Forbidden') },
  'HTTP 404': { code: 'session-not-found', answer: json({ message: 'Not Found' }, 404) },
  'HTTP 429': { code: 'rate-limited', answer: json({ message: 'Too Many Requests' }, 429) },
  'HTTP 500': { code: 'provider-unavailable', answer: json({ message: 'Internal Server Error' }, 500) },
  'HTTP 502 with a page': { code: 'provider-unavailable', answer: page(502, 'Bad Gateway') },
  'HTTP 503': { code: 'provider-unavailable', answer: empty(503) },
  'a page under HTTP 200': { code: 'provider-unavailable', answer: page(200, 'Down for maintenance') },
  'a page without its type': {
    code: 'provider-unavailable',
    answer: text('\n<html><body>Down for maintenance</body></html>'),
  },
  'an empty body': { code: 'invalid-answer', answer: empty(200), isVague: true },
  'half a JSON body': {
    code: 'invalid-answer',
    answer: text('{"stat', 'application/json'),
    isVague: true,
  },
  'plain text': { code: 'invalid-answer', answer: text('OK'), isVague: true },
  'a list': { code: 'invalid-answer', answer: json([]), isVague: true },
  'a number': { code: 'invalid-answer', answer: json(7), isVague: true },
  'a body without end': { code: 'invalid-answer', answer: endless },
  'a body that breaks off': { code: 'network', answer: breaking },
  'no network': {
    code: 'network',
    answer: () => {
      throw new TypeError('fetch failed')
    },
  },
}

/** The names of all faults. */
export function faultNames(): readonly ProviderFault[] {
  return Object.keys(faults).filter((name): name is ProviderFault => Object.hasOwn(faults, name))
}

export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer {
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    })
}

export function text(body: string, contentType = 'text/plain', status = 200): ServerAnswer {
  return () => new Response(body, { status, headers: { 'content-type': contentType } })
}

export function page(status: number, title: string): ServerAnswer {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${title}</body></html>`
  return text(body, 'text/html; charset=utf-8', status)
}

function empty(status: number): ServerAnswer {
  return () => new Response(null, { status })
}

function endless(): Response {
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += CHUNK_BYTES
      // An end after all, for a provider that would read on until nothing is left of the memory.
      if (sent > ENDLESS_BYTES) controller.error(new TypeError('It read 64 MB and would have read on.'))
      else controller.enqueue(new Uint8Array(CHUNK_BYTES))
    },
  })
  return new Response(body)
}

function breaking(): Response {
  let isFirst = true
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isFirst) controller.enqueue(new TextEncoder().encode('{"stat'))
      else controller.error(new TypeError('terminated'))
      isFirst = false
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}
