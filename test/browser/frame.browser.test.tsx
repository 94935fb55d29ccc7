import { render } from '@testing-library/react'
import { beforeAll, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '../../src/styles/styles.css'
import { PairingError, type PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { localesByFile } from '../../stories/all-locales.js'
import { loadLaterParts } from './load-later-parts.js'
import { differentStates, stillPairing } from './still-pairing.js'

/**
 * The stage is the box that contains the code, or the element that replaces it. The user points a phone at it and must not lose
 * it. So it keeps its place and size from the first frame to the end, in every language, and the card grows only below it.
 */
const STAGE = '[data-part="tile"], [data-part="code-frame"], [data-part="phone-form"]'
/**
 * One column at its narrowest and on a usual phone, and two columns at their narrowest and widest. The card is at most 760 wide.
 */
const WIDTHS = [280, 360, 681, 768]
const MAX_MOVE_PX = 8

const { qr, 'phone-code': phoneCode } = pairingStates()
const otherCode = { lastDigits: '1234', expiresAt: Date.now() + 90_000 }
const number = phoneCode['awaiting-number']
const failed = (code: PairingError['code']): PairingSession => ({
  ...qr.failed,
  error: new PairingError(code, 'For the test.'),
  account: { phoneNumber: '4915112345678', name: 'Bruno Lima' },
})

const sessions: Readonly<Record<string, PairingSession>> = {
  // The page does not know the methods before the first response.
  'the first frame': { ...qr.preparing, methods: [] },
  ...Object.fromEntries(differentStates()),
  'a slow start': { ...qr.preparing, isSlow: true, canStartOver: true, mayTakeMs: 300_000 },
  'a reset': { ...qr.preparing, reason: 'resetting', isSlow: true, canStartOver: true },
  'a slow link': { ...qr.linking, isSlow: true, canStartOver: true },
  'a slow request': { ...phoneCode['requesting-code'], isSlow: true },
  'a slow code': { ...phoneCode['awaiting-code'], isSlow: true },
  'the code of another page': { ...number, otherCode },
  'a code that was replaced': { ...number, notice: 'code-replaced', otherCode },
  'an invalid number': { ...number, error: new PairingError('invalid-phone-number', 'For the test.') },
  'a refused number': { ...number, error: new PairingError('code-refused', 'For the test.') },
  'a cool-down': {
    ...number,
    error: new PairingError('rate-limited', 'For the test.'),
    retryAt: Date.now() + 30_000,
  },
  'a link that ended': { ...qr['awaiting-scan'], notice: 'link-ended' },
  'a link that was not finished': { ...qr.expired, notice: 'link-not-finished' },
  'a number to confirm': {
    method: 'qr',
    methods: qr.linked.methods,
    status: 'confirming-number',
    account: qr.linked.account,
    expectedPhoneNumber: '+55 11 8765-4321',
  },
  'another phone': failed('wrong-phone-number'),
  'a stale session': failed('session-stale'),
  'a passkey that differs': failed('passkey-mismatch'),
  'no network': failed('network'),
}

beforeAll(async () => {
  await page.viewport(1280, 900)
  await loadLaterParts()
})

interface Box {
  readonly where: string
  readonly top: number
  readonly width: number
  readonly height: number
  readonly overflow: number
}

/** The distance between the largest and the smallest value, with their names. */
function spread(
  boxes: readonly Box[],
  of: (box: Box) => number,
): { readonly px: number; readonly between: string } {
  const sorted = boxes.toSorted((one, other) => of(one) - of(other))
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (!least || !most) throw new Error('Nothing was measured.')
  return { px: Math.round((of(most) - of(least)) * 10) / 10, between: `${least.where} and ${most.where}` }
}

it.each([...localesByFile.values()])('the stage keeps its place and size in $tag', async (locale) => {
  const card = (session: PairingSession) => (
    <PairingCard
      pairing={stillPairing(session)}
      appName="Acme Inbox"
      supportUrl="https://app.example/help"
      defaultPhoneNumber="+55 11 98765-4321"
      locale={locale}
    />
  )
  const { container, rerender } = render(card(phoneCode['awaiting-number']))
  await vi.dynamicImportSettled()
  const found = new Map<number, Box[]>(WIDTHS.map((width) => [width, []]))
  for (const [where, session] of Object.entries(sessions)) {
    rerender(card(session))
    for (const [width, boxes] of found) {
      container.style.inlineSize = `${width}px`
      const stage = container.querySelector<HTMLElement>(STAGE)
      if (!stage) throw new Error(`${where} has no stage.`)
      const box = stage.getBoundingClientRect()
      const top = box.top - container.getBoundingClientRect().top
      const overflow = stage.scrollHeight - stage.clientHeight
      boxes.push({ where, top, width: box.width, height: box.height, overflow })
    }
  }
  const moves = [...found].flatMap(([width, boxes]) => {
    const top = spread(boxes, (box) => box.top)
    const across = spread(boxes, (box) => box.width)
    const down = spread(boxes, (box) => box.height)
    return [
      ...(top.px > MAX_MOVE_PX ? [`${width}: top ${top.px} px, ${top.between}`] : []),
      ...(across.px > 0 ? [`${width}: width ${across.px} px, ${across.between}`] : []),
      ...(down.px > 0 ? [`${width}: height ${down.px} px, ${down.between}`] : []),
      ...boxes
        .filter(({ overflow }) => overflow > 1)
        .map((box) => `${width}: ${box.where} is cut by ${box.overflow} px`),
    ]
  })
  expect(moves).toEqual([])
})
