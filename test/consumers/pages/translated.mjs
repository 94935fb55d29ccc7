// @ts-check

/**
 * @import { PairingSnapshot } from '../../../src/index.js'
 * @import { Consumer } from '../lib/consumer.mjs'
 */

const SHOWN = 12

/**
 * A page translator replaces every text node, but React still references the old ones. The package must not
 * make React change one of them.
 *
 * @param {Consumer} consumer
 * @param {string} url
 * @param {{ readonly REACT: string, readonly NODE_ENV: string }} build
 */
export function translatedChecks(consumer, url, { REACT, NODE_ENV }) {
  const where = `React ${REACT}, ${NODE_ENV} build`
  return [
    () =>
      consumer.checkPage(
        `a translated page survives every transition, and shows no text of the previous state (${where})`,
        { url },
        async (page) => {
          await page.locator('#fresh [data-part="qr-code"] svg').waitFor()
          await page.evaluate(() => window.translatedPage.startTranslator())
          const wrong = await page.evaluate(() => window.translatedPage.walk())
          if (wrong.length > 0)
            throw new Error(`${wrong.length} transitions:\n${wrong.slice(0, SHOWN).join('\n')}`)
        },
      ),

    () =>
      consumer.checkPage(
        `a translated page survives the user's actions between the states (${where})`,
        { url },
        async (page) => {
          await page.context().grantPermissions(['clipboard-write'])
          const card = page.locator('#translated')
          const part = (/** @type {string} */ name) => card.locator(`[data-part="${name}"]`)
          const show = (/** @type {string} */ name) =>
            page.evaluate((state) => window.translatedPage.show(state), name)
          await part('enlarge-button').waitFor()
          await page.evaluate(() => window.translatedPage.startTranslator())

          // The enlarged code covers a state that changes below it.
          await part('enlarge-button').click()
          await show('qr awaiting-scan, without an end')
          await part('enlarged-code')
            .locator('[data-part="status-text"]')
            .getByText('«Waiting for your scan»')
            .waitFor()
          await page.keyboard.press('Escape')
          // The list of problems stays open.
          await part('trouble-summary').click()
          await part('trouble').locator('dd').first().waitFor()
          await show('qr expired')
          await show('qr awaiting-scan')
          await part('trouble-summary').click()

          await show('phone-code awaiting-number')
          await part('country-input').click()
          await part('country-option').first().waitFor()
          await page.keyboard.type('no such country')
          await part('country-list').getByText('«No country found»').waitFor()
          await page.keyboard.press('ControlOrMeta+A')
          await page.keyboard.type('mex')
          await part('country-option').getByText('Mexico').waitFor()
          await page.keyboard.press('Enter')
          for (const number of [
            '1',
            '+52 1 55 1234 5678',
            '+55 11 8765-4321',
            '+55 11 98765-4321',
            '+',
            '',
          ]) {
            await part('phone-input').fill(number)
            await part('submit-button').click()
          }
          await part('phone-input').fill('+52 1 55 1234 5678')
          await part('use-number-button').click()
          await show('phone-code awaiting-number, refused')
          await show('phone-code requesting-code')
          await show('phone-code awaiting-code')
          await part('copy-button').click()
          await part('copy-button').getByText('«Copied»').waitFor()
          await show('phone-code awaiting-code, slow')
          await part('copy-button').getByText('«Copy code»').waitFor()
          await show('qr linked')
          await card.getByRole('heading', { name: 'You’re linked' }).waitFor()
          await page.getByRole('heading', { name: 'The host’s own page' }).waitFor()
        },
      ),

    () =>
      consumer.checkPage(
        `a translated page continues from the code to a linked phone (${where})`,
        { url: `${url}?live` },
        async (page) => {
          const card = page.locator('#translated')
          await card.locator('[data-part="qr-code"] svg').waitFor()
          await page.evaluate(() => window.translatedPage.startTranslator())
          const say = (/** @type {PairingSnapshot} */ snapshot) =>
            page.evaluate((next) => {
              window.translatedPage.phone.snapshot = next
            }, snapshot)
          await card.getByRole('tab', { name: 'Phone number' }).click()
          await card.locator('[data-part="phone-input"]').fill('+55 11 98765-4321')
          await card.locator('[data-part="submit-button"]').click()
          await card.locator('[data-part="pairing-code"]').getByText('8RBZ-DSEK').waitFor()
          await card.locator('[data-part="change-number-button"]').click()
          await card.getByRole('tab', { name: 'QR code' }).click()
          await say({ status: 'linking' })
          await card.getByRole('heading', { name: 'Linking' }).waitFor()
          await say({ status: 'passkey-required', helpUrl: 'https://example.com/passkey' })
          await card.getByRole('heading', { name: 'passkey' }).waitFor()
          await say({ status: 'linked', account: { phoneNumber: '5511987654321', name: 'Ana Souza' } })
          await card.getByRole('heading', { name: 'You’re linked' }).waitFor()
          const text = (await card.locator('[data-part="root"]').textContent()) ?? ''
          await page.getByRole('heading', { name: 'The host’s own page' }).waitFor()
          if (/passkey|Keep WhatsApp open|scan/.test(text.replace(/Never scan.*/, '')))
            throw new Error(`A sentence of an earlier state is still on the page: ${text}`)
        },
      ),
  ]
}
