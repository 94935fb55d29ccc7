// @ts-check
import assert from 'node:assert/strict'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** @import { Consumer } from '../lib/consumer.mjs' */

/** @param {Consumer} consumer */
export default async function check(consumer) {
  const isBuilt = await consumer.check(
    'webpack and ts-loader build the app without an error or a warning',
    async () => {
      const output = await consumer.run('npx', ['webpack'])
      assert.match(output, /compiled successfully/)
    },
  )
  if (!isBuilt) return
  const url = pathToFileURL(path.join(consumer.folder, 'index.html')).href
  await consumer.checkPage(
    'React 18.2 with TanStack Query 5.0 links the phone when the user presses with a mouse',
    { url },
    async (page) => {
      await page.locator('[data-status="awaiting-scan"]').waitFor()
      await page.getByRole('button', { name: 'Link a phone' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('img', { name: /QR code/ }).waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Scan' }).click()
      await page.getByText('You’re linked').first().waitFor()
    },
  )
}
