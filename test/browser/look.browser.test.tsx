import { render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cdp, page, server } from 'vitest/browser'
import '../../src/styles/styles.css'
import './look.css'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { shrinkPicture } from './shrink-picture.js'
import { stillPairing } from './still-pairing.js'

/**
 * Every state as it looked when its picture was last checked: `baselines/`, drawn by the browser and the fonts of
 * `baselines/drawn-by.txt`. There a difference fails; elsewhere edges are smoothed otherwise, so it is only left as
 * pictures in `__screenshots__/`. After a change that is meant, and looked at, draw them anew:
 *
 *     npx vitest run --project browser test/browser/look.browser.test.tsx --update
 */
const BASELINES = 'test/browser/baselines'
const DRAWN_BY = `${BASELINES}/drawn-by.txt`

const now = Date.parse('2026-01-15T12:00:00Z')

/** The browser by its whole version, and its fonts by what they make of a line. */
async function drawnHere(): Promise<string> {
  const { product } = await cdp().send('Browser.getVersion')
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  const widths = ['system-ui', 'ui-monospace, Menlo, "DejaVu Sans Mono", monospace'].map((family) => {
    if (context) context.font = `600 100px ${family}`
    return context?.measureText('Link your WhatsApp 8RBZ-DSEK').width.toFixed(2)
  })
  return `${product}, ${server.platform}, fonts ${widths.join(' ')}\n`
}

const isUpdate = server.config.snapshotOptions.updateSnapshot === 'all'

async function isDrawnByThis(): Promise<boolean> {
  const here = await drawnHere()
  if (isUpdate) await server.commands.writeFile(DRAWN_BY, here)
  return (await server.commands.readFile(DRAWN_BY)) === here
}

/** A picture that is missing, or that cannot be taken, is a mistake on any browser. */
function forgiveDifference(error: unknown): void {
  if (!(error instanceof Error && error.message.includes('does not match'))) throw error
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})

afterEach(() => {
  vi.useRealTimers()
  document.body.removeAttribute('data-look')
})

const widths = { wide: 760, narrow: 280 } as const

const { qr, 'phone-code': phoneCode } = pairingStates(now)
/** Once linking, a session looks the same whichever way it came. */
const alike = ['linking', 'linked', 'passkey-required', 'failed']
const states = [
  ...Object.values(qr),
  ...Object.values(phoneCode).filter(({ status }) => !alike.includes(status)),
].map((session) => [`${session.method}-${session.status}`, session] as const)

describe.each(['wide', 'narrow'] as const)('%s', (width) => {
  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    it.each(states)('%s looks as it did', async (name, session) => {
      await page.viewport(widths[width], 1100)
      document.body.dataset.look = theme
      const { container } = render(
        <PairingCard pairing={stillPairing(session)} appName="Acme Inbox" theme={theme} dir="ltr" />,
      )
      // The encoder, and whatever else comes when it is needed.
      await vi.dynamicImportSettled()
      await document.fonts.ready
      const picture = `${name}-${width}-${theme}`
      const drawn = expect(page.elementLocator(container)).toMatchScreenshot(picture, { timeout: 10_000 })
      if (await isDrawnByThis()) await drawn
      else await drawn.catch(forgiveDifference)
      if (isUpdate) await shrinkPicture(`${BASELINES}/${picture}.png`)
      expect(document.querySelector('[data-part="card"]')?.getBoundingClientRect().width).toBe(widths[width])
    })
  })
})
