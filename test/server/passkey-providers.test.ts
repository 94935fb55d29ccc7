import { describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PasskeyAction } from '../../src/core/passkey.js'
import type { PairingProvider } from '../../src/core/provider.js'
import type { PairingAction, PairingUpdate, PairingWant } from '../../src/core/update.js'
import { greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { waha } from '../../src/providers/waha.js'
import { zApi } from '../../src/providers/z-api.js'
import {
  createEmulator,
  type DemandPasskeyOptions,
  type Emulator,
  type MockServer,
  mockGreenApi,
  mockOwnServer,
  mockWaha,
  mockZApi,
} from '../../src/testing.js'
import { passkeyAnswer } from '../passkey-answer.js'
import { rejection } from '../providers/fetch-stub.js'
import { advance, emulateTime } from '../time.js'
import { memoryBus } from './memory-bus.js'
import { HANDLER_URL, separateHandler } from './setup.js'

// The full stack: a page's proxy, the handler, the adapter, and the mock server of its provider.

interface Kind {
  make(emulator: Emulator): { readonly provider: PairingProvider; readonly mockServer: MockServer }
  /** Requests that start a QR code, a pairing code or a pairing, and would end the ceremony. */
  readonly begins: RegExp
  /** Whether the request for the challenge is one of them. */
  readonly challengeBegins: boolean
  readonly answers: RegExp
  readonly resets: RegExp
  /** What the page gets after the ceremony has expired. */
  readonly atTheEnd: string
}

const kinds = {
  waha: {
    make(emulator) {
      const settings = { apiKey: 'key-of-the-server', session: 'default' }
      const mockServer = mockWaha(emulator, settings)
      const provider = waha({ ...settings, baseUrl: 'https://waha.example.com', fetch: mockServer.fetch })
      return { provider, mockServer }
    },
    begins: /auth\/qr|request-code|\/(?:start|restart|logout|stop)$/,
    challengeBegins: false,
    answers: /POST \S+auth\/passkey$/,
    resets: /\/restart$/,
    atTheEnd: 'passkey-expired',
  },
  'z-api': {
    make(emulator) {
      const settings = { instanceId: '3C01A2B4', token: 'token-of-the-instance' }
      const mockServer = mockZApi(emulator, { ...settings, qrCode: 'text' })
      return { provider: zApi({ ...settings, fetch: mockServer.fetch }), mockServer }
    },
    begins: /qr-code|phone-code|restart|disconnect|restore/,
    challengeBegins: true,
    answers: /POST \/passkey-prologue/,
    resets: /reset-passkey-challenge/,
    atTheEnd: 'qr',
  },
  'own-server': {
    make(emulator) {
      const mockServer = mockOwnServer(emulator)
      const url = 'http://engine.example/pairing'
      const passkey = ['answer', 'confirm', 'handoff', 'reset'] as const
      return { provider: ownServer({ url, passkey, fetch: mockServer.fetch }), mockServer }
    },
    // Every change is a POST to the same path.
    begins: /POST|DELETE/,
    challengeBegins: true,
    answers: /POST/,
    resets: /POST/,
    atTheEnd: 'passkey-expired',
  },
  'green-api': {
    make(emulator) {
      const settings = { idInstance: '1101000001', apiTokenInstance: 'token-of-the-instance' }
      const mockServer = mockGreenApi(emulator, settings)
      return { provider: greenApi({ ...settings, fetch: mockServer.fetch }), mockServer }
    },
    begins: /\/qr|AuthorizationCode|logout|reboot/,
    challengeBegins: false,
    answers: /never/,
    resets: /\/logout/,
    atTheEnd: 'qr',
  },
} satisfies Record<string, Kind>

type KindName = keyof typeof kinds

const WEBHOOK_SECRET = 'k7mQ2xW9pLr4Zt8v'

/** Secrets that may appear only in the response to the request they belong to. */
const secretsOf = (emulator: Emulator): string[] => {
  const { state } = emulator
  if (state.status !== 'passkey-required') return []
  const { challenge } = state.challenge
  const { clientDataJSON, authenticatorData, signature } = passkeyAnswer(challenge).response
  return [challenge, clientDataJSON, authenticatorData, signature]
}

/** Opens a page whose phone has just scanned a code, and whose account requires a passkey. */
async function ceremony(name: KindName, demand: DemandPasskeyOptions = {}) {
  const { make, begins, answers, resets }: Kind = kinds[name]
  const emulator = createEmulator({ seed: 7 })
  const { provider, mockServer } = make(emulator)
  const bus = memoryBus()
  const written: unknown[] = []
  const write = (...entry: readonly unknown[]): void => void written.push(entry)
  const handler = separateHandler({
    provider,
    authorize: () => true,
    allowPasskeyAnswers: true,
    webhookSecret: WEBHOOK_SECRET,
    bus,
    log: write,
    onEvent: write,
    onError: (error) => write(String(error), JSON.stringify(error)),
  })
  const { connection } = proxy({
    url: HANDLER_URL,
    live: false,
    fetch: (input, init) => handler(new Request(input, init)),
  })
  const updates: PairingUpdate[] = []
  const secrets = new Set<string>()
  const read = async (want: PairingWant = 'code'): Promise<PairingUpdate> => {
    const update = await connection.read({ want, method: 'qr' })
    updates.push(update)
    return update
  }
  /** Lets time pass while the page reads every three seconds. */
  const pass = async (ms: number): Promise<PairingUpdate> => {
    for (let passed = 0; passed < ms; passed += 3_000) {
      await advance(Math.min(3_000, ms - passed))
      await read()
    }
    return read()
  }
  /** Every provider reports a change within half a minute. */
  const reach = async (status: PairingUpdate['status']): Promise<void> => {
    for (let count = 0; count < 10; count += 1) if ((await pass(3_000)).status === status) return
    throw new Error(`The page did not read ${status} within 30 s`)
  }
  const act = async (action: PairingAction): Promise<void> => {
    const done = connection.act(action, { method: 'qr' })
    done.catch(() => undefined)
    await advance(10_000)
    updates.push(await done)
  }
  const send = async (action: PasskeyAction, body: object = {}) => {
    if (!connection.passkey) throw new Error('The connection has no passkeys')
    return connection.passkey(action, body, {})
  }
  const challenge = async (): Promise<string> => {
    const { challenge: given } = await send('passkey-challenge')
    if (!given) throw new Error('The response has no challenge')
    for (const secret of secretsOf(emulator)) secrets.add(secret)
    return given.options.challenge
  }
  if ((await read()).status === 'stopped') await act('start')
  await reach('qr')
  emulator.demandPasskey(demand)
  expect(emulator.scan()).toEqual({ ok: true })
  await reach('passkey-required')
  const startedAt = mockServer.requests.length
  const countOf = (kind: RegExp): number =>
    mockServer.requests.slice(startedAt).filter(({ method, path }) => kind.test(`${method} ${path}`)).length
  return {
    emulator,
    connection,
    read,
    pass,
    act,
    send,
    challenge,
    answer: async (signed: string) => send('passkey-answer', { assertion: passkeyAnswer(signed) }),
    /** Sends a webhook of the provider. */
    async webhook(body: object): Promise<number> {
      const headers = { authorization: `Bearer ${WEBHOOK_SECRET}`, 'content-type': 'application/json' }
      const request = { method: 'POST', headers, body: JSON.stringify(body) }
      return (await handler(new Request(`${HANDLER_URL}/webhook`, request))).status
    },
    /** Adds a hand-off code, or the code to compare. */
    keepSecret: (secret: string) => void secrets.add(secret),
    begun: () => countOf(begins),
    answered: () => countOf(answers),
    resets: () => countOf(resets),
    get updates() {
      return updates
    },
    /** Expects nothing of the ceremony in the log, events, errors and bus messages, and the code only in updates. */
    expectSecrecy(...shown: readonly string[]) {
      const text = `${JSON.stringify(written)} ${bus.seen.join(' ')}`
      expect(bus.seen.length).toBeGreaterThan(0)
      for (const secret of [...secrets, ...secretsOf(emulator)]) {
        expect(text).not.toContain(secret)
        if (!shown.includes(secret)) expect(JSON.stringify(updates)).not.toContain(secret)
      }
    },
  }
}

emulateTime(Date.UTC(2026, 10, 30))

const dialogues = ['waha', 'z-api', 'own-server'] as const

describe.each(dialogues)('a passkey ceremony at %s', (name) => {
  const { challengeBegins, atTheEnd }: Kind = kinds[name]

  it('goes from the challenge to the response and the link, and starts nothing else', async () => {
    const page = await ceremony(name)
    expect(await page.pass(60_000)).toMatchObject({ passkey: { step: 'assert' } })
    expect(page.begun()).toBe(0)
    const signed = await page.challenge()
    expect(page.emulator.state).toMatchObject({ challenge: { challenge: signed } })
    await page.answer(signed)
    expect(await page.read()).toMatchObject({ status: 'passkey-required', passkey: { step: 'submitted' } })
    // The handler requests the challenge again, to compare it with the passkey response.
    const own = name === 'own-server' ? 1 : 0
    expect(page.begun()).toBe((challengeBegins ? 2 : 0) + own)
    expect((await page.pass(9_000)).status).toBe('linked')
    expect(page.begun()).toBe((challengeBegins ? 2 : 0) + own)
    page.expectSecrecy()
  })

  it('links nothing if the passkey response is late', async () => {
    const page = await ceremony(name, { lifetimeMs: 30_000 })
    const signed = await page.challenge()
    const before = page.answered()
    await page.pass(31_000)
    const { code } = await rejection(page.answer(signed))
    expect(['passkey-expired', 'invalid-request']).toContain(code)
    expect(page.answered()).toBe(before)
    const after = await page.pass(6_000)
    expect(after.error?.code ?? after.status).toBe(atTheEnd)
    expect(['linking', 'linked']).not.toContain(page.emulator.state.status)
    page.expectSecrecy()
  })

  it('stays submitted without a response of WhatsApp, accepts no second passkey response, and expires', async () => {
    const page = await ceremony(name, { isSilent: true, lifetimeMs: 120_000 })
    const signed = await page.challenge()
    await page.answer(signed)
    expect(await page.pass(60_000)).toMatchObject({
      status: 'passkey-required',
      passkey: { step: 'submitted' },
    })
    const before = page.answered()
    expect((await rejection(page.answer(signed))).code).toBe('invalid-request')
    expect((await rejection(page.challenge())).code).toBe('invalid-request')
    expect(page.answered()).toBe(before)
    const after = await page.pass(60_000)
    expect(after.error?.code ?? after.status).toMatch(name === 'waha' ? /^passkey-/ : atTheEnd)
    page.expectSecrecy()
  })
})

describe.each(['waha', 'own-server'] as const)('a code to compare at %s', (name) => {
  it('is only in updates; no other code can be confirmed, and the state is linking afterwards', async () => {
    const page = await ceremony(name, { comparesCode: true })
    await page.answer(await page.challenge())
    const { passkey } = await page.pass(6_000)
    expect(passkey).toMatchObject({ step: 'confirm', code: expect.stringMatching(/^\w{4}-\w{4}$/) })
    const { code = '' } = passkey ?? {}
    page.keepSecret(code)
    expect((await rejection(page.send('passkey-confirm', { code: 'ABCD-EFGH' }))).code).toBe(
      'invalid-request',
    )
    expect(page.emulator.state).toMatchObject({ step: 'confirm' })
    await page.send('passkey-confirm', { code })
    expect((await page.read('state')).status).toBe('linking')
    expect((await page.pass(6_000)).status).toBe('linked')
    expect(page.updates.slice(-4).map(({ status }) => status)).not.toContain('passkey-required')
    page.expectSecrecy(code)
  })
})

it('waha: a confirmed code that the provider still reports does not show the comparison again', async () => {
  const page = await ceremony('waha', { comparesCode: true })
  await page.answer(await page.challenge())
  const { passkey: { code = '' } = {} } = await page.pass(6_000)
  // The server accepts the confirmation but keeps reporting the same status.
  const stuck = vi.spyOn(page.emulator, 'confirmPasskey').mockReturnValue({ ok: true })
  await page.send('passkey-confirm', { code })
  expect((await page.pass(30_000)).status).toBe('linking')
  expect((await rejection(page.send('passkey-confirm', { code }))).code).toBe('invalid-request')
  expect(stuck).toHaveBeenCalledOnce()
})

it('waha: a webhook with the challenge or a code makes the handler read, and is not passed on', async () => {
  const page = await ceremony('waha')
  const { state } = page.emulator
  if (state.status !== 'passkey-required') throw new Error(`No passkey is required: ${state.status}`)
  page.keepSecret('FORG-ED12')
  for (const [status, data] of [
    ['PASSKEY_REQUIRED', state.challenge],
    ['PASSKEY_CONFIRMATION_REQUIRED', { code: 'FORG-ED12' }],
  ]) {
    const payload = { name: 'default', status, data }
    const body = { event: 'session.status', session: 'default', timestamp: Date.now(), me: null, payload }
    expect(await page.webhook(body)).toBe(200)
    expect(await page.pass(6_000)).toMatchObject({ status: 'passkey-required', passkey: { step: 'assert' } })
  }
  page.expectSecrecy()
})

it('z-api: a refused passkey response is passkey-refused, without the reason of the provider', async () => {
  const page = await ceremony('z-api', { isSilent: true })
  const signed = await page.challenge()
  // Another user was faster, through another handler.
  page.emulator.answerPasskey(passkeyAnswer(signed))
  const error = await rejection(page.answer(signed))
  expect(error.code).toBe('passkey-refused')
  page.keepSecret('already-answered')
  expect(error.message).not.toContain('already-answered')
  expect(await page.read()).toMatchObject({ status: 'passkey-required' })
  page.expectSecrecy()
})

describe('a passkey at green-api', () => {
  it('is only reported: it adds no ability, requests no code, and a link made elsewhere is noticed', async () => {
    const page = await ceremony('green-api')
    const update = await page.pass(120_000)
    expect(update).toMatchObject({ status: 'passkey-required', abilities: ['unlink', 'reset'] })
    expect([update.passkey, update.helpUrl]).toEqual([undefined, undefined])
    expect(page.begun()).toBe(0)
    for (const action of ['passkey-challenge', 'passkey-handoff'] as const)
      expect((await rejection(page.send(action))).code).toBe('not-supported')
    page.emulator.solvePasskey()
    expect((await page.pass(9_000)).status).toBe('linked')
    page.expectSecrecy()
  })

  it('ends with a reset, or after ten minutes', async () => {
    const page = await ceremony('green-api')
    await page.act('reset')
    expect((await page.pass(6_000)).status).toBe('qr')
    expect(page.resets()).toBe(1)
    const other = await ceremony('green-api', { lifetimeMs: 500_000 })
    await advance(600_000)
    expect((await other.pass(6_000)).status).toBe('qr')
  })
})
