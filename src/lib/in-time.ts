/**
 * Runs a task with a time limit, and aborts its signal at the limit, or when one of the outer signals is aborted. Rejects at the
 * limit even if the task ignores its signal.
 *
 * @param overdue Creates the error of the limit.
 */
export async function inTime<Value>(
  run: (options: { readonly signal: AbortSignal }) => Promise<Value>,
  limitMs: number,
  outer: readonly AbortSignal[],
  overdue: () => Error,
): Promise<Value> {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  // Not AbortSignal.any(), which edge runtimes and older browsers lack.
  for (const signal of outer) {
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(overdue())
      abort()
    }, limitMs)
  })
  try {
    return await Promise.race([run({ signal: controller.signal }), limit])
  } finally {
    clearTimeout(timer)
    for (const signal of outer) signal.removeEventListener('abort', abort)
  }
}
