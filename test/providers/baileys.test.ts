import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { initAuthCreds, useMultiFileAuthState, type WASocket } from 'baileys'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { asRecord, asText } from '../../src/core/json.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { type BaileysAuthState, baileys } from '../../src/providers/baileys.js'
import { statusSnapshot } from '../../src/providers/lib/baileys-state.js'
import { testProvider } from '../../src/testing.js'
import { eventually } from '../eventually.js'
import { connectClient, memoryAuth } from '../whatsapp-server/client.js'
import type { WhatsAppServerOptions } from '../whatsapp-server/whatsapp-server.js'
import { createChildren } from './baileys-child.js'
import { link, openSetup, pairingCodeOf, type Setup, textOf, watch } from './baileys-setup.js'
import { everythingIn, gate, rejection } from './fetch-stub.js'

const setups: Setup[] = []

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  await Promise.all(setups.splice(0).map((setup) => setup.end()))
})

async function open(options?: WhatsAppServerOptions): Promise<Setup> {
  const setup = await openSetup(options)
  setups.push(setup)
  return setup
}

type ProviderOptions = Parameters<Setup['provider']>[0]

/** A setup with one provider. */
async function single(serverOptions?: WhatsAppServerOptions, options?: ProviderOptions) {
  const setup = await open(serverOptions)
  return { setup, provider: setup.provider(options) }
}

/** The same, after a reset: it shows this code. */
async function showing(serverOptions?: WhatsAppServerOptions, options?: ProviderOptions) {
  const { setup, provider } = await single(serverOptions, options)
  const watched = watch(provider)
  await provider.reset({})
  return { setup, provider, watched, code: textOf(await watched.until('qr')) }
}

/** The same, after a phone has scanned it. */
async function linked(serverOptions?: WhatsAppServerOptions, options?: ProviderOptions) {
  const { setup, provider } = await single(serverOptions, options)
  return { setup, provider, watched: await link(setup, provider) }
}

/** A link in a folder that no process uses. */
async function keptLink(): Promise<Setup> {
  const { setup, provider } = await linked()
  await provider.close()
  return setup
}

const realSetTimeout = setTimeout

/** Waits for an event that must not happen. */
const quiet = (ms: number): Promise<unknown> => new Promise((resolve) => realSetTimeout(resolve, ms, 'quiet'))

/** Shortens waits only; the network keeps its speed. */
function fakeWaiting(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
}

/** More codes than a test can take, also if each is shown for 50 ms only. */
const manyRefs = { refLifetimesMs: Array<number>(200).fill(60_000) }

// Without a mock server: later tests cover the account with the WhatsApp server in test/whatsapp-server.
testProvider({
  name: 'baileys',
  describe,
  it,
  create: () => baileys({ authState: async () => memoryAuthState(), sessionId: 'rules' }),
  serverOnly: true,
  invalid: {
    'an empty folder': () => baileys({ authFolder: '' }),
    'a blank folder, as from an unset variable': () => baileys({ authFolder: ' ' }),
    // Otherwise two tenants would share a socket.
    'credentials without a session id': () =>
      baileys({ authState: async () => memoryAuthState(), sessionId: ' ' }),
  },
})

it('baileys: the same folder has the same session id, for each spelling of its path', () => {
  expect(baileys({ authFolder: 'a/../link' }).sessionId).toBe(baileys({ authFolder: './link/' }).sessionId)
})

