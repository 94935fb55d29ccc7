// @ts-check

/** @import { Consumer } from '../lib/consumer.mjs' */

/** The documented ways: a stylesheet, and a spelling of the classes. */
const ways = [
  { host: 'tailwind-3', sheet: 'styles.css', classes: 'tailwind-3' },
  { host: 'tailwind-4', sheet: 'styles.css', classes: 'tailwind-4' },
  { host: 'tailwind-4-layers', sheet: 'styles.layer.css', classes: 'plain' },
]

/**
 * The properties that `mt-8 rounded-none text-4xl uppercase`, `rounded-none bg-red-600 p-8` and `mx-auto
 * max-w-lg` set.
 */
const wanted = {
  title: { 'margin-top': '32px', 'border-radius': '0px', 'font-size': '36px', 'text-transform': 'uppercase' },
  'retry-button': { 'border-radius': '0px', 'padding-top': '32px', 'padding-left': '32px' },
  root: { 'max-width': '512px', width: '512px' },
}

/**
 * A utility class in `classNames` overrides the style of its part, as documented. A class in `className`
 * overrides the root's style.
 *
 * @param {Consumer} consumer
 * @param {string} url
 */
export function utilityChecks(consumer, url) {
  return ways.flatMap(({ host, sheet, classes }) =>
    ['before', 'after'].map(
      (order) => () =>
        consumer.checkPage(
          `utility classes of ${host} override ${sheet} if the classes are loaded ${order} it`,
          { url: `${url}?page=utilities&host=${host}&sheet=${sheet}&order=${order}&classes=${classes}` },
          async (page) => {
            await page.locator('[data-part="retry-button"]').waitFor()
            /** @type {Record<string, Record<string, string>>} */
            const seen = {}
            for (const [part, properties] of Object.entries(wanted))
              seen[part] = await page
                .locator(`[data-part="${part}"]`)
                .evaluate(
                  (element, names) =>
                    Object.fromEntries(
                      names.map((name) => [name, getComputedStyle(element).getPropertyValue(name)]),
                    ),
                  Object.keys(properties),
                )
            const background = await page
              .locator('[data-part="retry-button"]')
              .evaluate((element) => getComputedStyle(element).backgroundColor)
            if (JSON.stringify(seen) !== JSON.stringify(wanted))
              throw new Error(`${JSON.stringify(seen)} is not ${JSON.stringify(wanted)}`)
            // Red in the colour space of either Tailwind version.
            if (!/rgb\(220, 38, 38|oklch\(0\.57\d* 0\.2/.test(background))
              throw new Error(`The background of the button is ${background}`)
          },
        ),
    ),
  )
}
