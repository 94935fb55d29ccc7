import { describe, expect, it, vi } from 'vitest'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../src/core/provider.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { createEmulator } from '../../src/testing/emulator.js'
import type { MockServer } from '../../src/testing/mock-servers/create-mock-server.js'
import { mockEvolutionApi } from '../../src/testing/mock-servers/mock-evolution-api.js'
import { mockWaha } from '../../src/testing/mock-servers/mock-waha.js'
import { mockWasend } from '../../src/testing/mock-servers/mock-wasend.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, expectRefusal, HANDLER_URL, type Setup, updateOf } from './setup.js'
import { spyProvider, timing } from './spy-provider.js'

const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

emulateTime()

/** An account whose session sleeps at the provider, and the webhook that reports this. */
interface Sleeping {
  readonly provider: PairingProvider
  readonly mock: MockServer
  readonly starts: string[]
  readonly webhook: object
}

function asleep(name: 'waha' | 'wasend' | 'evolution-api'): Sleeping {
  const emulator = createEmulator()
  const starts: string[] = []
  emulator.subscribe(({ action }) => starts.push(action))
  const now = { timestamp: Date.now() }
  switch (name) {
    case 'waha': {
      const keys = { apiKey: 'key', session: 'default' }
      const mock = mockWaha(emulator, { ...keys, stopped: true })
      const provider = waha({ ...keys, baseUrl: 'http://waha.example', fetch: mock.fetch })
      const payload = { name: 'default', status: 'STOPPED' }
      return {
        provider,
        mock,
        starts,
        webhook: { event: 'session.status', session: 'default', payload, ...now },
      }
    }
    case 'wasend': {
      const keys = { apiKey: 'key', sessionId: 'emulated' }
      const mock = mockWasend(emulator, { ...keys, stopped: true })
      const payload = { status: 'STOPPED' }
      const webhook = { event: 'session.status', session: 'emulated', payload, ...now }
      return { provider: wasend({ ...keys, fetch: mock.fetch }), mock, starts, webhook }
    }
    case 'evolution-api': {
      const keys = { apiKey: 'key', instanceName: `asleep-${Math.random()}` }
      const mock = mockEvolutionApi(emulator, keys)
      const provider = evolutionApi({ ...keys, baseUrl: 'http://evolution.example', fetch: mock.fetch })
      const data = { instance: keys.instanceName, state: 'close', statusReason: 428 }
      return {
        provider,
        mock,
        starts,
        webhook: { event: 'connection.update', instance: keys.instanceName, data },
      }
    }
  }
}

/** Runs everything that pages and webhooks cause without a press, for two minutes. */
async function useAll(setup: Setup, webhook: object): Promise<void> {
  const tab = await setup.watch()
  for (let count = 0; count < 8; count += 1) {
    void setup.get('?want=code')
    void setup.get('?want=state&has=pairing-code')
    void setup.get(`?want=state&has=${String(tab.events.at(-1)?.data.codeId)}`)
    void setup.webhook(webhook, { query: `?secret=${SECRET}` })
    await advance(15_000)
  }
  tab.leave()
  await settle()
}

/** Requests that begin, restart or end a pairing at one of these providers. */
const changes = ({ requests }: MockServer): string[] =>
  requests
    .map(({ method, path }) => `${method} ${path}`)
    .filter((request) => /\/(?:start|restart|stop|logout|connect)\b/.test(request))

