import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { asRecord, asText } from '../../src/core/json.js'
import { type Child, type Children, createChildren, endIdleChildren } from './baileys-child.js'
import { openSetup, type Setup } from './baileys-setup.js'

// Starts real processes over dist: npm run build first.

let setup: Setup
let children: Children

afterEach(async () => {
  await children.end()
  await setup.end()
})

afterAll(endIdleChildren)

async function open(hasBus: boolean): Promise<void> {
  setup = await openSetup()
  children = createChildren({ hasBus })
}

const two = () => Promise.all([children.start(setup), children.start(setup)])

async function qrCodeOf(child: Child): Promise<string> {
  for (;;) {
    const { status, qrCode } = asRecord((await child.call('getQrCode')).value)
    const code = asText(asRecord(qrCode).value)
    if (status === 'qr' && code) return code
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function link(child: Child): Promise<void> {
  expect((await child.call('reset')).code).toBeUndefined()
  await expect(setup.server.phone.scan(await qrCodeOf(child))).resolves.toEqual({ ok: true })
  await child.until('linked')
}

const meIn = async () =>
  asRecord(asRecord(JSON.parse(await readFile(`${setup.folder}/creds.json`, 'utf8'))).me).id

describe('two processes with one folder, without a bus', () => {
  it('the second is refused and opens no connection, and the link of the first stays', async () => {
    await open(false)
    const [first, second] = await two()
    await link(first)
    const before = await meIn()
    for (const call of ['getStatus', 'getQrCode', 'reset', 'unlink']) {
      const { code, text } = await second.call(call)
      expect(code).toBe('invalid-options')
      expect(text).toContain(`process ${first.process.pid} `)
    }
    expect((await second.call('requestPairingCode', setup.phoneNumber)).code).toBe('invalid-options')
    expect(setup.server.connectionCount).toBe(1)
    expect(setup.server.phone.devices).toHaveLength(1)
    expect(await meIn()).toBe(before)
    expect(await first.status()).toBe('linked')
  })

  it('the second is refused while the first shows a code, and cannot take over the link', async () => {
    await open(false)
    const [first, second] = await two()
    await first.call('reset')
    const code = await qrCodeOf(first)
    expect((await second.call('reset')).code).toBe('invalid-options')
    await expect(setup.server.phone.scan(code)).resolves.toEqual({ ok: true })
    await first.until('linked')
    expect(setup.server.phone.devices).toHaveLength(1)
  })

  it.each(['close', 'kill -9'])('the second takes over the link when the first ends by %s', async (means) => {
    await open(false)
    const [first, second] = await two()
    await link(first)
    await second.call('subscribe')
    // As at its start: no code calls it again.
    expect((await second.call('getStatus')).code).toBe('invalid-options')
    if (means === 'close') await first.close()
    else await first.kill()
    await second.pushed('linked')
    expect(setup.server.phone.devices).toHaveLength(1)
    expect(await second.status()).toBe('linked')
  })

  it('if two start at the same moment with a stale lock, one gets the link', async () => {
    await open(false)
    const old = await children.start(setup)
    await link(old)
    await old.kill()
    const both = await two()
    const statuses = await Promise.all(both.map((child) => child.status()))
    expect(statuses.toSorted()).toEqual(['invalid-options', 'preparing'])
    await both[statuses.indexOf('preparing')]?.until('linked')
  })

  it('a lock whose process id belongs to another process now is stale', async () => {
    await open(false)
    const child = await children.start(setup)
    await mkdir(setup.folder, { mode: 0o700 })
    const { hostname } = await import('node:os')
    const owner = { token: 'old', pid: process.pid, start: 'another boot 1', host: hostname() }
    await writeFile(`${setup.folder}/whatsapp-pairing.lock`, JSON.stringify(owner))
    expect(await child.status()).toBe('unlinked')
  })

  it('a login with a copy of the credentials ends the link of the first with an error', async () => {
    await open(false)
    const first = await children.start(setup)
    await link(first)
    const copy = { ...setup, folder: `${setup.folder}-copy` }
    await mkdir(copy.folder)
    // A login needs only this file, which is always whole. The first process may delete others at any moment.
    await copyFile(`${setup.folder}/creds.json`, `${copy.folder}/creds.json`)
    const second = await children.start(copy)
    await second.until('linked')
    await first.until('invalid-options')
    expect((await first.call('getStatus')).text).toContain('same credentials')
    expect(await second.status()).toBe('linked')
  })
})

describe('two processes with one folder and a bus', () => {
  it('the second shows the codes of the first, starts them and unlinks', async () => {
    await open(true)
    const [first, second] = await two()
    expect(await first.status()).toBe('unlinked')
    await link(second)
    expect(await first.status()).toBe('linked')
    expect(setup.server.connectionCount).toBe(1)
    expect((await second.call('getStatus')).value).toEqual((await first.call('getStatus')).value)
    expect((await second.call('unlink')).code).toBeUndefined()
    expect(setup.server.phone.devices).toHaveLength(0)
    const { value } = await second.call('requestPairingCode', setup.phoneNumber)
    const code = asText(asRecord(value).pairingCode) ?? ''
    await expect(setup.server.phone.typeCode(code)).resolves.toEqual({ ok: true })
    await first.until('linked')
    expect(await second.status()).toBe('linked')
  })

  it('the second gets the error of the first', async () => {
    await open(true)
    const [first, second] = await two()
    await first.status()
    setup.server.refusals.pairingCode = 429
    expect((await second.call('requestPairingCode', setup.phoneNumber)).code).toBe('rate-limited')
  })

  it('the second takes over the link when the first is killed', async () => {
    await open(true)
    const [first, second] = await two()
    await link(first)
    expect(await second.status()).toBe('linked')
    await first.kill()
    await second.until('linked')
    expect(setup.server.phone.devices).toHaveLength(1)
    expect(await readFile(`${setup.folder}/whatsapp-pairing.lock`, 'utf8')).toContain(`${second.process.pid}`)
  })
})

describe('a process that is killed', () => {
  it('leaves no temporary file after the next one has started, and keeps the link', async () => {
    await open(false)
    const [first, second] = await two()
    await link(first)
    await first.kill()
    for (const name of ['creds', 'pre-key-5', 'session-a'])
      await writeFile(`${setup.folder}/${name}.json.0721443f-69f3-4a84-93a8-54e0e54ea46c.tmp`, '{')
    await second.until('linked')
    // A linked provider writes at any moment. close() waits for pending writes.
    expect((await second.call('close')).code).toBeUndefined()
    expect((await readdir(setup.folder)).filter((file) => !file.endsWith('.json'))).toEqual([])
  })
})
