import { QueryClient } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { type CountryCode, getExampleNumber, type PhoneNumber } from 'libphonenumber-js/mobile'
import examples from 'libphonenumber-js/mobile/examples'
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { advance, emulateTime, settle } from './time.js'
import { openTab, part, press } from './user.js'

emulateTime()

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

/** The phone tab, and the numbers that the provider got requests for. */
async function show(props: Partial<WhatsAppPairingProps> = {}, refusal?: PairingError) {
  // Each page is a tab of its own.
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
// Not by role: the names of two hundred options take jsdom seconds.
const options = () => [...document.querySelectorAll('[role="option"]')].map(({ textContent }) => textContent)
const active = () =>
  document.getElementById(picker().getAttribute('aria-activedescendant') ?? '')?.textContent

/** Keys typed into the number, one after the other, at a place. */
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

/** Keys pressed where the focus is. */
function keys(...names: string[]): void {
  for (const key of names) fireEvent.keyDown(document.activeElement ?? document.body, { key })
}

/** A country searched for in the picker. */
const search = (query: string) => fireEvent.change(picker(), { target: { value: query } })

describe('a number', () => {
  // phone-library.test.ts reads the numbers of all countries in every shape.
  const shapes: readonly (readonly [string, CountryCode, (number: PhoneNumber) => string])[] = [
    ['nationally', 'BR', (number) => number.formatNational()],
    ['internationally', 'GB', (number) => number.formatInternational()],
    ['with 00', 'IN', (number) => number.number.replace('+', '00')],
    ['as a link', 'US', (number) => `https://wa.me/${number.number.slice(1)}`],
    ['with brackets', 'DE', (number) => `(${number.formatInternational().replace(' ', ') ')}`],
  ]
  it.each(shapes)('reaches the provider with its country code, written %s', async (_, iso, written) => {
    const number = getExampleNumber(iso, examples)
    if (!number) throw new Error(`The library has no example of ${iso}.`)
    const { sent } = await show({ defaultCountry: iso })
    enter(written(number))
    await press('Get code')
    expect(sent).toEqual([number.number.slice(1)])
  })

  it('is formatted as it is typed, and shown below as it is sent', async () => {
    await show()
    enter('011987654321')
    expect(field().value).toBe('011987654321')
    expect(echo()).toBe('For +55 11 98765 4321')
    enter('')
    type('11987654321')
    expect(field().value).toBe('(11) 98765-4321')
    expect(echo()).toBe('For +55 11 98765 4321')
  })

  it('is edited in the middle, and the caret stays there', async () => {
    await show({ defaultPhoneNumber: '(11) 98765-43' })
    type('21', '(11) 9'.length)
    expect(field().value).toBe('(11) 92187-6543')
    expect(field().selectionStart).toBe('(11) 921'.length)
  })

  it('is sent once by Enter, however often it is pressed', async () => {
    const { sent } = await show()
    type('11987654321')
    const form = field().form
    for (let presses = 0; form && presses < 3; presses++) fireEvent.submit(form)
    await settle()
    expect(sent).toEqual(['5511987654321'])
  })

  it('of another country switches the country, also when it comes from the browser’s autofill', async () => {
    await show()
    enter('+4915112345678')
    expect(country()).toBe('Germany')
    expect(field().value).toBe('+49 1511 2345678')
    // It went with the number that it was recognised in.
    enter('')
    expect(country()).toBe('Brazil')
  })

  it('keeps its text and its country through a change of tabs', async () => {
    await show()
    act(() => picker().focus())
    search('portug')
    keys('Enter')
    enter('912345')
    await openTab('QR code')
    await openTab('Phone number')
    expect([country(), field().value]).toEqual(['Portugal', '912 345'])
  })

  it('is left alone while a keyboard is composing it', async () => {
    await show()
    fireEvent.input(field(), { target: { value: '１１９８７' }, isComposing: true })
    expect(field().value).toBe('１１９８７')
    expect(echo()).toBe('For +55 11 987')
  })
})

describe('a number that is not right', () => {
  it.each([
    ['', /^Type your phone number first\.$/],
    ['1198765', /^Too short for a number in Brazil\.$/],
    ['98765-4321', /^The area code is missing/],
    ['8765-4321', /^The area code is missing/],
    ['+55 98765-4321', /^The area code is missing/],
    ['119876543210', /Too long for a number in Brazil/],
    ['+999 123 4567', /Choose the country, or begin with \+/],
    ['my phone', /^Type your phone number first\.$/],
  ])('%s is reported on submit, and not sent', async (typed, message) => {
    const { sent } = await show()
    enter(typed)
    expect(told()).toBeUndefined()
    await press('Get code')
    expect(told()).toMatch(message)
    expect(field().getAttribute('aria-invalid')).toBe('true')
    enter(`${typed}1`)
    expect(field().getAttribute('aria-invalid')).toBeNull()
    expect(sent).toEqual([])
  })

  it('a number without its area code is not repeated as the one that is sent', async () => {
    await show()
    enter('98765-4321')
    expect(part('phone-echo')).toBeNull()
    enter('1198765-4321')
    expect(part('phone-echo')?.textContent).toBe('For +55 11 98765 4321')
  })

  it('without a country says that one is to be chosen', async () => {
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

  it('is warned of where it is only unknown, and sent at the second press', async () => {
    const { sent } = await show()
    enter('11 3456-7890')
    await press('Get code')
    expect(told()).toMatch(/doesn’t look like a mobile number in Brazil.*press the button again/)
    await advance(1_000)
    await press('Get code')
    expect(sent).toEqual(['551134567890'])
  })

  it('is not sent by a double click', async () => {
    const { sent } = await show()
    enter('11 3456-7890')
    await press('Get code')
    await press('Get code')
    expect(sent).toEqual([])
  })

  it('is warned of anew when it is changed', async () => {
    const { sent } = await show()
    enter('11 3456-7890')
    await press('Get code')
    await advance(1_000)
    enter('11 3456-7891')
    expect(told()).toBeUndefined()
    await press('Get code')
    expect(sent).toEqual([])
  })

  it('of an impossible length is sent where the country code was written by hand and the button pressed again', async () => {
    const { sent } = await show()
    enter('+55 11 98765-432109')
    await press('Get code')
    expect(told()).toMatch(/Too long.*press the button again/)
    await advance(1_000)
    await press('Get code')
    expect(sent).toEqual(['5511987654321' + '09'])
  })

  it('of an impossible length without its country code is never sent', async () => {
    const { sent } = await show()
    enter('11 98765')
    for (let presses = 0; presses < 4; presses++) {
      await press('Get code')
      await advance(1_000)
    }
    expect(sent).toEqual([])
  })
})

describe('the hint', () => {
  const refusal = new PairingError('code-refused', 'No code.')
  const offer = () => part('use-number-button')

  it('offers the number without the ninth digit when WhatsApp refused it with one', async () => {
    const { sent } = await show({}, refusal)
    enter('11 98765-4321')
    expect(part('use-number-button')).toBeNull()
    await press('Get code')
    // By its text: jsdom's names leave out the space at the end of an element.
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
    ['BJ', '97 12 34 56', 'Use +229 01 97 12 34 56', /have changed/],
    ['GA', '+241 06 12 34 56', 'Use +241 66 12 34 56', /have changed/],
  ])('of %s for %s says “%s”', async (defaultCountry, typed, expected, text) => {
    await show({ defaultCountry })
    enter(typed)
    expect(offer()?.textContent).toBe(expected)
    expect(part('phone-spelling')?.textContent).toMatch(text)
  })

  it.each(['+5511987654321', '+525512345678', '+5491123456789', '+4915112345678', '+12025550143'])(
    'is not there for %s',
    async (typed) => {
      await show()
      enter(typed)
      expect(part('use-number-button')).toBeNull()
    },
  )
})

describe('the country', () => {
  it('is found by name, by its English name, by ISO code and by calling code', async () => {
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

  it('is not chosen by Enter where nothing was typed and nothing is chosen', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en'])
    await show({ defaultCountry: undefined })
    act(() => picker().focus())
    keys('Enter', 'Enter')
    expect(picker().getAttribute('aria-expanded')).toBe('false')
    expect(picker().value).toBe('🌐')
    vi.restoreAllMocks()
  })

  it('is chosen with the keyboard alone, and the focus goes on to the number', async () => {
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
    // As the field is when the user types behind its text.
    search(`${picker().value}p`)
    expect(picker().value).toBe('p')
    search('portu')
    keys('Enter')
    expect(country()).toBe('Portugal')
    expect(document.activeElement).toBe(field())
  })

  it('opens with Enter without sending the number', async () => {
    await show({ defaultPhoneNumber: '11987654321' })
    const isLeftToTheForm = fireEvent.keyDown(picker(), { key: 'Enter' })
    expect(isLeftToTheForm).toBe(false)
    expect(picker().getAttribute('aria-expanded')).toBe('true')
  })

  it('is chosen with the mouse, and the focus does not leave the field meanwhile', async () => {
    await show()
    fireEvent.click(picker())
    const angola = screen.getByText('Angola')
    expect(fireEvent.mouseDown(angola)).toBe(false)
    fireEvent.click(angola)
    expect(picker().value).toBe('🇦🇴 +244')
    expect(document.activeElement).toBe(field())
  })

  it('closes when the focus goes elsewhere, and keeps Escape from others only while it is open', async () => {
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

  it('takes the digits of the number along, without the code of the one before', async () => {
    const { sent } = await show()
    enter('+55 912 345 678')
    search('PT')
    fireEvent.keyDown(picker(), { key: 'Enter' })
    expect(field().value).toBe('912 345 678')
    await press('Get code')
    expect(sent).toEqual(['351912345678'])
  })

  it('cannot be changed while a code is requested', async () => {
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

  it('has its name in the language of the component, and any country of its own is found by it', async () => {
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

describe('the number of the host', () => {
  it('is reported with its country code, and comes back without changing what is typed', async () => {
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

  it('replaces what stands there when the host sets another one', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => code })
    const props = { provider, defaultMethod: 'phone-code', queryClient: new QueryClient() } as const
    const { rerender } = render(<WhatsAppPairing {...props} phoneNumber="+55 11" />)
    await settle()
    expect([field().value, country()]).toEqual(['+55 11', 'Brazil'])
    rerender(<WhatsAppPairing {...props} phoneNumber="+351 912" />)
    expect([field().value, country()]).toEqual(['+351 912', 'Portugal'])
  })
})
