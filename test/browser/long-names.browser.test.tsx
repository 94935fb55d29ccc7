import { render, waitFor } from '@testing-library/react'
import type { ReactElement } from 'react'
import { beforeAll, expect, it } from 'vitest'
import '../../src/styles/styles.css'
import { type PairingProvider, type PairingSession, PairingStatus } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { timing } from '../react/scripted-provider.js'
import { loadLaterParts } from './load-later-parts.js'
import { stillPairing } from './still-pairing.js'

// A name identifies the linked account, and may have any length and script. It wraps to two lines at most, and its `title` has
// the rest.

const NARROWEST = 280

const names = {
  'long words':
    'Federación Internacional de Distribuidoras Independientes de Electrodomésticos y Repuestos, S.A.',
  'one endless word': 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  Arabic: 'شركة الخليج العربي المتحدة للتجارة العامة والمقاولات وخدمات التسويق الإلكتروني المحدودة',
}

const { qr, passkey } = pairingStates()
const card = (session: PairingSession, name: string) => (
  <PairingCard pairing={stillPairing(session)} appName={name} />
)
const account = (name: string) => ({ name, phoneNumber: '5511987654321' })

function statusRow(name: string): ReactElement {
  const provider: PairingProvider = {
    id: 'still',
    sessionId: name,
    timing,
    getQrCode: () => Promise.resolve({ status: 'linked', account: account(name) }),
    getStatus: () => Promise.resolve({ status: 'linked', account: account(name) }),
  }
  return <PairingStatus provider={provider} />
}

/** The places with a name: the selector of its element, and the component that shows it. */
const places: Readonly<Record<string, readonly [string, (name: string) => ReactElement]>> = {
  'the safety note': [
    '[data-part="safety-note"] [data-part="app-name"]',
    (name) => card(qr['awaiting-scan'], name),
  ],
  'the sentence while linking': [
    '[data-part="lead"] [data-part="app-name"]',
    (name) => card(qr.linking, name),
  ],
  'the sentence after linking': [
    '[data-part="lead"] [data-part="app-name"]',
    (name) => card(qr.linked, name),
  ],
  'the passkey’s sentence': ['[data-part="lead"] [data-part="app-name"]', (name) => card(passkey.sign, name)],
  'who a passkey links': [
    '[data-part="passkey-target"] [data-part="app-name"]',
    (name) => card(passkey.sign, name),
  ],
  'the linked account': [
    '[data-part="account-name"]',
    (name) => card({ ...qr.linked, account: account(name) }, 'Acme Inbox'),
  ],
  'the settings row': ['[data-part="link-name"]', statusRow],
}

beforeAll(loadLaterParts)

it.each(
  Object.entries(places).flatMap(([place, [selector, show]]) =>
    Object.entries(names).map(([what, name]) => ({ place, selector, show, what, name })),
  ),
)(
  '$what in $place fills two lines of the card, and its title has the whole name',
  async ({ selector, show, name }) => {
    const { container } = render(show(name))
    container.style.inlineSize = `${NARROWEST}px`
    const element = await waitFor(() => {
      const found = container.querySelector<HTMLElement>(selector)
      if (!found) throw new Error('The name is not there yet.')
      return found
    })
    const { left, right, height } = element.getBoundingClientRect()
    const around = container.getBoundingClientRect()
    expect(height / Number.parseFloat(getComputedStyle(element).lineHeight)).toBeCloseTo(2, 1)
    // Both values are whole pixels, and may have been rounded in opposite directions.
    expect(element.scrollWidth - element.clientWidth).toBeLessThanOrEqual(1)
    expect(left).toBeGreaterThanOrEqual(around.left)
    expect(right).toBeLessThanOrEqual(around.right)
    expect([element.textContent, element.title]).toEqual([name, name])
  },
)

it('a short name stays on the line of its sentence', () => {
  const { container } = render(card(qr['awaiting-scan'], 'Acme Inbox'))
  const lines = [
    ...container.querySelectorAll('[data-part="safety-note"] p > span, [data-part="app-name"] > span'),
  ]
  const bottoms = lines.map((line) => line.getClientRects()[0]?.bottom)
  expect(bottoms.slice(0, 2)).toEqual([bottoms[0], bottoms[0]])
})

it('a phone number in a sentence stays on one line', async () => {
  const session: PairingSession = {
    method: 'qr',
    methods: qr.linked.methods,
    status: 'confirming-number',
    account: qr.linked.account,
    expectedPhoneNumber: '+55 11 8765-4321',
  }
  for (let width = NARROWEST; width < 360; width += 10) {
    const { container, unmount } = render(card(session, 'Acme Inbox'))
    container.style.inlineSize = `${width}px`
    const numbers = await waitFor(() => {
      const found = [...container.querySelectorAll('[data-part="lead"] bdi')]
      expect(found).toHaveLength(2)
      return found
    })
    expect(numbers.map((number) => number.getClientRects().length)).toEqual([1, 1])
    unmount()
  }
})
