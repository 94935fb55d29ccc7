import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeUpdate } from '../../src/core/decode-update.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { eventually } from '../eventually.js'
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

const readAll = (processes: readonly AppProcess[]) => Promise.all(processes.map(({ read }) => read()))

/** Reads until the processes have printed so many lines, and some times more, in case one prints a line that must not follow. */
async function linesAfter(processes: readonly AppProcess[], count: number): Promise<string[]> {
  await vi.waitFor(
    async () => {
      await readAll(processes)
      expect(linesOf(processes).length).toBeGreaterThanOrEqual(count)
    },
    { ...eventually, interval: 100 },
  )
  for (let times = 0; times < 5; times += 1) {
    await readAll(processes)
    await pass(200)
  }
  return linesOf(processes)
}

describe('processes on one Redis', { timeout: 60_000 }, () => {
  it('report a link once, even if the reporting process is killed with kill -9, and its end once', async () => {
    const { provider, processes, start } = await startAll(2)
    provider.state.isLinked = true
    const lines = await linesAfter(processes, 1)
    expect(lines).toEqual([expect.stringMatching(/^linked [\w-]{22}$/)])
    const reporter = processes.find(({ lines }) => lines.length > 0)
    await reporter?.kill()
    const rest = [...processes.filter((one) => one !== reporter), await start()]
    expect(await linesAfter(rest, 0)).toEqual([])
    expect(await Promise.all(rest.map(({ act }) => act('unlink')))).toEqual([200, 200])
    expect(await linesAfter(rest, 1)).toEqual(['unlinked'])
    provider.state.isLinked = true
    expect((await linesAfter(rest, 2)).filter((one) => one !== 'unlinked')).toEqual(lines)
  })

  it('change the session one after the other, and share its limits', async () => {
    const { provider, processes } = await startAll(3)
    const startedAt = Date.now()
    const { state } = provider
    expect(await Promise.all(processes.map(({ act }) => act('reset')))).toEqual([200, 200, 200])
    expect(state.most).toBe(1)
    let status: number | undefined
    for (let turn = 0; status !== 429 && state.starts < 20; turn += 1)
      status = await processes[turn % 3]?.act('reset')
    // Five at once, and one more for each 10 seconds.
    expect(state.starts).toBeGreaterThanOrEqual(5)
    expect(state.starts).toBeLessThanOrEqual(5 + Math.ceil((Date.now() - startedAt) / 10_000))
  })

  it('keep working while Redis hangs, show no expired code, and share again afterwards', async () => {
    const { redis, provider, processes } = await startAll(2)
    await readAll(processes)
    redis.pause()
    closers.push(() => redis.resume())
    let slowestMs = 0
    const codes = new Set<string>()
    for (; codes.size < 4; await pass(100)) {
      for (const { read } of processes) {
        const startedAt = Date.now()
        const { qrCode, expiresInMs = 0, at } = await read('code')
        slowestMs = Math.max(slowestMs, Date.now() - startedAt)
        if (qrCode?.kind !== 'text') continue
        codes.add(qrCode.value)
        const givenAt = provider.codesAt[Number(/\d+/.exec(qrCode.value.slice(2))?.[0])] ?? 0
        expect(at + expiresInMs).toBeLessThanOrEqual(givenAt + CODE_MS + 5)
      }
    }
    // One second for the first request that waits for Redis, plus the delay of a busy machine.
    expect(slowestMs).toBeLessThan(4_000)
    expect(await processes[0]?.act('reset')).toBe(200)
    redis.resume()
    provider.state.isLinked = true
    expect(await linesAfter(processes, 1)).toEqual([expect.stringMatching(/^linked /)])
  })

  it('wait at most one turn for a process that was killed during a change', async () => {
    const { provider, processes } = await startAll(2, { REQUEST_TIMEOUT_MS: '2000' })
    const [one, other] = processes
    const cut = one?.act('reset').catch(() => 0)
    await vi.waitFor(() => expect(provider.state.starts).toBe(1), eventually)
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
