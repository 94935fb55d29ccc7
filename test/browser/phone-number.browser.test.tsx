import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { loadLaterParts } from './load-later-parts.js'
import { quickProvider } from './quick-provider.js'
import { stillPairing } from './still-pairing.js'

const patiently = { timeout: 15_000 }

/** Opens the phone tab with its countries loaded. The focus is on the element before the field. */
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

describe('the phone number with real keys', () => {
  it('the user searches for a country, types a number and links the phone', async () => {
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

  it('the caret stays in place when the user deletes a digit in the middle and types it again', async () => {
    const { field } = await open({ defaultCountry: 'BR' })
    field.focus()
    await press('11987654321')
    expect(field.value).toBe('(11) 98765-4321')
    // The caret is behind the 8.
    await press('{ArrowLeft}', 8)
    await press('{Backspace}')
    expect([field.value, field.selectionStart]).toEqual(['(11) 97654-321', '(11) 9'.length])
    await press('8')
    expect([field.value, field.selectionStart]).toEqual(['(11) 98765-4321', '(11) 98'.length])
    await press('{Home}')
    // Some of these presses delete a bracket or a dash.
    await press('{Delete}', 30)
    expect(field.value).toBe('')
  })

  it('the list scrolls without scrolling the page, and shows the active country', async () => {
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

  it('the field accepts a number that is pasted over a selection', async () => {
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

describe('the whole phone number is visible', () => {
  afterEach(async () => {
    document.documentElement.removeAttribute('style')
    await page.viewport(1280, 1200)
  })

  // The widths of a card on a page of 320 pixels with margins, and in other windows.
  const widths = [320, 288, 272, 360, 760]
  // As wide as numbers get. `DejaVu Sans` and Verdana have the widest digits of the usual fonts.
  const numbers = {
    '(11) 98765-4321': 'BR',
    '(011) 98765-4321': 'BR',
    '+55 11 98765 4321': 'US',
    '+54 9 11 2345 6789': 'AR',
    '01 23 45 6789': 'CI',
  }

  it.each([16, 18, 20, 24, 32])('with text of %i pixels, at every width', async (textSize) => {
    await page.viewport(800, 1200)
    await loadLaterParts()
    document.documentElement.style.fontSize = `${textSize}px`
    const cut: unknown[] = []
    for (const [number, country] of Object.entries(numbers)) {
      const { container, unmount } = render(
        <PairingCard
          pairing={stillPairing(pairingStates()['phone-code']['awaiting-number'])}
          appName="Acme Inbox"
          defaultCountry={country}
          defaultPhoneNumber={number}
        />,
      )
      container.style.cssText = '--whatsapp-pairing-font: "DejaVu Sans", Verdana, sans-serif'
      await vi.dynamicImportSettled()
      await waitFor(() => expect(container.querySelector('[data-part="country-input"]')).toBeTruthy())
      for (const width of widths) {
        container.style.inlineSize = `${width}px`
        for (const part of ['phone-input', 'phone-form', 'phone-help']) {
          const { scrollWidth = 0, clientWidth = 0 } = container.querySelector(`[data-part="${part}"]`) ?? {}
          if (clientWidth === 0 || scrollWidth > clientWidth)
            cut.push([part, number, width, scrollWidth, clientWidth])
        }
        // Only larger text may make the stage higher than wide.
        const { clientWidth = 0, clientHeight = 1 } =
          container.querySelector('[data-part="phone-form"]') ?? {}
        if (textSize === 16 && clientHeight !== clientWidth) cut.push(['stage', number, width, clientHeight])
      }
      unmount()
    }
    expect(cut).toEqual([])
  })
})
