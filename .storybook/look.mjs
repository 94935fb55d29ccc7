// Contact sheets of every state, from the static Storybook: `npm run look`, then look at `storybook-static/look/*.png`.
// After Storybook is built, names select sheets: `node .storybook/look.mjs light-360 languages`. The names are
//
//   light-280, light-360, light-768, light-1200 and the same for dark: all states of the card
//   text-200: text at twice its size; smallest-text: a minimum font size of 24 px in the browser
//   settings: <PairingStatus>, wide and narrow, light and dark
//   languages-<state>: the longest states in all languages

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../test/chromium.mjs'

/** @import { Browser, Page } from 'playwright' */

const root = fileURLToPath(new URL('../storybook-static', import.meta.url))
const folder = join(root, 'look')
const WIDTHS = [280, 360, 768, 1200]
/** The largest default width of the card. */
const MAX_CARD = 776
/** The width of a sheet. Viewers scale larger ones down. */
const SHEET_WIDTH = 1640
const SHEET_HEIGHT = 1700
const PAGES_AT_ONCE = 2
/** The states with the longest texts, in the narrowest card. */
const LONGEST = [
  'qr-awaiting-scan',
  'phone-code-slow',
  'phone-code-invalid-number',
  'qr-wrong-phone',
  'qr-linked',
]
/** @type {{ exports: Record<string, unknown> }} */
const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const TAGS = Object.keys(manifest.exports).flatMap((path) => /^\.\/locales\/(.+)$/.exec(path)?.[1] ?? [])

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
/** @param {string} name */
const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word))

/** Without these fonts, a script is drawn as boxes. */
function warnOfMissingFonts() {
  const needs = { ...Object.fromEntries(TAGS.map((tag) => [tag, `:lang=${tag}`])), emoji: ':charset=1f1e7' }
  const families = (/** @type {string} */ pattern) =>
    execFileSync('fc-list', [pattern, 'family'], { encoding: 'utf8' }).trim()
  try {
    const missing = Object.entries(needs).flatMap(([what, pattern]) => (families(pattern) ? [] : [what]))
    if (!families('Noto Nastaliq Urdu')) missing.push('Nastaliq')
    if (missing.length > 0)
      console.warn(
        `No font for ${missing.join(', ')}. Debian: apt-get install fonts-noto-core fonts-noto-ui-core fonts-noto-cjk fonts-noto-color-emoji`,
      )
  } catch {
    console.warn('Whether there are fonts for all scripts is not known: there is no fc-list.')
  }
}

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
/** @param {string} title */
const storiesOf = (title) =>
  Object.keys(index.entries).filter(
    (id) => id.startsWith(`${title}--`) && index.entries[id]?.type === 'story',
  )

/**
 * @typedef {object} Shot
 * @property {string} name
 * @property {string} png base64
 * @property {number} width
 * @property {number} height
 */

/**
 * The look of a picture of a story.
 *
 * @typedef {object} Look
 * @property {string} sheet
 * @property {number} width Of the card.
 * @property {'light' | 'dark'} theme
 * @property {string} [css]
 */

/** @type {Map<string, Shot[]>} */
const sheets = new Map()

/**
 * Takes pictures of one story in some looks, and reports elements that are wider than the page.
 *
 * @param {Browser} browser
 * @param {string} id
 * @param {readonly Look[]} looks
 * @param {string} [tag]
 */
async function shoot(browser, id, looks, tag) {
  const page = await browser.newPage({ viewport: { width: looks[0]?.width ?? 0, height: 640 } })
  await page.goto(`${base}/iframe.html?id=${id}&viewMode=story${tag ? `&args=tag:${tag}` : ''}`)
  await page.waitForSelector('[data-scope="whatsapp-pairing"]')
  // The font for Urdu on Apple devices, which has the tallest lines.
  const css =
    '.page{padding:8px!important;min-block-size:0!important} [data-part=countdown-bar]{animation:none!important;transform:scaleX(.7)} [lang=ur]{--whatsapp-pairing-font:"Noto Nastaliq Urdu"}'
  await page.addStyleTag({ content: css })
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(500)
  for (const look of looks) {
    const name = tag ?? id.replace(/^.*--/, '')
    await page.setViewportSize({ width: look.width + 16, height: 640 })
    const style = look.css && (await page.addStyleTag({ content: look.css }))
    const wider = await page.evaluate((theme) => {
      // The story's play function may have left the focus somewhere.
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      for (const element of document.querySelectorAll('.page, [data-scope]'))
        element.setAttribute('data-theme', theme)
      return document.documentElement.scrollWidth - innerWidth
    }, look.theme)
    if (wider > 0) console.warn(`${look.sheet}, ${name}: ${wider} px wider than the page`)
    await keep(look, name, page)
    if (style) await style.evaluate((element) => element.parentNode?.removeChild(element))
  }
  await page.close()
}

