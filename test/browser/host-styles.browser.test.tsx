import { render, waitFor } from '@testing-library/react'
import preflight from 'tailwindcss/preflight.css?inline'
import { afterEach, describe, expect, it } from 'vitest'
import type { PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import ownStyles from '../../src/styles/styles.css?inline'
import { pairingStates } from '../../src/testing.js'
import { scanScreen } from './scan-screen.js'
import { stillPairing } from './still-pairing.js'

/** The reset that takes everything from everything, as it is published: pictures are left alone. */
const reset = `
  *:where(:not(html, iframe, canvas, img, svg, video, audio):not(svg *, symbol *)) { all: unset; display: revert; }
  *, *::before, *::after { box-sizing: border-box; }
  ol, ul, menu, summary { list-style: none; }
  img { max-inline-size: 100%; max-block-size: 100%; }
`

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

/** Where each part is, and how it is drawn, as far as resets reach. */
function measured(): Record<string, unknown> {
  const root = document.querySelector('[data-part="root"]')?.getBoundingClientRect()
  const parts = [...document.querySelectorAll('[data-part="root"] [data-part]')].map((element, index) => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const { color, backgroundColor, fontSize, fontWeight, textDecorationLine } = getComputedStyle(element)
    const at = [x - (root?.x ?? 0), y - (root?.y ?? 0), width, height].map((length) => Math.round(length))
    const name = `${index} ${element.getAttribute('data-part')}`
    return [name, { at, color, backgroundColor, fontSize, fontWeight, textDecorationLine }] as const
  })
  return Object.fromEntries(parts)
}

const inLayer = (name: string, css: string): string => `@layer ${name} { ${css} }`

const allStates = [...Object.values(states.qr), ...Object.values(states['phone-code'])].map(
  (session) => [`${session.method} ${session.status}`, session] as const,
)

describe.each([
  ['Tailwind’s preflight', [inLayer('base', preflight)]],
  ['Tailwind’s preflight, loaded after it', ['@layer base, whatsapp-pairing;'], [inLayer('base', preflight)]],
  ['a reset of everything, in a layer', [inLayer('reset', reset)]],
])('beside %s', (_name, before, after: readonly string[] = []) => {
  it.each(allStates)('%s looks as it does alone', async (_state, session) => {
    use(ownStyles)
    show(session)
    const alone = measured()
    stopUsing()
    // In the order of the pages that load them: layers rank by where each is first named.
    use(...before, ownStyles, ...after)
    await expect.poll(measured).toEqual(alone)
  })
})

describe('beside a reset of everything that is in no layer', () => {
  it('gives way, and the code can be read all the same', async () => {
    use(ownStyles, reset)
    show()
    await waitFor(() => expect(document.querySelector('[data-part="qr-code"] svg')).not.toBeNull())
    expect(getComputedStyle(document.querySelector('[data-part="card"]') ?? document.body).padding).toBe(
      '0px',
    )
    document.querySelector('[data-part="qr-code"]')?.scrollIntoView()
    const { payload } = states.qr['awaiting-scan'].qrCode
    expect(payload.kind === 'text' && payload.value).toBe(await scanScreen())
  })
})

describe('the host', () => {
  it('looks the same with and without it', () => {
    use('h2 { color: rgb(1, 2, 3) }')
    show()
    const everything = () =>
      ['#host-heading', '#host-button', 'body', 'html'].map((selector) => {
        const style = getComputedStyle(document.querySelector(selector) ?? document.body)
        return Array.from(style, (property) => `${property}: ${style.getPropertyValue(property)}`)
      })
    const before = everything()
    use(ownStyles)
    // Sizes of the page follow from its content; all else is its own.
    const own = (lists: string[][]) =>
      lists.map((list) =>
        list.filter((line) => !/^(?:block-size|height|perspective-origin|transform-origin)/.test(line)),
      )
    expect(own(everything())).toEqual(own(before))
  })

  it('wins with any rule that is in no layer, however plain', () => {
    use(ownStyles, 'h2 { font-size: 40px } button { border-radius: 3px }')
    show(states.qr.expired)
    const style = (part: string) =>
      getComputedStyle(document.querySelector(`[data-part="${part}"]`) ?? document.body)
    expect(style('title').fontSize).toBe('40px')
    expect(style('retry-button').borderRadius).toBe('3px')
  })

  it('has one layer more, and no rule outside it', () => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(ownStyles)
    const names = Array.from(sheet.cssRules, (rule) =>
      rule instanceof CSSLayerBlockRule ? rule.name : rule.cssText,
    )
    expect(new Set(names)).toEqual(new Set(['whatsapp-pairing']))
  })
})
