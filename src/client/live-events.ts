import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { retryAfterMs } from '../core/backoff.js'
import { abortedError } from '../core/errors.js'
import { parseJson } from '../core/json.js'
import { later } from '../core/later.js'
import { type PairingUpdate, STREAM_SILENCE_LIMIT_MS, UPDATE_EVENT } from '../core/update.js'
import { pause } from '../lib/pause.js'

/** The server sends the first bytes immediately. If they are late, a proxy buffers the stream. */
const FIRST_BYTES_LIMIT_MS = 5_000

/** A stream that ends sooner was cut off by a proxy, which will cut off the next one too. */
const SHORT_STREAM_MS = 5_000

const REOPEN_FIRST_MS = 750
const REOPEN_LONGEST_MS = 60_000

/** The pause before the next attempt if streams are blocked or not supported. Polling works until then. */
const LONG_RETRY_MS = 300_000

/** Options of {@link watchEvents}. */
export interface LiveEventsOptions {
  readonly listener: (update: PairingUpdate) => void
  /** Called when the stream is interrupted. */
  readonly onGap: () => void
  /** Sends the request for the stream. */
  readonly open: (signal: AbortSignal) => Promise<Response>
  readonly signal: AbortSignal
}

/**
 * Keeps a stream of the server handler open and forwards its updates, until the signal is aborted. A stream that breaks, stays
 * silent, is buffered or is refused is reopened after a while. Until then the page polls.
 */
export async function watchEvents({ listener, onGap, open, signal }: LiveEventsOptions): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const { isGood, waitMs = 0 } = await follow(open, listener, signal)
    if (signal.aborted) return
    onGap()
    failures = isGood ? 0 : failures + 1
    await pause(Math.max(waitMs, reopenAfter(failures)), signal)
  }
}

/** How a stream ended. */
interface Outcome {
  /** The stream worked for a while and ended normally, so the next one will work too. */
  readonly isGood: boolean
  /** The shortest pause that the response requires. */
  readonly waitMs?: number
}

/** Forwards the updates of one stream, until it ends. */
async function follow(
  open: LiveEventsOptions['open'],
  listener: LiveEventsOptions['listener'],
  outer: AbortSignal,
): Promise<Outcome> {
  const controller = new AbortController()
  const { signal } = controller
  const end = (): void => controller.abort()
  outer.addEventListener('abort', end)
  // An abort ends a request and its body, but the app's own `fetch` and headers may ignore the signal.
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(abortedError()))
  })
  const opening = open(signal)
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined
  let timer = setTimeout(end, FIRST_BYTES_LIMIT_MS)
  let beganAt = Number.POSITIVE_INFINITY
  const outcome = (): Outcome => ({
    isGood: !signal.aborted && performance.now() - beganAt >= SHORT_STREAM_MS,
  })
  try {
    const response = await Promise.race([opening, ended])
    if (!isEventStream(response)) {
      return { isGood: false, waitMs: await Promise.race([waitAfterRefusal(response), ended]) }
    }
    const decoder = new TextDecoder()
    const parser = createUpdateParser(listener, outer)
    body = response.body.getReader()
    for (;;) {
      const { done, value } = await Promise.race([body.read(), ended])
      if (done) return outcome()
      clearTimeout(timer)
      timer = setTimeout(end, STREAM_SILENCE_LIMIT_MS)
      beganAt = Math.min(beganAt, performance.now())
      parser(decoder.decode(value, { stream: true }))
    }
  } catch {
    // Errors are ignored here: the page polls while nothing is pushed, and a read shows the cause.
    return outcome()
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
    end()
    body?.cancel().catch(() => {})
    // The body of a response that is not a stream, or that comes too late.
    opening.then((response) => response.body?.cancel()).catch(() => {})
  }
}

function isEventStream(
  response: Response,
): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  const { status, headers, body } = response
  return status === 200 && body !== null && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}

/** The shortest pause after a response that is not a stream. */
async function waitAfterRefusal(response: Response): Promise<number> {
  const { status } = response
  // Missing, not ours, or not allowed: this will not change soon.
  if (status !== 429 && status < 500) return LONG_RETRY_MS
  const error = later.responseError(status, parseJson(await response.text()))
  return error.retryable ? retryAfterMs(error) : LONG_RETRY_MS
}

/** Turns the text of a stream, piece by piece, into updates. */
function createUpdateParser(
  listener: LiveEventsOptions['listener'],
  signal: AbortSignal,
): (text: string) => void {
  const parser = createParser({
    onEvent({ event, data }: EventSourceMessage) {
      // A piece may contain more events after the one that ended the subscription.
      if (signal.aborted || event !== UPDATE_EVENT) return
      try {
        listener(later.decodeUpdate(parseJson(data)))
      } catch {
        // An invalid update is skipped.
      }
    },
  })
  return (text) => parser.feed(text)
}

function reopenAfter(failures: number): number {
  const longestMs = Math.min(REOPEN_FIRST_MS * 2 ** Math.max(failures - 1, 0), REOPEN_LONGEST_MS)
  // Otherwise all pages would reconnect at the same time after a restart of the server.
  return longestMs * (0.5 + Math.random() / 2)
}
