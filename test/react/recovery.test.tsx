import { QueryClient } from '@tanstack/react-query'
import { renderHook } from '@testing-library/react'
import { beforeAll, describe, expect, it } from 'vitest'
import { usePairingSession } from '../../src/index.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, doing, type Setup, shownStatus } from './setup.js'
import { changingProvider } from './show-pairing.js'
import { errorCode, press } from './user.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

const paths = (setup: Setup) => setup.mockServer.requests.map(({ path }) => path)

describe('leftovers of an earlier link', () => {
  it.each([
    ['green-api', '/logout'],
    ['waha', '/api/sessions/default/logout'],
  ] as const)('at %s are cleared once and only after Start over, and then it links', async (id, logout) => {
    const setup = createSetup(id)
    setup.emulator.leaveStaleAuth()
    setup.show()
    await advance(2_000)
    expect(errorCode()).toBe('session-stale')
    expect(paths(setup)).not.toContain(logout)

    await press('Start over')
    await advance(10_000)
    expect(paths(setup).filter((path) => path === logout)).toHaveLength(1)
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

  it('of an unused pairing code at WAHA are cleared when the next code is requested', async () => {
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

it('a session at WASend that has issued all its codes is restarted when a page opens, and shows no failure', async () => {
  const setup = createSetup('wasend')
  const { unmount } = setup.show()
  await advance(200_000)
  expect(setup.emulator.state.status).toBe('out-of-codes')
  unmount()
  setup.show({ queryClient: new QueryClient() })
  await advance(10_000, () => expect(shownStatus()).not.toBe('failed'))
  expect(shownStatus()).toBe('awaiting-scan')
  expect(paths(setup).some((path) => path.endsWith('/restart'))).toBe(true)
})

// Evolution API is left out, because it reports the same state before and after a scan.
it.each(['green-api', 'z-api', 'wasend', 'waha'] as const)(
  'a scan in the last moment of the last code links at %s, because one last request is sent',
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

describe('a session that was cancelled', () => {
  it('stays idle, and begins again when it is opened again', async () => {
    const { provider } = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    const { result, unmount } = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(1_000)
    await doing(() => result.current.cancel())
    await settle()
    await advance(120_000, () => expect(result.current.session.status).toBe('idle'))
    unmount()
    const again = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(6_000)
    expect(again.result.current.session.status).toBe('awaiting-scan')
  })

  it('also begins with requestPairingCode(), which sets the method', async () => {
    const { provider } = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    const { result } = renderHook(() => usePairingSession({ provider, queryClient, autoStart: false }))
    await doing(() => result.current.requestPairingCode('+55 11 98765-4321'))
    await advance(1_000)
    expect(result.current.session).toMatchObject({ status: 'awaiting-code', method: 'phone-code' })
  })
})
