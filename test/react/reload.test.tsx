import { QueryClient } from '@tanstack/react-query'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, doing, type Setup, shownStatus } from './setup.js'
import { askForCode, shownCode } from './user.js'

emulateTime()
afterEach(() => void vi.restoreAllMocks())

/** Reloads the page. Only the browser's storage for the tab survives. */
async function reload(setup: Setup, unmount: () => void): Promise<() => void> {
  unmount()
  await settle()
  const { unmount: next } = setup.show({ queryClient: new QueryClient() })
  await advance(1_000)
  return next
}

async function withCode(setup: Setup) {
  const { unmount } = setup.show({ defaultMethod: 'phone-code' })
  await advance(1_000)
  await askForCode()
  await advance(1_000)
  return { unmount, code: shownCode() }
}

describe('a page after a reload', () => {
  it('shows the pairing code that is still valid, and links with it', async () => {
    const setup = createSetup('green-api')
    const { unmount, code } = await withCode(setup)
    expect(code).toMatch(/^\w{4}-\w{4}$/)
    await advance(20_000)
    const requests = setup.mockServer.requests.length
    await reload(setup, unmount)
    expect(shownStatus()).toBe('awaiting-code')
    expect(shownCode()).toBe(code)
    // The page requested no second code.
    expect(setup.mockServer.requests.length).toBeLessThanOrEqual(requests + 1)
    await doing(() => void setup.emulator.typeCode(code ?? ''))
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
    expect(sessionStorage).toHaveLength(0)
  })

  it('shows no pairing code after it has expired', async () => {
    const setup = createSetup('green-api')
    const { unmount } = await withCode(setup)
    unmount()
    await advance(170_000)
    setup.show({ queryClient: new QueryClient() })
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(shownCode()).toBeUndefined()
  })

  it('shows no code of another number', async () => {
    const setup = createSetup('green-api')
    const { unmount } = await withCode(setup)
    const kept = Object.entries(sessionStorage).map(([key, value]) => [key, value.replace(/\d{4}"/, '0000"')])
    unmount()
    for (const [key, value] of kept) sessionStorage.setItem(key ?? '', value ?? '')
    setup.show({ queryClient: new QueryClient() })
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-number')
    expect(shownCode()).toBeUndefined()
  })

  it('works if the browser refuses to store data', async () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('Denied', 'SecurityError')
    })
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('Denied', 'SecurityError')
    })
    const setup = createSetup('green-api')
    const { unmount } = await withCode(setup)
    await reload(setup, unmount)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})
