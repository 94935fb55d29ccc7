import { cleanup, render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { PairingStatus } from '../../src/index.js'
import { de } from '../../src/locales/de.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { emulatedSecrets } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { doing, type Setup, setupOf, shownStatus } from './setup.js'
import { part } from './user.js'

emulateTime()

const { apiTokenInstance } = emulatedSecrets

/** An instance that copies the chats of a new link for this long. */
function copyingFor(historySyncMs: number | undefined): Setup {
  const instance = { idInstance: '1101000001', apiTokenInstance }
  const emulator = createEmulator({ seed: 7, linkingMs: 0 })
  const mockServer = mockGreenApi(emulator, { ...instance, historySyncMs })
  const provider = greenApi({ ...instance, dangerouslyAllowBrowser: true, fetch: mockServer.fetch })
  return setupOf({ emulator, mockServer, provider })
}

async function linkedOnScreen(historySyncMs: number | undefined): Promise<Setup> {
  const setup = copyingFor(historySyncMs)
  setup.show()
  await advance(6_000)
  await doing(() => setup.emulator.scan())
  await advance(6_000)
  expect(shownStatus()).toBe('linked')
  return setup
}

/** The number of requests to the mock server in this time. */
const requestsIn = async (setup: Setup, ms: number): Promise<number> => {
  const before = setup.mockServer.requests.length
  await advance(ms)
  return setup.mockServer.requests.length - before
}

const line = (): string | null | undefined => part('account-sync')?.textContent
const percent = (): number => Number(/(\d+)%$/.exec(line() ?? '')?.[1])

describe('the progress of copying chats after a link', () => {
  it('is one line of the pairing screen, which increases and then disappears', async () => {
    await linkedOnScreen(60_000)
    expect(line()).toMatch(/^Copying your chats… \d+%$/)
    const first = percent()
    await advance(30_000)
    expect(percent()).toBeGreaterThan(first)
    await advance(60_000)
    expect([line(), shownStatus()]).toEqual([undefined, 'linked'])
  })

  it('costs the provider no request', async () => {
    const told = await requestsIn(await linkedOnScreen(120_000), 120_000)
    cleanup()
    const untold = await requestsIn(await linkedOnScreen(undefined), 120_000)
    expect(line()).toBeUndefined()
    expect(told).toBe(untold)
  })

  it('is one line of the status, which polls while the number increases, and then at its usual interval', async () => {
    const setup = copyingFor(120_000)
    setup.emulator.start()
    setup.emulator.scan()
    await advance(12_000)
    render(<PairingStatus provider={setup.proxied()} queryClient={setup.queryClient} locale={de} />)
    await settle()
    const shown = part('link-sync')?.textContent
    const [before = '', after = ''] = de.messages.syncing.split('{percent}')
    expect(shown).toMatch(new RegExp(`^${before}\\d+${after}$`))
    await advance(30_000)
    expect(part('link-sync')?.textContent).not.toBe(shown)
    await advance(120_000)
    expect([part('link-sync'), part('link')?.dataset.status]).toEqual([null, 'linked'])
    const reads = setup.server.requests.length
    expect(reads).toBeLessThanOrEqual(10)
    await advance(240_000)
    expect(setup.server.requests.length).toBe(reads)
  })

  it('is not announced, because the line is no live region', async () => {
    await linkedOnScreen(60_000)
    for (const region of screen.getAllByRole('status')) expect(region.textContent).not.toContain('Copying')
  })
})
