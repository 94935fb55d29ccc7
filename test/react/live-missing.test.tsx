import { expect, it, vi } from 'vitest'
import { advance, emulateTime } from '../time.js'
import { createSetup, shownStatus } from './setup.js'

// Imitates a page that is older than the server's current build, whose chunks were removed.
vi.mock('../../src/client/live-events.js', () => {
  throw new Error('Failed to fetch dynamically imported module')
})

emulateTime()

it('a page polls if it cannot load the module of the stream', async () => {
  await import('../../src/client/live-events.js').catch(() => undefined)
  const setup = createSetup('z-api')
  setup.show()
  await advance(59_900)
  expect(shownStatus()).toBe('awaiting-scan')
  expect(setup.server.requests).not.toContain('events')
  expect(setup.server.requests.length).toBeGreaterThan(12)
})
