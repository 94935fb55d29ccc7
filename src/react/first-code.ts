/** The browser has painted a code this long after it was drawn. In milliseconds. */
const PAINTED_MS = 200

let encoder: Promise<unknown> | undefined

/** The first code waits for this chunk. */
export function drawsWith<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  encoder = loading
  return loading
}

/** Resolves when what the first code does not need may be requested: after the code was painted. Never rejects. */
export async function afterFirstCode(): Promise<void> {
  await encoder?.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, PAINTED_MS))
}
