import { transferableAbortController } from 'node:util'

/** Changes a request in transit; `send` resolves with the normal response. */
export type Interference = (send: () => Promise<Response>, url: string) => Promise<Response>

/** No server can be reached. */
export const refused: Interference = async () => {
  throw new TypeError('fetch failed')
}

/** Never responds. */
export const silent: Interference = () => new Promise<never>(() => {})

/** Another server responds: a gateway, a firewall. */
export function answering(status: number, body: BodyInit | null, headers: HeadersInit = {}): Interference {
  return async () => new Response(body, { status, headers })
}

/** A status with a typical body of API errors. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Interference {
  const body = JSON.stringify({ statusCode: code, message: 'It did not work.' })
  return answering(code, body, { 'content-type': 'application/json', ...headers })
}

export function page(code: number): Interference {
  const body = '<!DOCTYPE html>\n<html><body>Welcome to the network of this hotel</body></html>'
  return answering(code, body, { 'content-type': 'text/html' })
}

/** The response with another body. */
export function changed(change: (text: string) => BodyInit | null): Interference {
  return async (send) => {
    const response = await send()
    const { status, headers } = response
    return new Response(change(await response.text()), { status, headers })
  }
}

export const halfOf = (text: string): string => text.slice(0, Math.ceil(text.length / 2))

/** The connection breaks in the middle of the body. */
export function brokenOff(text: string): ReadableStream<Uint8Array> {
  let pieces = 0
  return new ReadableStream({
    pull(controller) {
      pieces += 1
      if (pieces === 1) controller.enqueue(new TextEncoder().encode(halfOf(text)))
      else controller.error(new TypeError('terminated'))
    },
  })
}

/** Strings become objects, and other primitive values become strings. */
export function withWrongTypes(text: string): string {
  return JSON.stringify(wrong(JSON.parse(text)))
}

function wrong(value: unknown): unknown {
  if (typeof value === 'string') return { value }
  if (typeof value !== 'object' || value === null) return 'yes'
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, wrong(field)]))
}

/** Far more than any real response. */
export function inflated(text: string): string {
  return text + ' '.repeat(3_000_000)
}

/** A second request gets the first response again, as from a cache in between. */
export function repeating(): Interference {
  const answers = new Map<string, { readonly text: string; readonly init: ResponseInit }>()
  return async (send, url) => {
    const known = answers.get(url)
    if (known) return new Response(known.text, known.init)
    const response = await send()
    const { status, headers } = response
    const text = await response.text()
    answers.set(url, { text, init: { status, headers } })
    return new Response(text, { status, headers })
  }
}

const isStream = ({ headers }: Response): boolean => headers.get('content-type') === 'text/event-stream'

/** A proxy that waits for the end of every response before it forwards anything. */
export const buffering: Interference = async (send) => {
  const response = await send()
  const { body, status, headers } = response
  if (!body || !isStream(response)) return response
  return new Response(new ReadableStream({ cancel: (reason) => body.cancel(reason) }), { status, headers })
}

/** A proxy that ends connections that were open for this long. */
export function cuttingStreams(afterMs: number): Interference {
  return async (send) => {
    const response = await send()
    const { body, status, headers } = response
    if (!body || !isStream(response)) return response
    // Node's streams refuse the signal class of jsdom.
    const cable = transferableAbortController()
    setTimeout(() => cable.abort(new TypeError('terminated')), afterMs)
    return new Response(body.pipeThrough(new TransformStream(), { signal: cable.signal }), {
      status,
      headers,
    })
  }
}

/** Affects only the first requests, up to this number. */
export function times(count: number, interference: Interference): Interference {
  let left = count
  return (send, url) => {
    left -= 1
    return left < 0 ? send() : interference(send, url)
  }
}

/** Affects only requests for event streams. */
export function onStreams(interference: Interference): Interference {
  return (send, url) => (url.includes('events') ? interference(send, url) : send())
}
