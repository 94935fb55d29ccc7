// @ts-check
import assert from 'node:assert/strict'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** @import { House } from '../lib/house.mjs' */

/** @param {House} house */
export default async function check(house) {
  const isBuilt = await house.check(
    'webpack and ts-loader build the app without an error or a warning',
    async () => {
      const output = await house.run('npx', ['webpack'])
      assert.match(output, /compiled successfully/)
    },
  )
  if (!isBuilt) return
  const url = pathToFileURL(path.join(house.folder, 'index.html')).href
  await house.checkPage(
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
