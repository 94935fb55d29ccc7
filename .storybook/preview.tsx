import type { Decorator, Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import { useLaterParts } from '../src/react/parts/use-later-parts.js'
import { loadLaterSession } from '../src/react/session/load-later-session.js'
import '../src/styles/styles.css'
import { axeInEveryLook, axeOptions } from './axe-in-every-look.js'
import { hitsInEveryWindow } from './hits-in-every-window.js'
import './preview.css'
import { realInput } from './real-input.js'

configure({
  // The default of one second is too short if other tests run at the same time.
  asyncUtilTimeout: 10_000,
  // By default, each attempt of a wait prints the whole page into an error that is discarded.
  getElementError: (message) => new Error(message ?? 'There is no such element.'),
})

const withPage: Decorator = (Story, { globals }) => (
  <div
    className="page"
    dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    data-theme={globals.theme === 'dark' ? 'dark' : 'light'}
  >
    <Story />
  </div>
)

const preview: Preview = {
  decorators: [withPage],
  // A story that is opened first must have the parts of its state at the start, as it has after other stories.
  beforeAll: async () => {
    await Promise.all([loadLaterSession(), import('../src/react/parts/later-parts.js')])
    useLaterParts.load()
  },
  beforeEach: realInput,
  // Storybook calls these hooks from the last to the first.
  afterEach: [hitsInEveryWindow, axeInEveryLook],
  globalTypes: {
    theme: {
      description: 'Colour scheme of the page',
      toolbar: {
        icon: 'contrast',
        dynamicTitle: true,
        items: [
          { value: 'light', title: 'Light' },
          { value: 'dark', title: 'Dark' },
        ],
      },
    },
    direction: {
      description: 'Direction of the text',
      toolbar: {
        icon: 'transfer',
        dynamicTitle: true,
        items: [
          { value: 'ltr', title: 'Left to right' },
          { value: 'rtl', title: 'Right to left' },
        ],
      },
    },
  },
  initialGlobals: { theme: 'light', direction: 'ltr' },
  parameters: {
    // The decorator draws the page. Storybook's margin would be a white frame.
    layout: 'fullscreen',
    a11y: axeOptions,
    options: {
      storySort: {
        order: [
          'Documentation',
          [
            'Start',
            'How it works',
            'Component',
            'Providers',
            'Theming',
            'Headless and parts',
            'Errors',
            'Passkeys',
            'Status and pairing links',
            'Testing',
            'Recipes',
            'Going live',
            'Writing an adapter',
            'FAQ and troubleshooting',
            'Accessibility and languages',
            'Migration and changelog',
            'API reference',
          ],
          'Playground',
          'Component',
          '*',
        ],
      },
    },
  },
}

export default preview
