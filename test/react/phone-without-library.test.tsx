import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/index.js'
import { qr, scriptedProvider } from './scripted-provider.js'

const ASSIST = '../../src/react/parts/phone-assist.js'
const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

beforeEach(() => void vi.resetModules())
afterEach(() => void vi.doUnmock(ASSIST))

/** Loads the component again, with mocks for the modules of the phone tab. */
async function show() {
  const { WhatsAppPairing } = await import('../../src/index.js')
  const requested = vi.fn(async () => code)
  const provider = { ...scriptedProvider({ getQrCode: () => qr('a') }), requestPairingCode: requested }
  render(<WhatsAppPairing provider={provider} defaultMethod="phone-code" defaultCountry="BR" />)
  await screen.findByRole('textbox', { name: 'Phone number' })
  return requested
}

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const picker = () => screen.queryByRole<HTMLInputElement>('combobox', { name: 'Country' })
/** The element that reserves the place of the picker. */
const room = () => document.querySelector('[data-part="country-picker"][data-state="loading"]')
const type = (value: string) => fireEvent.change(field(), { target: { value } })
const submit = () => fireEvent.click(screen.getByRole('button', { name: 'Get code' }))

describe('if the library does not load', () => {
  beforeEach(() => {
    vi.doMock(ASSIST, () => {
      throw new Error('The chunk was removed: another version was deployed.')
    })
  })

  it('the field accepts digits with a calling code, and says so', async () => {
    const requested = await show()
    // The import has failed by then.
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)))
    expect(picker()).toBeNull()
    expect(room()).toBeNull()
    expect(screen.getByText(/With country code/)).toBeTruthy()
    type('+55 (11) 98765-4321')
    expect(field().value).toBe('+55 (11) 98765-4321')
    submit()
    await waitFor(() => expect(requested).toHaveBeenCalledWith('5511987654321', expect.anything()))
  })

  it('an invalid number is refused as usual', async () => {
    const requested = await show()
    type('011 98765')
    submit()
    await screen.findByText(/Write the country code first/)
    expect(requested).not.toHaveBeenCalled()
  })
})

describe('while the library is loading', () => {
  it('the typed text, the focus and the caret stay when the country appears', async () => {
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    vi.doMock(ASSIST, async (original) => {
      await arrived
      return original()
    })
    await show()
    type('+5511987')
    const before = field()
    before.focus()
    before.setSelectionRange(3, 3)
    expect(picker()).toBeNull()
    arrive()
    await waitFor(() => expect(picker()).not.toBeNull())
    expect(room()).toBeNull()
    expect(field()).toBe(before)
    expect([document.activeElement, before.value, before.selectionStart]).toEqual([before, '+5511987', 3])
    type('+55119876')
    expect(field().value).toBe('+55 11 9876')
  })

  it.each([
    ['a number of the country', '11 987', '🇺🇳 +00'],
    ['an international number', '+55 11 987', '🇺🇳'],
  ])('the place of the library’s field is reserved, so %s does not move', async (_, text, width) => {
    vi.doMock(ASSIST, () => new Promise(() => {}))
    await show()
    type(text)
    expect(room()?.textContent).toBe(width)
  })

  it('the number can be sent', async () => {
    vi.doMock(ASSIST, () => new Promise(() => {}))
    const requested = await show()
    type('+55 11 98765-4321')
    submit()
    await waitFor(() => expect(requested).toHaveBeenCalledWith('5511987654321', expect.anything()))
  })
})

it('the phone library loads when the phone tab opens, and not before', async () => {
  const loaded = vi.fn()
  vi.doMock(ASSIST, (original) => {
    loaded()
    return original()
  })
  const { WhatsAppPairing } = await import('../../src/index.js')
  render(
    <WhatsAppPairing
      provider={scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => code })}
    />,
  )
  await screen.findByRole('tab', { name: 'Phone number' })
  expect(loaded).not.toHaveBeenCalled()
  fireEvent.click(screen.getByRole('tab', { name: 'Phone number' }))
  await waitFor(() => expect(picker()).not.toBeNull())
  expect(loaded).toHaveBeenCalledOnce()
})
