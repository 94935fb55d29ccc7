import { fireEvent, screen } from '@testing-library/react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, doing, roundMs, shownStatus } from './setup.js'

// The image libraries load before the fake timers are set up, because modules load in real time.
beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

const tab = (name: string) => screen.getByRole('tab', { name })

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

  it('shows only the valid code, except between a change and the next poll', async () => {
    const setup = createSetup(id)
    const { timing } = setup.provider
    setup.show()
    let validAtLastChange = Date.now()
    let valid = ''
    await advance(100_000, (now) => {
      const { state } = setup.emulator
      const text = state.status === 'pairing' ? state.qrText : ''
      if (text !== valid) [valid, validAtLastChange] = [text, now]
      const isOld = shownStatus() === 'awaiting-scan' && setup.emulator.scan('2@old,code').ok
      expect(isOld).toBe(false)
      expect(now - validAtLastChange).toBeLessThan(60_000 + timing.qrIntervalMs)
    })
  })
})

it('a page expires after three unscanned codes, sends no request for ten minutes, and links after Retry', async () => {
  const setup = createSetup('z-api')
  setup.show()
  await advance(roundMs('z-api') + 5_000)
  expect(shownStatus()).toBe('expired')

  const requests = setup.mockServer.requests.length
  await advance(600_000)
  expect(setup.mockServer.requests.length).toBe(requests)

  fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
  await advance(15_000)
  expect(shownStatus()).toBe('awaiting-scan')
  await doing(() => void setup.emulator.scan())
  await advance(10_000)
  expect(shownStatus()).toBe('linked')
})

describe.each(['green-api', 'z-api', 'evolution-api', 'waha'] as const)('%s', (id) => {
  it('links by pairing code', async () => {
    const setup = createSetup(id)
    setup.show()
    await advance(3_000)
    fireEvent.click(tab('Phone number'))
    await settle()
    expect(shownStatus()).toBe('awaiting-number')
    fireEvent.change(screen.getByRole('textbox', { name: 'Phone number' }), {
      target: { value: '+55 11 98765-4321' },
    })
    fireEvent.click(screen.getByRole('button', { name: 'Get code' }))
    // For a code, the adapter logs out WAHA, which takes 4 s, and starts it again. At Evolution API it ends the running pairing.
    await advance(8_000)
    expect(shownStatus()).toBe('awaiting-code')
    const code = document.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    expect(code).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)

    await doing(() => void setup.emulator.typeCode(code))
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    expect(screen.getByText('+55 11 98765 4321')).toBeTruthy()
  })
})

describe('evolution-api', () => {
  const shownCode = () => document.querySelector('[data-part="pairing-code"]')?.textContent

  it('removes an expired pairing code, and Retry shows the next one without a logout', async () => {
    const setup = createSetup('evolution-api')
    setup.show({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await advance(3_000)
    fireEvent.click(screen.getByRole('button', { name: 'Get code' }))
    await advance(6_000)
    const first = shownCode()
    expect(first).toBeTruthy()
    await advance(45_000)
    expect(shownStatus()).toBe('expired')
    expect(shownCode()).toBeFalsy()
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-code')
    expect(shownCode()).not.toBe(first)
    expect(setup.mockServer.requests.map(({ method }) => method)).not.toContain('DELETE')
  })

  it('issues a pairing code after the QR code was shown, in a new pairing', async () => {
    const setup = createSetup('evolution-api')
    setup.show()
    await advance(3_000)
    fireEvent.click(tab('Phone number'))
    await settle()
    fireEvent.change(screen.getByRole('textbox', { name: 'Phone number' }), {
      target: { value: '+55 11 98765-4321' },
    })
    fireEvent.click(screen.getByRole('button', { name: 'Get code' }))
    await advance(6_000)
    expect(shownCode()).toBeTruthy()
    expect(setup.mockServer.requests.map(({ method }) => method)).toContain('DELETE')
  })
})

describe('wasend', () => {
  it('has no phone tab, because it has no pairing codes', async () => {
    const setup = createSetup('wasend')
    setup.show()
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.queryByRole('tab')).toBeNull()
  })
})
