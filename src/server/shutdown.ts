import { PairingError } from '../core/errors.js'

/** By then the next process has started. */
const RETRY_AFTER_MS = 5_000

/** Ends all work of a handler. */
export interface Shutdown {
  /**
   * Runs the work of one request. Its signal is aborted when the client disconnects and when the handler closes; in that case the
   * promise also rejects immediately, even if the work continues.
   *
   * @throws {@link PairingError} `provider-unavailable` if the handler is closed
   */
  run<Value>(client: AbortSignal, work: (signal: AbortSignal) => Promise<Value>): Promise<Value>
  /** Registers a function to call at the end. Returns a function that removes it. */
  onClose(end: () => void): () => void
  /** Ends everything. Resolves when all requests have ended. */
  close(): Promise<void>
}

/** Creates the shutdown of one handler. */
export function createShutdown(): Shutdown {
  const ends = new Set<() => void>()
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  function onClose(end: () => void): () => void {
    ends.add(end)
    return () => void ends.delete(end)
  }

  async function run<Value>(
    client: AbortSignal,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    if (closed) throw closedError()
    const controller = new AbortController()
    const abort = (): void => controller.abort()
    client.addEventListener('abort', abort)
    if (client.aborted) abort()
    let forget = (): void => {}
    const cut = new Promise<never>((_, reject) => {
      forget = onClose(() => {
        reject(closedError())
        abort()
      })
    })
    try {
      return await Promise.race([work(controller.signal), cut])
    } catch (error) {
      // The work may notice the abort before the race does.
      throw closed && !client.aborted ? closedError() : error
    } finally {
      forget()
      client.removeEventListener('abort', abort)
    }
  }

  return {
    run(client, work) {
      const running = run(client, work)
      const settled = running.then(
        () => {},
        () => {},
      )
      underWay.add(settled)
      settled.then(() => underWay.delete(settled))
      return running
    },
    onClose,
    close() {
      if (closed) return closed
      closed = Promise.all(underWay).then(() => {})
      for (const end of [...ends]) end()
      ends.clear()
      return closed
    },
  }
}

function closedError(): PairingError {
  return new PairingError('provider-unavailable', 'The server is stopping. Send the request again.', {
    retryAfterMs: RETRY_AFTER_MS,
  })
}
