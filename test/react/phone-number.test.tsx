import { QueryClient } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import type { CountryCode } from 'libphonenumber-js/mobile'
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { openTab, part, press } from './user.js'

emulateTime()

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

/** Shows the phone tab, and collects the numbers of the requests to the provider. */
async function show(props: Partial<WhatsAppPairingProps> = {}, refusal?: PairingError) {
  // Each page stands for a new tab.
  sessionStorage.clear()
  const sent: string[] = []
  const provider = {
    ...scriptedProvider({ getQrCode: () => qr('a') }),
    requestPairingCode: async (phoneNumber: string) => {
      sent.push(phoneNumber)
      if (refusal) throw refusal
      return code
    },
  }
  const view = render(
    <WhatsAppPairing
      provider={provider}
      queryClient={new QueryClient()}
      defaultMethod="phone-code"
      defaultCountry="BR"
      {...props}
    />,
  )
  await settle()
  return { ...view, sent }
}

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const picker = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Country' })
const enter = (value: string) => fireEvent.change(field(), { target: { value } })
const told = () => part('error')?.textContent
const echo = () => part('phone-echo')?.textContent
const country = () => document.getElementById(picker().getAttribute('aria-describedby') ?? '')?.textContent
// The query is not by role, because jsdom takes seconds to compute the names of two hundred options.
const options = () => [...document.querySelectorAll('[role="option"]')].map(({ textContent }) => textContent)
const active = () =>
  document.getElementById(picker().getAttribute('aria-activedescendant') ?? '')?.textContent

/** Types keys into the number, one after the other, at a position. */
function type(text: string, place = field().value.length): void {
  let caret = place
  for (const key of text) {
    const { value } = field()
    const typed = value.slice(0, caret) + key + value.slice(caret)
    fireEvent.change(field(), {
      target: { value: typed, selectionStart: caret + 1, selectionEnd: caret + 1 },
    })
    caret = field().selectionStart ?? 0
  }
}

/** Presses keys in the element with the focus. */
function keys(...names: string[]): void {
  for (const key of names) fireEvent.keyDown(document.activeElement ?? document.body, { key })
}

/** Searches for a country in the picker. */
const search = (query: string) => fireEvent.change(picker(), { target: { value: query } })

describe('a phone number', () => {
  // phone-library.test.ts tests the numbers of all countries in every spelling, and each verdict.
  it.each<readonly [string, CountryCode, typed: string, sent: string]>([
    ['nationally', 'BR', '(11) 98765-4321', '5511987654321'],
    ['as a link', 'US', 'https://wa.me/12015550123', '12015550123'],
    ['in Brazil without the ninth digit', 'US', '+55 11 8765-4321', '551187654321'],
  ])('reaches the provider with its calling code and without other changes, written %s', async (...row) => {
    const [, defaultCountry, typed, expected] = row
    const { sent } = await show({ defaultCountry })
    // This type keeps the plus and leading zeros.
    expect([field().type, field().inputMode]).toEqual(['tel', 'tel'])
    enter(typed)
    await press('Get code')
    expect(sent).toEqual([expected])
  })

  it('is formatted during typing, and shown below as it is sent', async () => {
    await show()
    enter('011987654321')
    expect(field().value).toBe('(011) 98765-4321')
    expect(echo()).toBe('For +55 11 98765 4321')
    enter('')
    type('11987654321')
    expect(field().value).toBe('(11) 98765-4321')
    expect(echo()).toBe('For +55 11 98765 4321')
  })

  it('keeps the caret in place when it is edited in the middle', async () => {
    await show({ defaultPhoneNumber: '(11) 98765-43' })
    type('21', '(11) 9'.length)
    expect(field().value).toBe('(11) 92187-6543')
    expect(field().selectionStart).toBe('(11) 921'.length)
  })

  it('is sent once, even if the user presses Enter several times', async () => {
    const { sent } = await show()
    type('11987654321')
    const form = field().form
    for (let presses = 0; form && presses < 3; presses++) fireEvent.submit(form)
    await settle()
    expect(sent).toEqual(['5511987654321'])
  })

  it('of another country switches the country, even from the browser’s autofill', async () => {
    await show()
    enter('+4915112345678')
    expect(country()).toBe('Germany')
    expect(field().value).toBe('+49 1511 2345678')
    // Without the number, the country that it had set is removed too.
    enter('')
    expect(country()).toBe('Brazil')
  })

  it('keeps its text and country through a change of tabs', async () => {
    await show()
    act(() => picker().focus())
    search('portug')
    keys('Enter')
    enter('912345')
    await openTab('QR code')
    await openTab('Phone number')
    expect([country(), field().value]).toEqual(['Portugal', '912 345'])
  })

  it('is not formatted while an input method is composing it', async () => {
    await show()
    fireEvent.input(field(), { target: { value: '１１９８７' }, isComposing: true })
    expect(field().value).toBe('１１９８７')
    expect(echo()).toBe('For +55 11 987')
  })
})

