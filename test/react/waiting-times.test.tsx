import { describe, expect, it } from 'vitest'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { createEmulator, mockWaha, mockWasend } from '../../src/testing.js'
import type { EmulatedProvider } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime } from '../time.js'
import { doing, type Setup, setupOf } from './setup.js'
import { openTab, press, timeTo } from './user.js'

// The waiting times of the user, from the component to a mock server that is as slow as the recorded server.

interface ServerOptions {
  readonly stopped?: boolean
}

const common = { dangerouslyAllowBrowser: true }
/** Recorded on a quiet machine: the time from the start to SCAN_QR_CODE. */
const startingMs = 900

const servers = {
  waha({ stopped }: ServerOptions): EmulatedProvider {
    const emulator = createEmulator({ seed: 7 })
    const session = { apiKey: 'key', session: 'default' }
    const mockServer = mockWaha(emulator, { ...session, startingMs, stopped })
    const baseUrl = 'https://waha.example'
    return {
      emulator,
      mockServer,
      provider: waha({ baseUrl, ...session, ...common, fetch: mockServer.fetch }),
    }
  },
  wasend({ stopped }: ServerOptions): EmulatedProvider {
    const emulator = createEmulator({ seed: 7 })
    const session = { apiKey: 'key', sessionId: 'main' }
    const mockServer = mockWasend(emulator, { ...session, startingMs, stopped })
    return { emulator, mockServer, provider: wasend({ ...session, ...common, fetch: mockServer.fetch }) }
  },
}

type ServerName = keyof typeof servers

emulateTime()

function open(name: ServerName, live: boolean, options: ServerOptions = {}): Setup {
  const setup = setupOf(servers[name](options))
  setup.show({ provider: setup.proxied({ live }), defaultPhoneNumber: '5511987654321' })
  return setup
}

const everyWay = (['waha', 'wasend'] as const).flatMap((name) =>
  [true, false].map((live) => [name, live ? 'live' : 'polling', live] as const),
)

describe.each(everyWay)('a page of %s, %s,', (name, _way, live) => {
  it('shows the first code of a stopped session within two intervals of the start', async () => {
    open(name, live, { stopped: true })
    expect(await timeTo('awaiting-scan')).toBeLessThanOrEqual(4_000)
  })

  it('shows the code of a running session immediately', async () => {
    open(name, live)
    expect(await timeTo('awaiting-scan')).toBeLessThanOrEqual(250)
  })

  it('shows immediately that a phone is already linked', async () => {
    const setup = setupOf(servers[name]({}))
    setup.emulator.start()
    setup.emulator.scan()
    await advance(10_000)
    setup.show({ provider: setup.proxied({ live }) })
    expect(await timeTo('linked')).toBeLessThanOrEqual(250)
  })
})

describe.each([true, false])('a pairing code of waha (live: %s)', (live) => {
  it('follows a QR code after the logout of 4 s and the start', async () => {
    const { emulator } = open('waha', live)
    await timeTo('awaiting-scan')
    await openTab('Phone number')
    await timeTo('awaiting-number')
    await press('Get code')
    expect(await timeTo('awaiting-code')).toBeLessThanOrEqual(8_000)
    const { state } = emulator
    const code = state.status === 'pairing' ? state.pairingCode?.value : undefined
    await doing(() => void emulator.typeCode(code ?? ''))
    expect(await timeTo('linked')).toBeLessThanOrEqual(2_000 + 3_000 + 250)
  })
})
