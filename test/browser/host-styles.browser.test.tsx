import { cleanup, render, waitFor } from '@testing-library/react'
import preflight from 'tailwindcss/preflight.css?inline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import type { PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import ownStyles from '../../src/styles/styles.css?inline'
import layeredStyles from '../../src/styles/styles.layer.css?inline'
import { pairingStates } from '../../src/testing.js'
import { loadLaterParts } from './load-later-parts.js'
import { scanScreen } from './scan-screen.js'
import { differentStates, stillPairing } from './still-pairing.js'

/** A published reset that removes all styles from all elements except pictures. */
const reset = `
  *:where(:not(html, iframe, canvas, img, svg, video, audio):not(svg *, symbol *)) { all: unset; display: revert; }
  *, *::before, *::after { box-sizing: border-box; }
  ol, ul, menu, summary { list-style: none; }
  img { max-inline-size: 100%; max-block-size: 100%; }
`

/** The stylesheets that other test files on this page have imported. */
const others = [...document.querySelectorAll<HTMLStyleElement>('style[data-vite-dev-id]')]

beforeAll(() => {
  for (const style of others) style.remove()
})
afterAll(() => document.head.append(...others))

const added: HTMLStyleElement[] = []

function use(...sheets: string[]): void {
  for (const sheet of sheets) {
    const style = document.createElement('style')
    style.textContent = sheet
    document.head.append(style)
    added.push(style)
  }
}

function stopUsing(): void {
  for (const style of added.splice(0)) style.remove()
}

afterEach(stopUsing)

const states = pairingStates()

function show(session: PairingSession = states.qr['awaiting-scan']) {
  render(
    <>
      <h2 id="host-heading">The host’s own heading</h2>
      <button id="host-button" type="button">
        The host’s own button
      </button>
      <PairingCard pairing={stillPairing(session)} appName="Acme Inbox" theme="dark" />
    </>,
  )
}

beforeAll(loadLaterParts)

/** The position of each part, and the styles that resets can affect. */
function measured(): Record<string, unknown> {
  const root = document.querySelector('[data-part="root"]')?.getBoundingClientRect()
  const parts = [...document.querySelectorAll('[data-part="root"] [data-part]')].map((element, index) => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const { color, backgroundColor, fontSize, fontWeight, textDecorationLine } = getComputedStyle(element)
    // An element without a box has no position: its zeros are relative to the window.
    const hasBox = element.getClientRects().length > 0
    const at = hasBox
      ? [x - (root?.x ?? 0), y - (root?.y ?? 0), width, height].map((length) => Math.round(length))
      : 'nowhere'
    const name = `${index} ${element.getAttribute('data-part')}`
    return [name, { at, color, backgroundColor, fontSize, fontWeight, textDecorationLine }] as const
  })
  return Object.fromEntries(parts)
}

const inLayer = (name: string, css: string): string => `@layer ${name} { ${css} }`

const allStates = differentStates()

/** The theme of a page, with rules for elements, their states and attributes. */
const theme = `
  section { padding: 40px; background: silver; display: flex; text-transform: uppercase }
  h2:first-child, p:first-of-type { margin: 30px; font-size: 40px; font-weight: 100; color: red }
  button:not(:disabled), [type='button'], [role='tab'] { background: none; border-radius: 0; padding: 1px; color: red }
  button::before { content: '»' }
  svg { display: block; width: 50px; height: 50px; fill: red }
  svg path { fill: red; stroke: red }
  li { margin: 20px; list-style: square }
  input { width: 40px; height: 20px; border: 0 }
  strong, bdi, span { background: yellow; font-size: 20px }
  [aria-busy='true']::before { content: ''; background: red }
`

describe.each([
  ['Tailwind’s preflight', ownStyles, [inLayer('base', preflight)]],
  ['Tailwind’s preflight outside any layer', ownStyles, [preflight]],
  ['a reset of everything', ownStyles, [reset]],
  ['a reset of everything, loaded later', ownStyles, [], [reset]],
  ['a theme for elements, loaded later', ownStyles, [], [theme]],
  ['Tailwind’s preflight, with our sheet in a layer too', layeredStyles, [inLayer('base', preflight)]],
  [
    'Tailwind’s preflight, loaded later, with our sheet in a layer too',
    layeredStyles,
    ['@layer base, whatsapp-pairing;'],
    [inLayer('base', preflight)],
  ],
  ['a reset of everything, with our sheet in a layer too', layeredStyles, [inLayer('reset', reset)]],
])(
  'the component in a page with %s',
  (_name, sheet, before: readonly string[], after: readonly string[] = []) => {
    it('looks the same in each state as without it', async () => {
      for (const [state, session] of allStates) {
        use(sheet)
        show(session)
        const alone = measured()
        stopUsing()
        // The order in which pages load them. The first mention of each layer sets its rank.
        use(...before, sheet, ...after)
        await expect.poll(measured, { message: state }).toEqual(alone)
        stopUsing()
        cleanup()
      }
    })
  },
)

describe('the component in an element that is as wide as its content', () => {
  const widthIn = (style: string, parent: HTMLElement): number => {
    parent.style.cssText = style
    const { container } = render(<PairingCard pairing={stillPairing(states.qr['awaiting-scan'])} />, {
      container: document.body.appendChild(parent).appendChild(document.createElement('div')),
    })
    if (parent instanceof HTMLDialogElement) parent.showModal()
    const { width } = container.getElementsByTagName('section')[0]?.getBoundingClientRect() ?? { width: 0 }
    cleanup()
    parent.remove()
    return width
  }

  it.each([
    ['an item of a centred flex box', 'display: flex; justify-content: center', [311, 600, 760]],
    ['a float', 'float: left', [311, 600, 760]],
    ['a positioned element', 'position: absolute', [311, 600, 760]],
    ['a dialog', 'dialog', [311, 760, 760]],
  ] as const)('has room for a code: %s', async (_, style, widths) => {
    use(ownStyles)
    const found: number[] = []
    for (const width of [375, 1_000, 1_200]) {
      await page.viewport(width, 800)
      found.push(widthIn(style, document.createElement(style === 'dialog' ? 'dialog' : 'div')))
    }
    expect(found).toEqual(widths)
  })
})

