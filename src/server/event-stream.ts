import type { PairingMethod, PairingSnapshot } from '../core/provider.js'
import type { WireEventName } from '../core/wire.js'
import type { Channel, Topic } from './channel.js'
import { publicError } from './responses.js'

/**
 * Counted from whatever was sent last. Often enough for the browser's side, which gives up after 25 seconds of silence, and
 * for proxies, which do after 30 or more, also where a busy machine is late with several in a row.
 */
const HEARTBEAT_MS = 5_000

/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** When nothing could be sent for so long, nobody is at the other end, or they look at codes that are dead. */
const STALLED_LIMIT_MS = 20_000

/** A comment: says nothing, and shows that the stream is alive. */
const HEARTBEAT = ':\n\n'

/** What {@link openEventStream} needs. */
export interface EventStreamOptions {
  readonly channel: Channel
  /** The tag of the session, which every event carries. */
  readonly session: string
  readonly method: PairingMethod
  /** The last event that this watcher got before it came back. */
  readonly lastEventId: string | null
  /** After this time the watcher has to come back, and be authorized again. */
  readonly lifetimeMs: number
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
  /** Registers the clean end of the stream, for the moment when the handler closes. */
  readonly onClose: (end: () => void) => () => void
  /** Called once, when the channel is not watched any more. */
  readonly onEnd: () => void
}

/**
 * The body of a live answer. It holds no queue: what cannot be sent yet is read from the channel when there is room, so
 * that a slow client gets the newest state and never a line of old ones.
 */
export function openEventStream({ channel, ...options }: EventStreamOptions): ReadableStream<Uint8Array> {
  const { method, lifetimeMs, signal, session } = options
  const encoder = new TextEncoder()
  // While the provider cannot be asked, its last word is old: told as news, it would begin the patience of a page anew.
  const first: Topic = channel.problem ? 'problem' : 'state'
  const waiting = new Set<Topic>(method === 'qr' ? [first, 'qr'] : [first])
  let output: ReadableStreamDefaultController<Uint8Array> | undefined
  let sentAt = Date.now()
  let sentQr = options.lastEventId
  let unwatch = (): void => {}
  let beatTimer: ReturnType<typeof setTimeout> | undefined
  let lifeTimer: ReturnType<typeof setTimeout> | undefined
  let forget = (): void => {}

  /** The client has taken everything so far, and waits for more. */
  let isAwaited = false

  function write(text: string): void {
    isAwaited = false
    sentAt = Date.now()
    scheduleBeat()
    output?.enqueue(encoder.encode(text))
  }

  function flush(): void {
    for (const topic of waiting) {
      if (!isAwaited) return
      waiting.delete(topic)
      const event = eventOf(topic)
      if (event) write(event)
    }
  }

  function eventOf(topic: Topic): string | undefined {
    // One at a time: the channel works each out anew, and this is done for every watcher.
    if (topic === 'state') {
      const { state } = channel
      return state && encodeEvent('snapshot', { ...state, session })
    }
    if (topic === 'qr') {
      const { qr } = channel
      return qr && qrEvent(qr)
    }
    const { problem } = channel
    return (
      problem &&
      encodeEvent('problem', { ...publicError(problem.error), nextInMs: problem.nextInMs, session })
    )
  }

  /** A picture of some kilobytes is sent once; from then on, only that it still holds. */
  function qrEvent(qr: QrSnapshot): string {
    const { qrVersion } = channel
    const { nextInMs, confirmInMs, expiresInMs } = qr
    const isSame = sentQr === qrVersion
    sentQr = qrVersion
    return isSame
      ? encodeEvent('same', { nextInMs, confirmInMs, expiresInMs, session }, qrVersion)
      : encodeEvent('snapshot', { ...qr, session }, qrVersion)
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
    signal.removeEventListener('abort', close)
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
        // The first bytes tell the browser that nothing on the way holds the stream back.
        write(HEARTBEAT)
        lifeTimer = setTimeout(close, Math.min(lifetimeMs, LONGEST_TIMER_MS))
        forget = options.onClose(close)
        signal.addEventListener('abort', close)
        unwatch = channel.watch({
          method,
          tell(topic) {
            // Who sees no codes is told of the state again: otherwise they would wait in vain for what was promised.
            waiting.add(topic === 'qr' && method !== 'qr' ? 'state' : topic)
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

type QrSnapshot = Extract<PairingSnapshot, { status: 'qr' }>

/** One event of a stream, as the standard has it: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function encodeEvent(name: WireEventName, data: object, id?: string): string {
  // JSON has no line breaks of its own, so one `data` line is enough.
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
