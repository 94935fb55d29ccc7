/** The browser has painted a code this long after it was drawn. In milliseconds. */
const PAINTED_MS = 200

/** A page that is never idle must load its later states too. In milliseconds. */
const IDLE_LIMIT_MS = 2_000

let encoder: Promise<unknown> | undefined

/** Registers a chunk that the first code waits for. */
export function drawsWith<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  encoder = loading
  return loading
}

/**
 * Runs a function after the first code was painted, or immediately if this page draws no code. Returns a function that cancels
 * this.
 */
export function afterFirstCode(run: () => void): () => void {
  if (!encoder) {
    run()
    return () => {}
  }
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = () => {
    if (!isOver) run()
  }
  const wait = () => {
    if (!isOver) timer = setTimeout(whenIdle, PAINTED_MS, end)
  }
  encoder.then(wait, wait)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** On a slow device the code may not be drawn yet. Not all browsers support this callback. */
function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: IDLE_LIMIT_MS })
  else run()
}
