import type { Emulator, FailOptions } from '../emulator.js'
import { type Bytes, qrImage } from '../qr-image.js'

/** One request that reached a mock server. */
export interface MockServerRequest {
  readonly method: string
  /**
   * Path below the credentials and without the query, so that it may be logged and compared:
   * `/getStateInstance`, `/qr-code/image`, `/sessions/main/qr`.
   */
  readonly path: string
  /** When it arrived, on the emulator's clock. */
  readonly at: number
}

/** Options that every mock server has. */
export interface MockServerOptions {
  /**
   * If it returns a response, the mock server sends that: for rare cases, such as an expired subscription.
   * Create a new `Response` each time.
   */
  readonly intercept?: ((path: string, request: Request) => Response | undefined) | undefined
}

/**
 * A mock server: the HTTP API of a provider for an emulated account. Call it with a `Request` with any origin and base path, or
 * pass its `fetch` to an adapter: `greenApi({ …, fetch: mockGreenApi(emulator, …).fetch })`.
 */
export interface MockServer {
  (request: Request): Promise<Response>
  /** Replaces the global `fetch`. It supports `signal`. */
  readonly fetch: typeof fetch
  /** Every request so far, oldest first. */
  readonly requests: readonly MockServerRequest[]
}

/** The errors that each provider formats differently. */
export interface MockServerFaults {
  readonly unauthorized: () => Response
  readonly 'unknown-instance': () => Response
  readonly 'rate-limited': () => Response
  readonly 'server-error': () => Response
}

/** A request, for the provider-specific part of a mock server. */
export interface MockServerCall {
  readonly request: Request
  readonly url: URL
  readonly path: string
  /** Delays the response by `ms` on the emulator's clock. Rejects when the client aborts. */
  hold(ms: number): Promise<void>
  /** The QR text, or an invalid text with the fault `not-an-image`. */
  text(text: string): string
  /** PNG of a QR text, or bytes that are not an image with the fault `not-an-image`. */
  image(text: string): Promise<Bytes>
}

/** The provider-specific part of a mock server. */
export interface MockServerDefinition {
  readonly faults: MockServerFaults
  /** {@link MockServerRequest.path} of a URL; `null` for one that is not the provider's. */
  pathOf(url: URL): string | null
  respond(call: MockServerCall): Response | Promise<Response>
}

/** Creates a mock server from its provider-specific part. */
export function createMockServer(
  emulator: Emulator,
  face: MockServerDefinition,
  { intercept }: MockServerOptions,
): MockServer {
  const requests: MockServerRequest[] = []

  async function handle(request: Request, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted()
    const url = new URL(request.url)
    // Another URL may contain anything, including credentials.
    const path = face.pathOf(url) ?? '/…'
    requests.push({ method: request.method, path, at: emulator.now() })
    // A preflight request of a browser does not consume a fault.
    const isPreflight = request.method === 'OPTIONS'
    const fault = isPreflight || emulator.fault?.fault === 'not-an-image' ? null : emulator.takeFault()
    const call = {
      request,
      url,
      path,
      hold: (ms: number) => emulator.wait(ms, signal),
      text: (text: string) => (takesBadImage(emulator) ? NOT_A_CODE : text),
      image: (text: string) => codeImage(emulator, text),
    }
    const respond = async (): Promise<Response> => intercept?.(path, request) ?? (await face.respond(call))
    switch (fault?.fault) {
      case 'network':
        throw new TypeError('fetch failed')
      case 'hang':
        return new Promise<never>(() => {})
      case 'html':
        return htmlPage(200, 'This instance is unavailable')
      case 'half-json':
        return withBody(await respond(), (bytes) => bytes.slice(0, Math.ceil(bytes.byteLength / 2)))
      case 'empty-body':
        return withBody(await respond(), () => null)
      case 'unauthorized':
      case 'unknown-instance':
      case 'server-error':
        return face.faults[fault.fault]()
      case 'rate-limited':
        return withRetryAfter(face.faults['rate-limited'](), fault)
      default:
        return respond()
    }
  }

  const mockServer = (request: Request): Promise<Response> =>
    untilAborted(handle(request, request.signal), request.signal)

  const fetch: typeof globalThis.fetch = async (input, { signal, ...init } = {}) => {
    // The signal is not part of the request, because Node's `Request` refuses the signals of jsdom.
    const given = signal ?? (input instanceof Request ? input.signal : new AbortController().signal)
    return untilAborted(handle(new Request(input, init), given), given)
  }

  return Object.assign(mockServer, { fetch, requests })
}

/** A JSON response. */
export function json(body: unknown, status = 200): Response {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return new Response(JSON.stringify(body), { status, headers })
}

/** An HTML page as gateways send it. */
export function htmlPage(status: number, title: string): Response {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${title}</body></html>\n`
  return new Response(page, { status, headers: { 'content-type': 'text/html' } })
}

const NOT_A_CODE = 'The QR code is not ready.'

/** Whether this response has the fault `not-an-image`. Consumes the fault. */
function takesBadImage(emulator: Emulator): boolean {
  return emulator.fault?.fault === 'not-an-image' && emulator.takeFault() !== null
}

/** PNG of a QR text, or bytes that are not an image with the fault `not-an-image`. */
export async function codeImage(emulator: Emulator, text: string): Promise<Bytes> {
  return takesBadImage(emulator) ? new TextEncoder().encode(NOT_A_CODE) : qrImage(text)
}

async function withBody(
  response: Response,
  change: (bytes: ArrayBuffer) => ArrayBuffer | null,
): Promise<Response> {
  const { status, headers } = response
  return new Response(change(await response.arrayBuffer()), { status, headers })
}

function withRetryAfter(response: Response, { retryAfterMs }: FailOptions): Response {
  if (retryAfterMs !== undefined) response.headers.set('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
  return response
}

function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
