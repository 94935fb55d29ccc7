/** How a server answers a request. Make a new `Response` each time. */
export type ServerAnswer = (request: Request) => Response | Promise<Response>

/** One request that a provider sent. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly cache: Request['cache']
  readonly signal: AbortSignal | undefined
  /** Neither answered nor ended yet. */
  readonly isOpen: boolean
}

/** The HTTP below a provider, in the hands of a test. */
export interface Server {
  readonly fetch: typeof fetch
  /** Every request so far, oldest first. */
  readonly requests: readonly SentRequest[]
  /** A request is open at this moment. */
  readonly isBusy: boolean
  /** The most requests that were open at one moment. */
  readonly mostOpen: number
  /** May be replaced at any time. */
  answer: ServerAnswer
  /** `false`: `fetch` goes on when its signal is aborted, as stand-ins and middleware do. */
  honoursSignal: boolean
  /** When so many requests have come. */
  arrived(count: number): Promise<void>
}

/** Beyond any redirect that is meant. */
const MAX_REDIRECTS = 5

/** A `fetch` that keeps to the parts of the standard that adapters rely on: signals, redirects, bodies that end early. */
export function createServer(answer: ServerAnswer): Server {
  const requests: (SentRequest & { isOpen: boolean })[] = []
  const waiting = new Set<() => void>()
  let open = 0
  let mostOpen = 0

  async function send(input: RequestInfo | URL, init: RequestInit = {}, redirects = 0): Promise<Response> {
    const { signal: given, ...rest } = init
    const request = new Request(input instanceof Request ? input : new URL(input, 'http://localhost'), rest)
    const signal = given ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    const { method, url, headers, cache, redirect } = request
    const sent = { method, url, headers, cache, signal, isOpen: true }
    requests.push(sent)
    open += 1
    mostOpen = Math.max(mostOpen, open)
    for (const look of waiting) look()
    let response: Response
    try {
      const heard = server.honoursSignal ? signal : undefined
      response = untilAborted(await orAborted(answered(request), heard), heard)
    } finally {
      open -= 1
      sent.isOpen = false
    }
    const location = response.headers.get('location')
    if (redirect === 'manual' || !location || response.status < 300 || response.status > 399) return response
    if (redirect === 'error' || redirects === MAX_REDIRECTS) throw new TypeError('fetch failed')
    return send(new URL(location, url), { headers, signal: signal ?? null }, redirects + 1)
  }

  // Of an answer that throws at once, a rejection.
  const answered = async (request: Request): Promise<Response> => server.answer(request)

  const server: Server = {
    fetch: (input, init) => send(input, init),
    requests,
    get isBusy() {
      return open > 0
    },
    get mostOpen() {
      return mostOpen
    },
    answer,
    honoursSignal: true,
    arrived: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (requests.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
  return server
}

function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** The response with a body that breaks off when the signal is aborted. */
function untilAborted(response: Response, signal: AbortSignal | undefined): Response {
  const reader = signal && response.body?.getReader()
  if (!reader) return response
  const { status, statusText, headers } = response
  let breakOff = (): void => {}
  const forget = (): void => signal.removeEventListener('abort', breakOff)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      breakOff = () => controller.error(signal.reason)
      signal.addEventListener('abort', breakOff)
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (signal.aborted) return
      if (!done) return controller.enqueue(value)
      forget()
      controller.close()
    },
    cancel(reason) {
      forget()
      return reader.cancel(reason)
    },
  })
  return new Response(body, { status, statusText, headers })
}
