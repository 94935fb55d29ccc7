/** The browser has painted a code this long after it was drawn. In milliseconds. */
const PAINTED_MS = 200

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
  const wait = () => {
    if (!isOver) timer = setTimeout(run, PAINTED_MS)
  }
  encoder.then(wait, wait)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