describe('baileys: QR code', () => {
  it('getStatus() and getQrCode() open no socket', async () => {
    const { setup, provider } = await single()
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
    await expect(provider.getQrCode({})).resolves.toEqual({ status: 'stopped' })
    expect(setup.server.connectionCount).toBe(0)
  })

  it('links the phone that scans it', async () => {
    const { provider } = await linked({ pictureUrl: 'https://pps.whatsapp.net/picture.jpg' })
    await expect(provider.getStatus({})).resolves.toEqual({
      status: 'linked',
      account: {
        phoneNumber: '5511987654321',
        avatarUrl: 'https://pps.whatsapp.net/picture.jpg',
        id: '5511987654321:1@s.whatsapp.net',
      },
    })
  })

  it('shows WhatsApp’s restart after the scan as linking only', async () => {
    const { watched } = await linked()
    expect(watched.statuses).toEqual(['stopped', 'unlinked', 'qr', 'linking', 'linked'])
    expect(watched.errors).toEqual([])
  })

  it('is not replaced after the scan, although Baileys issues further codes', async () => {
    const wentOn = gate()
    const { setup, provider, watched, code } = await showing(manyRefs, {
      socketOptions: { qrTimeout: 50 },
      onSocket({ ev }) {
        let isPaired = false
        ev.on('connection.update', ({ qr, isNewLogin }) => {
          if (isNewLogin) isPaired = true
          if (isPaired && qr) wentOn.open()
        })
      },
    })
    setup.server.holdsRestart = true
    await setup.server.phone.scan(code)
    await wentOn.opened
    await expect(provider.getQrCode({})).resolves.toEqual({ status: 'linking' })
    setup.server.restart()
    await watched.until('linked')
    expect(watched.statuses.slice(-3)).toEqual(['qr', 'linking', 'linked'])
  })

  it('stays in linking if the connection breaks after the scan', async () => {
    const { setup, provider } = await single()
    setup.server.events.once('linked', () => setup.server.drop())
    const watched = await link(setup, provider)
    expect(watched.statuses.slice(-3)).toEqual(['qr', 'linking', 'linked'])
    expect(watched.errors).toEqual([])
  })

  it('each code has its remaining time: a minute, then 20 seconds', async () => {
    fakeWaiting()
    const { provider } = await single({}, { socketOptions: { keepAliveIntervalMs: 3_600_000 } })
    const watched = watch(provider)
    await provider.reset({})
    await expect(watched.until('qr')).resolves.toMatchObject({ expiresInMs: 60_000 })
    await vi.advanceTimersByTimeAsync(59_000)
    await expect(provider.getQrCode({})).resolves.toMatchObject({ expiresInMs: 1_000 })
    for (const lifetimeMs of [1_000, 20_000, 20_000, 20_000, 20_000]) {
      const before = await provider.getQrCode({})
      await vi.advanceTimersByTimeAsync(lifetimeMs)
      const after = await provider.getQrCode({})
      expect(after).toMatchObject({ status: 'qr', expiresInMs: 20_000 })
      expect(after).not.toEqual(before)
    }
  })

  it('another round starts after the last code while a page polls', async () => {
    const setup = await open({ refLifetimesMs: [50, 50, 50] })
    const provider = setup.provider({ socketOptions: { qrTimeout: 50 } })
    const registered = vi.fn()
    setup.server.events.on('registration', registered)
    const watched = watch(provider)
    await provider.reset({})
    const codes = new Set<string>()
    while (codes.size < 4) codes.add(textOf(await watched.until('qr')))
    expect(registered).toHaveBeenCalledTimes(2)
    expect(watched.errors).toEqual([])
    expect(new Set(watched.statuses)).toEqual(new Set(['stopped', 'unlinked', 'qr']))
  })

  it('no other round starts while no page polls', async () => {
    fakeWaiting()
    const setup = await open()
    const ended = vi.fn()
    const socketOptions = { keepAliveIntervalMs: 3_600_000 }
    const provider = setup.provider({
      socketOptions,
      onSocket: ({ ev }) => ev.on('connection.update', ({ connection }) => connection === 'close' && ended()),
    })
    // This keeps the round alive until its end, and no longer.
    await pairingCodeOf(setup, provider)
    await vi.advanceTimersByTimeAsync(159_000)
    expect(setup.server.connectionCount).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1), eventually)
    const another = once(setup.server.events, 'registration')
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(Promise.race([another, quiet(200)])).resolves.toBe('quiet')
  })

  it.each(['restart', 'drop', 'expireRefs'] as const)(
    'new codes follow when the server ends the connection (%s)',
    async (action) => {
      const { setup, watched, code: first } = await showing()
      setup.server[action]()
      const second = textOf(await watched.until('qr'))
      expect(second).not.toBe(first)
      expect(watched.errors).toEqual([])
      expect(watched.statuses).not.toContain('linking')
      await expect(setup.server.phone.scan(second)).resolves.toEqual({ ok: true })
    },
  )

  it('a code stays if a second page also resets', async () => {
    const { provider, code } = await showing()
    await provider.reset({})
    await expect(provider.getQrCode({})).resolves.toMatchObject({ qrCode: { value: code } })
  })

  it('is not part of the response about the state, which any badge may read', async () => {
    const { provider } = await showing()
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
  })
})

