// @ts-check
// Draws the moving pictures of the README, in light and dark: `npm run docs`, then `node stories/docs/scripts/record-scan.mjs`.
// It needs Chromium and `img2webp` (Debian's package `webp`).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../../../test/chromium.mjs'

/** @import { Page } from 'playwright' */

const root = resolve(import.meta.dirname, '../../..')
const site = join(root, 'storybook-static')
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** The size limit for a picture of the README. */
const LIMIT_BYTES = 400_000

/** Shows only the component of the playground. Its buttons can still be used with the keyboard. */
const ALONE = `
  .playground { padding: 0; gap: 0 }
  .playground > :not(.playground-table), .phone { position: fixed; inset: 0 auto auto 0; opacity: 0; z-index: -1 }
  .playground-table { display: block }
  #drawn-phone {
    position: fixed; inset: 0 auto auto 0; z-index: 9; inline-size: 344px; block-size: 660px; box-sizing: border-box;
    border: 10px solid #1f2c34; border-radius: 36px; background: rgb(255 255 255 / 12%); box-shadow: 0 12px 40px rgb(0 0 0 / 35%);
  }
  #drawn-phone::after {
    content: ''; position: absolute; inset: 150px 24px auto; aspect-ratio: 1; border: 4px solid #25d366; border-radius: 18px;
  }
`

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const body = await readFile(join(site, pathname)).catch(() => undefined)
  const type = Object.entries(types).find(([ending]) => ending === extname(pathname))?.[1]
  response.writeHead(body ? 200 : 404, type ? { 'content-type': type } : {}).end(body)
}).listen(0, '127.0.0.1')
await new Promise((listening) => server.once('listening', listening))
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')

const browser = await chromium.launch(await chromiumLaunchOptions())
try {
  for (const theme of ['light', 'dark']) await record(theme, `http://127.0.0.1:${address.port}`)
} finally {
  await browser.close()
  server.close()
}

/**
 * @param {string} theme
 * @param {string} origin
 */
async function record(theme, origin) {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'))
  const page = await browser.newPage({ viewport: { width: 808, height: 480 }, deviceScaleFactor: 1.5 })
  await page.goto(
    `${origin}/iframe.html?id=playground--simulated-phone&viewMode=story&globals=theme:${theme}`,
  )
  const scan = page.getByRole('button', { name: 'Scan the QR code' })
  await page.locator('[data-part="qr-code"]').waitFor()
  await scan.waitFor()
  await page.addStyleTag({ content: ALONE })

  /** @type {{ file: string, ms: number }[]} */
  const frames = []
  /** @param {number} ms How long the frame stays. */
  const frame = async (ms) => {
    const file = join(folder, `${String(frames.length).padStart(3, '0')}.png`)
    await page.screenshot({ path: file })
    frames.push({ file, ms })
  }
  const tile = await page.locator('[data-part="tile"]').boundingBox()
  if (!tile) throw new Error('The code has a place on the screen.')
  const over = { x: tile.x + tile.width / 2 - 172, y: tile.y + tile.height / 2 - 298 }
  const component = await page.locator('[data-scope="whatsapp-pairing"]').boundingBox()
  await page.setViewportSize({ width: 808, height: Math.ceil((component?.height ?? 432) + 48) })

  for (let count = 0; count < 6; count += 1) await frame(250)
  for (let step = 10; step >= 0; step -= 1) {
    await movePhone(page, over.x, over.y + 40 * step)
    await frame(step === 0 ? 700 : 50)
  }
  await scan.press('Enter')
  await page.locator('[data-status="linking"], [data-status="linked"]').waitFor()
  for (let step = 1; step <= 6; step += 1) {
    await movePhone(page, over.x, over.y + 130 * step)
    await frame(step === 6 ? 1_000 : 60)
  }
  await page.locator('[data-status="linked"] [data-part="account"]').waitFor()
  await frame(3_000)
  await page.close()

  const picture = join(root, 'stories/docs', `scan-${theme}.webp`)
  const options = frames.flatMap(({ file, ms }) => ['-lossy', '-q', '80', '-d', String(ms), file])
  execFileSync('img2webp', ['-min_size', '-mixed', ...options, '-o', picture])
  rmSync(folder, { recursive: true })
  const { size } = statSync(picture)
  console.log(`${picture}: ${Math.round(size / 1_000)} kB`)
  if (size > LIMIT_BYTES) throw new Error(`A moving picture has at most ${LIMIT_BYTES / 1_000} kB.`)
}

/**
 * @param {Page} page
 * @param {number} x
 * @param {number} y
 */
async function movePhone(page, x, y) {
  await page.evaluate(
    ([left, top]) => {
      const id = 'drawn-phone'
      const phone = document.getElementById(id) ?? document.body.appendChild(document.createElement('div'))
      phone.id = id
      phone.style.transform = `translate(${left}px, ${top}px)`
    },
    [x, y],
  )
}
