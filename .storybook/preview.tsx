import type { Decorator, Preview } from '@storybook/react-vite'
import '../src/styles/styles.css'

const pages = {
  light: { background: '#ffffff', color: '#111b21' },
  dark: { background: '#0b141a', color: '#e9edef' },
}

const withPage: Decorator = (Story, { globals }) => {
  const theme = globals.theme === 'dark' ? 'dark' : 'light'
  return (
    <div
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
      data-theme={theme}
      style={{
        ...pages[theme],
        boxSizing: 'border-box',
        colorScheme: theme,
        fontFamily: 'system-ui, sans-serif',
        minHeight: '100vh',
        padding: 24,
      }}
    >
      <Story />
    </div>
  )
}

const preview: Preview = {
  decorators: [withPage],
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
    // The decorator draws the page; Storybook's own margin would frame it in white.
    layout: 'fullscreen',
    a11y: { test: 'error' },
    options: { storySort: { order: ['Playground', '*'] } },
  },
}

export default preview