describe('baileys: the chats that are copied after a link', () => {
  it('are reported as far as the phone has sent them, even with a name that arrives later', async () => {
    const setup = await open()
    let socket: WASocket | undefined
    const provider = setup.provider({
      onSocket: (opened) => {
        socket = opened
      },
    })
    const watched = await link(setup, provider)
    // Baileys delays such events for some seconds after a login.
    const sent = (progress: number | null) => {
      socket?.ev.emit('messaging-history.set', { chats: [], contacts: [], messages: [], progress })
      socket?.ev.flush()
      return provider.getStatus({})
    }
    expect(await provider.getStatus({})).not.toHaveProperty('syncProgress', expect.anything())
    expect(await sent(40)).toMatchObject({ status: 'linked', syncProgress: 40 })
    socket?.ev.emit('creds.update', { me: { id: `${setup.phoneNumber}:1@s.whatsapp.net`, name: 'Ana' } })
    // This part does not contain the total.
    expect(await sent(null)).toMatchObject({ account: { name: 'Ana' }, syncProgress: 40 })
    expect(await sent(100)).toMatchObject({ status: 'linked', syncProgress: 100 })
    expect(watched.errors).toEqual([])
  })

  it.each([
    [0, 40],
    [119_999, 40],
    [120_000, undefined],
  ])('are no longer reported %s ms after the last part if that is too long: %s', (ageMs, expected) => {
    const state = { status: 'linked', account: {}, sync: { progress: 40, at: 1_000 } } as const
    expect(statusSnapshot(state, 1_000 + ageMs)).toEqual({
      status: 'linked',
      account: {},
      syncProgress: expected,
    })
  })
})

describe('baileys: pairing code', () => {
  it('links the phone on which it is typed, and is valid as long as the round that it starts', async () => {
    const { setup, provider } = await single()
    const watched = watch(provider, 'phone-code')
    const snapshot = await provider.requestPairingCode(setup.phoneNumber, {})
    expect(snapshot).toMatchObject({
      status: 'pairing-code',
      pairingCode: expect.stringMatching(/^[1-9A-Z]{8}$/),
    })
    const { pairingCode: code = '', expiresInMs } = snapshot.status === 'pairing-code' ? snapshot : {}
    expect(expiresInMs).toBeGreaterThan(155_000)
    expect(expiresInMs).toBeLessThanOrEqual(160_000)
    await expect(setup.server.phone.typeCode(code)).resolves.toEqual({ ok: true })
    await expect(watched.until('linked')).resolves.toMatchObject({
      account: { phoneNumber: setup.phoneNumber },
    })
    expect(watched.errors).toEqual([])
  })

  it('invalidates the previous one', async () => {
    const { setup, provider } = await single()
    const first = await pairingCodeOf(setup, provider)
    const second = await pairingCodeOf(setup, provider)
    await expect(setup.server.phone.typeCode(first)).resolves.toEqual({ ok: false, reason: 'wrong-code' })
    await expect(setup.server.phone.typeCode(second)).resolves.toEqual({ ok: true })
  })

  it.each([
    [400, 'code-refused'],
    [429, 'rate-limited'],
  ] as const)(
    'is not returned if WhatsApp responds with %i, although Baileys has one',
    async (code, expected) => {
      const setup = await open()
      setup.server.refusals.pairingCode = code
      const provider = setup.provider()
      expect((await rejection(provider.requestPairingCode(setup.phoneNumber, {}))).code).toBe(expected)
    },
  )

  it('does not block a QR code when it is abandoned', async () => {
    const { setup, provider } = await single()
    const refused = vi.fn()
    setup.server.events.on('login-refused', refused)
    await pairingCodeOf(setup, provider)
    expect(await readdir(setup.folder)).not.toContain('creds.json')
    setup.server.restart()
    const watched = watch(provider)
    await watched.until('unlinked')
    const code = textOf(await watched.until('qr'))
    await expect(setup.server.phone.scan(code)).resolves.toEqual({ ok: true })
    await watched.until('linked')
    expect(refused).not.toHaveBeenCalled()
  })

  it('does not block pairing after a restart of the process', async () => {
    const { setup, provider } = await single()
    await pairingCodeOf(setup, provider)
    await provider.close()
    await link(setup, setup.provider())
    expect(setup.server.phone.devices).toHaveLength(1)
  })

  it('does not block pairing if another program left it behind', async () => {
    const setup = await open()
    const { state, saveCreds } = await useMultiFileAuthState(setup.folder)
    Object.assign(state.creds, {
      me: { id: `${setup.phoneNumber}@s.whatsapp.net`, name: '~' },
      pairingCode: 'ABCD1234',
    })
    await saveCreds()
    const provider = setup.provider()
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
    await link(setup, provider)
  })

  it('is not requested if a phone is linked', async () => {
    const { setup, provider } = await linked()
    await expect(provider.requestPairingCode(setup.phoneNumber, {})).resolves.toMatchObject({
      status: 'linked',
    })
  })

  it('belongs to the phone with this number', async () => {
    const { setup, provider } = await single()
    const accepted = once(setup.server.events, 'code-requested')
    await provider.requestPairingCode(normalizePhoneNumber('+1 202 555 0123'), {})
    const [exchange] = await accepted
    expect(exchange).toMatchObject({ jid: '12025550123@s.whatsapp.net' })
  })
})

