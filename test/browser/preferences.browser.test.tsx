import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { cdp, page } from 'vitest/browser'
import '../../src/styles/styles.css'
import type { PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { coveredControls } from './covered-controls.js'
import { differentStates, stillPairing } from './still-pairing.js'

// The preferences of users: reduced motion, forced colours, larger text, a narrow window.

const states = pairingStates()

const WIDE = { width: 1000, height: 800 }
/** 1280 pixels at 400 %. At this size WCAG requires that a page scrolls in one direction only. */
const NARROW = { width: 320, height: 640 }

const rooms = [
  ['at 320 pixels', '100%', NARROW],
  ['at 320 pixels with text twice as large', '200%', NARROW],
  ['with text twice as large', '200%', WIDE],
  ['at 280 pixels', '100%', { width: 280, height: 653 }],
  ['on a phone on its side with text twice as large', '200%', { width: 640, height: 300 }],
] as const

const prefer = (features: readonly { readonly name: string; readonly value: string }[]) =>
  cdp().send('Emulation.setEmulatedMedia', { features: [...features] })

afterEach(async () => {
  document.documentElement.style.fontSize = ''
  await prefer([])
  await page.viewport(WIDE.width, WIDE.height)
})

async function show(session: PairingSession): Promise<HTMLElement> {
  const { container } = render(
    <PairingCard
      pairing={stillPairing(session)}
      appName="Acme Inbox"
      defaultPhoneNumber="+55 11 98765-4321"
    />,
  )
  const root = container.querySelector<HTMLElement>('[data-scope="whatsapp-pairing"]')
  if (!root) throw new Error('The component is not on the page.')
  if (session.status === 'awaiting-scan')
    await waitFor(() => expect(root.querySelector('[data-part="qr-code"] svg')).not.toBeNull())
  return root
}

/** Animations. Transitions are not included, because they follow an action of the user. */
const motion = (root: HTMLElement) =>
  root
    .getAnimations({ subtree: true })
    .filter((animation): animation is CSSAnimation => animation instanceof CSSAnimation)
    .map(({ effect, animationName }) => {
      const target = effect instanceof KeyframeEffect ? effect.target : null
      return `${target instanceof HTMLElement ? target.dataset.part : ''} ${animationName}`
    })

it.each(differentStates())('%s animates only the countdown with reduced motion', async (_, session) => {
  await prefer([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  const root = await show(session)
  expect(motion(root).filter((name) => !name.startsWith('countdown'))).toEqual([])
})

it.each(differentStates())(
  '%s cuts nothing off, covers no control and does not scroll sideways in a narrow window or with text at twice its size',
  async (_, session) => {
    for (const [where, fontSize, { width, height }] of rooms) {
      await page.viewport(width, height)
      document.documentElement.style.fontSize = fontSize
      const root = await show(session)
      if (session.status === 'awaiting-number')
        await screen.findByRole('combobox', { name: 'Country' }, { timeout: 15_000 })
      expect(document.documentElement.scrollWidth, where).toBeLessThanOrEqual(width)
      expect(cutOff(root), where).toEqual([])
      expect(coveredControls(), where).toEqual([])
      cleanup()
    }
  },
)

it("the name of a system keeps its distance from the step if the browser's minimum font size makes it fill its space", async () => {
  const root = await show(states.qr['awaiting-scan'])
  const name = root.querySelector<HTMLElement>('[data-part="step-platform"]')
  const [word, step] = [name?.firstChild, name?.nextSibling]
  if (!name || !word || !step) throw new Error('No step names a system.')
  // The width is in units of the page's text, and a browser may draw larger text.
  name.style.minInlineSize = '0'
  const range = document.createRange()
  range.setStart(word, 0)
  range.setEnd(word, 'Android'.length)
  const { right } = range.getBoundingClientRect()
  range.selectNode(step)
  expect(range.getBoundingClientRect().left - right).toBeGreaterThan(3)
})

/** Parts that are too small for their text, or that are outside the card. A field may contain more text than it shows. */
function cutOff(root: HTMLElement): readonly string[] {
  const card = root.querySelector('[data-part="card"]')?.getBoundingClientRect()
  if (!card) throw new Error('There is no card.')
  return [...root.querySelectorAll<HTMLElement>('[data-part]')]
    .filter(
      (part) => part.checkVisibility() && !isForScreenReaders(part) && !part.closest('[aria-hidden="true"]'),
    )
    .filter((part) => {
      const { left, right } = part.getBoundingClientRect()
      const isOutside = left < card.left - 1 || right > card.right + 1
      const mayClip = getComputedStyle(part).overflowX !== 'visible' && part.localName !== 'input'
      const isClipped = mayClip && part.scrollWidth > part.clientWidth + 1
      return isOutside || isClipped
    })
    .map((part) => part.dataset.part ?? '')
}

const isForScreenReaders = (part: HTMLElement) => getComputedStyle(part).clipPath !== 'none'

describe('in forced colours', () => {
  const forced = () => prefer([{ name: 'forced-colors', value: 'active' }])
  const inPart = (root: HTMLElement, part: string) => {
    const element = root.querySelector<HTMLElement>(`[data-part="${part}"]`)
    if (!element) throw new Error(`There is no ${part}.`)
    return getComputedStyle(element)
  }
  const hasEdge = ({ borderTopStyle, borderTopWidth, outlineStyle }: CSSStyleDeclaration) =>
    (borderTopStyle !== 'none' && borderTopWidth !== '0px') || outlineStyle !== 'none'

  it('the selected tab differs from the other by more than its background', async () => {
    await forced()
    const root = await show(states.qr['awaiting-scan'])
    const [chosen, other] = [...root.querySelectorAll('[role="tab"]')].map((tab) => getComputedStyle(tab))
    expect(chosen?.outlineStyle).toBe('solid')
    expect(other?.outlineStyle).toBe('none')
  })

  it.each([
    ['retry-button', states.qr.expired],
    ['start-button', states.qr.idle],
    ['submit-button', states['phone-code']['awaiting-number']],
    ['phone-input', states['phone-code']['awaiting-number']],
    ['copy-button', states['phone-code']['awaiting-code']],
    ['pairing-code-box', states['phone-code']['awaiting-code']],
    ['passkey-help', states.qr['passkey-required']],
    ['retry-button', states.qr.failed],
  ] as const)('%s has an edge', async (part, session) => {
    await forced()
    expect(hasEdge(inPart(await show(session), part))).toBe(true)
  })

  it('the countdown is still visible', async () => {
    await forced()
    const root = await show(states['phone-code']['awaiting-code'])
    const [bar, track] = [inPart(root, 'countdown-bar'), inPart(root, 'countdown')]
    expect(bar.backgroundColor).not.toBe(track.backgroundColor)
  })

  it('the QR code stays dark on white, even in a dark system', async () => {
    await prefer([
      { name: 'forced-colors', value: 'active' },
      { name: 'prefers-color-scheme', value: 'dark' },
    ])
    const root = await show(states.qr['awaiting-scan'])
    expect(inPart(root, 'qr-code').backgroundColor).toBe('rgb(233, 237, 239)')
  })
})
