// @ts-check

/**
 * @import { Page } from 'playwright'
 * @import { Consumer } from '../lib/consumer.mjs'
 *
 * @typedef {{ readonly order?: string, readonly sheet?: string, readonly theme?: string }} HostOptions
 * @typedef {{ readonly within: string, readonly prepare: (page: Page) => Promise<void> }} Step
 */

const HOSTS = [
  'create-next-app',
  'create-vite',
  'tailwind-3',
  'tailwind-4',
  'bootstrap-reboot',
  'bootstrap',
  'antd',
  'everything',
  'old-reset',
  'normalize',
  'modern-normalize',
  'sanitize',
  'mui',
  'mantine',
  'radix-themes',
  'pico',
  'water',
  'mvp',
  'foundation',
  'every-element',
  'pseudo-classes',
  'many-classes',
  'small-root',
  // With `styles.layer.css`, in the documented order.
  'tailwind-4-layers',
]

const SHOWN = 5

/** @type {readonly { readonly title: string, readonly query: string, readonly options: HostOptions, readonly steps: readonly Step[] }[]} */
const pages = [
  {
    title: 'wide and light',
    query: 'theme=light&width=760',
    options: { order: 'after', theme: 'light' },
    steps: [{ within: '[data-scope]', prepare: openLists }],
  },
  {
    title: 'narrow and dark',
    query: 'theme=dark&width=340',
    options: { order: 'before', theme: 'dark' },
    steps: [{ within: '[data-scope]', prepare: openLists }],
  },
  {
    title: 'in its own dialog, and enlarged,',
    query: 'theme=light&dialog',
    options: { order: 'after', theme: 'light' },
    steps: [
      { within: '[data-scope]', prepare: openDialog },
      { within: '[data-part="enlarged-code"]', prepare: enlarge },
    ],
  },
]

/**
 * The card in every state looks the same with and without the host's styles. All properties of all elements
 * are compared.
 *
 * @param {Consumer} consumer
 * @param {string} url
 */
export function hostStyleChecks(consumer, url) {
  return pages.map(
    ({ title, query, options, steps }) =>
      () =>
        consumer.checkPage(
          `the card ${title} looks the same under the styles of ${HOSTS.length} hosts as without a host`,
          {
            url: `${url}?page=states&${query}`,
            context: { viewport: { width: 1280, height: 1000 }, reducedMotion: 'reduce' },
          },
          async (page) => {
            /** @type {string[]} */
            const failures = []
            for (const { within, prepare } of steps) {
              await prepare(page)
              for (const host of HOSTS) {
                const layered = host === 'tailwind-4-layers' && { sheet: 'styles.layer.css', order: 'before' }
                const found = await differencesUnder(page, host, { ...options, ...layered }, within)
                if (found.length > 0)
                  failures.push(`${host}, ${within}: ${found.length} differences`, ...found.slice(0, SHOWN))
              }
              await page.evaluate((chosen) => window.statesPage.enterHost('none', chosen), options)
            }
            if (failures.length > 0) throw new Error(failures.join('\n'))
          },
        ),
  )
}

/**
 * @param {Page} page
 * @param {string} host
 * @param {HostOptions} options
 * @param {string} within
 */
async function differencesUnder(page, host, options, within) {
  const found = await page.evaluate(
    async (chosen) => {
      const { enterHost, measure, differences } = window.statesPage
      const html = document.documentElement
      const enter = async (/** @type {string} */ name) => {
        await enterHost(name, chosen.options)
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      }
      // The card's text grows with the page's text, so it is compared with a page of the same text size.
      await enter(chosen.host)
      const size = Math.max(16, Number.parseFloat(getComputedStyle(html).fontSize))
      html.style.fontSize = `${size}px`
      await enter('none')
      const count = measure(chosen.within)
      html.style.fontSize = ''
      await enter(chosen.host)
      return count === 0 ? ['There is nothing to compare'] : differences(chosen.within)
    },
    { host, options, within },
  )
  return [...new Set(found)]
}

/** @param {Page} page */
async function openLists(page) {
  await page.locator('[data-part="trouble-summary"]').first().click()
  await page.locator('[data-part="trouble"] dd').first().waitFor()
  await page.locator('[data-part="qr-code"] svg').first().waitFor()
  // This press comes last, because the list closes when it loses the focus.
  await page.locator('[data-part="country-input"]').first().press('ArrowDown')
  await page.locator('[data-part="country-option"]').first().waitFor()
  await isStill(page)
}

/** @param {Page} page */
async function openDialog(page) {
  await page.getByRole('button', { name: 'Open' }).click()
  await page.locator('[data-part="qr-code"] svg').first().waitFor()
  await page.locator('[data-part="enlarge-button"]').waitFor()
  await isStill(page)
}

/** @param {Page} page */
async function enlarge(page) {
  await page.locator('[data-part="enlarge-button"]').click()
  await page.locator('[data-part="enlarged-code"] [data-part="qr-code"] svg').waitFor()
  await isStill(page)
}

/**
 * Waits until all lazy modules have loaded.
 *
 * @param {Page} page
 */
async function isStill(page) {
  for (let before = -1, same = 0; same < 4; ) {
    const now = await page.evaluate(() => document.querySelectorAll('*').length)
    same = now === before ? same + 1 : 0
    before = now
    await page.waitForTimeout(100)
  }
}
