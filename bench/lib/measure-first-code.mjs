import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../../test/chromium.mjs'
import { buildApp, gzippedBytes } from './first-code-app.mjs'
import { openFirstCode } from './first-code-page.mjs'

/**
 * What built apps load of this package.
 *
 * @typedef {object} Loaded
 * @property {number} bytes JavaScript, minified and gzipped, above React and TanStack Query
 * @property {number} chunks scripts in addition to the app's own; Vite may split that, which is one more request
 * @property {number} onDemand scripts that code has requested
 * @property {number} reads
 */

/** Builds the apps and opens them, one after the other. Prints nothing. */
export async function measureFirstCode() {
  const withoutUs = await buildApp('without us')
  const theirBytes = gzippedBytes(withoutUs, withoutUs.atOnce)
  const browser = await chromium.launch(await chromiumLaunchOptions())

  /**
   * @param {import('./first-code-app.mjs').AppName} name
   * @param {{ hasCode: boolean }} options
   * @returns {Promise<Loaded>}
   */
  async function measure(name, options) {
    const app = await buildApp(name)
    const { paths } = await openFirstCode(browser, app, options)
    const scripts = [...new Set(paths.filter((path) => path.endsWith('.js')))]
    return {
      bytes: gzippedBytes(app, scripts) - theirBytes,
      chunks: scripts.length - 1,
      onDemand: scripts.filter((path) => !app.atOnce.includes(path)).length,
      reads: paths.filter((path) => path === '/api/pairing').length,
    }
  }

  try {
    return {
      screen: await measure('screen', { hasCode: true }),
      imported: await measure('import', { hasCode: false }),
      closed: await measure('closed dialog', { hasCode: false }),
      hook: await measure('hook', { hasCode: false }),
    }
  } finally {
    await browser.close()
  }
}
