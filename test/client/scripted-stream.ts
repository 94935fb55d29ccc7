/** A fake stream of the server handler, or the response that arrives instead of it. */
export interface ScriptedStream {
  readonly response: Response
  send(piece: string | Uint8Array): void
  /** Ends the stream normally. */
  close(): void
  /** Breaks the connection. */
  cut(): void
  /** Whether a client still has the stream open. */
  readonly isOpen: boolean
}

/** A stream that sends what the test specifies. */
export function scriptedStream(): ScriptedStream {
  const encoder = new TextEncoder()
  let output: ReadableStreamDefaultController<Uint8Array> | undefined
  let isOpen = true
  const end = (how: (output: ReadableStreamDefaultController<Uint8Array>) => void): void => {
    if (isOpen && output) how(output)
    isOpen = false
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      output = controller
    },
    cancel() {
      isOpen = false
    },
  })
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    send(piece) {
      if (isOpen) output?.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
    },
    close: () => end((open) => open.close()),
    cut: () => end((open) => open.error(new TypeError('terminated'))),
    get isOpen() {
      return isOpen
    },
  }
}

/** One event in the format of the server. */
export function event(name: string, data: unknown, id?: string): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
