import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { quickProvider } from './quick-provider.js'

const patiently = { timeout: 15_000 }

/** The phone tab, with the countries there and the focus in front of the field. */
async function open(props: Partial<WhatsAppPairingProps> = {}) {
  const { emulator, provider } = quickProvider('z-api')
  const onLinked = vi.fn()
  const requestPairingCode = vi.fn(provider.requestPairingCode)
  render(
    <WhatsAppPairing
      provider={{ ...provider, requestPairingCode }}
      queryClient={new QueryClient()}
      defaultMethod="phone-code"
      defaultCountry="US"
      appName="Acme Inbox"
      onLinked={onLinked}
      {...props}
    />,
  )
  const picker = await screen.findByRole<HTMLInputElement>('combobox', { name: 'Country' }, patiently)
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
  return { emulator, onLinked, requestPairingCode, picker, field }
}

const press = async (keys: string, times = 1) => {
  for (let pressed = 0; pressed < times; pressed++) await userEvent.keyboard(keys)
}

describe('with real keys', () => {
  it('a country is searched, a number typed, and the phone linked', async () => {
    const { emulator, onLinked, requestPairingCode, picker, field } = await open()
    screen.getByRole('tab', { name: 'Phone number' }).focus()
    while (document.activeElement !== picker) await press('{Tab}')
    await press('bra')
    await waitFor(() =>
      expect(screen.getByRole('option', { selected: true }).textContent).toContain('Brazil'),
    )
    await press('{Enter}')
    expect(document.activeElement).toBe(field)
    expect(picker.value).toBe('🇧🇷 +55')
    await press('011987654321')
    expect(screen.getByText('+55 11 98765 4321')).toBeTruthy()
    await press('{Enter}')
    await press('{Enter}')
    await screen.findByRole('group', { name: 'Code to enter in WhatsApp' }, patiently)
    expect(requestPairingCode).toHaveBeenCalledExactlyOnceWith('5511987654321', expect.anything())
    const code = document.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    emulator.typeCode(code.replace('-', ''))
    await waitFor(() => expect(onLinked).toHaveBeenCalledOnce(), patiently)
  })

  it('a digit in the middle is deleted and typed again, and the caret stays beside it', async () => {
    const { field } = await open({ defaultCountry: 'BR' })
    field.focus()
    await press('11987654321')
    expect(field.value).toBe('(11) 98765-4321')
    // Behind the 8.
    await press('{ArrowLeft}', 8)
    await press('{Backspace}')
    expect([field.value, field.selectionStart]).toEqual(['(11) 97654-321', '(11) 9'.length])
    await press('8')
    expect([field.value, field.selectionStart]).toEqual(['(11) 98765-4321', '(11) 98'.length])
    await press('{Home}')
    // Some of them take a bracket or a dash.
    await press('{Delete}', 30)
    expect(field.value).toBe('')
  })

  it('the list keeps to its own scrolling, and shows the country that is active', async () => {
    const { picker } = await open()
    picker.focus()
    const before = window.scrollY
    await press('{ArrowDown}')
    await press('{End}')
    const list = screen.getByRole('listbox').getBoundingClientRect()
    const option = screen.getByRole('option', { selected: true }).getBoundingClientRect()
    expect(option.top).toBeGreaterThanOrEqual(list.top)
    expect(option.bottom).toBeLessThanOrEqual(list.bottom + 1)
    expect(window.scrollY).toBe(before)
    await press('{Escape}')
    expect(screen.queryByRole('listbox')).toBeNull()
  })

  it('what is pasted over a selection is understood', async () => {
    const { picker, field } = await open()
    field.focus()
    await press('20255')
    field.select()
    await navigator.clipboard.writeText('https://wa.me/351912345678')
    await userEvent.paste()
    await waitFor(() => expect(field.value).toBe('+351 912 345 678'))
    expect(picker.value).toBe('🇵🇹')
    expect(field.selectionStart).toBe(field.value.length)
  })
})
