import { render } from '@testing-library/react'
import type { ComponentProps } from 'react'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cdp, page, server, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import './look.css'
import { PairingError, type PairingSession } from '../../src/index.js'
import { ar } from '../../src/locales/ar.js'
import { he } from '../../src/locales/he.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { loadLaterParts } from './load-later-parts.js'
import { shrinkPicture } from './shrink-picture.js'
import { differentStates, stillPairing } from './still-pairing.js'

/**
 * Compares every state with its last approved picture in `baselines/`. The browser and the fonts of `baselines/drawn-by.txt` drew
 * these pictures. With the same browser and fonts a difference fails the test. Others smooth edges differently, so there the test
 * only saves the pictures in `__screenshots__/`. After an intended change, check the new look and draw the pictures again:
 *
 *     npx vitest run --project browser test/browser/look.browser.test.tsx --update
 */
const BASELINES = 'test/browser/baselines'
const DRAWN_BY = `${BASELINES}/drawn-by.txt`

const now = Date.parse('2026-01-15T12:00:00Z')

/** The full version of the browser, and the widths of a line in its fonts. */
async function drawnHere(): Promise<string> {
  const { product } = await cdp().send('Browser.getVersion')
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  const widths = ['system-ui', 'ui-monospace, Menlo, "DejaVu Sans Mono", monospace'].map((family) => {
    if (context) context.font = `600 100px ${family}`
    return context?.measureText('Link your WhatsApp 8RBZ-DSEK واتساب שלום').width.toFixed(2)
  })
  return `${product}, ${server.platform}, fonts ${widths.join(' ')}\n`
}

const isUpdate = server.config.snapshotOptions.updateSnapshot === 'all'

async function isDrawnByThis(): Promise<boolean> {
  const here = await drawnHere()
  if (isUpdate) await server.commands.writeFile(DRAWN_BY, here)
  return (await server.commands.readFile(DRAWN_BY)) === here
}

/** A missing picture, or a failed screenshot, is an error in any browser. */
function forgiveDifference(error: unknown): void {
  if (!(error instanceof Error && error.message.includes('does not match'))) throw error
}

beforeAll(loadLaterParts)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  // The pointer may still be where another test file left it, and a button under the pointer looks different.
  await cdp().send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 0, y: 0 })
})

afterEach(() => {
  vi.useRealTimers()
  document.body.removeAttribute('data-look')
})

const widths = { wide: 760, narrow: 280 } as const

const { qr, 'phone-code': phoneCode } = pairingStates(now)
type Props = Omit<ComponentProps<typeof PairingCard>, 'pairing'> & { readonly session: PairingSession }

/** Shows a card, and compares the screen with its picture. */
async function compare(
  picture: string,
  { session, ...props }: Props,
  arrange?: () => Promise<unknown>,
): Promise<void> {
  document.body.dataset.look = props.theme
  const { container } = render(
    <PairingCard pairing={stillPairing(session)} appName="Acme Inbox" dir="ltr" {...props} />,
  )
  // Waits for the encoder and other modules that load on demand.
  await vi.dynamicImportSettled()
  await document.fonts.ready
  await arrange?.()
  // Elements in the top layer are not inside the container.
  const shown = arrange ? document.body : container
  const drawn = expect(page.elementLocator(shown)).toMatchScreenshot(picture, { timeout: 10_000 })
  if (await isDrawnByThis()) await drawn
  else await drawn.catch(forgiveDifference)
  if (isUpdate) await shrinkPicture(`${BASELINES}/${picture}.png`)
}

describe.each(['wide', 'narrow'] as const)('the %s card', (width) => {
  // Colours do not depend on the width.
  describe.each(width === 'wide' ? (['light', 'dark'] as const) : (['light'] as const))(
    'in the %s theme',
    (theme) => {
      it.each(differentStates(now))('matches its picture for %s', async (name, session) => {
        await page.viewport(widths[width], 1100)
        await compare(`${name.replace(' ', '-')}-${width}-${theme}`, { session, theme })
        expect(document.querySelector('[data-part="card"]')?.getBoundingClientRect().width).toBe(
          widths[width],
        )
      })
    },
  )
})

/** A square with a letter. A real logo would need a picture file. */
const LOGO = (
  <span
    style={{
      display: 'inline-block',
      inlineSize: '1.25em',
      background: '#5b3df5',
      color: '#fff',
      textAlign: 'center',
      borderRadius: 6,
      marginInlineEnd: 4,
    }}
  >
    A
  </span>
)

const number = phoneCode['awaiting-number']
const press = (name: string) => () => userEvent.click(page.getByRole('button', { name }))

/** Scenes that show more than one plain state. */
const scenes: Readonly<Record<string, { props: Props; arrange?: () => Promise<unknown> }>> = {
  relink: { props: { session: qr['awaiting-scan'], mode: 'relink', appLogo: LOGO } },
  'wrong-phone': {
    props: {
      session: {
        ...qr.failed,
        error: new PairingError('wrong-phone-number', 'For the picture.'),
        account: { phoneNumber: '4915112345678', name: 'Bruno Lima' },
      },
    },
  },
  support: { props: { session: qr.failed, supportUrl: 'https://app.example/help' } },
  'cool-down': {
    props: {
      session: {
        ...number,
        error: new PairingError('rate-limited', 'For the picture.'),
        retryAt: now + 30_000,
      },
      defaultPhoneNumber: '+55 11 98765-4321',
    },
  },
  dialog: {
    props: { session: qr['awaiting-scan'], as: 'dialog', onClose: () => {} },
    arrange: async () => {},
  },
  enlarged: { props: { session: qr['awaiting-scan'] }, arrange: press('Enlarge') },
  countries: {
    props: { session: number, defaultCountry: 'BR' },
    arrange: async () => {
      await userEvent.click(page.getByRole('combobox'))
      await userEvent.keyboard('united')
    },
  },
  'arabic-scan': { props: { session: qr['awaiting-scan'], locale: ar, dir: 'rtl' } },
  'arabic-code': { props: { session: phoneCode['awaiting-code'], locale: ar, dir: 'rtl' } },
  'hebrew-number': { props: { session: number, locale: he, dir: 'rtl', defaultCountry: 'IL' } },
}

describe.each(['wide', 'narrow'] as const)('the %s card with more than a plain state', (width) => {
  // In the narrow card the code already fills the window.
  const shown = Object.entries(scenes).filter(([name]) => width === 'wide' || name !== 'enlarged')
  it.each(shown)('matches its picture for %s', async (name, { props, arrange }) => {
    await page.viewport(widths[width], 700)
    await compare(`${name}-${width}`, { theme: 'light', ...props }, arrange)
  })
})
