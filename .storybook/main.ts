import type { StorybookConfig } from '@storybook/react-vite'
import type { Channel } from 'storybook/internal/channels'
import { playground } from './playground-plugin.js'

/** A hook of Storybook's that its public type leaves out. */
interface ServerChannelHook {
  experimental_serverChannel: (channel: Channel) => Channel
}

const config: StorybookConfig & ServerChannelHook = {
  framework: '@storybook/react-vite',
  stories: ['../stories/**/*.stories.tsx'],
  addons: ['@storybook/addon-vitest', '@storybook/addon-a11y'],
  viteFinal: (config) => ({ ...config, plugins: [...(config.plugins ?? []), playground()] }),
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: {
    // The toolbar's theme (preview.tsx) sets the background.
    backgrounds: false,
    sidebarOnboardingChecklist: false,
    menuOnboardingChecklist: false,
  },
  // `disableWhatsNewNotifications` hides the news but still asks storybook.js.org for them.
  experimental_serverChannel: (channel) => {
    channel.removeAllListeners('requestWhatsNewData')
    return channel
  },
}

export default config
