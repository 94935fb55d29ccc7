import type { PairingMethod } from '../core/provider.js'
import { encodeUpdate, type PairingUpdate, UPDATE_EVENT } from '../core/update.js'
import type { Poller } from '../poller/poller.js'

/**
 * Counted from the last bytes sent. A page gives up after 25 seconds of silence and proxies after 30 or more, so a busy machine
 * may miss several in a row.
 */
const HEARTBEAT_MS = 5_000

/** The longest time that a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** If nothing could be sent for this long, the client has disconnected or shows expired codes. */
const STALLED_LIMIT_MS = 20_000

/** A comment, which only shows that the stream is alive. */
const HEARTBEAT = ':\n\n'

/** Options of {@link openEventStream}. */
export interface EventStreamOptions {
  readonly poller: Poller
  readonly method: PairingMethod
  /** `codeId` of the page's QR code. */
  readonly has: string | null
  /** After this time the page has to reopen the stream, and is authorized again. */
  readonly lifetimeMs: number
  /**
   * Its signal is aborted when the client disconnects. The stream keeps the request, because the signal of a garbage-collected
   * request is never aborted.
   */
  readonly request: Request
  /** Registers a function that ends the stream cleanly when the handler closes. */
  readonly onClose: (end: () => void) => () => void
  /** Called once, when the stream no longer watches the session. */
  readonly onEnd: () => void
  /** Adds the fields to an update that are specific to this request. */
  readonly complete: (update: PairingUpdate) => PairingUpdate
}

/**
 * The body of a stream. It has no queue: an update is made only when it can be sent, so a slow client gets the newest one and no
 * old ones.
 */
export function openEventStream({ poller, ...options }: EventStreamOptions): ReadableStream<Uint8Array> {
  const { method, lifetimeMs } = options
  const encoder = new TextEncoder()
  let output: ReadableStreamDefaultController<Uint8Array> | undefined
  let sentAt = Date.now()
  let held = options.has
  let unwatch = (): void => {}
  let beatTimer: ReturnType<typeof setTimeout> | undefined
  let lifeTimer: ReturnType<typeof setTimeout> | undefined
  let forget = (): void => {}
  /** There is an update that the client has not received yet. */
  let isWaiting = true
  /** The client has received everything so far, and waits for more. */
  let isAwaited = false

  function write(text: string): void {
    isAwaited = false
    sentAt = Date.now()
    scheduleBeat()
    output?.enqueue(encoder.encode(text))
  }

  function flush(): void {
    if (!isAwaited || !isWaiting) return
    isWaiting = false
    const update = options.complete(poller.update(method))
    // Before the first response of the provider there is nothing to send.
    if (update.seq === 0) return
    write(`event: ${UPDATE_EVENT}\ndata: ${encodeUpdate(update, held)}\n\n`)
    held = update.codeId ?? held
  }

  function scheduleBeat(): void {
    clearTimeout(beatTimer)
    beatTimer = setTimeout(beat, HEARTBEAT_MS)
  }

  function beat(): void {
    if (isAwaited) write(HEARTBEAT)
    else if (Date.now() - sentAt >= STALLED_LIMIT_MS) close()
    else scheduleBeat()
  }

  function stop(): void {
    if (!output) return
    output = undefined
    isAwaited = false
    clearTimeout(beatTimer)
    clearTimeout(lifeTimer)
    forget()
    options.request.signal.removeEventListener('abort', close)
    unwatch()
    options.onEnd()
  }

  function close(): void {
    const closing = output
    stop()
    closing?.close()
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        output = controller
        // The first bytes show the page that no proxy buffers the stream.
        write(HEARTBEAT)
        lifeTimer = setTimeout(close, Math.min(lifetimeMs, LONGEST_TIMER_MS))
        forget = options.onClose(close)
        const { signal } = options.request
        signal.addEventListener('abort', close)
        unwatch = poller.watch({
          method,
          notify() {
            isWaiting = true
            flush()
          },
        })
        if (signal.aborted) close()
      },
      pull() {
        isAwaited = true
        flush()
      },
      cancel: stop,
    },
    // Nothing is made in advance, because it would be old when it is sent.
    { highWaterMark: 0 },
  )
}
