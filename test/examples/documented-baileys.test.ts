import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { documentSnippets } from '../consumers/lib/documents.mjs'
import { freePort } from '../free-port.mjs'
import { testRootKey } from '../whatsapp-server/certificates.js'
import { startWhatsAppServer } from '../whatsapp-server/whatsapp-server.js'
import { watch } from './mounted-handler.js'

const root = resolve(import.meta.dirname, '../..')

/** Loaded before the server, so that Baileys connects to the test server instead of WhatsApp. */
const redirect = (url: string): string => `
  import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from 'baileys'
  DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = '${url}'
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from('${testRootKey}', 'hex')
`

it('the documented baileys.mjs, saved as pairing.mjs, links a phone behind the documented Express server (of dist: npm run build first)', async () => {
  const whatsapp = await startWhatsAppServer()
  onTestFinished(() => whatsapp.close())
  const folder = await mkdtemp(join(tmpdir(), 'whatsapp-pairing-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules/whatsapp-pairing'))
  for (const name of ['baileys', 'express'])
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  const snippets = await documentSnippets()
  const textOf = (name: string): string => {
    const text = snippets.find(({ file }) => file === name)?.text
    if (text === undefined) throw new Error(`The documentation has no ${name}.`)
    return text
  }
  await writeFile(join(folder, 'server.mjs'), textOf('server.mjs'))
  await writeFile(join(folder, 'pairing.mjs'), textOf('baileys.mjs'))
  await writeFile(join(folder, 'redirect.mjs'), redirect(whatsapp.url))

  const port = await freePort()
  const child = spawn(process.execPath, ['--import', './redirect.mjs', 'server.mjs'], {
    cwd: folder,
    env: { PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const page = proxy({ url: `http://127.0.0.1:${port}/api/pairing` })
  await vi.waitFor(() => page.connection.read({ want: 'state', method: 'qr' }), {
    timeout: 20_000,
    interval: 100,
  })
  await page.connection.act('start', { method: 'qr' })
  const pages = watch(page)
  const shown = await pages.until('qr')
  if (shown.status !== 'qr' || shown.qrCode?.kind !== 'text') throw new Error('It shows no text.')
  expect(await whatsapp.phone.scan(shown.qrCode.value)).toMatchObject({ ok: true })
  await pages.until('linked')
  expect(await readdir(join(folder, '.whatsapp-link'))).toContain('creds.json')

  child.kill('SIGTERM')
  await ended
  expect(errors).toBe('')
}, 60_000)