/** @param {Look} look @param {string} name @param {Page} page */
async function keep({ sheet, width }, name, page) {
  const box = await page.locator('.page').boundingBox()
  if (!box) throw new Error(`${name} has no page around it.`)
  const clip = { ...box, width: Math.min(width + 16, MAX_CARD), height: Math.ceil(box.height) }
  const png = await page.screenshot({ clip, fullPage: true, animations: 'disabled' })
  const shot = { name, png: png.toString('base64'), width: clip.width, height: clip.height }
  sheets.set(sheet, [...(sheets.get(sheet) ?? []), shot])
}

/**
 * Draws the sheets, with a readable number of pictures each.
 *
 * @param {Browser} browser
 * @param {string} name
 * @param {readonly Shot[]} shots
 */
async function writeSheets(browser, name, shots) {
  const sorted = shots.toSorted((one, other) => order(one.name) - order(other.name))
  const columns = Math.floor(SHEET_WIDTH / ((sorted[0]?.width ?? SHEET_WIDTH) + 8))
  /** @type {Shot[][]} */
  const parts = [[]]
  let height = 0
  for (let start = 0; start < sorted.length; start += columns) {
    const row = sorted.slice(start, start + columns)
    const rowHeight = Math.max(...row.map((shot) => shot.height)) + 28
    if (height > 0 && height + rowHeight > SHEET_HEIGHT) {
      parts.push([])
      height = 0
    }
    height += rowHeight
    parts.at(-1)?.push(...row)
  }
  for (const [place, part] of parts.entries()) {
    const page = await browser.newPage({ viewport: { width: SHEET_WIDTH, height: 900 } })
    const figures = part.map(
      ({ name, width, png }) =>
        `<figure>${name}<br><img width="${width}" src="data:image/png;base64,${png}"></figure>`,
    )
    await page.setContent(
      `<body style="margin:0;display:grid;grid-template-columns:repeat(${columns},max-content);gap:8px;align-items:start;font:12px sans-serif;background:#999"><style>figure{margin:0}</style>${figures.join('')}`,
    )
    await page.waitForFunction(() => [...document.images].every((image) => image.complete))
    const path = join(folder, parts.length > 1 ? `${name}-${place + 1}.png` : `${name}.png`)
    await page.screenshot({ path, fullPage: true })
    await page.close()
    console.info(path)
  }
}

const states = storiesOf('states')
const known = [...states, ...storiesOf('settings-page')].map((id) => id.replace(/^.*--/, ''))
/** @param {string} name */
const order = (name) => (TAGS.includes(name) ? TAGS.indexOf(name) : known.indexOf(name))

/** @type {readonly Look[]} */
const cards = /** @type {const} */ (['light', 'dark']).flatMap((theme) =>
  WIDTHS.map((width) => ({ sheet: `${theme}-${width}`, width, theme })),
)
/** @type {readonly Look[]} */
const rows = /** @type {const} */ (['light', 'dark']).flatMap((theme) =>
  [280, 768].map((width) => ({ sheet: `settings-${theme}-${width}`, width, theme })),
)
/** @type {Look} */
const largeText = { sheet: 'text-200', width: 360, theme: 'light', css: 'html{font-size:200%}' }
/** @type {Look} */
const smallestText = { sheet: 'smallest-text', width: 360, theme: 'light' }

/** @type {((browsers: { usual: Browser, large: Browser }) => Promise<void>)[]} */
const jobs = []
/** @param {string} id @param {readonly Look[]} looks @param {string} [tag] */
const add = (id, looks, tag) => {
  const seen = looks.filter(({ sheet }) => isWanted(sheet))
  if (seen.length > 0) jobs.push(({ usual }) => shoot(usual, id, seen, tag))
}
for (const id of states) {
  add(id, [...cards, largeText])
  if (isWanted(smallestText.sheet)) jobs.push(({ large }) => shoot(large, id, [smallestText]))
}
for (const id of storiesOf('settings-page')) add(id, rows)
for (const state of LONGEST)
  for (const tag of TAGS)
    add(`states--${state}`, [{ sheet: `languages-${state}`, width: 280, theme: 'light' }], tag)

warnOfMissingFonts()
if (wanted.length === 0) await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const options = await chromiumLaunchOptions()
const usual = await chromium.launch(options)
const large = await chromium.launch({
  ...options,
  args: [...(options.args ?? []), '--blink-settings=minimumFontSize=24'],
})
const worker = async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) await job({ usual, large })
}
await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker))
for (const [name, shots] of sheets) await writeSheets(usual, name, shots)
await usual.close()
await large.close()
server.close()
