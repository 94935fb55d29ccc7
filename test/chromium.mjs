// Plain JavaScript, because `ensure-chromium.mjs` runs it before any tool that supports TypeScript.
import { existsSync } from 'node:fs'

const debianChromium = '/usr/bin/chromium'

/**
 * The Chromium for tests: the path in `CHROMIUM_PATH`, else Debian's, else Playwright's own.
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
 * @returns {Promise<import('playwright').LaunchOptions>} without a path, Playwright itself reports that no
 * browser is installed
 */
export async function chromiumLaunchOptions() {
  const executablePath = await chromiumPath()
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: !isRoot,
    // Playwright's default arguments already turn off background networking, updates and sync.
    args: ['--disable-gpu', '--disable-quic'],
  }
}
