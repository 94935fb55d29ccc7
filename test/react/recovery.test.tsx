import { focusManager, QueryClient } from '@tanstack/react-query'
import { fireEvent, renderHook, screen } from '@testing-library/react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { usePairingSession } from '../../src/index.js'
import { wasend } from '../../src/providers/wasend.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, mockWasend } from '../../src/testing.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

const press = (name: string) => doing(() => void fireEvent.click(screen.getByRole('button', { name })))
const paths = (setup: ReturnType<typeof createSetup>) => setup.mockServer.requests.map(({ path }) => path)

const errorCode = () => document.querySelector('[data-part="error-code"]')?.getAttribute('data-code')

describe('leftovers of an earlier link', () => {
  it.each([
    ['green-api', '/logout'],
    ['waha', '/api/sessions/default/logout'],
  ] as const)('at %s are cleared only after Start over, and then it links', async (id, logout) => {
    const setup = createSetup(id)
    setup.emulator.leaveStaleAuth()
    setup.show()
    await advance(2_000)
    expect(shownStatus()).toBe('failed')
    expect(errorCode()).toBe('session-stale')
    expect(paths(setup)).not.toContain(logout)

    await press('Start over')
    await advance(10_000)
    expect(paths(setup)).toContain(logout)
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })

  it('at Z-API are restored automatically, because that loses no data', async () => {
    const setup = createSetup('z-api')
    setup.emulator.leaveStaleAuth()
    setup.show()
    await advance(30_000)
    expect(paths(setup)).toContain('/restore-session')
    expect(shownStatus()).toBe('linked')
  })
})