describe('baileys: passkey', () => {
  /** A phone whose account requires a passkey has scanned a code; Baileys issues others every 50 ms. */
  async function scanned() {
    const qrCodes = vi.fn()
    const { setup, provider, watched, code } = await showing(manyRefs, {
      socketOptions: { qrTimeout: 50 },
      onSocket: ({ ev }) => ev.on('connection.update', ({ qr }) => qr && qrCodes()),
    })
    const registered = vi.fn()
    setup.server.events.on('registration', registered)
    setup.server.phone.wantsPasskey = true
    expect(await setup.server.phone.scan(code)).toEqual({ ok: false, reason: 'passkey-required' })
    expect(await watched.until('passkey-required')).toMatchObject({ status: 'passkey-required' })
    return { setup, provider, watched, qrCodes, registered }
  }

  it('shows no further code although Baileys issues more, and exposes nothing of the challenge', async () => {
    const { provider, watched, qrCodes, registered } = await scanned()
    const before = qrCodes.mock.calls.length
    await vi.waitFor(() => expect(qrCodes.mock.calls.length).toBeGreaterThan(before), eventually)
    for (const snapshot of [await provider.getStatus({}), await provider.getQrCode({})])
      expect(snapshot).toEqual({ status: 'passkey-required' })
    expect(watched.statuses.slice(-2)).toEqual(['qr', 'passkey-required'])
    expect(registered).not.toHaveBeenCalled()
  })

  it('is also detected after a pairing code, and no other code is requested', async () => {
    const { setup, provider } = await single()
    setup.server.phone.wantsPasskey = true
    const code = await pairingCodeOf(setup, provider)
    expect(await setup.server.phone.typeCode(code)).toEqual({ ok: false, reason: 'passkey-required' })
    await vi.waitFor(
      async () => expect(await provider.getStatus({})).toEqual({ status: 'passkey-required' }),
      eventually,
    )
    expect(await provider.requestPairingCode(setup.phoneNumber, {})).toEqual({ status: 'passkey-required' })
    await provider.unlink({})
    expect(await provider.getStatus({})).toEqual({ status: 'passkey-required' })
  })

  it('links if a listener of the host responds on the socket', async () => {
    const { setup, watched } = await scanned()
    expect(await setup.server.phone.passPasskey()).toEqual({ ok: true })
    await watched.until('linked')
    expect(watched.statuses.slice(-3)).toEqual(['passkey-required', 'linking', 'linked'])
  })

  it('expires with its socket: no new code follows until reset()', async () => {
    const { setup, provider, watched, registered } = await scanned()
    setup.server.expireRefs()
    expect((await watched.nextError()).code).toBe('passkey-expired')
    expect((await rejection(provider.getStatus({}))).code).toBe('passkey-expired')
    await quiet(200)
    expect(registered).not.toHaveBeenCalled()
    setup.server.phone.wantsPasskey = false
    await provider.reset({})
    expect(await setup.server.phone.scan(textOf(await watched.until('qr')))).toEqual({ ok: true })
    await watched.until('linked')
  })

  it('ends with reset(), which starts a new code', async () => {
    const { provider, watched, registered } = await scanned()
    await provider.reset({})
    await watched.until('qr')
    expect(registered).toHaveBeenCalledOnce()
  })
})

