import { createServer, type Plugin, type ViteDevServer } from 'vite'

/** Where the backend of the end-to-end test is, in the test server. */
const WHATSAPP_PATH = '/whatsapp'

/**
 * Mounts the server half of the end-to-end test beside the page, so that the component talks to its own origin as it
 * does in an app: pairing handler, Baileys adapter, and the WhatsApp server that they link with.
 */
export function whatsappBackend(): Plugin {
  let loader: Promise<ViteDevServer> | undefined
  return {
    name: 'whatsapp-pairing:whatsapp-backend',
    apply: 'serve',
    configureServer({ middlewares }) {
      middlewares.use(WHATSAPP_PATH, (request, response, next) => {
        loader ??= createLoader()
        loader
          .then((server) => server.ssrLoadModule('/test/browser/whatsapp-backend.ts'))
          .then(({ whatsappListener }) => whatsappListener(request, response))
          .catch(next)
      })
    },
    async buildEnd() {
      await (await loader)?.close()
    },
  }
}

/** Apart from the test server itself, which rewrites every `import()` for the browser. */
function createLoader(): Promise<ViteDevServer> {
  return createServer({
    configFile: false,
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  })
}
