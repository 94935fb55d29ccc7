import { afterEach as axe } from '@storybook/addon-a11y/preview'
import type { StoryContext } from '@storybook/react-vite'
import { inChromium } from './in-chromium.js'

/** The rules of WCAG 2.2 AA, and axe's rules for best practices. */
export const axeOptions = {
  test: 'error',
  options: { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  // Axe does not check this rule by default.
  config: { rules: [{ id: 'target-size', enabled: true }] },
} as const

/**
 * The rules about colours and positions. Names, roles and states do not depend on the look, so a second look needs no other
 * rules.
 */
const LOOK_RULES = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size']

interface Look {
  readonly theme: string
  readonly direction: string
}

/**
 * Each theme and each direction occurs once: colours do not depend on the direction, and positions do not depend on the theme.
 */
const looks: readonly Look[] = [
  { theme: 'light', direction: 'ltr' },
  { theme: 'dark', direction: 'rtl' },
]

/** Shows the current state of the story in another theme and direction, which are only attributes. */
export function drawAs({ canvasElement }: StoryContext, { theme, direction }: Look): void {
  for (const element of canvasElement.querySelectorAll<HTMLElement>('.page, [data-scope]')) {
    element.dataset.theme = theme
    element.dir = direction
  }
}

/**
 * Axe checks the final state of a story in each theme and direction, without replaying it. The addon would check once more at the
 * end, after `hits-in-every-window.ts` has changed the window and may have closed elements that do not fit.
 */
export async function axeInEveryLook(context: StoryContext): Promise<void> {
  // In Storybook the toolbar sets theme and direction.
  if (!inChromium.page) return
  for (const look of looks) {
    const { theme, direction } = look
    drawAs(context, look)
    const { runOnly } = look === looks[0] ? axeOptions.options : { runOnly: LOOK_RULES }
    // Results without a finding are not listed by element, because each list would be sent to the reporting process.
    const a11y = { ...context.parameters.a11y, options: { runOnly, resultTypes: ['violations'] } }
    try {
      await axe({ ...context, parameters: { ...context.parameters, a11y } })
    } catch (error) {
      throw new Error(`In ${theme}, ${direction}: ${error instanceof Error ? error.message : error}`)
    }
  }
  context.parameters = { ...context.parameters, a11y: { ...axeOptions, disable: true } }
}
