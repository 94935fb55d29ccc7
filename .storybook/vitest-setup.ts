// Vitest alone loads this file: `vitest/browser` cannot be imported in Storybook.
import { page, userEvent } from 'vitest/browser'
import { inChromium } from './in-chromium.js'

inChromium.userEvent = userEvent
inChromium.page = page
