// Plain JavaScript, because `ensure-chromium.mjs` runs it before anything that understands TypeScript.
import { existsSync } from 'node:fs'

const debianChromium = '/usr/bin/chromium'

/**
 * The browser that tests run in: the one `CHROMIUM_PATH` names, else Debian's, else Playwright's own.
 *
 * @returns {Promise<string | undefined>} nothing when no browser is installed
 */
export async function chromiumPath() {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  if (existsSync(debianChromium)) return debianChromium
  const { chromium } = await import('playwright')
  const downloaded = chromium.executablePath()
  return existsSync(downloaded) ? downloaded : undefined
}

/** Chromium's own sandbox refuses to start for root. */
export const isRoot = process.getuid?.() === 0

/**
 * @returns {Promise<import('playwright').LaunchOptions>} without a path, Playwright itself says that there is no browser
 */
export async function chromiumLaunchOptions() {
  const executablePath = await chromiumPath()
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: !isRoot,
    // Playwright's own arguments already turn off background networking, updates and sync.
    args: ['--disable-gpu', '--disable-quic'],
  }
}
