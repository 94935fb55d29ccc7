import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { chromium } from 'playwright'
import { build } from 'vite'
import { chromiumLaunchOptions } from '../../test/chromium.mjs'

/**
 * Chromium's counters since the page was opened. Durations are milliseconds of processor time of the main
 * thread.
 *
 * @typedef {object} PageMetrics
 * @property {number} scriptMs
 * @property {number} taskMs
 * @property {number} layouts
 * @property {number} styleRecalcs
 *
 * @typedef {object} MeasuredPage
 * @property {import('playwright').Page} page
 * @property {() => Promise<PageMetrics>} metrics
 * @property {() => Promise<void>} close
 */

/** @type {Readonly<Record<string, string>>} */
const types = { js: 'text/javascript', css: 'text/css' }

/**
 * Builds `measured-page.tsx` for production, serves it on this machine and opens it in Chromium. Each page
 * runs in a separate process.
 *
 * @param {object} options
 * @param {boolean} [options.profiling] with the React that calls `<Profiler onRender>`
 * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) =>
 * void} [options.handler] responds below `/api/`
 */
export async function startMeasuredPages({ profiling = false, handler }) {
  const files = await bundle(profiling)
  const entry = [...files.keys()].find((name) => name === 'page.js')
  const styles = [...files.keys()].filter((name) => name.endsWith('.css'))
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${styles
    .map((name) => `<link rel="stylesheet" href="/${name}">`)
    .join('')}<div id="root"></div><script type="module" src="/${entry}"></script>`
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (path.startsWith('/api/') && handler) return handler(request, response)
    const file = files.get(path.slice(1))
    const type = types[path.split('.').at(-1) ?? ''] ?? 'text/html'
    response
      .writeHead(file === undefined && path !== '/' ? 404 : 200, { 'content-type': type })
      .end(file ?? html)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The pages have no port.')
  const origin = `http://127.0.0.1:${address.port}`
  const browser = await chromium.launch(await chromiumLaunchOptions())

  return {
    origin,
    version: browser.version(),
    /**
     * @param {Readonly<Record<string, string>>} parameters of `measured-page.tsx`
     * @returns {Promise<MeasuredPage>}
     */
    async open(parameters) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 1200 } })
      const page = await context.newPage()
      const session = await context.newCDPSession(page)
      // Counts only this thread's time, because other processes on the machine would otherwise add to the cost.
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      await page.goto(`${origin}/?${new URLSearchParams(parameters)}`)
      return {
        page,
        async metrics() {
          const { metrics } = await session.send('Performance.getMetrics')
          /** @param {string} name */
          const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
          return {
            scriptMs: of('ScriptDuration') * 1_000,
            taskMs: of('TaskDuration') * 1_000,
            layouts: of('LayoutCount'),
            styleRecalcs: of('RecalcStyleCount'),
          }
        },
        close: () => context.close(),
      }
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

/**
 * Returns the difference between two measurements.
 *
 * @param {PageMetrics} before
 * @param {PageMetrics} after
 * @returns {PageMetrics}
 */
export function between(before, after) {
  return {
    scriptMs: after.scriptMs - before.scriptMs,
    taskMs: after.taskMs - before.taskMs,
    layouts: after.layouts - before.layouts,
    styleRecalcs: after.styleRecalcs - before.styleRecalcs,
  }
}

/**
 * @param {boolean} profiling
 * @returns {Promise<ReadonlyMap<string, string | Uint8Array>>} by file name
 */
async function bundle(profiling) {
  const built = await build({
    configFile: false,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    plugins: [react()],
    resolve: {
      alias: profiling ? [{ find: /^react-dom\/client$/, replacement: 'react-dom/profiling' }] : [],
    },
    build: {
      write: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('./measured-page.tsx', import.meta.url)),
        output: { entryFileNames: 'page.js' },
      },
    },
  })
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? result.output : [],
  )
  return new Map(outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]))
}
