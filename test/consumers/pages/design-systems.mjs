// @ts-check
import assert from 'node:assert/strict'
import { documentSnippets } from '../lib/documents.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

/**
 * What each CSS block of the page "Theming" sets: the property of a part, and the variable of the design
 * system.
 */
const systems = [
  {
    heading: 'shadcn/ui',
    host: 'shadcn',
    wanted: {
      'retry-button': { backgroundColor: '--primary', color: '--primary-foreground' },
      card: { backgroundColor: '--card', color: '--card-foreground', borderTopLeftRadius: '--radius' },
    },
  },
  {
    heading: 'MUI',
    host: 'mui-variables',
    wanted: {
      'retry-button': {
        backgroundColor: '--mui-palette-primary-main',
        color: '--mui-palette-primary-contrastText',
      },
      card: {
        backgroundColor: '--mui-palette-background-paper',
        color: '--mui-palette-text-primary',
        borderTopLeftRadius: '--mui-shape-borderRadius',
      },
    },
  },
]

/**
 * The documented CSS gives the card the colours and corners of a design system, in light and dark.
 *
 * @param {Consumer} consumer
 * @param {string} url
 */
export function designSystemChecks(consumer, url) {
  return systems.flatMap(({ heading, host, wanted }) =>
    /** @type {const} */ (['light', 'dark']).map(
      (theme) => () =>
        consumer.checkPage(
          `the documented CSS for ${heading} applies its ${theme} theme to the card`,
          {
            url: `${url}?page=design-system&host=${host}&theme=${theme}`,
            context: { colorScheme: host === 'shadcn' ? 'light' : theme },
          },
          async (page) => {
            const css = (await documentSnippets()).find(
              (snippet) => snippet.heading === heading && snippet.language === 'css',
            )
            assert.ok(css, `The page "Theming" has no CSS below "${heading}".`)
            await page.locator('[data-part="retry-button"]').waitFor()
            await page.addStyleTag({ content: css.text })
            const seen = await page.evaluate((wanted) => {
              const probe = document.body.appendChild(document.createElement('div'))
              /** @type {string[]} */
              const problems = []
              for (const [part, properties] of Object.entries(wanted)) {
                const element = document.querySelector(`[data-part="${part}"]`)
                if (!element) return [`There is no ${part}.`]
                for (const [property, variable] of Object.entries(properties)) {
                  probe.style.cssText = `border-style: solid; ${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: var(${variable})`
                  if (getComputedStyle(probe).getPropertyValue(variable).trim() === '')
                    problems.push(`${variable} is not set.`)
                  const [is, shall] = [element, probe].map((one) =>
                    Reflect.get(getComputedStyle(one), property),
                  )
                  if (is !== shall)
                    problems.push(`${property} of ${part} is ${is}, and ${variable} is ${shall}.`)
                }
              }
              const card = document.querySelector('[data-part="card"]')
              // A page without a `color-scheme` is light.
              const scheme = card ? getComputedStyle(card).colorScheme.replace('normal', 'light') : 'missing'
              return [...problems, `color-scheme ${scheme}`]
            }, wanted)
            assert.deepEqual(seen, [`color-scheme ${theme}`])
          },
        ),
    ),
  )
}
