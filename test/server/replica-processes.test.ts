import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeUpdate } from '../../src/core/decode-update.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { startRedisServer } from './redis-server.mjs'

const SCRIPT = fileURLToPath(new URL('handler-process.mjs', import.meta.url))

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const CODE_MS = 1_500

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A provider that all processes call, and that takes a moment to start. */
async function startProvider() {
  const state = { isLinked: false, underWay: 0, most: 0, starts: 0 }
  /** When each code was issued. A code expires after 1.5 seconds. */
  const codesAt: number[] = []
  const server = createServer(async ({ url }, response) => {
    if (url === '/start' || url === '/unlink') {
      state.underWay += 1
      state.most = Math.max(state.most, state.underWay)
      if (url === '/start') state.starts += 1
      await pass(400)
      state.underWay -= 1
      if (url === '/unlink') state.isLinked = false
    }
    const qr = {
      status: 'qr',
      qrCode: { kind: 'text', value: `2@${codesAt.length},noise,identity,adv,1` },
      expiresInMs: CODE_MS,
    }
    if (url === '/code') codesAt.push(Date.now())
    const linked = { status: 'linked', account: { phoneNumber: '5511987654321' } }
    const snapshot = state.isLinked ? linked : url === '/code' ? qr : { status: 'unlinked' }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(snapshot))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { state, codesAt, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

interface AppProcess {
  readonly lines: string[]
  read(want?: 'state' | 'code'): Promise<PairingUpdate>
  act(action: string): Promise<number>
  /** `kill -9`. */
  kill(): Promise<void>
}

async function startProcess(
  providerUrl: string,
  redisUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT], {
    env: { PROVIDER_URL: providerUrl, REDIS_URL: redisUrl, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  closers.push(kill)
  if (!child.stdout) throw new Error('The process has no output.')
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  const [url] = await once(output, 'line')
  output.on('line', (line: string) => void lines.push(line))
  return {
    lines,
    read: async (want = 'state') =>
      decodeUpdate(await (await fetch(`${url}/pairing?want=${want}&method=qr`)).json()),
    async act(action) {
      const response = await fetch(`${url}/pairing`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      })
      await response.text()
      return response.status
    },
    kill,
  }
}

async function startAll(count: number, env: Readonly<Record<string, string>> = {}) {
  const redis = await startRedisServer()
  closers.push(() => redis.stop())
  const provider = await startProvider()
  const start = () => startProcess(provider.url, redis.url, env)
  const processes = await Promise.all(Array.from({ length: count }, start))
  return { redis, provider, processes, start }
}

const linesOf = (processes: readonly AppProcess[]): string[] => processes.flatMap(({ lines }) => lines)

async function readFor(processes: readonly AppProcess[], durationMs: number): Promise<void> {
  for (const end = Date.now() + durationMs; Date.now() < end; await pass(200))
    await Promise.all(processes.map(({ read }) => read()))
}

describe('processes on one Redis', { timeout: 60_000 }, () => {
  it('report a link once, even if the reporting process is killed with kill -9, and its end once', async () => {
    const { provider, processes, start } = await startAll(2)
    provider.state.isLinked = true
    await readFor(processes, 1_500)
    const [line] = linesOf(processes)
    expect(linesOf(processes)).toEqual([expect.stringMatching(/^linked [\w-]{22}$/)])
    const reporter = processes.find(({ lines }) => lines.length > 0)
    await reporter?.kill()
    const rest = [...processes.filter((one) => one !== reporter), await start()]
    await readFor(rest, 1_500)
    expect(linesOf(rest)).toEqual([])
    expect(await Promise.all(rest.map(({ act }) => act('unlink')))).toEqual([200, 200])
    await readFor(rest, 1_000)
    expect(linesOf(rest)).toEqual(['unlinked'])
    provider.state.isLinked = true
    await readFor(rest, 1_500)
    expect(linesOf(rest).filter((one) => one !== 'unlinked')).toEqual([line])
  })

  it('change the session one after the other, and share its limits', async () => {
    const { provider, processes } = await startAll(3)
    const statuses: number[] = []
    for (let round = 0; round < 3; round += 1)
      statuses.push(...(await Promise.all(processes.map(({ act }) => act('reset')))))
    expect(provider.state.most).toBe(1)
    // Resets at the same moment are joined, and count as one.
    expect(provider.state.starts).toBe(3)
    expect(statuses).toEqual(Array(9).fill(200))
    for (let count = 0; count < 2; count += 1) expect(await processes[0]?.act('reset')).toBe(200)
    const startedAt = Date.now()
    const further = [
      await processes[0]?.act('reset'),
      await processes[1]?.act('reset'),
      await processes[2]?.act('reset'),
    ]
    // Five, plus one if a new interval of 10 seconds has begun, or two on a very slow machine.
    const mostFurther = 1 + Math.ceil((Date.now() - startedAt) / 10_000)
    expect(further.filter((status) => status === 200).length).toBeLessThan(mostFurther + 1)
    expect(further).toContain(429)
  })

  it('keep working while Redis hangs, show no expired code, and share again afterwards', async () => {
    const { redis, provider, processes } = await startAll(2)
    await readFor(processes, 500)
    redis.pause()
    closers.push(() => redis.resume())
    let slowestMs = 0
    let reads = 0
    const codes = new Set<string>()
    for (const end = Date.now() + 4_000; Date.now() < end; await pass(100)) {
      for (const { read } of processes) {
        const startedAt = Date.now()
        const { qrCode, expiresInMs = 0, at } = await read('code')
        slowestMs = Math.max(slowestMs, Date.now() - startedAt)
        reads += 1
        if (qrCode?.kind !== 'text') continue
        codes.add(qrCode.value)
        const givenAt = provider.codesAt[Number(/\d+/.exec(qrCode.value.slice(2))?.[0])] ?? 0
        expect(at + expiresInMs).toBeLessThanOrEqual(givenAt + CODE_MS + 5)
      }
    }
    expect(reads).toBeGreaterThan(5)
    expect(codes.size).toBeGreaterThan(1)
    // One second for the first request that waits for Redis, plus the delay of a busy machine.
    expect(slowestMs).toBeLessThan(4_000)
    expect(await processes[0]?.act('reset')).toBe(200)
    redis.resume()
    provider.state.isLinked = true
    await pass(1_000)
    await readFor(processes, 2_000)
    expect(linesOf(processes)).toEqual([expect.stringMatching(/^linked /)])
  })

  it('wait at most one turn for a process that was killed during a change', async () => {
    const { provider, processes } = await startAll(2, { REQUEST_TIMEOUT_MS: '2000' })
    const [one, other] = processes
    const cut = one?.act('reset').catch(() => 0)
    await vi.waitFor(() => expect(provider.state.underWay).toBe(1))
    await one?.kill()
    await cut
    const startedAt = Date.now()
    // With a provider time limit of 2 seconds, a turn lasts 9 seconds.
    let status = await other?.act('reset')
    while (status !== 200 && Date.now() - startedAt < 25_000) status = await other?.act('reset')
    expect(status).toBe(200)
    expect(Date.now() - startedAt).toBeLessThan(14_000)
    expect((await other?.read('code'))?.status).toBe('qr')
  })
})
