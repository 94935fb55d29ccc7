// @ts-check
import { checkOtherBrowsers } from '../lib/other-browsers.mjs'
import { installByReadme, walkByReadme } from '../lib/walk.mjs'
import { walkProviders } from '../lib/walk-providers.mjs'

/**
 * @import { Consumer } from '../lib/consumer.mjs'
 * @import { Walk } from '../lib/walk.mjs'
 */

/** @type {Walk} */
const walk = { heading: 'Vite and Express', pins: { vite: '9.3.0' }, page: '/' }

/** @param {Consumer} consumer */
export const install = (consumer) => installByReadme(consumer, walk)

/** @param {Consumer} consumer */
export default async function (consumer) {
  await walkByReadme(consumer, walk)
  await walkProviders(consumer)
  await checkOtherBrowsers(consumer)
}
