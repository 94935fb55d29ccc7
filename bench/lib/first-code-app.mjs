import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../..')

const REACT_AND_QUERY = `
import { focusManager, onlineManager, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createElement } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import { createRoot } from 'react-dom/client'
const client = new QueryClient()
const show = (...children) =>
  createRoot(document.getElementById('app')).render(createElement(QueryClientProvider, { client }, ...children))
// The app uses them, so that they stay in the bundle. It also has a chunk, and with it Vite's code that loads chunks (0.7 kB).
globalThis.app = { chunk: () => import('./chunk.js'), client, focusManager, jsx, jsxs, onlineManager, useQuery }
`

/** The measured apps, one module each. The bytes of `without us` are subtracted from the others. */
const apps = {
  'without us': `${REACT_AND_QUERY}show()`,
  // A page that a developer writes by hand, with the code and nothing else.
  'bare page': `${REACT_AND_QUERY}
import { QRCodeSVG } from 'qrcode.react'
const fetchCode = () => fetch('/api/pairing?want=code&method=qr').then((response) => response.json())
function Page() {
  const { data } = useQuery({ queryKey: ['code'], queryFn: fetchCode, refetchInterval: 3_000 })
  if (!data?.qrCode) return createElement('p', {}, 'Loading…')
  return createElement('div', { 'data-part': 'qr-code' }, createElement(QRCodeSVG, { value: data.qrCode.value, size: 256 }))
}
show(createElement(Page))`,
  'styled screen': `${REACT_AND_QUERY}
import { proxy, WhatsAppPairing } from 'whatsapp-pairing'
import 'whatsapp-pairing/styles.css'
show(createElement(WhatsAppPairing, { provider: proxy({ url: '/api/pairing' }) }))`,
  screen: `${REACT_AND_QUERY}
import { proxy, WhatsAppPairing } from 'whatsapp-pairing'
show(createElement(WhatsAppPairing, { provider: proxy({ url: '/api/pairing' }) }))`,
  import: `${REACT_AND_QUERY}
import { WhatsAppPairing } from 'whatsapp-pairing'
globalThis.app.WhatsAppPairing = WhatsAppPairing
show()`,
  'closed dialog': `${REACT_AND_QUERY}
import { proxy, WhatsAppPairingDialog } from 'whatsapp-pairing'
show(createElement(WhatsAppPairingDialog, { open: false, provider: proxy({ url: '/api/pairing' }) }))`,
  hook: `${REACT_AND_QUERY}
import { proxy, usePairingSession } from 'whatsapp-pairing'
globalThis.app.usePairingSession = usePairingSession
globalThis.app.proxy = proxy
show()`,
}

/** @typedef {keyof typeof apps} AppName */

/**
 * A built app: what the browser gets, by path.
 *
 * @typedef {object} BuiltApp
 * @property {ReadonlyMap<string, Buffer>} files
 * @property {readonly string[]} atOnce the scripts that the HTML names
 */

/**
 * Builds the package in `dist` into an app, as Vite does for production.
 *
 * @param {AppName} name
 * @returns {Promise<BuiltApp>}
 */
export async function buildApp(name) {
  // Below the root of the repository, so that React is found.
  const folder = await mkdtemp(join(root, 'node_modules/.first-code-'))
  try {
    await writeFile(join(folder, 'main.js'), apps[name])
    await writeFile(join(folder, 'chunk.js'), 'globalThis.app.isLoaded = true')
    await writeFile(
      join(folder, 'index.html'),
      '<!doctype html><meta charset="utf-8"><title>App</title><div id="app"></div><script type="module" src="./main.js"></script>',
    )
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      resolve: {
        alias: [
          { find: /^whatsapp-pairing$/, replacement: join(root, 'dist/index.js') },
          { find: /^whatsapp-pairing\/(.*\.css)$/, replacement: join(root, 'dist/$1') },
        ],
      },
      build: { outDir: 'built' },
    })
    const built = join(folder, 'built')
    /** @type {Map<string, Buffer>} */
    const files = new Map()
    for (const file of await readdir(built, { recursive: true, withFileTypes: true }))
      if (file.isFile()) {
        const path = join(file.parentPath, file.name)
        files.set(path.slice(built.length), await readFile(path))
      }
    const html = String(files.get('/index.html'))
    const atOnce = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].flatMap(([, path]) => path ?? [])
    return { files, atOnce }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Bytes of these files as a server sends them.
 *
 * @param {BuiltApp} app
 * @param {Iterable<string>} paths
 */
export function gzippedBytes({ files }, paths) {
  let bytes = 0
  for (const path of paths) bytes += gzipSync(files.get(path) ?? '', { level: 9 }).length
  return bytes
}
