import { timeout } from './fetch-failure.js'

/**
 * Settles with the promise, or rejects when it takes too long.
 *
 * @throws {@link PairingError} `timeout`
 */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout()), ms)
  })
  try {
    return await Promise.race([promise, overdue])
  } finally {
    clearTimeout(timer)
  }
}
