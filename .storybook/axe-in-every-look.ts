import { afterEach as axe } from '@storybook/addon-a11y/preview'
import type { Preview } from '@storybook/react-vite'

/** The rules of WCAG 2.2 AA, and what axe holds for good practice beyond them. */
export const axeOptions = {
  test: 'error',
  options: { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  // Off in axe unless it is asked for.
  config: { rules: [{ id: 'target-size', enabled: true }] },
} as const

const looks = ['light', 'dark'].flatMap((theme) => ['ltr', 'rtl'].map((direction) => ({ theme, direction })))

/**
 * Each story is tested as its globals draw it. Here what it has come to is looked at in the other themes and directions:
 * they are attributes and nothing else, so that no story has to be played four times.
 */
export const axeInEveryLook: NonNullable<Preview['afterEach']> = async (context) => {
  // In Storybook itself the toolbar does it.
  if (import.meta.env.VITEST_STORYBOOK === undefined) return
  for (const { theme, direction } of looks) {
    if (theme === context.globals.theme && direction === context.globals.direction) continue
    for (const element of context.canvasElement.querySelectorAll<HTMLElement>('.page, [data-scope]')) {
      element.dataset.theme = theme
      element.dir = direction
    }
    try {
      await axe(context)
    } catch (error) {
      throw new Error(`In ${theme}, ${direction}: ${error instanceof Error ? error.message : error}`)
    }
  }
}
