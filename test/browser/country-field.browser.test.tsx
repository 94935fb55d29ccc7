import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { coveredControls } from './covered-controls.js'
import { centreOf, finger, mouse, type Pointer, setTouchScreen } from './pointer.js'
import { stillPairing } from './still-pairing.js'

const patiently = { timeout: 15_000 }

async function show(dir: 'ltr' | 'rtl' = 'ltr') {
  render(
    <PairingCard
      pairing={stillPairing(pairingStates()['phone-code']['awaiting-number'])}
      defaultCountry="BR"
      dir={dir}
    />,
  )
  const picker = await screen.findByRole<HTMLInputElement>('combobox', { name: 'Country' }, patiently)
  return { picker, field: screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' }) }
}

const options = () => screen.queryAllByRole('option')
const list = () => screen.getByRole('listbox')
const optionOf = (name: string) => {
  const found = options().find(({ textContent }) => textContent.includes(name))
  if (!found) throw new Error(`${name} is not in the list.`)
  return found
}
const isOpen = () => waitFor(() => expect(options()).toHaveLength(245))
const isClosed = () => waitFor(() => expect(options()).toEqual([]))

type Page = readonly [width: number, dir: 'ltr' | 'rtl']

const pointers: readonly (readonly [string, Pointer, readonly Page[]])[] = [
  [
    'mouse',
    mouse,
    [
      [1280, 'ltr'],
      [390, 'rtl'],
    ],
  ],
  [
    'finger',
    finger,
    [
      [390, 'ltr'],
      [280, 'rtl'],
    ],
  ],
]

afterEach(() => {
  document.documentElement.style.fontSize = ''
  return page.viewport(1280, 1200)
})

describe.each(pointers)('the country field with a %s', (name, pointer, pages) => {
  beforeEach(async () => {
    await setTouchScreen(name === 'finger')
    return () => setTouchScreen(false)
  })

  it.each(pages)('a press anywhere in the field opens the list, at %d pixels, %s', async (width, dir) => {
    await page.viewport(width, 740)
    const { picker } = await show(dir)
    for (const part of [0.1, 0.5, 0.9]) {
      const box = picker.getBoundingClientRect()
      await pointer.press({ x: box.left + box.width * part, y: box.top + box.height * part })
      await isOpen()
      expect(document.activeElement, `pressed at ${part * 100} % of its width`).toBe(picker)
      await userEvent.keyboard('{Escape}')
      await isClosed()
    }
  })

  it('a press on a visible country chooses it', async () => {
    const { picker, field } = await show()
    await pointer.press(centreOf(picker))
    await isOpen()
    await waitFor(() => expect(list().scrollTop).toBeGreaterThan(0))
    await pointer.press(centreOf(optionOf('British Virgin Islands')))
    await isClosed()
    expect(picker.value).toBe('🇻🇬 +1')
    expect(document.activeElement).toBe(field)
  })

  it('the list stays open during scrolling, and a press chooses a country further down', async () => {
    const { picker } = await show()
    await pointer.press(centreOf(picker))
    await isOpen()
    await waitFor(() => expect(list().scrollTop).toBeGreaterThan(0))
    const before = list().scrollTop
    const lowest = { x: centreOf(list()).x, y: list().getBoundingClientRect().bottom - 20 }
    await pointer.scroll(lowest, 160)
    await waitFor(() => expect(list().scrollTop).toBeGreaterThan(before + 100))
    expect(document.activeElement).toBe(picker)
    // A wheel may scroll smoothly. The scrolling has ended when nothing moves for several frames.
    let last = -1
    await waitFor(
      () => {
        const before = last
        last = list().scrollTop
        expect(last).toBe(before)
      },
      { interval: 150 },
    )
    const { top, bottom } = list().getBoundingClientRect()
    const seen = options().filter((option) => {
      const box = option.getBoundingClientRect()
      return box.top >= top && box.bottom <= bottom
    })
    const chosen = seen.at(-1)
    const code = chosen?.querySelector('bdi')?.textContent
    expect(code).not.toBe('+55')
    await pointer.press(centreOf(chosen ?? document.body))
    await isClosed()
    expect(picker.value).toContain(code)
  })

  it('keys search for a country, and a press chooses it', async () => {
    const { picker } = await show()
    await pointer.press(centreOf(picker))
    await isOpen()
    await userEvent.keyboard('port')
    await waitFor(() => expect(options()).toHaveLength(1))
    await pointer.press(centreOf(optionOf('Portugal')))
    await isClosed()
    expect(picker.value).toBe('🇵🇹 +351')
  })

  it('a press outside the list closes it and keeps the country', async () => {
    const { picker } = await show()
    await pointer.press(centreOf(picker))
    await isOpen()
    await pointer.press(centreOf(screen.getByRole('heading')))
    await isClosed()
    expect(picker.value).toBe('🇧🇷 +55')
  })

  it('a press on the open field keeps the list and the typed text', async () => {
    const { picker } = await show()
    await pointer.press(centreOf(picker))
    await isOpen()
    await userEvent.keyboard('united')
    await waitFor(() => expect(options()).toHaveLength(3))
    await pointer.press({ x: picker.getBoundingClientRect().right - 20, y: centreOf(picker).y })
    expect(options()).toHaveLength(3)
    expect(picker.value).toBe('united')
    await userEvent.keyboard(' k')
    await waitFor(() => expect(options()).toHaveLength(1))
  })

  it('a press on the text “no country found” keeps the focus in the field', async () => {
    const { picker } = await show()
    await pointer.press(centreOf(picker))
    await userEvent.keyboard('xyz')
    const words = await screen.findByText('No country found')
    await pointer.press(centreOf(words))
    expect(words.isConnected).toBe(true)
    expect(document.activeElement).toBe(picker)
  })
})

describe('a press reaches both ends of the open list', () => {
  it.each([
    ['a phone with its on-screen keyboard', 390, 300, '100%', 'ltr'],
    ['a phone in landscape with its on-screen keyboard', 740, 160, '100%', 'rtl'],
    ['280 pixels', 280, 653, '100%', 'rtl'],
    ['320 pixels with text at twice its size', 320, 640, '200%', 'ltr'],
  ] as const)('on %s', async (_, width, height, fontSize, dir) => {
    await page.viewport(width, height)
    document.documentElement.style.fontSize = fontSize
    const { picker } = await show(dir)
    picker.scrollIntoView({ block: 'center' })
    await finger.press(centreOf(picker))
    await isOpen()
    expect(coveredControls()).toEqual([])
    const last = options().at(-1)
    last?.scrollIntoView({ block: 'center' })
    await finger.press(centreOf(last ?? document.body))
    await isClosed()
    expect(picker.value).toBe('🇿🇼 +263')
    expect(coveredControls()).toEqual([])
  })
})

describe('the closed country field', () => {
  it('acts as a button, and its text cannot be selected', async () => {
    const { picker } = await show()
    screen.getByRole('tab', { name: 'Phone number' }).focus()
    while (document.activeElement !== picker) await userEvent.keyboard('{Tab}')
    // The browser selects the text of a field that gets the focus by Tab.
    expect(getComputedStyle(picker, '::selection').backgroundColor).toBe('rgba(0, 0, 0, 0)')
    expect(getComputedStyle(picker).caretColor).toBe('rgba(0, 0, 0, 0)')
    await userEvent.keyboard('b')
    await waitFor(() => expect(options().length).toBeGreaterThan(1))
    expect(picker.value).toBe('b')
    expect(getComputedStyle(picker).caretColor).not.toBe('rgba(0, 0, 0, 0)')
  })
})
