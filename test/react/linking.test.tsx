import { fireEvent, screen } from '@testing-library/react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime } from '../time.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { watchShownCodes } from './shown-codes.js'
import { askForCode, openTab, press, shownCode } from './user.js'

// The image libraries load before the fake timers are set up, because modules load in real time.
beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

/** The longest time from the poll that finds another code until that code is shown. */
const GRACE_MS = 2_000

describe.each(providerIds)('%s through proxy, handler, adapter, mock server and emulator', (id) => {
  it('links by QR code', async () => {
    const setup = createSetup(id)
    const onLinked = vi.fn()
    setup.show({ onLinked })
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.getByRole('img', { name: 'QR code to scan with WhatsApp' })).toBeTruthy()

    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked).toHaveBeenCalledTimes(1)
    expect(onLinked.mock.calls[0]?.[0]).toMatchObject({ phoneNumber: '5511987654321' })
  })

  it('shows no replaced code for longer than until the next poll, and neither restarts nor ends the pairing', async () => {
    const setup = createSetup(id)
    const codes = watchShownCodes(setup.emulator)
    setup.show()
    await advance(99_000, codes.sample)
    expect(codes.shownMs).toBeGreaterThan(60_000)
    expect(await codes.longestDeadMs()).toBeLessThanOrEqual(setup.provider.timing.qrIntervalMs + GRACE_MS)
    const paths = setup.mockServer.requests.map(({ path }) => path)
    expect(
      paths.filter((path) => /logout|disconnect|reboot|restart|restore|start$|stop$/.test(path)),
    ).toEqual([])
  })
})

describe.each(['green-api', 'z-api', 'evolution-api', 'waha'] as const)('%s', (id) => {
  it('links by pairing code after it has shown a QR code', async () => {
    const setup = createSetup(id)
    setup.show()
    await advance(3_000)
    await openTab('Phone number')
    expect(shownStatus()).toBe('awaiting-number')
    await askForCode()
    // For a code, the adapter logs out WAHA, which takes 4 s, and starts it again. At Evolution API it ends the running pairing.
    await advance(8_000)
    expect(shownStatus()).toBe('awaiting-code')
    const code = shownCode() ?? ''
    expect(code).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)

    await doing(() => void setup.emulator.typeCode(code))
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    expect(screen.getByText('+55 11 98765 4321')).toBeTruthy()
  })
})

it('an expired pairing code of Evolution API is removed, and Retry shows the next one without a logout', async () => {
  const setup = createSetup('evolution-api')
  setup.show({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
  await advance(3_000)
  fireEvent.click(screen.getByRole('button', { name: 'Get code' }))
  await advance(6_000)
  const first = shownCode()
  expect(first).toBeTruthy()
  await advance(45_000)
  expect(shownStatus()).toBe('expired')
  expect(shownCode()).toBeUndefined()
  await press('Retry')
  await advance(6_000)
  expect(shownStatus()).toBe('awaiting-code')
  expect(shownCode()).not.toBe(first)
  expect(setup.mockServer.requests.map(({ method }) => method)).not.toContain('DELETE')
})
