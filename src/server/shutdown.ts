import { PairingError } from '../core/errors.js'

/** A process that takes over has started by then. */
const RETRY_AFTER_MS = 5_000

/** Ends what a handler does, once and for all. */
export interface Shutdown {
  /**
   * Runs the work of one request. Its signal is aborted when the client disconnects and when the handler closes; in
   * that case it also rejects at once, whatever the work does.
   *
   * @throws {@link PairingError} `provider-unavailable` where the handler is closed
   */
  run<Value>(client: AbortSignal, work: (signal: AbortSignal) => Promise<Value>): Promise<Value>
  /** Registers what has to be ended too. Returns the function that takes it away again. */
  onClose(end: () => void): () => void
  /** Ends everything. Resolves when no request is under way any more. */
  close(): Promise<void>
}

/** Makes the end of one handler. */
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