describe('baileys: the link', () => {
  it('is restored by the first request after a restart of the process', async () => {
    const setup = await keptLink()
    const next = setup.provider()
    const watched = watch(next)
    await expect(next.getStatus({})).resolves.toEqual({ status: 'preparing' })
    await expect(watched.until('linked')).resolves.toMatchObject({
      account: { phoneNumber: setup.phoneNumber },
    })
  })

  it.each(['restart', 'drop'] as const)(
    'stays and is restored when the connection is lost (%s)',
    async (action) => {
      const { setup, provider, watched } = await linked()
      const back = once(setup.server.events, 'login')
      setup.server[action]()
      await back
      await expect(provider.getStatus({})).resolves.toMatchObject({ status: 'linked' })
      expect(watched.statuses.at(-1)).toBe('linked')
    },
  )

  it('ends when the phone logs it out, and a new one can be made', async () => {
    const { setup, provider, watched } = await linked()
    setup.server.phone.logOut()
    await watched.until('stopped')
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
    await expect(provider.getQrCode({})).resolves.toEqual({ status: 'stopped' })
    expect(await readdir(setup.folder)).toEqual(['whatsapp-pairing.lock'])
    await link(setup, provider)
    expect(setup.server.phone.devices.map(({ index }) => index)).toEqual([2])
  })

  it('ends if the phone logged it out while the process was stopped', async () => {
    const setup = await keptLink()
    setup.server.phone.logOut()
    const next = setup.provider()
    const watched = watch(next)
    await watched.until('stopped')
    await expect(next.getStatus({})).resolves.toEqual({ status: 'unlinked' })
  })

  it('ends if the phone logs it out before it is complete', async () => {
    fakeWaiting()
    const setup = await open()
    const provider = setup.provider({
      onSocket: ({ ev }) =>
        ev.on('connection.update', ({ connection }) => {
          // Baileys now requests the picture.
          if (connection === 'open') setup.server.isMute = true
        }),
    })
    const watched = watch(provider)
    await provider.reset({})
    await setup.server.phone.scan(textOf(await watched.until('qr')))
    await vi.waitFor(() => expect(setup.server.isMute).toBe(true), eventually)
    setup.server.phone.logOut()
    await watched.until('stopped')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(watched.statuses.at(-1)).toBe('stopped')
  })

  it('is ended on the phone too', async () => {
    const { setup, provider } = await linked()
    await provider.unlink({})
    expect(setup.server.phone.devices).toEqual([])
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
    expect(await readdir(setup.folder)).toEqual(['whatsapp-pairing.lock'])
  })

  it('cannot be ended only locally if WhatsApp cannot be notified', async () => {
    const { setup, provider } = await linked()
    setup.server.refusals.login = 503
    const lost = once(setup.server.events, 'close')
    setup.server.drop()
    await lost
    await vi.waitFor(
      async () => expect((await rejection(provider.unlink({}))).code).toBe('network'),
      eventually,
    )
    expect(await readdir(setup.folder)).toContain('creds.json')
  })

  it('survives a reset', async () => {
    const { provider } = await linked()
    await provider.reset({})
    await expect(provider.getStatus({})).resolves.toMatchObject({ status: 'linked' })
  })

  it('ends when another process logs in with its credentials, until it is reset', async () => {
    const { setup, provider } = await linked()
    const { state } = await useMultiFileAuthState(setup.folder)
    const gone = once(setup.server.events, 'close')
    const other = connectClient(setup.server, state)
    await Promise.all([other.opened, gone])
    expect((await rejection(provider.getStatus({}))).code).toBe('invalid-options')
    // Longer than the pause before another attempt.
    await expect(Promise.race([other.closed, quiet(400)])).resolves.toBe('quiet')
    await provider.reset({})
    await expect(other.closed).resolves.toBe(440)
  })

  it('passes every socket to onSocket', async () => {
    const setup = await open()
    const onSocket = vi.fn()
    await link(setup, setup.provider({ onSocket }))
    // One socket to register, one to log in.
    expect(onSocket).toHaveBeenCalledTimes(2)
    expect(onSocket.mock.calls[1]?.[0].user).toMatchObject({ id: '5511987654321:1@s.whatsapp.net' })
  })
})

