import { createServer, type Plugin, type ViteDevServer } from 'vite'

/** The path of the end-to-end test's backend in the test server. */
const WHATSAPP_PATH = '/whatsapp'

/**
 * Mounts the server side of the end-to-end test in the test server. So the component sends requests to its own origin, as in an
 * app. The server side is the pairing handler, the Baileys adapter and the WhatsApp server that they link with.
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

/** A separate server, because the test server rewrites every `import()` for the browser. */
function createLoader(): Promise<ViteDevServer> {
  return createServer({
    configFile: false,
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  })
}