describe('the component in a page with a theme for elements', () => {
  it('draws a readable code', async () => {
    use(ownStyles, theme)
    show()
    await waitFor(() => expect(document.querySelector('[data-part="qr-code"] svg')).not.toBeNull())
    document.querySelector('[data-part="qr-code"]')?.scrollIntoView()
    const { payload } = states.qr['awaiting-scan'].qrCode
    expect(payload.kind === 'text' && payload.value).toBe(await scanScreen())
  })
})

describe('the page of the app', () => {
  it('looks the same with and without our stylesheet', () => {
    use('h2 { color: rgb(1, 2, 3) }')
    show()
    const everything = () =>
      ['#host-heading', '#host-button', 'body', 'html'].map((selector) => {
        const style = getComputedStyle(document.querySelector(selector) ?? document.body)
        // The registered variable of our sheet is listed for each element, and has no effect.
        return Array.from(style, (property) => `${property}: ${style.getPropertyValue(property)}`).filter(
          (line) => !line.startsWith('--whatsapp-pairing-'),
        )
      })
    const before = everything()
    use(ownStyles)
    // Sizes of the page depend on its content. All other styles must stay the same.
    const own = (lists: string[][]) =>
      lists.map((list) =>
        list.filter((line) => !/^(?:block-size|height|perspective-origin|transform-origin)/.test(line)),
      )
    expect(own(everything())).toEqual(own(before))
  })

  it('overrides the layered sheet with any rule outside a layer, even a plain element selector', () => {
    use(layeredStyles, 'h2 { font-size: 40px } button { border-radius: 3px }')
    show(states.qr.expired)
    expect(styleOf('title').fontSize).toBe('40px')
    expect(styleOf('retry-button').borderRadius).toBe('3px')
  })

  it('overrides the sheet outside a layer with one more class or attribute', () => {
    use(ownStyles)
    show(states.qr.expired)
    document.querySelector('[data-part="root"]')?.parentElement?.setAttribute('class', 'mine')
    use(".mine [data-scope] [data-part='retry-button'] { border-radius: 3px }")
    expect(styleOf('retry-button').borderRadius).toBe('3px')
  })

  it('places the root with one class, in any loading order', () => {
    use('.mine { max-width: 400px; margin: 0 auto; display: none }', ownStyles)
    show()
    document.querySelector('[data-part="root"]')?.classList.add('mine')
    expect(styleOf('root')).toMatchObject({ maxWidth: '400px', display: 'none' })
  })

  it('keeps the look of its own elements inside the card', () => {
    use(ownStyles, 'button { background: rgb(1, 2, 3) } p { margin: 40px }')
    const Mine = () => (
      <>
        <button type="button">mine</button>
        <p>mine</p>
      </>
    )
    const parts = { Title: Mine, Tile: Mine, Trouble: Mine }
    const pairing = stillPairing(states.qr['awaiting-scan'])
    const { container } = render(
      <PairingCard pairing={pairing} parts={parts}>
        <Mine />
      </PairingCard>,
    )
    const own = [...container.querySelectorAll('button:not([data-part]), p:not([data-part])')]
      .filter(({ textContent }) => textContent === 'mine')
      .map((element) => {
        const { backgroundColor, margin } = getComputedStyle(element)
        return element.localName === 'p' ? margin : backgroundColor
      })
    expect(own).toEqual(Array.from({ length: 4 }, () => ['rgb(1, 2, 3)', '40px']).flat())
  })

  it.each([
    ['styles.css', ownStyles, ''],
    ['styles.layer.css', layeredStyles, 'whatsapp-pairing'],
  ])('gets no rule from %s that could match one of its own elements', (_name, css, layer) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    const rules = [...sheet.cssRules].flatMap((rule) => {
      if (!(rule instanceof CSSLayerBlockRule)) return [['', rule] as const]
      return Array.from(rule.cssRules, (inner) => [rule.name, inner] as const)
    })
    expect(rules.length).toBeGreaterThan(10)
    for (const [name, rule] of rules) {
      expect(name).toBe(layer)
      if (rule instanceof CSSStyleRule) expect(rule.selectorText).toContain('[data-scope="whatsapp-pairing"]')
    }
  })
})

function styleOf(part: string): CSSStyleDeclaration {
  return getComputedStyle(document.querySelector(`[data-part="${part}"]`) ?? document.body)
}

describe('the component without styles of the app', () => {
  it.each([
    ['the number of a step', 'qr awaiting-scan', 'step', '::before', 'counter(step)'],
    ['the ring of the spinner', 'qr linking', 'spinner', '::before', '""'],
    ['the pattern behind an expired code', 'qr expired', 'tile', '::before', '""'],
    ['the arrow of the country', 'phone-code awaiting-number', 'country-size', '::after', '" ▾"'],
  ])('draws %s', async (_, state, part, pseudo, content) => {
    use(ownStyles)
    show(Object.fromEntries(allStates)[state])
    await expect.poll(() => document.querySelector(`[data-part="${part}"]`)).not.toBeNull()
    const styles = getComputedStyle(document.querySelector(`[data-part="${part}"]`) ?? document.body, pseudo)
    expect(styles.content).toBe(content)
  })
})
