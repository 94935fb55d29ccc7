// @ts-check
import { devices } from 'playwright'
import { press } from './press.mjs'

/**
 * @import { BrowserContextOptions, Locator, Page } from 'playwright'
 * @import { Consumer } from '../lib/consumer.mjs'
 */

const LIBRARIES = ['radix', 'base-ui', 'mui', 'react-aria', 'headless-ui', 'mantine', 'antd', 'native']

/**
 * Checks the card in modal dialogs of other libraries: the user closes only the top layer, and can press
 * everything.
 *
 * @param {Consumer} consumer
 * @param {string} url
 */
export function dialogChecks(consumer, url) {
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
        consumer.checkPage(
          `in a dialog of ${library}, ${title}`,
          { url: `${url}?page=dialog&library=${library}&content=${content}`, context },
          async (page) => {
            await press(page, page.getByRole('button', { name: 'Settings' }))
            await page.locator('[data-host="open"]').waitFor({ state: 'attached' })
            await run({ page, part: (name) => page.locator(`[data-part="${name}"]`) })
          },
        )

    return [
      check('Escape closes only the enlarged code, and the focus returns', async ({ page, part }) => {
        await press(page, part('enlarge-button'))
        await part('enlarged-code').waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('enlarged-code'))
        await isOpen(page)
        await hasFocus(part('enlarge-button'))
        // Repeats the press, because nothing of the first time may close the host or keep it open.
        await page.keyboard.press('Enter')
        await part('enlarged-code').waitFor()
        await page.keyboard.press('Escape')
        await isGone(part('enlarged-code'))
        await isOpen(page)
        await page.keyboard.press('Escape')
        await page.locator('[data-host="closed"]').waitFor({ state: 'attached' })
      }),

      check(
        'a press outside the enlarged code, or on its close button, closes only the enlarged code',
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
        'a close request of the platform, such as Android’s back gesture, closes only the enlarged code',
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

      check('Escape closes only the list of countries, with or without a search', async ({ page, part }) => {
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

      check('every control can be pressed', ({ page, part }) => pressEverything(page, part)),
      check(
        'every control can be tapped',
        ({ page, part }) => pressEverything(page, part),
        devices['Pixel 7'],
      ),

      check(
        '<WhatsAppPairingDialog> can be used, and Escape closes only that dialog',
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
  // On a phone, the card starts with the phone number.
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
  if (!/98765/.test(number)) throw new Error(`The field does not accept typed digits: ${number}`)
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
  // Allows time for a delayed close.
  await page.waitForTimeout(150)
  const state = await page.locator('[data-host]').getAttribute('data-host')
  if (state !== 'open') throw new Error('The surrounding dialog was closed too.')
}

/** @param {Locator} locator */
async function hasFocus(locator) {
  const isFocused = await locator.evaluate((element) => element === element.ownerDocument.activeElement)
  if (!isFocused) throw new Error(`The focus is not on ${locator}`)
}
