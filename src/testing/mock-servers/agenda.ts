import type { Emulator } from '../emulator.js'

/** Scheduled tasks on the emulator's clock. */
export interface Agenda {
  /** Schedules a task for a time, which the task receives. */
  add(at: number, run: (at: number) => void): void
  /** Runs everything that is due. */
  catchUp(): void
  /** Removes all tasks that are not due. */
  clear(): void
}

/** Options of {@link createAgenda}. */
export interface AgendaOptions {
  /**
   * Whether tasks run at their time, with timers. Otherwise they run at the next `catchUp`, with their scheduled time, so that no
   * timer is left when a test ends.
   */
  readonly isPunctual: boolean
}

/** An agenda on the clock of an emulator. */
export function createAgenda(emulator: Emulator, { isPunctual }: AgendaOptions): Agenda {
  let entries: { readonly at: number; readonly run: (at: number) => void }[] = []
  let sleep: AbortController | undefined
  let isRunning = false

  function catchUp(): void {
    // A task may read the account, which calls this function again.
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
    // Timers use whole milliseconds. Rounded down, the timer would fire too early, again and again.
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
