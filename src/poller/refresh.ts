/** A read after the provider announced a change. */
export interface Refresh {
  /** Reads as soon as another request may be sent. All calls until then cause one request. */
  run(): Promise<void>
  /** Ends the wait. A read that waits for its time never resolves. */
  close(): void
}

/** Options of {@link createRefresh}. */
export interface RefreshOptions {
  /** When another request may be sent, in epoch milliseconds. */
  readonly nextAt: () => number
  /** Never rejects. */
  readonly read: () => Promise<void>
}

/** Creates the refresh of one session. */
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
