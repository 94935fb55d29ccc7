import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import express from 'express'
import { type BrowserContext, chromium, devices } from 'playwright'
import { build } from 'vite'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createApp } from '../../examples/express/app.mjs'
import { pairingLinkToken, proxy } from '../../src/index.js'
import { chromiumLaunchOptions } from '../chromium.mjs'
import { rejection } from '../providers/fetch-stub.js'
import { emulatedPhone } from './emulated-phone.js'
import { originOf } from './mounted-handler.js'

const root = resolve(import.meta.dirname, '../..')

/** The page that the README of the example describes. */
const PAGE = `
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { proxy, takePairingLinkToken, WhatsAppPairing } from 'whatsapp-pairing'
const token = takePairingLinkToken()
const headers = token ? { authorization: 'Bearer ' + token } : {}
const createShareLink = async () => (await (await fetch('/pairing-links', { method: 'POST' })).json()).link
createRoot(document.getElementById('app')).render(createElement(WhatsAppPairing, {
  provider: proxy({ url: '/api/pairing', headers }),
  createShareLink: token ? undefined : createShareLink,
}))
`

async function builtPage(): Promise<string> {
  // A folder below the root, so that the page finds React.
  const folder = await mkdtemp(join(root, 'node_modules/.share-link-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'main.js'), PAGE)
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>App</title><div id="app"></div><script type="module" src="/main.js"></script>',
  )
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'whatsapp-pairing': join(root, 'dist/index.js') } },
    build: { outDir: 'built' },
  })
  return join(folder, 'built')
}

/** The time in which the owner's page must show the link, even on a busy machine. */
const GRACE_MS = 3_000

it('staff sends a link, the phone’s owner links with it, both pages show the linked account, and the link expires', async () => {
  const page = await builtPage()
  const { emulator, provider } = emulatedPhone()
  const server = createServer()
  server.listen(0, '127.0.0.1')
  const origin = await originOf(server)
  const { app, handler } = createApp({
    provider,
    linkSecret: 'a-secret-of-at-least-32-characters',
    pageUrl: `${origin}/`,
    linkGraceMs: GRACE_MS,
  })
  onTestFinished(() => void handler.close())
  server.on('request', app.use(express.static(page)))
  const browser = await chromium.launch(await chromiumLaunchOptions())
  onTestFinished(() => browser.close())

  const desk = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  await desk.addCookies([{ name: 'session', value: 'demo-admin', url: origin }])
  const staff = await desk.newPage()
  await staff.goto(origin)
  await staff.getByRole('button', { name: 'Send to the phone’s owner' }).click()
  await staff.getByRole('button', { name: 'Copy link' }).click()
  await staff.getByText('Copied').waitFor()
  const link = await staff.evaluate(() => navigator.clipboard.readText())

  const open = async (context: BrowserContext) => {
    const opened = await context.newPage()
    await opened.goto(link)
    return opened
  }
  const owner = await open(await browser.newContext(devices['Pixel 7']))
  await owner.getByRole('textbox', { name: 'Phone number' }).fill('+55 11 98765-4321')
  await owner.getByRole('button', { name: 'Get code' }).tap()
  const code = await owner.locator('[data-part="pairing-code"]').textContent()
  expect(owner.url()).toBe(`${origin}/`)
  expect(await owner.getByRole('button', { name: 'Send to the phone’s owner' }).count()).toBe(0)
  expect(code).toMatch(/^\w{4}-\w{4}$/)
  expect(emulator.typeCode(code?.replace('-', '') ?? '')).toEqual({ ok: true })

  for (const shown of [staff, owner]) await shown.locator('[data-status="linked"]').waitFor()
  expect(await staff.getByText('+55 11 98765 4321').count()).toBe(1)

  const headers = { authorization: `Bearer ${pairingLinkToken(link)}` }
  const { connection } = proxy({ url: `${origin}/api/pairing`, headers })
  await vi.waitFor(
    async () =>
      expect((await rejection(connection.read({ want: 'state', method: 'qr' }))).code).toBe('forbidden'),
    { timeout: 4 * GRACE_MS, interval: 250 },
  )
  const late = await open(await browser.newContext(devices['Pixel 7']))
  await late.locator('[data-code="forbidden"]').waitFor()
  expect(emulator.state.status).toBe('linked')
}, 120_000)
