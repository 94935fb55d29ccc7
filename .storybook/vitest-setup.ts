// Only Vitest loads this file, because `vitest/browser` cannot be imported in Storybook.
import { page, userEvent } from 'vitest/browser'
import '../test/browser/still-animations.css'
import { inChromium } from './in-chromium.js'

inChromium.userEvent = userEvent
inChromium.page = page
