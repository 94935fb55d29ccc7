import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trustTestServers } from './certificates.js'
import { type Client, connectClient, memoryAuth } from './client.js'
import { startWhatsAppServer, type WhatsAppServer, type WhatsAppServerOptions } from './whatsapp-server.js'

const number = '5511987654321'

const servers: WhatsAppServer[] = []
const clients: Client[] = []

beforeEach(() => trustTestServers())

afterEach(async () => {
  await Promise.all(clients.splice(0).map(({ socket }) => socket.end(undefined)))
  for (const server of servers.splice(0)) {
    await server.close()
    expect(server.faults).toEqual([])
  }
})

async function start(options?: WhatsAppServerOptions): Promise<WhatsAppServer> {
  const server = await startWhatsAppServer({ phoneNumber: number, ...options })
  servers.push(server)
  return server
}

function connect(server: WhatsAppServer, auth = memoryAuth(), qrTimeout?: number): Client {
  const client = connectClient(server, auth, qrTimeout ? { qrTimeout } : {})
  clients.push(client)
  return client
}

/** The credentials of an accepted device, and its open connection. */
async function linkedClient(server: WhatsAppServer) {
  const auth = memoryAuth()
  const registering = connect(server, auth)
  const [result] = await Promise.all([
    registering.nextQrCode().then((code) => server.phone.scan(code)),
    registering.closed,
  ])
  expect(result).toEqual({ ok: true })
  const client = connect(server, auth)
  await client.opened
  return { auth, client }
}

/** A client that has requested a pairing code, and what the server got of it. */
async function withPairingCode(phoneNumber = number) {
  const server = await start()
  const client = connect(server)
  await client.nextQrCode()
  const accepted = once(server.events, 'code-requested')
  const code = await client.socket.requestPairingCode(phoneNumber)
  const [exchange] = await accepted
  return { server, client, code, exchange }
}

describe('the WhatsApp test server', () => {
  it('links the device whose QR code is scanned, and makes it reconnect immediately', async () => {
    const server = await start()
    const auth = memoryAuth()
    const client = connect(server, auth)
    const code = await client.nextQrCode()
    expect(code).toMatch(/^https:\/\/wa\.me\/settings\/linked_devices#2@[^,]+(?:,[\w+/=]+){4}$/)
    await expect(server.phone.scan(code)).resolves.toEqual({ ok: true })
    await client.paired
    await expect(client.closed).resolves.toBe(515)
    await connect(server, auth).opened
    expect(server.phone.devices.map(({ jid }) => jid)).toEqual([`${number}:1@s.whatsapp.net`])
  })

  it('links the device whose pairing code is typed', async () => {
    const { server, client, code, exchange } = await withPairingCode()
    expect(exchange).toMatchObject({ jid: `${number}@s.whatsapp.net`, display: 'Chrome (Mac OS)' })
    await expect(server.phone.typeCode(`${code.slice(0, 4)}-${code.slice(4)}`)).resolves.toEqual({ ok: true })
    await expect(client.closed).resolves.toBe(515)
  })

  it('shows a wrong pairing code as an error on the phone, and the correct one still links', async () => {
    const { server, code } = await withPairingCode()
    const wrong = code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`
    await expect(server.phone.typeCode(wrong)).resolves.toEqual({ ok: false, reason: 'wrong-code' })
    await expect(server.phone.typeCode(code)).resolves.toEqual({ ok: true })
  })

  it('issues codes only for its own phone', async () => {
    const { server, code } = await withPairingCode('12025550123')
    await expect(server.phone.typeCode(code)).resolves.toEqual({ ok: false, reason: 'no-code-requested' })
  })

  it('refuses an expired code, and the client ends after the last code', async () => {
    const server = await start({ refLifetimesMs: [40, 40] })
    const client = connect(server, memoryAuth(), 60)
    const first = await client.nextQrCode()
    await client.nextQrCode()
    await expect(server.phone.scan(first)).resolves.toEqual({ ok: false, reason: 'code-expired' })
    await expect(client.closed).resolves.toBe(408)
  })

  it('refuses a text that is not a code', async () => {
    const server = await start()
    const result = { ok: false, reason: 'not-a-code' }
    await expect(server.phone.scan('https://example.com')).resolves.toEqual(result)
  })

  it('does not notify the device when the phone declines', async () => {
    const server = await start()
    server.phone.declines = true
    const client = connect(server)
    const code = await client.nextQrCode()
    await expect(server.phone.scan(code)).resolves.toEqual({ ok: false, reason: 'declined' })
    server.phone.declines = false
    await expect(server.phone.scan(code)).resolves.toEqual({ ok: true })
  })

  it('refuses the login that the next connection attempts after an abandoned pairing code', async () => {
    const server = await start()
    const auth = memoryAuth()
    const client = connect(server, auth)
    await client.nextQrCode()
    await client.socket.requestPairingCode(number)
    await client.socket.end(undefined)
    await expect(connect(server, auth).closed).resolves.toBe(401)
  })

  it('refuses a device that knows only the number of another device', async () => {
    const server = await start()
    const { auth } = await linkedClient(server)
    const stranger = memoryAuth()
    if (auth.creds.me) stranger.creds.me = auth.creds.me
    await expect(connect(server, stranger).closed).resolves.toBe(401)
  })

  it('keeps only the last connection of a device', async () => {
    const server = await start()
    const { auth, client } = await linkedClient(server)
    await connect(server, auth).opened
    await expect(client.closed).resolves.toBe(440)
  })

  it('logs out a device permanently when the phone removes it', async () => {
    const server = await start()
    const { auth, client } = await linkedClient(server)
    expect(server.phone.logOut()).toEqual({ ok: true })
    await expect(client.closed).resolves.toBe(401)
    await expect(connect(server, auth).closed).resolves.toBe(401)
    expect(server.phone.logOut()).toEqual({ ok: false, reason: 'not-linked' })
  })

  it('removes a device from the list when the device logs itself out', async () => {
    const server = await start()
    const { client } = await linkedClient(server)
    await Promise.all([once(server.events, 'logged-out'), client.socket.logout()])
    expect(server.phone.devices).toEqual([])
  })

  it('responds to a registration and a login with the configured refusal', async () => {
    const server = await start()
    const { auth } = await linkedClient(server)
    Object.assign(server.refusals, { registration: 405, login: 403 })
    await expect(connect(server).closed).resolves.toBe(405)
    await expect(connect(server, auth).closed).resolves.toBe(403)
  })

  it.each([
    ['restart', 515],
    ['drop', 428],
    ['expireRefs', 428],
  ] as const)('%s ends a registration with %i', async (action, code) => {
    const server = await start()
    const client = connect(server)
    const qrCode = await client.nextQrCode()
    server[action]()
    await expect(client.closed).resolves.toBe(code)
    await expect(server.phone.scan(qrCode)).resolves.toEqual({ ok: false, reason: 'code-expired' })
  })
})
