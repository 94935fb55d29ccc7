/** Tries again after a pause that doubles with every failure. */
export interface Retry {
  /** Instead of what was to be tried before. */
  after(longestPauseMs: number, task: () => void): void
  /** Without a pause, but not at once: the caller finishes first. */
  soon(task: () => void): void
  /** It worked: the next pause is a short one again. */
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
