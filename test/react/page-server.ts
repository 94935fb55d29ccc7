import type { PairingProvider } from '../../src/index.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import type { PairingHandlerOptions } from '../../src/server/handler-options.js'

/** The app's server between the page and the provider: a process with a handler, and a network in front of it. */
export interface PageServer {
  /** The fetch function of the pages. */
  readonly fetch: typeof fetch
  /** The kind of every request so far, oldest first: `state`, `code`, `events`, or an action. */
  readonly requests: readonly string[]
  /** The number of open streams, as the network sees it. */
  readonly openStreams: number
  /** The number of watching pages, as the handler sees it. */
  readonly watchers: number
  /** Delivers a webhook of the provider. */
  webhook(body: unknown): Promise<Response>
  /** Ends the process and its connections. After that the server is unreachable. */
  kill(): void
  /** Starts another process without the state of the previous one. */
  start(): void
}

const SECRET = 'secret-of-the-webhooks'

interface Process {
  readonly handler: (request: Request) => Promise<Response>
  /** Registers a function that is called when the process ends. Returns a function that removes it. */
  readonly onDeath: (action: () => void) => () => void
  readonly die: () => void
}

export function createPageServer(
  url: string,
  provider: PairingProvider,
  {
    authorize = () => true,
    allowPasskeyAnswers = false,
  }: Partial<Pick<PairingHandlerOptions, 'authorize' | 'allowPasskeyAnswers'>> = {},
): PageServer {
  const requests: string[] = []
  let openStreams = 0
  let watchers = 0
  let running: Process | undefined

  function start(): void {
    const actions = new Set<() => void>()
    watchers = 0
    running = {
      handler: createHandler(
        {
          provider,
          authorize,
          allowPasskeyAnswers,
          webhookSecret: SECRET,
          log(entry) {
            if (entry.event === 'watchers') watchers = entry.watchers
          },
        },
        createPollerRegistry(),
      ),
      onDeath(action) {
        actions.add(action)
        return () => void actions.delete(action)
      },
      die() {
        for (const action of actions) action()
      },
    }
  }

  /** The body of a stream. It breaks when the process ends. */
  function overTheNetwork(
    body: ReadableStream<Uint8Array>,
    { onDeath }: Process,
  ): ReadableStream<Uint8Array> {
    const reader = body.getReader()
    let unlisten = (): void => {}
    let isOpen = true
    const end = (): void => {
      unlisten()
      if (isOpen) openStreams -= 1
      isOpen = false
    }
    return new ReadableStream<Uint8Array>({
      start(controller) {
        openStreams += 1
        unlisten = onDeath(() => {
          end()
          controller.error(new TypeError('terminated'))
        })
      },
      async pull(controller) {
        const { done, value } = await reader.read()
        if (!isOpen) return
        if (!done) {
          controller.enqueue(value)
          return
        }
        end()
        controller.close()
      },
      cancel() {
        end()
        return reader.cancel()
      },
    })
  }

  const fetch: typeof globalThis.fetch = async (input, { signal, ...init } = {}) => {
    const server = running
    if (!server) throw new TypeError('fetch failed')
    signal?.throwIfAborted()
    requests.push(wishOf(String(input), init.body))
    const controller = new AbortController()
    const broken = new Promise<never>((_, reject) => {
      const end = (reason: unknown): void => {
        controller.abort()
        reject(reason)
      }
      signal?.addEventListener('abort', () => end(signal.reason))
      server.onDeath(() => end(new TypeError('fetch failed')))
    })
    broken.catch(() => {})
    const request = new Request(input, { ...init, signal: controller.signal })
    const response = await Promise.race([server.handler(request), broken])
    const { status, headers, body } = response
    const isStream = headers.get('content-type') === 'text/event-stream'
    return isStream && body ? new Response(overTheNetwork(body, server), { status, headers }) : response
  }

  start()
  return {
    fetch,
    requests,
    get openStreams() {
      return openStreams
    },
    get watchers() {
      return watchers
    },
    async webhook(body) {
      if (!running) throw new TypeError('fetch failed')
      const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return running.handler(new Request(`${url}/webhook`, init))
    },
    kill() {
      const dying = running
      running = undefined
      dying?.die()
      watchers = 0
    },
    start,
  }
}

/** Returns the kind of a request: `state`, `code`, `events`, or an action. */
export function wishOf(url: string, body: unknown): string {
  const query = new URL(url).searchParams
  if (typeof body !== 'string') return query.has('events') ? 'events' : (query.get('want') ?? '')
  const { action }: { action?: unknown } = JSON.parse(body)
  return String(action)
}
