import type { page, userEvent } from 'vitest/browser'

/** What a story has where Vitest runs it in Chromium: real input, and a window whose size can be set. Storybook has neither. */
interface InChromium {
  userEvent?: typeof userEvent
  page?: typeof page
}

/** Filled by `vitest-setup.ts`, and empty in Storybook. */
export const inChromium: InChromium = {}
