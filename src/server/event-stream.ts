import type { PairingMethod } from '../core/provider.js'
import { encodeUpdate, type PairingUpdate, UPDATE_EVENT } from '../core/update.js'
import type { Poller } from '../poller/poller.js'

/**
 * Counted from whatever was sent last. Often enough for the browser's side, which gives up after 25 seconds of silence, and
 * for proxies, which do after 30 or more, also where a busy machine is late with several in a row.
 */
const HEARTBEAT_MS = 5_000

/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** When nothing could be sent for so long, the client has disconnected, or it shows codes that expired. */
const STALLED_LIMIT_MS = 20_000

/** A comment: says nothing, and shows that the stream is alive. */
const HEARTBEAT = ':\n\n'

/** What {@link openEventStream} needs. */
export interface EventStreamOptions {
  readonly poller: Poller
  readonly method: PairingMethod
  /** `codeId` of the QR code that the page holds. */
  readonly has: string | null
  /** After this time the page has to open the stream again, and is authorized again. */
  readonly lifetimeMs: number
  /**
   * Its signal is aborted when the client disconnects. Kept as long as the stream: the signal of a request that was
   * garbage-collected is never aborted.
   */
  readonly request: Request
  /** Registers the clean end of the stream, for the moment when the handler closes. */
  readonly onClose: (end: () => void) => () => void
  /** Called once, when the session is not watched any more. */
  readonly onEnd: () => void
  /** Adds to an update what concerns this request alone. */
  readonly complete: (update: PairingUpdate) => PairingUpdate
}

/**
 * The body of a stream. It holds no queue: the update is made when there is room for it, so that a slow client gets the
 * newest one and never a line of old ones.
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
  /** There is an update that the client did not get yet. */
  let isWaiting = true
  /** The client has taken everything so far, and waits for more. */
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
    // Before the first response there is nothing to say; it follows.
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
        // The first bytes show the browser that nothing on the way holds the stream back.
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
    // Nothing is made ahead of time: it would be old when it is taken.
    { highWaterMark: 0 },
  )
}