describe('an invalid phone number', () => {
  it.each([
    ['', /^Type your phone number first\.$/],
    ['1198765', /^Too short for a number in Brazil\.$/],
    ['98765-4321', /^The area code is missing/],
    ['119876543210', /Too long for a number in Brazil/],
    ['+999 123 4567', /Choose the country, or begin with \+/],
  ])('“%s” shows its error on submit, and is not sent', async (typed, message) => {
    const { sent } = await show()
    enter(typed)
    expect(told()).toBeUndefined()
    await press('Get code')
    expect(told()).toMatch(message)
    expect(field().getAttribute('aria-invalid')).toBe('true')
    expect(field().getAttribute('aria-describedby')).toContain(part('error')?.id)
    enter(`${typed}1`)
    expect(field().getAttribute('aria-invalid')).toBeNull()
    expect(sent).toEqual([])
  })

  it('without an area code is not shown as the number to be sent', async () => {
    await show()
    enter('98765-4321')
    expect(part('phone-echo')).toBeNull()
    enter('1198765-4321')
    expect(part('phone-echo')?.textContent).toBe('For +55 11 98765 4321')
  })

  it('without a country shows that the user must choose one', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en'])
    const { sent } = await show({ defaultCountry: undefined })
    expect(picker().value).toBe('🌐')
    expect(part('phone-hint')?.textContent).toContain('With country code')
    enter('11 98765-4321')
    await press('Get code')
    expect(told()).toMatch(/Choose the country/)
    expect(sent).toEqual([])
    vi.restoreAllMocks()
  })

  it('that is only unknown shows a warning, and is sent at the second press, but not by a double click', async () => {
    const { sent } = await show()
    enter('11 3456-7890')
    await press('Get code')
    expect(told()).toMatch(/doesn’t look like a mobile number in Brazil.*press the button again/)
    await press('Get code')
    expect(sent).toEqual([])
    await advance(1_000)
    enter('11 3456-7891')
    expect(told()).toBeUndefined()
    await press('Get code')
    // The changed number has a warning of its own.
    expect(sent).toEqual([])
    await advance(1_000)
    await press('Get code')
    expect(sent).toEqual(['551134567891'])
  })

  it('of an impossible length is sent at the second press if it has a typed calling code', async () => {
    const { sent } = await show()
    enter('+55 11 98765-432109')
    await press('Get code')
    expect(told()).toMatch(/Too long.*press the button again/)
    await advance(1_000)
    await press('Get code')
    expect(sent).toEqual(['5511987654321' + '09'])
  })

  it('of an impossible length without a calling code is never sent', async () => {
    const { sent } = await show()
    enter('11 98765')
    for (let presses = 0; presses < 4; presses++) {
      await press('Get code')
      await advance(1_000)
    }
    expect(sent).toEqual([])
  })
})

describe('the hint for another spelling', () => {
  const refusal = new PairingError('code-refused', 'No code.')
  const offer = () => part('use-number-button')

  it('offers the number without the ninth digit after WhatsApp has refused the one with it', async () => {
    const { sent } = await show({}, refusal)
    enter('11 98765-4321')
    expect(part('use-number-button')).toBeNull()
    await press('Get code')
    // The test compares text, because jsdom's names omit the space at the end of an element.
    expect(offer()?.textContent).toBe('Use +55 11 8765 4321')
    fireEvent.click(offer() ?? document.body)
    await settle()
    expect(document.activeElement).toBe(field())
    await press('Get code')
    expect(sent).toEqual(['5511987654321', '551187654321'])
  })

  it.each([
    ['BR', '11 8765-4321', 'Use +55 11 98765 4321', /ninth digit/],
    ['MX', '+52 1 55 1234 5678', 'Use +52 55 1234 5678', /no 1 after \+52/],
    ['AR', '11 2345-6789', 'Use +54 9 11 2345 6789', /9 after \+54/],
    ['CI', '08 09 10 11', 'Use +225 07 08 09 1011', /have changed/],
  ])('in %s for %s says “%s”', async (defaultCountry, typed, expected, text) => {
    await show({ defaultCountry })
    enter(typed)
    expect(offer()?.textContent).toBe(expected)
    expect(part('phone-spelling')?.textContent).toMatch(text)
  })
})

