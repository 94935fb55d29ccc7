import type { page, userEvent } from 'vitest/browser'

/** Real input and a resizable window, for stories that Vitest runs in Chromium. Storybook has neither. */
interface InChromium {
  userEvent?: typeof userEvent
  page?: typeof page
}

/** Filled by `vitest-setup.ts`, and empty in Storybook. */
export const inChromium: InChromium = {}