describe('baileys: refusals', () => {
  const unreachable = { socketOptions: { waWebSocketUrl: 'ws://127.0.0.1:9/' } }

  it('name the missing package', async () => {
    vi.resetModules()
    vi.doMock('baileys', () => {
      throw new Error('Cannot find package in /somewhere')
    })
    const { baileys: withoutPackage } = await import('../../src/providers/baileys.js')
    const error = await rejection(withoutPackage({ authFolder: 'never-made' }).reset({}))
    vi.doUnmock('baileys')
    expect(error.code).toBe('not-supported')
    expect(error.message).toContain('npm install baileys')
    expect(everythingIn(error)).not.toContain('/somewhere')
  })

  it('report that Baileys rejects the options, without repeating them', async () => {
    const { provider } = await single({}, { socketOptions: { waWebSocketUrl: 'not a url' } })
    const error = await rejection(provider.reset({}))
    expect(error.code).toBe('invalid-options')
    expect(everythingIn(error)).not.toContain('not a url')
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
  })

  it('expose nothing that the host’s own store throws', async () => {
    const authState = () => Promise.reject(new Error('postgres://user:secret@database'))
    const provider = baileys({ authState, sessionId: 'failing' })
    const error = await rejection(provider.getStatus({}))
    expect(error.code).toBe('unknown')
    expect(everythingIn(error)).not.toContain('secret')
  })

  it('leave no device on the phone if the credentials cannot be stored', async () => {
    const setup = await open()
    const store = memoryAuthState()
    vi.mocked(store.saveCreds).mockRejectedValue(new Error('disk full'))
    const socketOptions = { waWebSocketUrl: setup.server.url }
    const provider = setup.keep(baileys({ authState: async () => store, sessionId: 'full', socketOptions }))
    const watched = watch(provider)
    await provider.reset({})
    const code = textOf(await watched.until('qr'))
    const loggedOut = once(setup.server.events, 'logged-out')
    await expect(setup.server.phone.scan(code)).resolves.toEqual({ ok: true })
    await loggedOut
    await vi.waitFor(
      () => expect(provider.getStatus({})).rejects.toMatchObject({ code: 'unknown' }),
      eventually,
    )
    expect(watched.statuses).not.toContain('linked')
  })

  it('report that WhatsApp cannot be reached', async () => {
    const { setup, provider } = await single({}, unreachable)
    const watched = watch(provider)
    await provider.reset({})
    const error = await watched.nextError()
    expect(error.code).toBe('network')
    // Before the first code, the version may be the reason too.
    expect(error.message).toContain('baileys 7.0.0-rc14')
    expect((await rejection(provider.getStatus({}))).code).toBe('network')
    expect((await rejection(provider.getQrCode({}))).code).toBe('network')
    expect((await rejection(provider.requestPairingCode(setup.phoneNumber, {}))).code).toBe('network')
    expect(everythingIn(error)).not.toContain('127.0.0.1')
  })

  it('keep a link that cannot be reached after a restart of the process, and report it', async () => {
    const setup = await keptLink()
    expect((await watch(setup.provider(unreachable)).nextError()).code).toBe('network')
    expect(await readdir(setup.folder)).toContain('creds.json')
  })

  it.each([401, 403])('do not treat the %i of a gateway as WhatsApp’s', async (code) => {
    const setup = await keptLink()
    const gateway = createServer()
    gateway.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${code} Refused\r\nConnection: close\r\n\r\n`))
    gateway.listen(0, '127.0.0.1')
    await once(gateway, 'listening')
    const address = asRecord(gateway.address())
    const next = setup.provider({ socketOptions: { waWebSocketUrl: `ws://127.0.0.1:${address.port}/` } })
    expect((await watch(next).nextError()).code).toBe('network')
    expect(await readdir(setup.folder)).toContain('creds.json')
    gateway.close()
  })

  it.each([
    [
      'that WhatsApp no longer accepts this version, and a reset keeps the link',
      405,
      'not-supported',
      'linked',
    ],
    ['a locked account, and a reset starts over', 403, 'account-blocked', 'qr'],
  ] as const)('report %s', async (_title, refusal, code, status) => {
    const setup = await keptLink()
    setup.server.refusals.login = refusal
    const next = setup.provider()
    const watched = watch(next)
    expect((await watched.nextError()).code).toBe(code)
    setup.server.refusals.login = undefined
    await next.reset({})
    await watched.until(status)
  })

  it('require a reset if WhatsApp no longer accepts the credentials', async () => {
    const setup = await keptLink()
    setup.server.refusals.login = 411
    const next = setup.provider()
    const watched = watch(next)
    await watched.until('stale')
    await expect(next.getStatus({})).resolves.toEqual({ status: 'stale' })
    await next.reset({})
    await watched.until('qr')
  })

  it('end immediately when the request is aborted', async () => {
    const { setup, provider } = await single()
    const controller = new AbortController()
    const request = rejection(provider.requestPairingCode(setup.phoneNumber, { signal: controller.signal }))
    controller.abort()
    expect((await request).code).toBe('aborted')
    expect((await rejection(provider.getStatus({ signal: AbortSignal.abort() }))).code).toBe('aborted')
  })
})