describe('the country field', () => {
  it('finds a country by its name, its English name, its ISO code and its calling code', async () => {
    await show()
    const first = (query: string) => {
      search(query)
      return options()[0]
    }
    fireEvent.click(picker())
    expect(first('côte')).toContain('+225')
    expect(first('cote d')).toContain('+225')
    expect(first('uk')).toContain('+44')
    expect(first('us')).toContain('United States')
    expect(first('+351')).toContain('Portugal')
    expect(first('0049')).toContain('Germany')
    expect(first('٩٧١')).toContain('United Arab Emirates')
    expect(first('zzz')).toBeUndefined()
    expect(screen.getByText('No country found').closest('[aria-live="polite"]')).not.toBeNull()
  })

  it('keeps its value on Enter if the user typed and chose nothing', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en'])
    await show({ defaultCountry: undefined })
    act(() => picker().focus())
    keys('Enter', 'Enter')
    expect(picker().getAttribute('aria-expanded')).toBe('false')
    expect(picker().value).toBe('🌐')
    vi.restoreAllMocks()
  })

  it('can be used with the keyboard only, and the focus moves to the number', async () => {
    await show()
    act(() => picker().focus())
    keys('ArrowDown')
    expect(picker().getAttribute('aria-expanded')).toBe('true')
    expect(active()).toContain('Brazil')
    keys('ArrowUp', 'ArrowDown', 'ArrowDown')
    expect(active()).toContain('British Indian Ocean')
    keys('Home')
    expect(active()).toContain('Afghanistan')
    keys('ArrowUp')
    const last = active()
    keys('Home', 'End')
    expect(active()).toBe(last)
    keys('Home', 'PageDown', 'PageUp')
    expect(active()).toContain('Afghanistan')
    keys('Escape')
    expect(picker().getAttribute('aria-expanded')).toBe('false')
    expect(document.activeElement).toBe(picker())
    // The browser sends this value when the user types after the existing text.
    search(`${picker().value}p`)
    expect(picker().value).toBe('p')
    search('portu')
    keys('Enter')
    expect(country()).toBe('Portugal')
    expect(document.activeElement).toBe(field())
  })

  it('opens its list on Enter, without sending the number', async () => {
    await show({ defaultPhoneNumber: '11987654321' })
    const isLeftToTheForm = fireEvent.keyDown(picker(), { key: 'Enter' })
    expect(isLeftToTheForm).toBe(false)
    expect(picker().getAttribute('aria-expanded')).toBe('true')
  })

  it('can be used with the mouse, and the press does not remove the focus', async () => {
    await show()
    fireEvent.click(picker())
    const angola = screen.getByText('Angola')
    expect(fireEvent.mouseDown(angola)).toBe(false)
    fireEvent.click(angola)
    expect(picker().value).toBe('🇦🇴 +244')
    expect(document.activeElement).toBe(field())
  })

  it('closes its list when it loses the focus, and stops Escape only while the list is open', async () => {
    const onKeyDown = vi.fn()
    await show({ onKeyDown })
    act(() => picker().focus())
    fireEvent.click(picker())
    keys('Escape')
    expect(onKeyDown).not.toHaveBeenCalled()
    keys('Escape')
    expect(onKeyDown).toHaveBeenCalledOnce()
    fireEvent.click(picker())
    act(() => field().focus())
    expect(screen.queryByRole('listbox')).toBeNull()
  })

  it('keeps the digits of the number, and replaces its calling code', async () => {
    const { sent } = await show()
    enter('+55 912 345 678')
    search('PT')
    fireEvent.keyDown(picker(), { key: 'Enter' })
    expect(field().value).toBe('912 345 678')
    await press('Get code')
    expect(sent).toEqual(['351912345678'])
  })

  it('is locked during a request for a code', async () => {
    const provider = {
      ...scriptedProvider({ getQrCode: () => qr('a') }),
      requestPairingCode: () => new Promise<never>(() => {}),
    }
    await show({ provider })
    enter('11987654321')
    await press('Get code')
    fireEvent.click(picker())
    expect(screen.queryByRole('listbox')).toBeNull()
  })

  it("shows names in the component's language, and its search finds them", async () => {
    const { de } = await import('../../src/locales/de.js')
    await show({
      locale: { ...de, messages: { ...de.messages, phoneNumber: 'Phone number', country: 'Country' } },
    })
    expect(country()).toBe('Brasilien')
    fireEvent.click(picker())
    fireEvent.change(picker(), { target: { value: 'osterr' } })
    expect(options()).toEqual([expect.stringContaining('Österreich')])
  })
})

describe('a phone number that the app controls', () => {
  it('is reported with its calling code, and passing it back does not change the typed text', async () => {
    const texts: string[] = []
    function Host() {
      const [text, setText] = useState('')
      return (
        <WhatsAppPairing
          provider={scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => code })}
          queryClient={client}
          defaultMethod="phone-code"
          defaultCountry="BR"
          phoneNumber={text}
          onPhoneNumberChange={(next) => {
            texts.push(next)
            setText(next)
          }}
        />
      )
    }
    const client = new QueryClient()
    render(<Host />)
    await settle()
    type('11987')
    expect(field().value).toBe('(11) 987')
    expect(texts.at(-1)).toBe('+55 11 987')
    enter('+351 91')
    expect([field().value, texts.at(-1)]).toEqual(['+351 91', '+351 91'])
    enter('hello')
    expect(texts.at(-1)).toBe('hello')
  })

  it("replaces the field's text when the app sets another one", async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => code })
    const props = { provider, defaultMethod: 'phone-code', queryClient: new QueryClient() } as const
    const { rerender } = render(<WhatsAppPairing {...props} phoneNumber="+55 11" />)
    await settle()
    expect([field().value, country()]).toEqual(['+55 11', 'Brazil'])
    rerender(<WhatsAppPairing {...props} phoneNumber="+351 912" />)
    expect([field().value, country()]).toEqual(['+351 912', 'Portugal'])
  })
})