describe('allowStart: false', () => {
  it.each(['waha', 'wasend', 'evolution-api'] as const)(
    'does not start a sleeping session of %s on a read, a stream, a webhook or the start of a page',
    async (name) => {
      const { provider, mock, starts, webhook } = asleep(name)
      const setup = createSetup({}, { provider, allowStart: false, webhookSecret: SECRET })
      await useAll(setup, webhook)
      const start = setup.post({ action: 'start' })
      await advance(30_000)
      await expectRefusal(await start, 'forbidden')
      expect(mock.requests.length).toBeGreaterThan(5)
      expect(changes(mock)).toEqual([])
      expect(starts).toEqual([])
    },
  )

  it.each(['waha', 'wasend', 'evolution-api'] as const)(
    'by default, the same page starts the session of %s',
    async (name) => {
      const { provider, mock, starts, webhook } = asleep(name)
      const setup = createSetup({}, { provider, webhookSecret: SECRET })
      void setup.post({ action: 'start' })
      await useAll(setup, webhook)
      expect(changes(mock).length).toBeGreaterThan(0)
      expect(starts).toContain('start')
    },
  )

  /** A provider whose first code request starts a pairing. It is a class, as a developer may write one. */
  class Starter implements PairingProvider {
    readonly id = 'starter'
    readonly sessionId = 'main'
    readonly timing = timing
    readonly startsOnRead = true
    #codes = 0

    get codes(): number {
      return this.#codes
    }

    async getStatus(_options: RequestOptions): Promise<PairingSnapshot> {
      return { status: 'unlinked' }
    }

    async getQrCode(_options: RequestOptions): Promise<PairingSnapshot> {
      this.#codes += 1
      return { status: 'qr', qrCode: { kind: 'text', value: `2@${this.#codes},a,b,c,1` } }
    }

    async reset(): Promise<void> {}
  }

  it.each([
    [false, 'is not requested'],
    [true, 'is requested'],
  ])(
    '(%s) shows a page the code that staff has started, and the next one %s when it expires',
    async (allowStart) => {
      const provider = new Starter()
      const registry = createPollerRegistry()
      const staff = createSetup({}, { provider }, registry)
      const customers = createSetup({}, { provider, allowStart }, registry)
      await updateOf(staff.post({ action: 'start' }))
      expect(provider.codes).toBe(1)
      const tab = await customers.watch()
      expect(tab.text).toContain('2@1,')
      await advance(5 * 60_000 - 1)
      expect(provider.codes > 1).toBe(allowStart)
      tab.leave()
      await settle()
    },
  )

  it('sends a reset that the user requested, and requests no code after it', async () => {
    const reset = vi.spyOn(Starter.prototype, 'reset')
    const provider = new Starter()
    const setup = createSetup({}, { provider, allowStart: false })
    await updateOf(setup.post({ action: 'reset' }))
    const tab = await setup.watch()
    await advance(60_000)
    expect(reset).toHaveBeenCalledOnce()
    expect(provider.codes).toBe(0)
    tab.leave()
    await settle()
    reset.mockRestore()
  })

  it('does not start a provider that is created for each request', async () => {
    const made: Starter[] = []
    const setup = createSetup(
      {},
      {
        allowStart: false,
        provider: () => {
          const provider = new Starter()
          made.push(provider)
          return provider
        },
      },
    )
    for (let count = 0; count < 5; count += 1) {
      await updateOf(setup.get('?want=code'))
      await advance(30_000)
    }
    await expectRefusal(await setup.post({ action: 'start' }), 'forbidden')
    expect(made.map(({ codes }) => codes)).toEqual(Array(made.length).fill(0))
  })

  it('sends a request for a pairing code, because the user sent it', async () => {
    const provider = spyProvider({ startsOnRead: true })
    const setup = createSetup({}, { provider, allowStart: false })
    await updateOf(setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }))
    expect(provider.calls).toEqual(['requestPairingCode 5511987654321'])
  })

  it('starts nothing for an action in another spelling', async () => {
    const setup = createSetup({ getQrCode: async () => ({ status: 'stopped' }) }, { allowStart: false })
    for (const action of ['Start', 'start ', ' start', 'START', ['start'], { start: true }, 'restart']) {
      const answer = await setup.post({ action })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    const query = new Request(`${HANDLER_URL}?action=start&want=code`)
    expect((await setup.handler(query)).status).toBe(200)
    expect(setup.calls).toEqual(['getQrCode'])
  })
})
