// @ts-check
import { devices } from 'playwright'
import { press } from './press.mjs'

/**
 * @import { BrowserContextOptions, Locator, Page } from 'playwright'
 * @import { House } from '../lib/house.mjs'
 */

const LIBRARIES = ['radix', 'base-ui', 'mui', 'react-aria', 'headless-ui', 'mantine', 'antd', 'native']

/**
 * The card in modal dialogs of other libraries: what the user closes is what lies on top, and everything can be pressed.
 *
 * @param {House} house
 * @param {string} url
 */
export function dialogChecks(house, url) {
  return LIBRARIES.flatMap((library) => {
    /**
     * @param {string} title
     * @param {(opened: { page: Page, part: (name: string) => Locator }) => Promise<void>} run
     * @param {BrowserContextOptions} [context]
     * @param {string} [content]
     */
    const check =
      (title, run, context = {}, content = 'card') =>
      () =>
        house.checkPage(
          `in a dialog of ${library}, ${title}`,
          { url: `${url}?page=dialog&library=${library}&content=${content}`, context },
          async (page) => {
            await press(page, page.getByRole('button', { name: 'Settings' }))
            await page.locator('[data-host="open"]').waitFor({ state: 'attached' })
            await run({ page, part: (name) => page.locator(`[data-part="${name}"]`) })
          },
        )

    return [
      check('Escape closes the enlarged code alone, and the focus goes back', async ({ page, part }) => {
        await press(page, part('enlarge-button'))
        await part('enlarged-code').waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('enlarged-code'))
        await isOpen(page)
        await hasFocus(part('enlarge-button'))
        // Once more: nothing of the first time is left that would keep the host from closing, or close it.
        await page.keyboard.press('Enter')
        await part('enlarged-code').waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('enlarged-code'))
        await isOpen(page)
        await page.keyboard.press('Escape')
        await page.locator('[data-host="closed"]').waitFor({ state: 'attached' })
      }),

      check(
        'a press beside the enlarged code and its close button close it alone',
        async ({ page, part }) => {
          await press(page, part('enlarge-button'))
          await part('enlarged-code').waitFor()
          await page.mouse.click(5, 450)
          await isGone(part('enlarged-code'))
          await isOpen(page)
          await press(page, part('enlarge-button'))
          await press(page, part('enlarged-code').locator('[data-part="close-button"]'))
          await isGone(part('enlarged-code'))
          await isOpen(page)
          await hasFocus(part('enlarge-button'))
        },
      ),

      check(
        'a close request of the platform, as of Android’s back gesture, closes the enlarged code alone',
        async ({ page, part }) => {
          await press(page, part('enlarge-button'))
          await part('enlarged-code').waitFor()
          await part('enlarged-code').evaluate((dialog) =>
            /** @type {HTMLDialogElement} */ (dialog).requestClose(),
          )
          await isGone(part('enlarged-code'))
          await isOpen(page)
        },
      ),

      check('Escape closes the list of countries alone, searched or not', async ({ page, part }) => {
        await press(page, page.getByRole('tab', { name: 'Phone number' }))
        await press(page, part('country-input'))
        await part('country-option').first().waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('country-option').first())
        await isOpen(page)
        await hasFocus(part('country-input'))
        await page.keyboard.type('bra')
        await part('country-option').filter({ hasText: 'Brazil' }).waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('country-option').first())
        await isOpen(page)
        await page.keyboard.type('no such country')
        await page.locator('[data-part="country-picker"] p').waitFor()
        await page.keyboard.press('Escape')
        await isGone(page.locator('[data-part="country-picker"] p'))
        await isOpen(page)
        await page.keyboard.press('Escape')
        await page.locator('[data-host="closed"]').waitFor({ state: 'attached' })
      }),

      check('everything can be pressed', ({ page, part }) => pressEverything(page, part)),
      check('everything can be tapped', ({ page, part }) => pressEverything(page, part), devices['Pixel 7']),

      check(
        '<WhatsAppPairingDialog> in it can be used, and Escape closes it alone',
        async ({ page, part }) => {
          await press(page, page.getByRole('button', { name: 'Link within' }))
          await part('qr-code').waitFor()
          await press(page, part('method-tab').last())
          await press(page, part('phone-input'))
          await page.keyboard.type('+55 11 98765-4321')
          await press(page, part('country-input'))
          await part('country-option').first().waitFor()
          await page.keyboard.press('Escape')
          await isGone(part('country-option').first())
          await press(page, part('method-tab').first())
          await press(page, part('enlarge-button'))
          await part('enlarged-code').waitFor()
          await page.keyboard.press('Escape')
          await isGone(part('enlarged-code'))
          await page.locator('[data-own="within"]').waitFor({ state: 'attached' })
          await page.keyboard.press('Escape')
          await page.locator('[data-own="closed"]').waitFor({ state: 'attached' })
          await isOpen(page)
        },
        {},
        'button',
      ),
    ]
  })
}

/**
 * @param {Page} page
 * @param {(name: string) => Locator} part
 */
async function pressEverything(page, part) {
  // A phone begins with the number.
  await press(page, page.getByRole('tab', { name: 'QR code' }))
  await press(page, part('trouble-summary'))
  await part('trouble').locator('dd').first().waitFor()
  await press(page, part('trouble-summary'))
  await press(page, part('enlarge-button'))
  await press(page, part('enlarged-code').locator('[data-part="close-button"]'))
  await isGone(part('enlarged-code'))
  await press(page, page.getByRole('tab', { name: 'Phone number' }))
  await press(page, part('country-input'))
  await part('country-option').first().waitFor()
  await page.keyboard.type('bra')
  await press(page, part('country-option').filter({ hasText: 'Brazil' }))
  await isGone(part('country-option').first())
  await press(page, part('phone-input'))
  await page.keyboard.type('11 98765-4321')
  const number = await part('phone-input').inputValue()
  if (!/98765/.test(number)) throw new Error(`The field does not take what is typed: ${number}`)
  await press(page, part('submit-button'))
  await part('pairing-code').waitFor()
  await press(page, part('copy-button'))
  await press(page, part('change-number-button'))
  await part('phone-input').waitFor()
  await press(page, page.getByRole('tab', { name: 'QR code' }))
  await part('qr-code').waitFor()
  await isOpen(page)
}

/** @param {Locator} locator */
const isGone = (locator) => locator.waitFor({ state: 'detached', timeout: 5_000 })

/** @param {Page} page */
async function isOpen(page) {
  // What closes late is given the time for it.
  await page.waitForTimeout(150)
  const state = await page.locator('[data-host]').getAttribute('data-host')
  if (state !== 'open') throw new Error('The dialog around it was closed, too')
}

/** @param {Locator} locator */
async function hasFocus(locator) {
  const isFocused = await locator.evaluate((element) => element === element.ownerDocument.activeElement)
  if (!isFocused) throw new Error(`The focus is not on ${locator}`)
}
