import { createHmac } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { waha } from '../../src/providers/waha.js'
import { readRecording, recordingsOf, type Webhook } from '../recordings/recording.js'
import { createSetup, expectRefusal, type Setup, type SetupOptions } from './setup.js'

/** `hmac.key` of the recorded servers. */
const KEY = 'an-hmac-key-of-thirty-two-chars!'
const LINKING = { status: 'linking' } as const

const sign = (body: string, key = KEY, algorithm = 'sha512'): string =>
  createHmac(algorithm, key).update(body).digest('hex')

const setupWith = (options: SetupOptions = {}): Setup =>
  createSetup(
    { readWebhook: () => LINKING, getStatus: async () => LINKING },
    { webhookSecret: KEY, ...options },
  )

const signed = (signature: string, algorithm?: string) => ({
  headers: {
    'x-webhook-hmac': signature,
    ...(algorithm !== undefined && { 'x-webhook-hmac-algorithm': algorithm }),
  },
})

const recorded = recordingsOf('waha').flatMap((name) =>
  readRecording(name)
    .entries.filter(
      (entry): entry is Webhook => entry.kind === 'webhook' && 'x-webhook-hmac' in entry.headers,
    )
    .map((webhook) => ({ name, webhook })),
)

describe('a webhook with a signature and no secret', () => {
  it('of each recorded WAHA server is accepted, and refused if one byte differs', async () => {
    expect(recorded.length).toBeGreaterThan(10)
    const provider = waha({
      baseUrl: 'http://127.0.0.1:13000',
      apiKey: 'WAHAKEY',
      session: 'default',
      fetch: vi.fn(),
    })
    for (const { name, webhook } of recorded) {
      const setup = createSetup({}, { provider, webhookSecret: KEY })
      const body = JSON.stringify(webhook.body)
      expect(
        (await setup.webhook(body, { headers: webhook.headers })).status,
        `${name} ${webhook.line}`,
      ).toBe(200)
      await expectRefusal(await setup.webhook(`${body} `, { headers: webhook.headers }), 'forbidden')
    }
  })

  it.each([
    ['the right signature', sign('{"a":"é"}'), 'sha512', 200],
    ['a signature in capitals', sign('{"a":"é"}').toUpperCase(), 'SHA512', 200],
    ['a signature without its algorithm', sign('{"a":"é"}'), undefined, 200],
    ['a signature with another key', sign('{"a":"é"}', 'another-key-of-thirty-two-chars!'), 'sha512', 403],
    ['a signature of another body', sign('{"a":"e"}'), 'sha512', 403],
    ['a signature with another algorithm', sign('{"a":"é"}', KEY, 'sha256'), 'sha256', 403],
    ['a signature with another algorithm name', sign('{"a":"é"}'), 'none', 403],
    ['a cut signature', sign('{"a":"é"}').slice(0, 64), 'sha512', 403],
    ['a signature with text after it', `${sign('{"a":"é"}')}00`, 'sha512', 403],
    ['a signature that is not hexadecimal', 'z'.repeat(128), 'sha512', 403],
  ])('is accepted or refused by its signature: %s', async (_, signature, algorithm, status) => {
    expect((await setupWith().webhook('{"a":"é"}', signed(signature, algorithm))).status).toBe(status)
  })

  it('is refused without a read of its body if the host has no secret for it', async () => {
    const setup = setupWith({ webhookSecret: () => undefined })
    await expectRefusal(await setup.webhook('{}', signed(sign('{}'))), 'forbidden')
  })

  it('is verified with the key of its request', async () => {
    const setup = setupWith({
      webhookSecret: (request) => (request.url.includes('?a') ? KEY : `other-${KEY}`),
    })
    expect((await setup.webhook('{}', { ...signed(sign('{}')), query: '?a' })).status).toBe(200)
    await expectRefusal(await setup.webhook('{}', { ...signed(sign('{}')), query: '?b' }), 'forbidden')
  })

  it('has a limit on wrong signatures, which does not block correct ones', async () => {
    const setup = setupWith()
    for (let count = 0; count < 20; count += 1)
      await expectRefusal(await setup.webhook('{}', signed(sign('{}', `wrong key ${count}`))), 'forbidden')
    const refused = await setup.webhook('{}', signed(sign('{}', 'wrong key 21')))
    expect(refused.status).toBe(429)
    expect((await setup.webhook('{}', signed(sign('{}')))).status).toBe(200)
  })

  it('may have 256 kB, and not a byte more', async () => {
    const padded = (bytes: number): string => `{"pad":"${'x'.repeat(bytes - 10)}"}`
    const setup = setupWith()
    for (const [bytes, status] of [
      [262_144, 200],
      [262_145, 400],
    ] as const)
      expect((await setup.webhook(padded(bytes), signed(sign(padded(bytes))))).status).toBe(status)
  })

  it('is accepted by its right secret if the signature is wrong', async () => {
    const { headers } = signed(sign('{}', 'another key'))
    expect(
      (await setupWith().webhook('{}', { headers: { ...headers, authorization: `Bearer ${KEY}` } })).status,
    ).toBe(200)
  })
})

describe('400 webhooks', () => {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  const heapMb = (): number => {
    if (typeof gc === 'function') gc()
    return process.memoryUsage().heapUsed / 1_048_576
  }

  it.each<readonly [string, SetupOptions, () => PairingSnapshot | undefined, string | undefined, number]>([
    ['with a wrong secret', {}, () => LINKING, 'Bearer wrong', 403],
    ['without a secret', {}, () => LINKING, undefined, 401],
    ['that are not snapshots', {}, () => JSON.parse('{"status":"nonsense"}'), `Bearer ${KEY}`, 502],
    ['about another subject', {}, () => undefined, `Bearer ${KEY}`, 200],
    ['of an hour ago', {}, () => LINKING, `Bearer ${KEY}`, 200],
  ])(
    '%s, each for another tenant, make no session and leave no memory',
    async (_, options, read, authorization, status) => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      const registry = createPollerRegistry()
      const of = vi.spyOn(registry, 'of')
      let count = 0
      const { provider } = createSetup({
        readWebhook: read,
        webhookSentAt: () => Date.now() - 3_600_000,
      })
      const setup = createSetup(
        {},
        {
          webhookSecret: KEY,
          provider: () => provider,
          tenant: () => `tenant ${count}`,
          log: () => {},
          ...options,
        },
        registry,
      )
      const send = async (): Promise<number> => {
        count += 1
        return (await setup.webhook('{}', { headers: authorization ? { authorization } : {} })).status
      }
      const statuses = new Set<number>()
      for (let warmUp = 0; warmUp < 100; warmUp += 1) statuses.add(await send())
      const before = heapMb()
      for (let left = 400; left > 0; left -= 1) statuses.add(await send())
      // The last refusals of wrong secrets are 429.
      statuses.delete(429)
      expect([...statuses]).toEqual([status])
      expect(of).not.toHaveBeenCalled()
      // A session for each would need 2.2 MB.
      expect(heapMb() - before).toBeLessThan(1)
    },
  )
})
