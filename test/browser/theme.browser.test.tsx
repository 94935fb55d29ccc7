import { render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cdp } from 'vitest/browser'
import '../../src/styles/styles.css'
import { PairingCard, type PairingCardProps } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from './still-pairing.js'

type Scheme = 'light' | 'dark'

const LIGHT = 'rgb(255, 255, 255)'
const DARK = 'rgb(17, 27, 33)'
const colourOf = { light: LIGHT, dark: DARK } as const

const html = document.documentElement

/** The ways in which apps set the theme of their page: their CSS, and their changes to `<html>`. */
const hosts: readonly (readonly [string, string, (scheme: Scheme) => void])[] = [
  [
    'next-themes, which sets a class and color-scheme',
    '',
    (scheme) => {
      html.className = scheme
      html.style.colorScheme = scheme
    },
  ],
  [
    'shadcn and Tailwind, which set .dark, with the documented line',
    ".dark, [data-theme='dark'] { color-scheme: dark }",
    (scheme) => html.classList.toggle('dark', scheme === 'dark'),
  ],
  [
    '[data-theme], with the documented line',
    ".dark, [data-theme='dark'] { color-scheme: dark }",
    (scheme) => html.setAttribute('data-theme', scheme),
  ],
  [
    'daisyUI, whose data-theme sets color-scheme in both themes',
    '[data-theme=light] { color-scheme: light } [data-theme=dark] { color-scheme: dark }',
    (scheme) => html.setAttribute('data-theme', scheme),
  ],
  [
    'Bootstrap, which sets data-bs-theme',
    ':root, [data-bs-theme=light] { --bs-body-bg: #fff } [data-bs-theme=dark] { color-scheme: dark }',
    (scheme) => html.setAttribute('data-bs-theme', scheme),
  ],
  [
    'MUI, whose CssBaseline sets color-scheme',
    '',
    (scheme) => {
      html.style.colorScheme = scheme
    },
  ],
]

const style = document.createElement('style')

const preferScheme = (value: string) =>
  cdp().send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })

beforeEach(() => document.head.append(style))
afterEach(async () => {
  style.remove()
  html.removeAttribute('class')
  html.removeAttribute('style')
  html.removeAttribute('data-theme')
  html.removeAttribute('data-bs-theme')
  await preferScheme('')
})

/** Returns a function that reads the colour of a card, with its own theme or with another one. */
function show(props: Partial<PairingCardProps>) {
  const card = (theme: PairingCardProps['theme']) => (
    <PairingCard {...props} theme={theme} pairing={stillPairing(pairingStates().qr.expired)} />
  )
  const { rerender } = render(card('inherit'))
  return (theme?: PairingCardProps['theme']) => {
    if (theme) rerender(card(theme))
    const shown = document.querySelector('[data-part="card"]')
    if (!shown) throw new Error('There is no card.')
    return getComputedStyle(shown).backgroundColor
  }
}

const kinds = [
  ['a card', {}],
  ['a dialog in the top layer', { as: 'dialog' }],
] as const satisfies readonly (readonly [string, Partial<PairingCardProps>])[]

const schemes = ['light', 'dark'] as const

describe.each(kinds)('the theme of %s', (_kind, kind) => {
  describe.each(hosts)('in a page of %s', (_host, css, setTheme) => {
    beforeEach(() => {
      style.textContent = css
    })

    it('inherit follows changes of the page, auto follows the system, light and dark stay fixed', async () => {
      setTheme('light')
      const colour = show(kind)
      for (const system of schemes) {
        await preferScheme(system)
        for (const page of schemes) {
          setTheme(page)
          expect(
            [colour(), colour('auto'), colour('light'), colour('dark'), colour('inherit')],
            `system ${system}, page ${page}`,
          ).toEqual([colourOf[page], colourOf[system], LIGHT, DARK, colourOf[page]])
        }
      }
    })
  })

  it('inherit follows the nearest ancestor with a theme', () => {
    style.textContent = '.dark { color-scheme: dark }'
    const { container } = render(
      <div className="dark">
        <PairingCard {...kind} theme="inherit" pairing={stillPairing(pairingStates().qr.expired)} />
      </div>,
    )
    const card = container.querySelector('[data-part="card"]')
    expect(card && getComputedStyle(card).backgroundColor).toBe(DARK)
  })
})
