import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { asAmount, asRecord, parseJson } from '../core/json.js'
import type { PairingSnapshot, SubscribeOptions } from '../core/provider.js'
import { decodeConfirmation, decodeSnapshot, STREAM_SILENCE_LIMIT_MS } from '../core/wire.js'
import { answeredError } from './answered-error.js'

/** The first bytes come at once; where they do not, something on the way holds the stream back. */
const FIRST_BYTES_LIMIT_MS = 5_000

/** A stream that ended is opened again soon, but not by all pages at the same moment. */
const REOPEN_MS = 500

const RETRY_FIRST_MS = 1_000
const RETRY_LONGEST_MS = 60_000

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
    const outcome = await follow(open, reader, signal)
    if (signal.aborted) return
    onGap?.()
    failures = outcome.delivered ? 0 : failures + 1
    await pause(outcome.retryInMs ?? pauseAfter(failures), signal)
  }
}

/** How a stream ended. */
interface Outcome {
  readonly delivered: boolean
  /** Where the reason says how long to wait. */
  readonly retryInMs?: number | undefined
}

/** What one stream says, until it ends. */
async function follow(
  open: LiveEventsOptions['open'],
  reader: EventReader,
  outer: AbortSignal,
): Promise<Outcome> {
  const controller = new AbortController()
  const end = (): void => controller.abort()
  outer.addEventListener('abort', end)
  let timer = setTimeout(end, FIRST_BYTES_LIMIT_MS)
  let delivered = false
  try {
    const response = await open(reader.resumeHeaders(), controller.signal)
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (response.status !== 200 || !isStream || !response.body) {
      const { retryable, retryAfterMs } = answeredError(response.status, parseJson(await response.text()))
      return { delivered, retryInMs: retryable && response.status >= 400 ? retryAfterMs : HOPELESS_RETRY_MS }
    }
    const body = response.body.getReader()
    // Aborting the request ends its body too, but not that of a stand-in for `fetch`.
    controller.signal.addEventListener('abort', () => void body.cancel().catch(() => {}))
    const decoder = new TextDecoder()
    const feed = reader.begin()
    for (let piece = await body.read(); !piece.done; piece = await body.read()) {
      clearTimeout(timer)
      timer = setTimeout(end, STREAM_SILENCE_LIMIT_MS)
      delivered = true
      feed(decoder.decode(piece.value, { stream: true }))
    }
    return { delivered }
  } catch {
    // Whatever it was, asking tells: the session does, as long as nothing is pushed.
    return { delivered }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
    end()
  }
}

/** Turns the text of streams into snapshots. Remembers the code across streams, so that it need not be sent again. */
interface EventReader {
  /** What to send with the request for the next stream. */
  resumeHeaders(): Readonly<Record<string, string>>
  /** Takes the text of a new stream, piece by piece. */
  begin(): (text: string) => void
}

function createReader({ listener, onError }: Pick<LiveEventsOptions, 'listener' | 'onError'>): EventReader {
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
            take(message)
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

function pauseAfter(failures: number): number {
  const longestMs = Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LONGEST_MS)
  // All pages of a server that restarts would come back at the same moment otherwise.
  return (failures === 0 ? REOPEN_MS : longestMs) * (0.5 + Math.random())
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
