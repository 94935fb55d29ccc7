import type { StorybookConfig } from '@storybook/react-vite'
import remarkGfm from 'remark-gfm'
import type { Channel } from 'storybook/internal/channels'
import { componentPropsPlugin } from './component-props-plugin.js'
import { documentationLinks } from './documentation-links.js'
import { playground } from './playground-plugin.js'

/** A hook of Storybook that its public type lacks. */
interface ServerChannelHook {
  experimental_serverChannel: (channel: Channel) => Channel
}

const config: StorybookConfig & ServerChannelHook = {
  framework: '@storybook/react-vite',
  stories: ['../stories/**/*.mdx', '../stories/**/*.stories.tsx'],
  addons: [
    {
      name: '@storybook/addon-docs',
      // MDX does not support GitHub's tables without this plugin.
      options: {
        mdxPluginOptions: { mdxCompileOptions: { remarkPlugins: [remarkGfm, documentationLinks] } },
      },
    },
    '@storybook/addon-vitest',
    '@storybook/addon-a11y',
  ],
  viteFinal: (config) => ({
    ...config,
    plugins: [...(config.plugins ?? []), playground(), componentPropsPlugin()],
  }),
  // It does not follow `Omit<…>`, so it would miss half of the props. `componentPropsPlugin` reads them from the TSDoc.
  typescript: { reactDocgen: false },
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: {
    // The toolbar's theme (preview.tsx) sets the background.
    backgrounds: false,
    sidebarOnboardingChecklist: false,
    menuOnboardingChecklist: false,
  },
  // `disableWhatsNewNotifications` hides the news, but still requests them from storybook.js.org.
  experimental_serverChannel: (channel) => {
    channel.removeAllListeners('requestWhatsNewData')
    return channel
  },
}

export default config
