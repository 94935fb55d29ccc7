import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { cdp, page } from 'vitest/browser'
import '../../src/styles/styles.css'
import { normalizeQrPayload } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { coveredControls } from './covered-controls.js'
import { centreOf, finger, mouse } from './pointer.js'
import { scanScreen } from './scan-screen.js'
import { stillPairing } from './still-pairing.js'

/** Longer than any observed text of WhatsApp: 77 modules with the quiet zone. */
const longest = `https://wa.me/settings/linked_devices#2@${'x'.repeat(380 - 40)}`

/** The button is offered only if the code becomes at least this much larger. */
const GAIN = 1.2

/** The component on a page without margins, as on a phone. */
async function show(dir: 'ltr' | 'rtl' = 'ltr') {
  document.body.style.cssText = 'margin: 0; background: #ffffff'
  const session = pairingStates().qr['awaiting-scan']
  const qrCode = { ...session.qrCode, payload: normalizeQrPayload(longest) }
  render(<PairingCard pairing={stillPairing({ ...session, qrCode })} appName="Acme Inbox" dir={dir} />)
  await waitFor(() => expect(partOf(document.body, 'qr-code').querySelector('svg')).not.toBeNull())
  await waitFor(() => expect(partOf(document.body, 'qr-actions')).toBeTruthy())
  // The button loads on demand.
  await import('../../src/react/parts/later-parts.js')
  await frames()
}

