import type { StoryContext } from '@storybook/react-vite'
import { coveredControls } from '../test/browser/covered-controls.js'
import { drawAs } from './axe-in-every-look.js'
import { inChromium } from './in-chromium.js'

/**
 * The window sizes of the stories in Vitest: a phone in landscape, a narrow phone and a desktop. The list contains both
 * directions.
 */
const WINDOWS = [
  [640, 360, 'ltr'],
  [320, 640, 'rtl'],
  [1200, 900, 'ltr'],
] as const

/** After each story, a pointer must reach every control on screen in each window size. */
export async function hitsInEveryWindow(context: StoryContext): Promise<void> {
  // Storybook cannot resize its window.
  if (!inChromium.page) return
  const { theme } = context.globals
  const covered: string[] = []
  for (const [width, height, direction] of WINDOWS) {
    await inChromium.page.viewport(width, height)
    drawAs(context, { theme, direction })
    covered.push(...coveredControls().map((control) => `${width}×${height}, ${direction}: ${control}`))
  }
  drawAs(context, { theme, direction: context.globals.direction })
  if (covered.length > 0)
    throw new Error(`${covered.length} controls cannot be reached by a pointer:\n${covered.join('\n')}`)
}
