import { afterAll, vi } from 'vitest'

// Files share a process: what one of them puts in the place of a clock or a global must not reach the next.
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})