/** Waits for layout, observers and React's updates. */
async function frames(): Promise<void> {
  for (let frame = 0; frame < 4; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

function partOf(within: ParentNode, part: string): HTMLElement {
  const found = within.querySelector<HTMLElement>(`[data-part="${part}"]`)
  if (!found) throw new Error(`There is no ${part}.`)
  return found
}

const enlargeButton = () => screen.queryByRole('button', { name: 'Enlarge' })
/** Scrolls to the button and presses it at its position. */
async function enlarge(): Promise<HTMLDialogElement> {
  const button = enlargeButton() ?? document.body
  button.scrollIntoView({ block: 'center' })
  await mouse.press(centreOf(button))
  return isFound()
}
const enlarged = () => document.querySelector('dialog')
const cardTile = () => partOf(partOf(document.body, 'card'), 'tile').getBoundingClientRect().width
const isFound = async (): Promise<HTMLDialogElement> => {
  const dialog = await waitFor(() => {
    const found = enlarged()
    expect(found?.querySelector('svg')).toBeTruthy()
    return found
  })
  if (!dialog) throw new Error('There is no dialog.')
  return dialog
}

afterEach(async () => {
  document.body.removeAttribute('style')
  document.documentElement.style.fontSize = ''
  await cdp().send('Emulation.setSafeAreaInsetsOverride', { insets: {} })
  await page.viewport(1280, 1200)
})

const overlap = (one: DOMRect, other: DOMRect): boolean =>
  one.left < other.right - 0.5 &&
  other.left < one.right - 0.5 &&
  one.top < other.bottom - 0.5 &&
  other.top < one.bottom - 0.5

/** The parts of the enlarged code that overlap each other. */
function overlaps(dialog: HTMLElement): readonly string[] {
  const parts = ['tile', 'close-button', 'countdown', 'status-text']
  return parts.flatMap((one, place) =>
    parts
      .slice(place + 1)
      .filter((other) =>
        overlap(partOf(dialog, one).getBoundingClientRect(), partOf(dialog, other).getBoundingClientRect()),
      )
      .map((other) => `${one} and ${other}`),
  )
}

/** Window sizes, and the width of the enlarged code if it is at least a fifth larger than in the card. */
type Window = readonly [width: number, height: number, dir: 'ltr' | 'rtl', size: number | undefined]

const windows: readonly Window[] = [
  [1280, 1200, 'ltr', 1120],
  [1280, 1024, 'rtl', 1000],
  [1280, 720, 'rtl', 696],
  [1024, 768, 'ltr', 744],
  [768, 1024, 'ltr', 744],
  [600, 800, 'ltr', 576],
  [600, 600, 'rtl', 520],
  // Phones.
  [932, 430, 'ltr', 406],
  [740, 360, 'ltr', undefined],
  [568, 320, 'ltr', undefined],
  [430, 932, 'rtl', undefined],
  [360, 640, 'ltr', undefined],
  [280, 653, 'rtl', undefined],
  // 1280 × 1024 at 400 %.
  [320, 256, 'ltr', undefined],
]

describe('the Enlarge button', () => {
  it.each(windows)(
    'in %d×%d pixels, %s, makes the code as large as the shorter side allows, or is not offered',
    async (width, height, dir, size) => {
      await page.viewport(width, height)
      await show(dir)
      const isOffered = size !== undefined
      const before = cardTile()
      expect(enlargeButton() !== null, `the code has ${before} pixels in the card`).toBe(isOffered)
      if (!isOffered) return
      const dialog = await enlarge()
      const tile = partOf(dialog, 'tile').getBoundingClientRect()
      expect(tile.width).toBeGreaterThanOrEqual(before * GAIN)
      expect([tile.width, tile.height]).toEqual([size, size])
      expect(
        [tile.left, tile.top, innerWidth - tile.right, innerHeight - tile.bottom].map((gap) => gap >= 12),
      ).toEqual([true, true, true, true])
      expect(overlaps(dialog)).toEqual([])
      expect(coveredControls()).toEqual([])
      expect([dialog.scrollWidth, dialog.scrollHeight]).toEqual([width, height])
      expect(await scanScreen()).toBe(longest)
      await finger.press(centreOf(partOf(dialog, 'close-button')))
      await waitFor(() => expect(enlarged()).toBeNull())
      expect(document.activeElement).toBe(enlargeButton())
    },
  )
})

describe('when the window changes', () => {
  it('Enlarge appears and disappears with its benefit', async () => {
    await page.viewport(390, 844)
    await show()
    expect(enlargeButton()).toBeNull()
    await page.viewport(844, 390)
    await waitFor(() => expect(enlargeButton()).not.toBeNull())
    await page.viewport(640, 360)
    await waitFor(() => expect(enlargeButton()).toBeNull())
    await page.viewport(1280, 800)
    await waitFor(() => expect(enlargeButton()).not.toBeNull())
  })

  it('Enlarge disappears when the card makes the code larger in a window of the same size', async () => {
    await page.viewport(700, 400)
    await show()
    expect(enlargeButton()).not.toBeNull()
    document.body.style.inlineSize = '500px'
    await waitFor(() => expect(enlargeButton()).toBeNull())
  })

  it('the enlarged code follows a rotation that makes it larger', async () => {
    await page.viewport(768, 1024)
    await show()
    const dialog = await enlarge()
    await page.viewport(1024, 768)
    await frames()
    expect(enlarged()).toBe(dialog)
    expect(partOf(dialog, 'tile').getBoundingClientRect().width).toBe(744)
    expect(overlaps(dialog)).toEqual([])
    expect(await scanScreen()).toBe(longest)
  })

  it('the enlarged code closes when it is no longer larger, and does not reopen automatically', async () => {
    await page.viewport(844, 390)
    await show()
    await enlarge()
    await page.viewport(390, 844)
    await waitFor(() => expect(enlarged()).toBeNull())
    expect(enlargeButton()).toBeNull()
    expect(document.activeElement).toBe(partOf(document.body, 'panel'))
    await page.viewport(844, 390)
    await waitFor(() => expect(enlargeButton()).not.toBeNull())
    expect(enlarged()).toBeNull()
  })
})

describe('the enlarged code', () => {
  it('avoids the areas of the screen that the device covers', async () => {
    const insets = { top: 0, left: 59, bottom: 21, right: 59 }
    await page.viewport(932, 430)
    await cdp().send('Emulation.setSafeAreaInsetsOverride', { insets })
    await show()
    const dialog = await enlarge()
    expect(getComputedStyle(dialog).padding).toBe('21px 59px')
    expect(partOf(dialog, 'tile').getBoundingClientRect().width).toBe(430 - 2 * 21)
    expect(dialog.scrollHeight).toBe(430)
    expect(await scanScreen()).toBe(longest)
  })

  it.each([
    ['at the edge of the screen', 768, 1024, { x: 3, y: 3 }],
    ['above the code', 768, 1024, { x: 384, y: 60 }],
    ['below the texts next to the code', 1280, 720, { x: 1100, y: 600 }],
  ])('closes on a press %s', async (_, width, height, place) => {
    await page.viewport(width, height)
    await show()
    const dialog = await enlarge()
    await mouse.press(centreOf(partOf(dialog, 'tile')))
    expect(enlarged()).toBe(dialog)
    await mouse.press(place)
    await waitFor(() => expect(enlarged()).toBeNull())
  })

  it.each([
    [1280, 800],
    [600, 800],
    [600, 600],
  ])('covers nothing with text at twice its size, in %d×%d pixels', async (width, height) => {
    await page.viewport(width, height)
    document.documentElement.style.fontSize = '200%'
    await show()
    const dialog = await enlarge()
    expect(overlaps(dialog)).toEqual([])
    expect(coveredControls()).toEqual([])
    expect(dialog.scrollWidth).toBe(width)
    dialog.scrollTop = 0
    expect(await scanScreen()).toBe(longest)
  })
})

it('resizing a card causes no ResizeObserver error, which error monitors would report', async () => {
  const errors: string[] = []
  const keep = (event: ErrorEvent): void => void errors.push(event.message)
  window.addEventListener('error', keep)
  await show()
  for (const [width, height, fontSize] of [
    [320, 640, ''],
    [640, 360, ''],
    [320, 640, '200%'],
    [1280, 800, '200%'],
    [320, 256, ''],
    [640, 360, '200%'],
    [360, 640, ''],
    [1280, 1200, ''],
  ] as const) {
    await page.viewport(width, height)
    document.documentElement.style.fontSize = fontSize
    await frames()
  }
  window.removeEventListener('error', keep)
  expect(errors).toEqual([])
})
