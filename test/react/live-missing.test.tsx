import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WhatsAppPairing } from '../../src/index.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { advance } from './time.js'
import { shownStatus } from './world.js'

// As for a page that is older than the server's present build: its chunks are gone.
vi.mock('../../src/react/watch-push.js', () => {
  throw new Error('Failed to fetch dynamically imported module')
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a page that cannot load what a push takes asks as ever', async () => {
  await import('../../src/react/watch-push.js').catch(() => undefined)
  const subscribe = vi.fn(() => () => {})
  const provider = { ...scriptedProvider({ getQrCode: () => qr('a') }), subscribe }
  render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
  await advance(59_900)
  expect(shownStatus()).toBe('awaiting-scan')
  const asked = provider.calls.map(({ question }) => question)
  expect(asked.filter((question) => question === 'qr-code')).toHaveLength(12)
  expect(subscribe).not.toHaveBeenCalled()
})
