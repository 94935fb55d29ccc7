/** Retries after a pause that doubles with every failure. */
export interface Retry {
  /** Schedules a task after the pause, and replaces an earlier one. */
  after(longestPauseMs: number, task: () => void): void
  /** Schedules a task without a pause, after the caller has finished. */
  soon(task: () => void): void
  /** Resets the pause after a success. */
  succeeded(): void
  cancel(): void
}

const FIRST_PAUSE_MS = 250

export function createRetry(): Retry {
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const start = (pauseMs: number, task: () => void): void => {
    clearTimeout(timer)
    timer = setTimeout(task, pauseMs)
  }
  return {
    after(longestPauseMs, task) {
      start(Math.min(FIRST_PAUSE_MS * 2 ** failures, longestPauseMs), task)
      failures += 1
    },
    soon: (task) => start(0, task),
    succeeded() {
      failures = 0
    },
    cancel: () => clearTimeout(timer),
  }
}
