/** A read because the provider says that something has changed. */
export interface Refresh {
  /** Reads as soon as another request may be sent. However often it is called until then, it is one request. */
  run(): Promise<void>
  /** Ends the wait. A read that waits for its time never resolves. */
  close(): void
}

/** What {@link createRefresh} needs. */
export interface RefreshOptions {
  /** When another request may be sent, in epoch milliseconds. */
  readonly nextAt: () => number
  /** Never rejects. */
  readonly read: () => Promise<void>
}

/** Makes the refresh of one session. */
export function createRefresh({ nextAt, read }: RefreshOptions): Refresh {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    const waitMs = nextAt() - Date.now()
    if (waitMs > 0)
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs)
      })
    await read()
  }

  return {
    run() {
      running ??= run().finally(() => {
        running = undefined
      })
      return running
    },
    close: () => clearTimeout(timer),
  }
}
