import { readFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pairingLinkToken } from '../../src/client/pairing-link-token.js'
import { asRecord } from '../../src/core/json.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import type { PairingHandlerOptions } from '../../src/server/handler-options.js'
import { createPairingLink, verifyPairingLink } from '../../src/server/pairing-link.js'
import { sessionTag } from '../../src/server/session-tag.js'
import { advance, emulateTime, START, settle } from '../time.js'
import { createSetup } from './setup.js'
import { spyProvider } from './spy-provider.js'

// Attacks, numbered as in the security review; N marks others. bench/lib/attack-list.mjs lists those that another test covers.

declare module 'vitest' {
  interface TaskMeta {
    /** For the table of `npm run bench -- attacks`. */
    attack?: {
      readonly item: string
      readonly name: string
      readonly before: string
      readonly figure: string
    }
  }
}

interface Attack {
  /** The number in the review (`B1`, `M1`, `m1`); `N1` and so on for an attack that is not in it. */
  readonly item: string
  readonly name: string
  /** The effect before the repair. */
  readonly before: string
}

/** Tests that an attack has no effect. The table shows the returned figure. */
function attack(of: Attack, run: () => Promise<string>): void {
  it(`${of.item} ${of.name}`, async ({ task }) => {
    task.meta.attack = { ...of, figure: await run() }
  })
}

const SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const NUMBER = '5511987654321'
const OTHER = '447700900123'

emulateTime()
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

const tokenFor = async (sessionId: string, more: { expectedPhoneNumber?: string; id?: string } = {}) =>
  pairingLinkToken(
    await createPairingLink({ secret: SECRET, url: 'https://app.example/pair', sessionId, ...more }),
  ) ?? ''

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

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
      // Measures this process alone, because other processes of a busy machine must not count.
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
  {
    item: 'm13',
    name: 'the package: security fixes of a peer, how to report, who published it',
    before: 'one version of baileys, no SECURITY.md',
  },
  async () => {
    const root = new URL('../../', import.meta.url)
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
  {
    item: 'N1',
    name: 'two pages of one session with two numbers that take turns',
    before: 'onError and onLinked at every turn',
  },
  async () => {
    const onError = vi.fn<NonNullable<PairingHandlerOptions['onError']>>()
    const onLinked = vi.fn()
    const setup = createSetup(
      { getStatus: async () => ({ status: 'linked', account: { phoneNumber: NUMBER } }) },
      { authorize: (request) => verifyPairingLink(request, { secret: SECRET }), onError, onLinked },
    )
    const headers = [
      bearer(await tokenFor('a', { expectedPhoneNumber: NUMBER })),
      bearer(await tokenFor('a', { expectedPhoneNumber: OTHER })),
    ]
    for (let turn = 0; turn < 40; turn += 1) {
      await setup.get('?want=state', { headers: headers[turn % 2] ?? {} })
      await advance(20_000)
    }
    expect(onLinked.mock.calls.length).toBeLessThanOrEqual(1)
    expect(onError.mock.calls.length).toBeLessThanOrEqual(1)
    return `40 turns: onLinked ${onLinked.mock.calls.length} ×, onError ${onError.mock.calls.length} ×`
  },
)

attack(
  {
    item: 'N18',
    name: 'the expectation of a link that has expired',
    before: 'later links of the session reached onLinked never',
  },
  async () => {
    const onLinked = vi.fn()
    const onUnlinked = vi.fn()
    let snapshot: PairingSnapshot = { status: 'unlinked' }
    const setup = createSetup(
      { getStatus: async () => snapshot },
      {
        authorize: ({ headers }) =>
          headers.has('x-staff') || { expectedPhoneNumber: NUMBER, expiresAt: START + 60_000 },
        onLinked,
        onUnlinked,
      },
    )
    await setup.get()
    const staff = { headers: { 'x-staff': '1' } }
    snapshot = { status: 'linked', account: { phoneNumber: OTHER } }
    await advance(30_000)
    await setup.get('?want=state', staff)
    expect(onLinked).not.toHaveBeenCalled()
    snapshot = { status: 'unlinked' }
    await advance(60_000)
    await setup.get('?want=state', staff)
    expect(onUnlinked).not.toHaveBeenCalled()
    snapshot = { status: 'linked', account: { phoneNumber: OTHER } }
    await advance(60_000)
    await setup.get('?want=state', staff)
    expect(onLinked).toHaveBeenCalledOnce()
    return 'held until the link expires, then onLinked again'
  },
)

attack(
  { item: 'N5', name: 'memory of an adapter across tenants that name one instance', before: 'held' },
  async () => {
    const seen = new Map<string, unknown[]>()
    const providerOf = (tenant: string): PairingProvider =>
      spyProvider({
        getStatus: async ({ memory = {} }: RequestOptions): Promise<PairingSnapshot> => {
          seen.set(tenant, [...(seen.get(tenant) ?? []), memory.owner])
          memory.owner = tenant
          return { status: 'unlinked' }
        },
      })
    const tenantOf = ({ headers }: Request): string => headers.get('x-tenant') ?? ''
    const setup = createSetup({}, { provider: (request) => providerOf(tenantOf(request)), tenant: tenantOf })
    for (let round = 0; round < 5; round += 1) {
      for (const tenant of ['a', 'b', '__proto__', 'constructor'])
        await setup.get('?want=state', { headers: { 'x-tenant': tenant } })
      await advance(5_000)
    }
    for (const [tenant, owners] of seen) expect(owners).toEqual([undefined, ...Array(4).fill(tenant)])
    return `${seen.size} tenants, 0 foreign records`
  },
)

