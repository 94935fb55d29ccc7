import type { StoryContext } from '@storybook/react-vite'
import { coveredControls } from '../test/browser/covered-controls.js'
import { drawAs, looks } from './axe-in-every-look.js'
import { inChromium } from './in-chromium.js'

/** A desk, a narrow phone, and a phone on its side. Storybook's Vitest addon runs stories in the first one. */
const WINDOWS = [
  [1200, 900],
  [320, 640],
  [640, 360],
] as const

/** After each story, a pointer must reach every control in each theme, direction and size of the window. */
export async function hitsInEveryLook(context: StoryContext): Promise<void> {
  // Storybook cannot set the size of its window.
  if (!inChromium.page) return
  const covered: string[] = []
  for (const [width, height] of WINDOWS.toReversed()) {
    await inChromium.page.viewport(width, height)
    for (const look of looks) {
      drawAs(context, look)
      const where = `${width}×${height}, ${look.theme}, ${look.direction}`
      covered.push(...coveredControls().map((control) => `${where}: ${control}`))
    }
  }
  drawAs(context, { theme: context.globals.theme, direction: context.globals.direction })
  if (covered.length > 0)
    throw new Error(`${covered.length} controls cannot be reached by a pointer:\n${covered.join('\n')}`)
}