describe('leftovers of an unused pairing code', () => {
  it('at WAHA are cleared when the next code is requested', async () => {
    const setup = createSetup('waha')
    setup.show({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await advance(1_000)
    await press('Get code')
    await advance(300_000)
    expect(setup.emulator.state.status).toBe('out-of-codes')
    await press('Retry')
    await advance(10_000)
    expect(paths(setup)).toContain('/api/sessions/default/logout')
    expect(shownStatus()).toBe('awaiting-code')
  })
})

describe('a link that the phone ends soon after', () => {
  const linkedSetup = async (id: Parameters<typeof createSetup>[0]) => {
    const setup = createSetup(id)
    setup.show()
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    await doing(() => void setup.emulator.disconnect())
    await advance(40_000)
    return setup
  }

  it.each(['green-api', 'z-api', 'evolution-api'] as const)('is followed by a new code at %s', async (id) => {
    await linkedSetup(id)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('leaves data at WAHA, which the adapter clears without a press', async () => {
    const setup = await linkedSetup('waha')
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })
})

describe('a session that is stopped or whose codes have all expired', () => {
  it('is started automatically at WASend', async () => {
    const emulator = createEmulator({ seed: 7 })
    const access = { apiKey: 'key', sessionId: 'asleep' }
    const mockServer = mockWasend(emulator, { ...access, stopped: true })
    const provider = wasend({ ...access, fetch: mockServer.fetch, dangerouslyAllowBrowser: true })
    createSetup('wasend').show({ provider })
    await advance(10_000)
    expect(mockServer.requests.map(({ method, path }) => `${method} ${path}`)).toContain(
      'POST /sessions/asleep/start',
    )
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('is started automatically at Evolution API', async () => {
    const setup = createSetup('evolution-api')
    setup.show()
    await advance(3_000)
    // The request that starts the session also returns the code.
    expect(paths(setup).filter((path) => path.startsWith('/instance/connect/'))).toHaveLength(1)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('is restarted on Retry if WhatsApp has stopped issuing codes', async () => {
    const setup = createSetup('wasend')
    setup.show()
    await advance(300_000)
    expect(shownStatus()).toBe('expired')
    expect(setup.emulator.state.status).toBe('out-of-codes')
    await press('Retry')
    await advance(15_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('is reset once per round, and not repeatedly', async () => {
    const reset = vi.fn(async () => {})
    const provider = scriptedProvider({
      getQrCode: () => ({ status: 'stopped' }),
      getStatus: () => ({ status: 'stopped' }),
    })
    createSetup('wasend').show({ provider: { ...provider, reset } })
    await advance(120_000)
    expect(reset).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('failed')
  })
})

describe('a passkey', () => {
  it.each(['green-api', 'z-api', 'wasend', 'waha'] as const)(
    'at %s is a separate state, and the pairing continues after it',
    async (id) => {
      const setup = createSetup(id)
      setup.emulator.demandPasskey()
      setup.show()
      await advance(3_000)
      await doing(() => void setup.emulator.scan())
      await advance(15_000)
      expect(shownStatus()).toBe('passkey-required')
      await doing(() => void setup.emulator.solvePasskey())
      await advance(15_000)
      expect(shownStatus()).toBe('linked')
    },
  )
})

describe('a screen that is opened again', () => {
  it('reads whether the link still exists, and begins again if the phone ended it', async () => {
    const setup = createSetup('green-api')
    const { unmount } = setup.show()
    await advance(2_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    unmount()
    await doing(() => void setup.emulator.disconnect())
    await advance(20_000)
    setup.show()
    // The page shows no cached state before a read has confirmed it.
    expect(shownStatus()).toBe('preparing')
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows the current code with its count, and no expired code', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })
    vi.setSystemTime(20_000_000)
    const setup = createSetup('green-api')
    const { unmount } = setup.show({ provider })
    await advance(3_000)
    unmount()
    await advance(30_000)
    setup.show({ provider })
    expect(document.querySelector('[data-part="qr-code"]')).toBeNull()
    await advance(1_000)
    expect(screen.getByRole('status').textContent).toContain('2 of 3')
  })
})

describe('a clock change', () => {
  it.each([
    ['of an hour ahead, as after a sleep,', 3_600_000],
    ['of an hour back', -3_600_000],
  ])('%s leaves no expired code on screen, and the pairing continues', async (_, jumpMs) => {
    const provider = scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })
    vi.setSystemTime(20_000_000)
    createSetup('green-api').show({ provider })
    await advance(3_000)
    const before = document.querySelector('[data-part="qr-code"]')?.innerHTML
    vi.setSystemTime(Date.now() + jumpMs)
    await advance(6_000)
    const after = document.querySelector('[data-part="qr-code"]')?.innerHTML
    expect(shownStatus()).toBe('awaiting-scan')
    expect(after).not.toBe(before)
  })
})

describe('a provider that stays in preparation', () => {
  it('fails as stuck after ten minutes, because GREEN-API may take that long', async () => {
    const provider = scriptedProvider({
      getQrCode: () => ({ status: 'preparing' }),
      getStatus: () => ({ status: 'preparing' }),
    })
    createSetup('green-api').show({ provider })
    await advance(599_000, () => expect(shownStatus()).toBe('preparing'))
    await advance(10_000)
    expect(shownStatus()).toBe('failed')
    expect(screen.getByRole('button', { name: 'Start over' })).toBeTruthy()
  })
})

describe('a scan in the last moment', () => {
  // Evolution API is left out, because it reports the same state before and after a scan.
  it.each(['green-api', 'z-api', 'wasend', 'waha'] as const)(
    'of the last code still links at %s: one last request is sent before the session expires',
    async (id) => {
      // The other providers report nothing before the link is finished.
      const setup = createSetup(id, { linkingMs: id === 'green-api' ? 6_000 : 500 })
      setup.show()
      await advance(99_000)
      expect(shownStatus()).not.toBe('expired')
      // The code is about to leave the screen or has just left it. The phone scanned it just before.
      await doing(() => void setup.emulator.scan())
      await advance(20_000)
      expect(shownStatus()).toBe('linked')
    },
  )

  it('of a pairing code still links', async () => {
    const setup = createSetup('green-api', { linkingMs: 500 })
    setup.show({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await advance(1_000)
    await press('Get code')
    await advance(149_000)
    const code = screen.getByText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/).textContent ?? ''
    await doing(() => void setup.emulator.typeCode(code))
    await advance(20_000)
    expect(shownStatus()).toBe('linked')
  })

  it('on a hidden page is detected on return, although the code has expired', async () => {
    const setup = createSetup('green-api')
    setup.show({ maxRefreshes: 1 })
    await advance(2_000)
    await doing(() => focusManager.setFocused(false))
    await doing(() => void setup.emulator.scan())
    await advance(900_000)
    await doing(() => focusManager.setFocused(true))
    await advance(5_000)
    expect(shownStatus()).toBe('linked')
    focusManager.setFocused(undefined)
  })
})

describe('a wrong state', () => {
  it('between two right ones does not remove the code', async () => {
    let stray = 0
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      getStatus: () => (stray++ === 1 ? { status: 'preparing' } : { status: 'unlinked' }),
    })
    createSetup('green-api').show({ provider })
    await advance(10_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await advance(5_000)
    expect(screen.getByRole('status').textContent).toContain('1 of 3')
  })
})

describe('pictures that the browser cannot show', () => {
  it.each([
    ['the same one each time', () => 'a'],
    ['another one each time', () => Math.floor(Date.now() / 5_000)],
  ])('end in a failure: %s', async (_, name) => {
    const provider = scriptedProvider({ getQrCode: () => qr(name()) })
    const pictures = {
      ...provider,
      getQrCode: async (options: object) => {
        await provider.getQrCode(options)
        const src = `data:image/png;base64,iVBORw0KGgo${btoa(String(name()))}`
        return { status: 'qr', qrCode: { kind: 'image', src } } as const
      },
    }
    createSetup('green-api').show({ provider: pictures })
    await advance(60_000, () => {
      const picture = screen.queryByRole('img')
      if (picture instanceof HTMLImageElement) fireEvent.error(picture)
    })
    expect(document.querySelector('[data-part="error-code"]')?.getAttribute('data-code')).toBe(
      'invalid-answer',
    )
  })
})

describe('a screen that was cancelled', () => {
  it('begins again when it is opened again', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    const queryClient = new QueryClient()
    const wrapper = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(1_000)
    await doing(() => wrapper.result.current.cancel())
    await advance(1_000)
    expect(wrapper.result.current.session.status).toBe('idle')
    wrapper.unmount()
    const again = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(6_000)
    expect(again.result.current.session.status).toBe('awaiting-scan')
  })

  it('also begins with requestPairingCode(), which sets the method', async () => {
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      requestPairingCode: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const queryClient = new QueryClient()
    const { result } = renderHook(() => usePairingSession({ provider, queryClient, autoStart: false }))
    await doing(() => result.current.requestPairingCode('+55 11 98765-4321'))
    await advance(1_000)
    expect(result.current.session).toMatchObject({ status: 'awaiting-code', method: 'phone-code' })
  })
})
