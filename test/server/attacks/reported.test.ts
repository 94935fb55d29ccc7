import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { pairingLinkToken } from '../../../src/client/pairing-link-token.js'
import { proxy } from '../../../src/client/proxy.js'
import { PairingError } from '../../../src/core/errors.js'
import { asRecord } from '../../../src/core/json.js'
import { normalizePhoneNumber } from '../../../src/core/phone-number.js'
import { greenApi } from '../../../src/providers/green-api.js'
import { zApi } from '../../../src/providers/z-api.js'
import type { PairingHandlerOptions } from '../../../src/server/handler-options.js'
import { createPairingLink, verifyPairingLink } from '../../../src/server/pairing-link.js'
import { spyProvider, timing } from '../spy-provider.js'
import { codesIn, createWorld, HANDLER_URL, separateHandler, updateOf } from '../world.js'
import { attack } from './attack.js'

// The attacks of the security review, by its numbers. Those that another test covers stand in bench/lib/attack-list.mjs.

const NOW = Date.UTC(2026, 10, 21)
const SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const NUMBER = '5511987654321'
const OTHER = '447700900123'

beforeEach(() => {
  vi.useFakeTimers({
    now: NOW,
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  })
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)
const code = (phoneNumber: string) => ({
  action: 'request-pairing-code',
  phoneNumber: normalizePhoneNumber(phoneNumber),
})
const statuses = (answers: readonly Response[]): string => {
  const counts = new Map<number, number>()
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ')
}

const linkFor = (
  sessionId: string,
  more: { expiresInMs?: number; expectedPhoneNumber?: string; now?: () => number } = {},
) => createPairingLink({ secret: SECRET, url: 'https://app.example/pair', sessionId, ...more })

attack(
  { item: 'B1', name: 'two pairing links in one browser', before: 'each page showed the code of the other' },
  async () => {
    const of = (name: string) =>
      spyProvider({
        sessionId: name,
        getQrCode: async () => ({ status: 'qr', qrCode: { kind: 'text', value: `2@of-${name},a,b,c,1` } }),
      })
    const tenants = new Map(['a', 'b'].map((name) => [name, of(name)]))
    const claims = (request: Request) => verifyPairingLink(request, { secret: SECRET })
    const handler = separateHandler({
      authorize: claims,
      tenant: async (request) => (await claims(request)).sessionId,
      provider: async (request) => tenants.get((await claims(request)).sessionId) ?? of('none'),
    })
    const pages = await Promise.all(
      ['a', 'b'].map(async (name) =>
        proxy({
          url: HANDLER_URL,
          headers: { authorization: `Bearer ${pairingLinkToken(await linkFor(name))}` },
          fetch: (input, init) => handler(new Request(input, init)),
        }),
      ),
    )
    expect(new Set(pages.map(({ sessionId }) => sessionId)).size).toBe(2)
    const tags = new Set<string>()
    let updates = 0
    for (let second = 0; second < 60; second += 1) {
      for (const [index, { connection }] of pages.entries()) {
        const { session, qrCode } = await connection.read({ want: 'code', method: 'qr' })
        tags.add(session)
        updates += 1
        expect(qrCode).toMatchObject({ value: `2@of-${'ab'[index]},a,b,c,1` })
      }
      await pass(1_000)
    }
    expect(tags.size).toBe(2)
    return `${updates} updates, 2 tags, 0 foreign codes`
  },
)

attack(
  { item: 'M1', name: 'a pairing code that another page has ended', before: 'stayed for 150 s' },
  async () => {
    let issued = 0
    const world = createWorld({
      requestPairingCode: async () => {
        issued += 1
        return { status: 'pairing-code', pairingCode: `AAAA000${issued}` }
      },
    })
    const tab = await world.watch('&method=phone-code')
    const first = await updateOf(world.post(code(NUMBER)))
    const second = await updateOf(world.post(code(OTHER)))
    await pass(0)
    const last = tab.events.at(-1)?.data ?? {}
    expect(first.pairingCode?.value).toBe('AAAA0001')
    expect(Number(last.revision)).toBe(second.revision)
    expect(last.reason).toBe('code-replaced')
    expect(JSON.stringify(last)).not.toContain('AAAA0001')
    const delayMs = (tab.events.at(-1)?.at ?? Number.NaN) - second.at
    tab.leave()
    await pass(0)
    return `gone after ${delayMs} ms`
  },
)

attack(
  {
    item: 'M3',
    name: '40 pages that poll, and a client in a loop',
    before: '159 reads: 125 requests; 68 reads: 68',
  },
  async () => {
    const world = createWorld()
    let reads = 0
    for (let second = 0; second < 12; second += 3) {
      reads += 40
      await Promise.all(Array.from({ length: 40 }, () => world.get('?want=state')))
      await pass(3_000)
    }
    const polled = world.calls.length
    expect(polled).toBeLessThanOrEqual(5)
    await pass(120_000)
    const looped = createWorld()
    for (let count = 0; count < 300; count += 1) {
      await looped.get('?want=code')
      await pass(10)
    }
    expect(looped.calls.length).toBeLessThanOrEqual(2)
    return `${reads} reads: ${polled} requests; 300 in 3 s: ${looped.calls.length}`
  },
)

attack(
  {
    item: 'M4',
    name: '100 resets at once, then in a row',
    before: '100 × 204, 201 requests, a colleague waits 11 s',
  },
  async () => {
    const world = createWorld({ reset: () => new Promise((resolve) => setTimeout(resolve, 100)) })
    const all = Promise.all(Array.from({ length: 100 }, () => world.post({ action: 'reset' })))
    await pass(100)
    await all
    expect(world.calls).toEqual(['reset'])
    const startedAt = Date.now()
    const colleague = await world.get('?want=state')
    expect(colleague.status).toBe(200)
    const waitedMs = Date.now() - startedAt
    const inRow: Response[] = []
    for (let count = 0; count < 100; count += 1) {
      const answer = world.post({ action: 'reset' })
      await pass(100)
      inRow.push(await answer)
    }
    expect(inRow.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(6)
    return `at once: 1 call; in a row: ${statuses(inRow)}; a colleague waits ${waitedMs} ms`
  },
)

attack(
  {
    item: 'M5',
    name: 'actions of the own page behind a proxy that changes host or scheme',
    before: 'all 403',
  },
  async () => {
    const results: string[] = []
    for (const [address, origin, options, headers] of [
      ['http://127.0.0.1:3000', 'http://app.test', { origin: 'http://app.test' }, {}],
      ['http://app.example', 'https://app.example', { trustProxy: true }, { 'x-forwarded-proto': 'https' }],
      ['http://127.0.0.1:3000', 'https://evil.example', { origin: 'https://app.example' }, {}],
      ['http://app.example', 'https://evil.example', { trustProxy: true }, { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const handler = separateHandler({ provider: spyProvider(), authorize: () => true, ...options })
      const sent = { 'content-type': 'application/json', origin, ...headers }
      const init = { method: 'POST', headers: sent, body: '{"action":"reset"}' }
      results.push(String((await handler(new Request(`${address}/api`, init))).status))
    }
    expect(results).toEqual(['200', '200', '403', '403'])
    return 'own page 200 with origin or trustProxy, another site 403'
  },
)

attack(
  { item: 'M6', name: 'a stop with 100 pages watching', before: 'alive after 20 s, 4 more requests' },
  async () => {
    const world = createWorld({}, { maxWatchersPerSession: 100 })
    const tabs = await Promise.all(Array.from({ length: 100 }, () => world.watch()))
    await pass(10_000)
    const asked = world.calls.length
    await world.handler.close()
    await pass(0)
    expect(tabs.every(({ isOver }) => isOver)).toBe(true)
    await pass(300_000)
    expect(world.calls).toHaveLength(asked)
    expect(vi.getTimerCount()).toBe(0)
    expect((await world.get()).status).toBe(503)
    return '100 streams ended at once, 0 requests and 0 timers after'
  },
)

attack(
  { item: 'M7', name: 'webhooks of six hours ago that say linked', before: 'shown as linked at once' },
  async () => {
    const sixHoursAgo = Date.now() - 6 * 3_600_000
    let requests = 0
    const fetch = async (): Promise<Response> => {
      requests += 1
      return Response.json({})
    }
    const webhooks = [
      {
        provider: greenApi({ idInstance: '1101000001', apiTokenInstance: 'token', fetch }),
        body: {
          typeWebhook: 'stateInstanceChanged',
          instanceData: { idInstance: 1101000001, wid: `${NUMBER}@c.us`, typeInstance: 'whatsapp' },
          timestamp: Math.floor(sixHoursAgo / 1_000),
          stateInstance: 'authorized',
        },
      },
      {
        provider: zApi({ instanceId: 'instance', token: 'token', fetch }),
        body: {
          type: 'ConnectedCallback',
          connected: true,
          momment: sixHoursAgo,
          instanceId: 'instance',
          phone: NUMBER,
        },
      },
    ]
    for (const { provider, body } of webhooks) {
      const onLinked = vi.fn()
      const world = createWorld({}, { provider, webhookSecret: SECRET, onLinked })
      expect((await world.webhook(body, { query: `?secret=${SECRET}` })).status).toBe(200)
      await pass(60_000)
      expect(onLinked).not.toHaveBeenCalled()
    }
    expect(requests).toBe(0)
    return `${webhooks.length} providers: dropped, 0 requests`
  },
)

attack(
  { item: 'M8', name: 'a stream whose pairing link expires', before: 'went on for up to 5 min' },
  async () => {
    const world = createWorld({}, { authorize: (request) => verifyPairingLink(request, { secret: SECRET }) })
    const token = pairingLinkToken(await linkFor('a', { expiresInMs: 2_000 }))
    const tab = await world.watch('', { headers: { authorization: `Bearer ${token}` } })
    await pass(62_000)
    expect(tab.isOver).toBe(true)
    return 'ends with the link and its minute of skew'
  },
)

attack(
  {
    item: 'M9',
    name: 'a link for one phone, used for another',
    before: 'the stranger’s phone got the prompt',
  },
  async () => {
    const onError = vi.fn<NonNullable<PairingHandlerOptions['onError']>>()
    const onLinked = vi.fn()
    const world = createWorld(
      { getStatus: async () => ({ status: 'linked', account: { phoneNumber: OTHER } }) },
      { authorize: (request) => verifyPairingLink(request, { secret: SECRET }), onError, onLinked },
    )
    const token = pairingLinkToken(await linkFor('a', { expectedPhoneNumber: NUMBER }))
    const page = proxy({
      url: HANDLER_URL,
      headers: { authorization: `Bearer ${token}` },
      fetch: (input, init) => world.handler(new Request(input, init)),
    })
    for (const phoneNumber of [OTHER, `+${OTHER}`, '5511912345678', '5511987654322'])
      await expect(
        page.connection.act('request-pairing-code', {
          method: 'phone-code',
          phoneNumber: normalizePhoneNumber(phoneNumber),
        }),
      ).rejects.toMatchObject({ code: 'wrong-phone-number' })
    expect(world.calls).toEqual([])
    await page.connection.act('request-pairing-code', {
      method: 'phone-code',
      phoneNumber: normalizePhoneNumber('+55 (11) 98765-4321'),
    })
    expect(world.calls).toEqual([`requestPairingCode ${NUMBER}`])
    await pass(timing.statusIntervalMs)
    await page.connection.read({ want: 'state', method: 'qr' })
    expect(onError.mock.calls).toEqual([
      [expect.objectContaining({ code: 'wrong-phone-number' }), { in: 'expectedPhoneNumber' }],
    ])
    expect(onLinked).not.toHaveBeenCalled()
    expect(world.calls).not.toContain('unlink')
    return '4 codes refused, 0 calls; another phone’s link reported once'
  },
)

attack(
  {
    item: 'M11',
    name: 'exceptions in functions of the app',
    before: 'a broken database was 401 for all, without a report',
  },
  async () => {
    const places: string[] = []
    const fail = (): never => {
      throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED' })
    }
    const onError: PairingHandlerOptions['onError'] = (_, { in: place }) => void places.push(place)
    const options = { onError, webhookSecret: SECRET }
    const worlds = [
      createWorld({}, { ...options, authorize: fail }),
      createWorld({}, { ...options, provider: fail }),
      createWorld({}, { ...options, provider: () => spyProvider(), tenant: fail }),
    ]
    for (const { get } of worlds) expect((await get()).status).toBe(500)
    const hooked = createWorld({ readWebhook: fail }, options)
    expect((await hooked.webhook({}, { query: `?secret=${SECRET}` })).status).toBe(500)
    expect(places).toEqual(['authorize', 'provider', 'tenant', 'readWebhook'])
    return '4 × 500, each reported with its place'
  },
)

attack(
  {
    item: 'm1',
    name: 'a link of 24 hours on a replica whose clock is behind',
    before: 'refused as altered from 1 ms on',
  },
  async () => {
    const token = pairingLinkToken(await linkFor('a', { expiresInMs: 86_400_000, now: () => NOW + 60_000 }))
    await verifyPairingLink(token, { secret: SECRET })
    await expect(
      verifyPairingLink(token, { secret: SECRET, now: () => NOW - 120_000 }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    })
    return 'opens with 60 s between the clocks'
  },
)

attack(
  { item: 'm3', name: 'a provider that fails three times', before: 'used up the three codes' },
  async () => {
    let fails = 3
    const world = createWorld({
      requestPairingCode: async () => {
        fails -= 1
        if (fails >= 0) throw new PairingError('provider-unavailable')
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    })
    const answers: Response[] = []
    for (let count = 0; count < 6; count += 1) answers.push(await world.post(code(NUMBER)))
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 200, 200, 200])
    return statuses(answers)
  },
)

attack(
  { item: 'm7', name: 'a weak webhook secret, and 100 guesses', before: "'1' was taken; 5,000 × 403" },
  async () => {
    for (const webhookSecret of ['1', '', 'short', ' '.repeat(20), 'a'.repeat(20)])
      expect(() => createWorld({}, { webhookSecret })).toThrow(
        expect.objectContaining({ code: 'invalid-options' }),
      )
    for (const value of [Number.NaN, -1, '5' as never])
      for (const name of ['streamLifetimeMs', 'maxWatchers', 'maxWatchersPerSession'] as const)
        expect(() => createWorld({}, { [name]: value })).toThrow(
          expect.objectContaining({ code: 'invalid-options' }),
        )
    const world = createWorld({ readWebhook: () => undefined }, { webhookSecret: SECRET })
    const answers: Response[] = []
    for (let guess = 0; guess < 100; guess += 1)
      answers.push(await world.webhook({}, { query: `?secret=guess-${guess}-of-somebody` }))
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(20)
    expect((await world.webhook({}, { query: `?secret=${SECRET}` })).status).toBe(200)
    return statuses(answers)
  },
)

attack(
  {
    item: 'm8',
    name: '28 provider responses of brackets and of 100,000 keys, up to 1.8 MB',
    before: '1.6 s without another response each, 41 s for all',
  },
  async () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join()
    const bodies = [
      '['.repeat(1_800_000),
      '['.repeat(500_000),
      `${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}`,
      `{${keys}}`,
    ]
    let longest = 0
    let all = 0
    for (let round = 0; round < 28; round += 1) {
      const body = bodies[round % bodies.length]
      const provider = greenApi({
        idInstance: '1101000001',
        apiTokenInstance: 'token',
        fetch: async () => new Response(body, { headers: { 'content-type': 'application/json' } }),
      })
      // Of this process alone: other processes of a busy machine must not count.
      const before = process.cpuUsage()
      await expect(provider.getStatus({})).rejects.toMatchObject({ code: 'invalid-answer' })
      const { user, system } = process.cpuUsage(before)
      longest = Math.max(longest, (user + system) / 1_000)
      all += (user + system) / 1_000
    }
    expect(longest).toBeLessThan(400)
    return `28 refused; processor time ${Math.round(longest)} ms for the longest, ${Math.round(all)} ms for all`
  },
)

attack(
  { item: 'm10', name: 'silence of a stream beside events', before: 'up to 20 s, 31 s in a soak' },
  async () => {
    const world = createWorld()
    const tab = await world.watch()
    await pass(120_000)
    const gaps = tab.signsOfLife.map((at, index) => at - (tab.signsOfLife[index - 1] ?? at))
    const longest = Math.max(...gaps)
    expect(longest).toBeLessThanOrEqual(5_000)
    expect(codesIn(tab).length).toBeGreaterThan(0)
    tab.leave()
    await pass(0)
    return `${longest / 1_000} s at most, with a state each ${timing.statusIntervalMs / 1_000} s`
  },
)

attack(
  {
    item: 'm13',
    name: 'the package: security fixes of a peer, how to report, who published it',
    before: 'one version of baileys, no SECURITY.md',
  },
  async () => {
    const root = new URL('../../../', import.meta.url)
    const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
    const { files, peerDependencies, scripts } = asRecord(manifest)
    expect(files).toContain('SECURITY.md')
    expect(asRecord(peerDependencies).baileys).toMatch(/^>=/)
    expect(asRecord(scripts).prepublishOnly).toContain('refuse-to-publish')
    const policy = await readFile(new URL('SECURITY.md', root), 'utf8')
    expect(policy).toMatch(/^## Reporting/m)
    expect(policy).toMatch(/^## Supported versions/m)
    return 'SECURITY.md, ranges of peers; publishing needs the repository'
  },
)

attack(
  { item: 'm12', name: 'an <img> of another site over plain http', before: 'the provider was called' },
  async () => {
    const world = createWorld()
    const headers = { cookie: 'session=victim', 'user-agent': 'Mozilla/5.0', accept: 'image/webp,*/*' }
    const answers = await Promise.all(
      ['?want=code', '?want=state', '?events'].map((query) => world.get(query, { headers })),
    )
    expect(world.calls).toEqual([])
    expect(world.watchers).toBe(0)
    return `${statuses(answers)}, 0 calls`
  },
)
