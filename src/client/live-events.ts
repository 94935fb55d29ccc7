import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { retryAfterMs } from '../core/backoff.js'
import { abortedError } from '../core/errors.js'
import { parseJson } from '../core/json.js'
import { later } from '../core/later.js'
import { type PairingUpdate, STREAM_SILENCE_LIMIT_MS, UPDATE_EVENT } from '../core/update.js'
import { pause } from '../lib/pause.js'

/** The first bytes come at once; where they do not, something on the way holds the stream back. */
const FIRST_BYTES_LIMIT_MS = 5_000

/** A stream that ends sooner was cut by something on the way, which will cut the next one too. */
const SHORT_STREAM_MS = 5_000

const REOPEN_FIRST_MS = 750
const REOPEN_LONGEST_MS = 60_000

/**
 * Where streams do not come through, or are not offered, polling is enough, so a stream is tried again only now and
 * then.
 */
const HOPELESS_RETRY_MS = 300_000

/** What {@link watchEvents} needs. */
export interface LiveEventsOptions {
  readonly listener: (update: PairingUpdate) => void
  /** Nothing comes any more for the moment. */
  readonly onGap: () => void
  /** Sends the request for the stream. */
  readonly open: (signal: AbortSignal) => Promise<Response>
  readonly signal: AbortSignal
}

/**
 * Keeps a stream of the server handler open and passes on its updates, until the signal is aborted. A stream that breaks,
 * falls silent, is held back by something on the way, or is refused, is opened again after a while; meanwhile the page reads.
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
  /** It was there for a while and ended by itself: the next one will be there too. */
  readonly isGood: boolean
  /** Where the response says how long to wait at least. */
  readonly waitMs?: number
}

/** Passes on the updates of one stream, until it ends. */
async function follow(
  open: LiveEventsOptions['open'],
  listener: LiveEventsOptions['listener'],
  outer: AbortSignal,
): Promise<Outcome> {
  const controller = new AbortController()
  const { signal } = controller
  const end = (): void => controller.abort()
  outer.addEventListener('abort', end)
  // An aborted request ends with all of its body, but the host's own `fetch` and headers may not know that.
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
    // Whatever it was, the page reads as long as nothing is pushed, and a read shows the cause.
    return outcome()
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
    end()
    body?.cancel().catch(() => {})
    // Of a response that was no stream, or that comes too late.
    opening.then((response) => response.body?.cancel()).catch(() => {})
  }
}

function isEventStream(
  response: Response,
): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  const { status, headers, body } = response
  return status === 200 && body !== null && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}

/** How long to wait at least after a response that is no stream. */
async function waitAfterRefusal(response: Response): Promise<number> {
  const { status } = response
  // Not there, not ours, or not allowed: nothing that passes soon.
  if (status !== 429 && status < 500) return HOPELESS_RETRY_MS
  const error = later.answeredError(status, parseJson(await response.text()))
  return error.retryable ? retryAfterMs(error) : HOPELESS_RETRY_MS
}

/** Turns the text of a stream, piece by piece, into updates. */
function createUpdateParser(
  listener: LiveEventsOptions['listener'],
  signal: AbortSignal,
): (text: string) => void {
  const parser = createParser({
    onEvent({ event, data }: EventSourceMessage) {
      // A piece may hold more than the event that made the subscriber leave.
      if (signal.aborted || event !== UPDATE_EVENT) return
      try {
        listener(later.decodeUpdate(parseJson(data)))
      } catch {
        // Not an update: the next one may be.
      }
    },
  })
  return (text) => parser.feed(text)
}

function reopenAfter(failures: number): number {
  const longestMs = Math.min(REOPEN_FIRST_MS * 2 ** Math.max(failures - 1, 0), REOPEN_LONGEST_MS)
  // All pages of a server that restarts would come back at the same moment otherwise.
  return longestMs * (0.5 + Math.random() / 2)
}
