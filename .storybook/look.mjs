// Contact sheets of every state, from the static Storybook: `npm run look`, then look at `storybook-static/look/*.png`.
// Names narrow it down: `npm run look -- --skip-build light-360 languages`.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../test/chromium.mjs'

const root = fileURLToPath(new URL('../storybook-static', import.meta.url))
const WIDTHS = [280, 360, 768, 1200]
const THEMES = ['light', 'dark']
/** The states with the longest texts, in the narrowest card. */
const LONGEST = [
  'qr-awaiting-scan',
  'phone-code-slow',
  'phone-code-invalid-number',
  'qr-wrong-phone',
  'qr-linked',
]
const TAGS = [
  'ar',
  'de',
  'en',
  'es',
  'fr',
  'he',
  'hi',
  'id',
  'it',
  'ja',
  'ko',
  'pt-BR',
  'ru',
  'tr',
  'ur',
  'zh-CN',
]

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}
const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
  try {
    const type = Object.entries(TYPES).find(([ending]) => ending === extname(path))?.[1]
    const body = await readFile(join(root, path))
    response.writeHead(200, type ? { 'content-type': type } : {}).end(body)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const address = server.address()
if (!address || typeof address === 'string') throw new Error('The server has no port.')
const base = `http://127.0.0.1:${address.port}`

/** @type {{ entries: Record<string, { type: string }> }} */
const index = JSON.parse(await readFile(join(root, 'index.json'), 'utf8'))
const states = Object.keys(index.entries)
  .filter((id) => id.startsWith('states--') && index.entries[id]?.type === 'story')
  .map((id) => id.slice('states--'.length))

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const browser = await chromium.launch(await chromiumLaunchOptions())

/** @param {string} name */
const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word))

/**
 * @typedef {object} Shot
 * @property {string} name
 * @property {string} png base64
 */

/** @param {string} name @param {number} width @param {readonly Shot[]} shots */
async function writeSheet(name, width, shots) {
  const page = await browser.newPage({
    viewport: { width: Math.max(4, Math.floor(2000 / width)) * (width + 8), height: 900 },
  })
  const figures = shots.map(
    (shot) =>
      `<figure>${shot.name}<br><img width="${width}" src="data:image/png;base64,${shot.png}"></figure>`,
  )
  await page.setContent(
    `<body style="margin:0;display:flex;flex-wrap:wrap;gap:8px;align-items:start;font:12px sans-serif;background:#999"><style>figure{margin:0}</style>${figures.join('')}`,
  )
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  const path = join(root, 'look', `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  await page.close()
  console.info(path)
}

/**
 * A state at some widths. Says what is wider than the page.
 *
 * @param {string} state
 * @param {string} theme
 * @param {readonly number[]} widths
 * @param {string} [tag]
 */
async function shoot(state, theme, widths, tag) {
  const page = await browser.newPage({ viewport: { width: widths[0] ?? 0, height: 640 } })
  const query = `id=states--${state}&viewMode=story&globals=theme:${theme}${tag ? `&args=tag:${tag}` : ''}`
  await page.goto(`${base}/iframe.html?${query}`)
  await page.waitForSelector('[data-scope="whatsapp-pairing"]')
  await page.addStyleTag({ content: '.page{padding:8px!important;min-block-size:0!important}' })
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(400)
  /** @type {Map<number, string>} */
  const pictures = new Map()
  for (const width of widths) {
    // The card is as wide as the name says.
    await page.setViewportSize({ width: width + 16, height: 640 })
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wider > 0) console.warn(`${state} ${tag ?? theme} ${width}: ${wider} px wider than the page`)
    pictures.set(
      width,
      (await page.locator('.page').screenshot({ animations: 'disabled' })).toString('base64'),
    )
  }
  await page.close()
  return pictures
}

for (const theme of THEMES) {
  const widths = WIDTHS.filter((width) => isWanted(`${theme}-${width}`))
  if (widths.length === 0) continue
  /** @type {Map<number, Shot[]>} */
  const sheets = new Map(widths.map((width) => [width, []]))
  for (const state of states) {
    for (const [width, png] of await shoot(state, theme, widths))
      sheets.get(width)?.push({ name: state, png })
  }
  for (const [width, shots] of sheets) await writeSheet(`${theme}-${width}`, width, shots)
}
for (const state of LONGEST.filter((state) => isWanted(`languages-${state}`))) {
  /** @type {Shot[]} */
  const shots = []
  for (const tag of TAGS) {
    for (const png of (await shoot(state, 'light', [280], tag)).values()) shots.push({ name: tag, png })
  }
  await writeSheet(`languages-${state}`, 280, shots)
}
await browser.close()
server.close()
