// @ts-check
import { checkOtherBrowsers } from '../lib/other-browsers.mjs'
import { installByReadme, walkByReadme } from '../lib/walk.mjs'
import { walkProviders } from '../lib/walk-providers.mjs'

/**
 * @import { House } from '../lib/house.mjs'
 * @import { Walk } from '../lib/walk.mjs'
 */

/** @type {Walk} */
const walk = { heading: 'Vite and Express', pins: { vite: '9.3.0' }, page: '/' }

/** @param {House} house */
export const install = (house) => installByReadme(house, walk)

/** @param {House} house */
export default async function (house) {
  await walkByReadme(house, walk)
  await walkProviders(house)
  await checkOtherBrowsers(house)
}
