import type { Emulator } from '../emulator.js'

/** What happens by itself, at moments of the emulator's clock. */
export interface Agenda {
  /** Runs something at a moment, which it is given. */
  add(at: number, run: (at: number) => void): void
  /** Runs everything that is due. */
  catchUp(): void
  /** Forgets everything that is not due. */
  clear(): void
}

/** Options of {@link createAgenda}. */
export interface AgendaOptions {
  /**
   * Whether everything runs at its time. Otherwise it runs at the next `catchUp`, with the time that it should have run
   * at: nothing is left running then when a test ends.
   */
  readonly isPunctual: boolean
}

/** An agenda on the clock of an emulator. */
export function createAgenda(emulator: Emulator, { isPunctual }: AgendaOptions): Agenda {
  let entries: { readonly at: number; readonly run: (at: number) => void }[] = []
  let sleep: AbortController | undefined
  let isRunning = false

  function catchUp(): void {
    // What runs may look at the account, which brings the agenda up to date again.
    if (isRunning) return
    isRunning = true
    for (let next = earliest(); next && next.at <= emulator.now(); next = earliest()) {
      const entry = next
      entries = entries.filter((other) => other !== entry)
      entry.run(entry.at)
    }
    isRunning = false
    if (isPunctual) sleepUntilNext()
  }

  function earliest(): (typeof entries)[number] | undefined {
    return entries.reduce<(typeof entries)[number] | undefined>(
      (first, entry) => (first && first.at <= entry.at ? first : entry),
      undefined,
    )
  }

  function sleepUntilNext(): void {
    sleep?.abort()
    const next = earliest()
    if (!next) return
    const controller = new AbortController()
    sleep = controller
    // Timers count whole milliseconds: rounded down, it would wake up before the moment, again and again.
    const waitMs = Math.ceil(Math.max(next.at - emulator.now(), 0))
    emulator.wait(waitMs, controller.signal).then(catchUp, () => {})
  }

  return {
    add(at, run) {
      entries.push({ at, run })
      if (isPunctual && !isRunning) sleepUntilNext()
    },
    catchUp,
    clear() {
      entries = []
      sleep?.abort()
    },
  }
}
