import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { retryAfterMs } from '../core/backoff.js'
import { abortedError } from '../core/errors.js'
import { asAmount, asRecord, parseJson } from '../core/json.js'
import type { PairingSnapshot, SubscribeOptions } from '../core/provider.js'
import { decodeConfirmation, decodeSnapshot, STREAM_SILENCE_LIMIT_MS } from '../core/wire.js'
import { answeredError } from './answered-error.js'

/** The first bytes come at once; where they do not, something on the way holds the stream back. */
const FIRST_BYTES_LIMIT_MS = 5_000

/** A stream that ends sooner was cut by something on the way, which will cut the next one too. */
const SHORT_STREAM_MS = 5_000

const REOPEN_FIRST_MS = 750
const REOPEN_LONGEST_MS = 60_000

/** Where streams do not come through, or are not offered, asking does well; a look now and then is enough. */
const HOPELESS_RETRY_MS = 300_000

/** What {@link watchEvents} needs. */
export interface LiveEventsOptions extends Omit<SubscribeOptions, 'method'> {
  readonly listener: (snapshot: PairingSnapshot) => void
  /** Sends the request for the stream. */
  readonly open: (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>
  readonly signal: AbortSignal
}

/**
 * Keeps a stream of the server handler open and passes on what it says, until the signal is aborted. A stream that breaks,
 * falls silent, is held back by something on the way, or is refused, is opened again after a while; meanwhile the session
 * asks by itself.
 */
export async function watchEvents(options: LiveEventsOptions): Promise<void> {
  const { open, signal, onGap } = options
  const reader = createReader(options)
  let failures = 0
  while (!signal.aborted) {
    const { isGood, waitMs = 0 } = await follow(open, reader, signal)
    if (signal.aborted) return
    onGap?.()
    failures = isGood ? 0 : failures + 1
    await pause(Math.max(waitMs, reopenAfter(failures)), signal)
  }
}

/** How a stream ended. */
interface Outcome {
  /** It was there for a while and ended by itself: the next one will be there too. */
  readonly isGood: boolean
  /** Where the answer says how long to wait at least. */
  readonly waitMs?: number
}

/** What one stream says, until it ends. */
async function follow(
  open: LiveEventsOptions['open'],
  reader: EventReader,
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
  const opening = open(reader.resumeHeaders(), signal)
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
    const feed = reader.begin()
    body = response.body.getReader()
    for (;;) {
      const { done, value } = await Promise.race([body.read(), ended])
      if (done) return outcome()
      clearTimeout(timer)
      timer = setTimeout(end, STREAM_SILENCE_LIMIT_MS)
      beganAt = Math.min(beganAt, performance.now())
      feed(decoder.decode(value, { stream: true }))
    }
  } catch {
    // Whatever it was, asking tells: the session does, as long as nothing is pushed.
    return outcome()
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
    end()
    body?.cancel().catch(() => {})
    // Of an answer that was no stream, or that comes too late.
    opening.then((response) => response.body?.cancel()).catch(() => {})
  }
}

function isEventStream(
  response: Response,
): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  const { status, headers, body } = response
  return status === 200 && body !== null && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}

/** How long to wait at least after an answer that is no stream. */
async function waitAfterRefusal(response: Response): Promise<number> {
  const { status } = response
  // Not there, not ours, or not allowed: nothing that passes soon.
  if (status !== 429 && status < 500) return HOPELESS_RETRY_MS
  const error = answeredError(status, parseJson(await response.text()))
  return error.retryable ? retryAfterMs(error) : HOPELESS_RETRY_MS
}

/** Turns the text of streams into snapshots. Remembers the code across streams, so that it need not be sent again. */
interface EventReader {
  /** What to send with the request for the next stream. */
  resumeHeaders(): Readonly<Record<string, string>>
  /** Takes the text of a new stream, piece by piece. */
  begin(): (text: string) => void
}

function createReader({ listener, onError, signal }: LiveEventsOptions): EventReader {
  let lastQr: { readonly id: string | undefined; readonly snapshot: PairingSnapshot } | undefined

  function take({ event, id, data }: EventSourceMessage): void {
    const body = parseJson(data)
    if (event === 'snapshot') {
      const snapshot = decodeSnapshot(body)
      if (snapshot.status === 'qr') lastQr = { id, snapshot }
      listener(snapshot)
    } else if (event === 'same' && lastQr && id === lastQr.id) {
      const stale = { nextInMs: undefined, confirmInMs: undefined, expiresInMs: undefined }
      listener({ ...lastQr.snapshot, ...stale, ...decodeConfirmation(body) })
    } else if (event === 'problem') {
      onError?.(answeredError(PROBLEM_STATUS, body), asAmount(asRecord(body).nextInMs))
    }
  }

  return {
    resumeHeaders: () => (lastQr?.id === undefined ? {} : { 'last-event-id': lastQr.id }),
    begin() {
      const parser = createParser({
        onEvent(message) {
          try {
            // More may be in the same piece than the one that made the subscriber leave.
            if (!signal.aborted) take(message)
          } catch {
            // Not a snapshot: the next one may be.
          }
        },
      })
      return (text) => parser.feed(text)
    },
  }
}

/** Inside a stream an error has no status of its own; any that is not for a gateway lets its code speak. */
const PROBLEM_STATUS = 500

function reopenAfter(failures: number): number {
  const longestMs = Math.min(REOPEN_FIRST_MS * 2 ** Math.max(failures - 1, 0), REOPEN_LONGEST_MS)
  // All pages of a server that restarts would come back at the same moment otherwise.
  return longestMs * (0.5 + Math.random() / 2)
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
