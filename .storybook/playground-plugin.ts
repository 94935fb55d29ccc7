import { loadEnv, type Plugin } from 'vite'

/** Mounts the playground's server side in Storybook's dev server. */
export function playground(): Plugin {
  return {
    name: 'whatsapp-pairing:playground',
    apply: 'serve',
    async configureServer(server) {
      // Tests of the stories share nothing: each page has a separate backend.
      if (process.env.VITEST) return
      const environment = { ...loadEnv(server.config.mode, server.config.root, ''), ...process.env }
      // Vite loads this module, because Node supports neither TypeScript nor `.js` for `.ts`.
      const { playgroundListener } = await server.ssrLoadModule('/.storybook/playground-server.ts')
      server.middlewares.use('/playground', playgroundListener(environment))
    },
  }
}
