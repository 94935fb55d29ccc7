import { render } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import '../../src/styles/styles.css'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from './still-pairing.js'

type Rgb = readonly [red: number, green: number, blue: number]

const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })

/** Returns the colour on screen, from any notation. */
function shown(colour: string): Rgb {
  if (!context) throw new Error('The browser has no 2D canvas.')
  context.clearRect(0, 0, 1, 1)
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return [red, green, blue]
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(shown(one)), luminance(shown(other))].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Lightnesses from black to white. */
const lightnesses = Array.from({ length: 9 }, (_, step) => step * 12)

/** Grey, and colours from the whole colour wheel. */
const brands = lightnesses.flatMap((lightness) => [
  `hsl(0 0% ${lightness}%)`,
  ...Array.from({ length: 12 }, (_, step) => `hsl(${step * 30} ${step % 2 ? 55 : 100}% ${lightness}%)`),
])

/** The colour of a part, and the colour behind it. */
const colourOf = (part: string, property: 'color' | 'backgroundColor'): string => {
  const element = document.querySelector(`[data-part="${part}"]`)
  if (!element) throw new Error(`There is no ${part}.`)
  return getComputedStyle(element)[property]
}

describe.each(['light', 'dark'] as const)('brand colours in the %s theme', (theme) => {
  const showExpired = async () => {
    const { container } = render(
      <PairingCard pairing={stillPairing(pairingStates().qr.expired)} theme={theme} />,
    )
    // The button loads with the parts that load on demand.
    await vi.waitFor(() => colourOf('switch-method-button', 'color'), { timeout: 10_000 })
    return container
  }

  it.each([
    ['text on the brand colour', () => [['retry-button', 'retry-button']] as const],
    [
      'the brand colour as a link, on both backgrounds',
      () =>
        [
          ['switch-method-button', 'card'],
          ['switch-method-button', 'tile'],
        ] as const,
    ],
  ])('%s has enough contrast with any brand colour', async (_name, pairs) => {
    const container = await showExpired()
    const unreadable = brands.filter((brand) => {
      container.style.setProperty('--whatsapp-pairing-brand', brand)
      return pairs().some(
        ([text, ground]) => contrast(colourOf(text, 'color'), colourOf(ground, 'backgroundColor')) < 4.5,
      )
    })
    expect(unreadable).toEqual([])
  })

  it("the component uses the app's brand colour unchanged", async () => {
    const container = await showExpired()
    const notTaken = brands.filter((brand) => {
      container.style.setProperty('--whatsapp-pairing-brand', brand)
      const taken = shown(colourOf('retry-button', 'backgroundColor'))
      // The browser rounds the colour twice, so a channel may differ by one.
      return shown(brand).some((channel, index) => Math.abs(channel - (taken[index] ?? 0)) > 1)
    })
    expect(notTaken).toEqual([])
  })

  it("the component uses the app's on-colour unchanged", async () => {
    const container = await showExpired()
    container.style.setProperty('--whatsapp-pairing-brand', '#5b3df5')
    container.style.setProperty('--whatsapp-pairing-on-brand', 'rgb(255, 250, 200)')
    expect(colourOf('retry-button', 'color')).toBe('rgb(255, 250, 200)')
  })

  it('the default colours have enough contrast', async () => {
    await showExpired()
    expect(contrast(colourOf('title', 'color'), colourOf('card', 'backgroundColor'))).toBeGreaterThan(7)
    for (const ground of ['card', 'tile', 'safety-note']) {
      expect(contrast(colourOf('safety-note', 'color'), colourOf(ground, 'backgroundColor'))).toBeGreaterThan(
        4.5,
      )
    }
  })
})
