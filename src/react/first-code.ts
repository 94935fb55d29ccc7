/** The browser has painted a code this long after it was drawn. In milliseconds. */
const PAINTED_MS = 200

/** A page that is never idle must get its later states too. In milliseconds. */
const IDLE_LIMIT_MS = 2_000

let encoder: Promise<unknown> | undefined

/** The first code waits for this chunk. */
export function drawsWith<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  encoder = loading
  return loading
}

/**
 * Runs what the first code does not need after that code was painted; at once in a page where we draw none. Returns what stops it.
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

/** On a slow device the code may not be drawn yet. Some browsers do not report it. */
function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: IDLE_LIMIT_MS })
  else run()
}