attack({ item: 'N6', name: 'a tenant function that throws or returns nothing', before: 'held' }, async () => {
  let refused = 0
  const places: string[] = []
  const values = [undefined, null, '', 7, {}, [], true, Promise.resolve(undefined)]
  for (const value of values) {
    const provider = spyProvider()
    const setup = createSetup(
      {},
      {
        provider: () => provider,
        tenant: () => value as never,
        onError: (_, { in: place }) => void places.push(place),
        webhookSecret: SECRET,
      },
    )
    for (const answer of [
      await setup.get('?want=code'),
      await setup.get('?events'),
      await setup.post({ action: 'unlink' }),
      await setup.webhook({}, { query: `?secret=${SECRET}` }),
    ]) {
      expect(answer.status).toBe(500)
      refused += 1
    }
    expect(provider.calls).toEqual([])
  }
  expect(places).toEqual(Array(refused).fill('tenant'))
  return `${refused} × 500, 0 calls, all reported`
})

attack(
  { item: 'N7', name: 'line breaks and escapes in session ids and tenants', before: 'held' },
  async () => {
    const nasty = 'x\r\nSet-Cookie: stolen=1\r\n\r\n<script>\u2028\u0000data: forged\n\n'
    const setup = createSetup({}, { provider: () => spyProvider({ sessionId: nasty }), tenant: () => nasty })
    const answer = await setup.get('?want=code')
    expect([...answer.headers].join()).not.toMatch(/stolen|script|[\r\n]/)
    expect(await answer.text()).not.toMatch(/stolen|script|forged/)
    const tab = await setup.watch()
    await advance(10_000)
    expect(tab.text).not.toMatch(/stolen|script|forged|\r/)
    tab.leave()
    await settle()
    // A separator in a name must not merge two sessions.
    const tags = new Set<string>()
    const names = ['a', 'a"', 'a","b', 'b', '', '["a"', ',', '\\', '\\"', 'a\u0000', 'a\u0000b']
    for (const tenant of names)
      for (const id of names)
        for (const sessionId of names)
          tags.add(sessionTag({ tenant, provider: { id, sessionId } }, undefined))
    expect(tags.size).toBe(names.length ** 3)
    return `0 of it in headers or events; ${tags.size} names, ${tags.size} tags`
  },
)

attack(
  { item: 'N9', name: 'a path that leads to the webhook or instance of another tenant', before: 'held' },
  async () => {
    const asked: string[] = []
    const setup = createSetup(
      {},
      {
        authorize: () => false,
        // By the resolved path, as the documentation shows it.
        webhookSecret: ({ url }) =>
          new URL(url).pathname === '/t/a/webhook' ? SECRET : 'another-secret-of-tenant-b',
        tenant: ({ url }) => new URL(url).pathname,
        provider: ({ url }) => {
          asked.push(new URL(url).pathname)
          return spyProvider({ readWebhook: () => undefined })
        },
      },
    )
    const paths = [
      '/t/b/webhook',
      '/t/a/../b/webhook',
      '/t/a/%2e%2e/b/webhook',
      '/t/a/..%2fb/webhook',
      '/t/a/..\\b/webhook',
      '/t/a/./../b//webhook',
      '/t/a/webhook/../../b/webhook',
      '/t/a%2fwebhook',
      '/t/a/webhook%00',
      '/t/A/webhook',
      '/t/a;x/webhook',
    ]
    for (const path of paths) {
      const answer = await setup.handler(
        new Request(`https://host.example${path}?secret=${SECRET}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        }),
      )
      expect(answer.status).toBe(403)
    }
    expect(asked).toEqual([])
    return `${paths.length} paths: 403, no provider chosen`
  },
)

attack(
  { item: 'N13', name: 'the time that the comparison of a webhook secret takes', before: 'not checked' },
  async () => {
    vi.useRealTimers()
    const setup = createSetup({ readWebhook: () => undefined }, { webhookSecret: SECRET })
    const guesses = { first: `X${SECRET.slice(1)}`, last: `${SECRET.slice(0, -1)}X` }
    const times = { first: [] as number[], last: [] as number[] }
    for (let round = 0; round < 400; round += 1) {
      for (const which of round % 2 ? (['first', 'last'] as const) : (['last', 'first'] as const)) {
        const startedAt = performance.now()
        await setup.webhook({}, { query: `?secret=${guesses[which]}` })
        times[which].push(performance.now() - startedAt)
      }
    }
    const median = (values: readonly number[]): number =>
      values.toSorted((a, b) => a - b)[values.length / 2] ?? 0
    const ratio = median(times.first) / median(times.last)
    // The comparison uses HMACs under a random key, so the durations differ only by noise. A machine under load has much of it.
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
    return `wrong first to wrong last character: ${ratio.toFixed(2)} of the time`
  },
)

attack(
  {
    item: 'N24',
    name: 'clients that leave after their requests were garbage-collected',
    before: '0 of 50 streams ended',
  },
  async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    if (typeof collect !== 'function') throw new Error('There is no gc() to call.')
    const setup = createSetup()
    const client = new AbortController()
    const bodies: unknown[] = []
    for (let count = 0; count < 50; count += 1)
      bodies.push((await setup.get('?events', { signal: client.signal })).body)
    expect(setup.watchers).toBe(50)
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    client.abort()
    await settle()
    expect(setup.watchers).toBe(0)
    return `${bodies.length} of ${bodies.length} streams ended at once`
  },
)
