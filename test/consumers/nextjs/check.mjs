// @ts-check
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { installByReadme, walkByReadme } from '../lib/walk.mjs'

/**
 * @import { House } from '../lib/house.mjs'
 * @import { Walk } from '../lib/walk.mjs'
 */

/** @type {Walk} */
const walk = {
  heading: 'Next.js',
  pins: { 'create-next-app': '16.4.3' },
  createFlags: ['--skip-install', '--disable-git'],
  page: '/pair',
  // The layout of create-next-app loads its font from Google while it is built, which CI cannot.
  env: { NEXT_FONT_GOOGLE_MOCKED_RESPONSES: path.join(import.meta.dirname, 'google-fonts.cjs') },
}

/** @param {House} house */
export const install = (house) => installByReadme(house, walk)

/** @param {House} house */
export default async function (house) {
  // With it, a component that reads the clock in its first render fails the build, unless it is in a `Suspense`.
  await house.check('the app is built with cacheComponents', async () => {
    const config = await readFile(path.join(house.folder, 'next.config.ts'), 'utf8')
    assert.match(config, /^\s*cacheComponents: true,$/m)
  })
  await walkByReadme(house, walk)
}
