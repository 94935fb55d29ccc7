import type { StoryContext } from '@storybook/react-vite'
import { inChromium } from './in-chromium.js'

/**
 * The `userEvent` of a story's `play` function. In Storybook it dispatches events that no other element can intercept. When
 * Vitest runs the story, it uses the browser's real pointer and keys, so an element that covers a button fails the story.
 */
export function realInput(context: StoryContext): void {
  const { userEvent } = inChromium
  if (!userEvent) return
  const real: Partial<StoryContext['userEvent']> = {
    // A user can press an element with `aria-disabled`, but Playwright would wait until it is enabled.
    click: (element) => userEvent.click(element, { force: element.ariaDisabled === 'true' }),
    keyboard: async (text) => {
      await userEvent.keyboard(text)
    },
    type: (element, text) => userEvent.type(element, text),
    selectOptions: async (select, option) => {
      if (!(select instanceof HTMLElement) || typeof option !== 'string')
        throw new TypeError('A story chooses one option, by its text, from an element.')
      await userEvent.selectOptions(select, option)
    },
    // Pastes from the clipboard with the keyboard.
    paste: async (text) => {
      if (typeof text !== 'string') throw new TypeError('A story pastes a text.')
      await navigator.clipboard.writeText(text)
      await userEvent.paste()
    },
  }
  context.userEvent = new Proxy(context.userEvent, {
    get(_, name) {
      const method: unknown = Reflect.get(real, name)
      if (method === undefined)
        throw new Error(`userEvent.${String(name)} has no real input in .storybook/real-input.ts yet.`)
      return method
    },
  })
}