describe('baileys: pushed snapshots', () => {
  it('are repeated, so that no page needs to poll for an unchanged state', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    const { provider } = await single()
    const pushed: PairingSnapshot[] = []
    await provider.getStatus({})
    provider.subscribe((snapshot) => pushed.push(snapshot), { method: 'phone-code' })
    await Promise.resolve()
    const [first] = pushed
    expect(first).toMatchObject({ status: 'unlinked' })
    await vi.advanceTimersByTimeAsync(first?.nextInMs ?? 0)
    expect(pushed).toEqual([first, first])
  })

  it('contain for each code its lifetime and the time of its confirmation or replacement', async () => {
    fakeWaiting()
    const { provider } = await single()
    const watched = watch(provider)
    await provider.reset({})
    const first = await watched.until('qr')
    expect(first).toMatchObject({ expiresInMs: 60_000, confirmInMs: 27_000, nextInMs: 27_000 })
    await vi.advanceTimersByTimeAsync(60_000)
    let next = await watched.until('qr')
    while (textOf(next) === textOf(first)) next = await watched.until('qr')
    expect(next).toMatchObject({ expiresInMs: 20_000, confirmInMs: 22_000, nextInMs: 22_000 })
  })

  it('have no nextInMs for codes if only reset() can start them', async () => {
    const watched = watch((await open()).provider())
    await expect(watched.until('stopped')).resolves.toEqual({ status: 'stopped', nextInMs: 0 })
  })

  it('contain no QR code for the method phone-code', async () => {
    const { provider } = await single()
    const [typing, looking] = [watch(provider, 'phone-code'), watch(provider)]
    await provider.reset({})
    await looking.until('qr')
    expect(typing.statuses).toEqual(['unlinked'])
  })

  it.each(['function', 'signal'] as const)('stop by its %s', async (means) => {
    const { provider } = await single()
    const controller = new AbortController()
    const listener = vi.fn()
    const stop = provider.subscribe(listener, { signal: controller.signal })
    if (means === 'function') stop()
    else controller.abort()
    await provider.getStatus({})
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('baileys: one socket for a session', () => {
  it('is shared by all providers of the folder', async () => {
    const setup = await open()
    const [first, second] = [setup.provider(), setup.provider()]
    const watched = watch(second)
    await Promise.all([first.reset({}), second.reset({})])
    const code = textOf(await watched.until('qr'))
    expect(setup.server.connectionCount).toBe(1)
    await expect(first.getQrCode({})).resolves.toMatchObject({ qrCode: { value: code } })
  })

  it('is not shared by separate sessions', async () => {
    const setup = await open()
    const authState = async () => memoryAuthState()
    const socketOptions = { waWebSocketUrl: setup.server.url }
    const [first, second] = ['one', 'two'].map((sessionId) =>
      setup.keep(baileys({ authState, sessionId, socketOptions })),
    )
    if (!first || !second) throw new Error('Two were made.')
    const codes = [watch(first), watch(second)].map(async (watched) => textOf(await watched.until('qr')))
    await Promise.all([first.reset({}), second.reset({})])
    const [one, two] = await Promise.all(codes)
    expect(one).not.toBe(two)
    expect(setup.server.connectionCount).toBe(2)
  })

  it('stores credentials in the host’s store, and only those of a link', async () => {
    const setup = await open()
    const store = memoryAuthState()
    const provider = setup.keep(
      baileys({
        authState: async () => store,
        sessionId: 'host',
        socketOptions: { waWebSocketUrl: setup.server.url },
      }),
    )
    await pairingCodeOf(setup, provider)
    expect(store.saveCreds).not.toHaveBeenCalled()
    await link(setup, provider)
    expect(store.saveCreds).toHaveBeenCalled()
    expect(store.state.creds.me?.id).toBe('5511987654321:1@s.whatsapp.net')
    vi.mocked(store.clear).mockClear()
    await provider.unlink({})
    expect(store.clear).toHaveBeenCalledTimes(1)
  })
})

function memoryAuthState(): BaileysAuthState {
  const state = memoryAuth()
  return {
    state,
    saveCreds: vi.fn(async () => undefined),
    clear: vi.fn(async () => {
      for (const key of Object.keys(state.creds)) Reflect.deleteProperty(state.creds, key)
      Object.assign(state.creds, initAuthCreds())
    }),
  }
}

describe('baileys: the end of a socket', () => {
  it('follows for a pairing without requests, and the next request gets a new code', async () => {
    const { setup, provider } = await single({}, { idleTimeoutMs: 60 })
    const gone = once(setup.server.events, 'close')
    const watched = watch(provider)
    await provider.reset({})
    const first = textOf(await watched.until('qr'))
    watched.stop()
    await gone
    await expect(provider.getStatus({})).resolves.toEqual({ status: 'unlinked' })
    await expect(provider.getQrCode({})).resolves.toEqual({ status: 'unlinked' })
    expect(textOf(await watch(provider).until('qr'))).not.toBe(first)
  })

  it('does not follow for a pairing code, whose user has left the page', async () => {
    const { setup, provider } = await single({}, { idleTimeoutMs: 1 })
    const code = await pairingCodeOf(setup, provider)
    await expect(setup.server.phone.typeCode(code)).resolves.toEqual({ ok: true })
    await watch(provider).until('linked')
  })

  it('does not follow for a link', async () => {
    const { setup, watched } = await linked({}, { idleTimeoutMs: 1 })
    watched.stop()
    const cut = once(setup.server.events, 'close')
    await expect(Promise.race([cut, quiet(50)])).resolves.toBe('quiet')
  })

  it('follows with close(), for all pending calls', async () => {
    const { setup, provider, watched } = await linked()
    const gone = once(setup.server.events, 'close')
    await provider.close()
    await gone
    expect(watched.gaps).toBe(1)
    expect((await rejection(provider.getStatus({}))).code).toBe('provider-unavailable')
    expect((await rejection(provider.reset({}))).code).toBe('provider-unavailable')
    expect(watch(provider).gaps).toBe(1)
    expect(setup.server.phone.devices).toHaveLength(1)
  })

  it.each(['registration', 'linked', 'login'] as const)('can happen at any moment (%s)', async (moment) => {
    const { setup, provider } = await single()
    const reached = once(setup.server.events, moment)
    link(setup, provider).catch(() => undefined)
    await reached
    await provider.close()
    await vi.waitFor(() => expect(setup.server.connectionCount).toBe(0), eventually)
  })

  it('is not delayed by close() if the server does not respond', async () => {
    const { setup, provider } = await linked()
    setup.server.freeze()
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const before = sockets()
    await provider.close()
    expect(sockets()).toBeLessThan(before)
  })

  it('can happen before the socket exists', async () => {
    const { setup, provider } = await single()
    const reset = rejection(provider.reset({}))
    await provider.close()
    expect((await reset).code).toBe('provider-unavailable')
    expect(setup.server.connectionCount).toBe(0)
  })

  it.each([
    ['linked', false],
    // Baileys waits a minute for each of them.
    ['while WhatsApp has pending responses', true],
  ])(
    'leaves nothing that keeps the process alive (%s; of dist: npm run build first)',
    async (_title, isMute) => {
      const setup = await open()
      const { server } = setup
      server.events.once('login', () => {
        server.isMute = isMute
      })
      const loggedIn = once(server.events, 'login')
      const children = createChildren()
      const child = await children.start(setup)
      child.process.send({ call: 'subscribe' })
      await child.call('reset')
      const { qrCode } = await child.pushed('qr')
      const code = asText(asRecord(qrCode).value) ?? ''
      await expect(server.phone.scan(code)).resolves.toEqual({ ok: true })
      if (isMute) await loggedIn
      else await child.pushed('linked')
      await child.close()
    },
  )
})

describe('baileys: files', () => {
  it('are readable only by their owner, in their own folder', async () => {
    const { setup, provider } = await linked()
    // close() waits for pending writes.
    await provider.close()
    expect((await stat(setup.folder)).mode & 0o777).toBe(0o700)
    const files = await readdir(setup.folder)
    expect(files).toContain('creds.json')
    for (const file of files) expect((await stat(`${setup.folder}/${file}`)).mode & 0o777, file).toBe(0o600)
    expect(JSON.parse(await readFile(`${setup.folder}/creds.json`, 'utf8'))).toMatchObject({
      me: { id: '5511987654321:1@s.whatsapp.net' },
    })
  })
})
