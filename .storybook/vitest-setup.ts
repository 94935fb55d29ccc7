// Only Vitest loads this file, because Storybook cannot import `vitest/browser`.
import { page, userEvent } from 'vitest/browser'
import '../test/browser/still-animations.css'
import { inChromium } from './in-chromium.js'

inChromium.userEvent = userEvent
inChromium.page = page
