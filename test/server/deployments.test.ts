import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { openCorePage } from './core-page.js'

const SCRIPT = fileURLToPath(new URL('handler-process.mjs', import.meta.url))

/** The lifetime of a code of the provider in these tests. */
const CODE_MS = 1_500

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A provider that all processes call. It issues a new code every 1.5 seconds. A sleeping one has no code until it is started. */
async function startProvider({ isInactive = false } = {}) {
  const paths: string[] = []
  const startedAt = Date.now()
  const state = { isLinked: false, isInactive }
  const server: Server = createServer(({ url = '' }, response) => {
    paths.push(url)
    const age = Date.now() - startedAt
    const number = Math.floor(age / CODE_MS)
    const qrCode = { kind: 'text', value: `2@${number},noise,identity,adv,1` }
    const linked = { status: 'linked', account: { name: 'Ana' } }
    const code = { status: 'qr', qrCode, expiresInMs: CODE_MS - (age % CODE_MS) }
    if (url === '/start') state.isInactive = false
    const awake = url === '/code' ? code : { status: 'unlinked' }
    const snapshot = state.isLinked ? linked : state.isInactive ? { status: 'stopped' } : awake
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(snapshot))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    scan: () => {
      state.isLinked = true
    },
    /** When the phone stops accepting a code. */
    expiresAt: (code: string) => startedAt + (Number(/\d+/.exec(code.slice(2))?.[0]) + 1) * CODE_MS,
  }
}

type Provider = Awaited<ReturnType<typeof startProvider>>

interface AppProcess {
  readonly url: string
  stop(): Promise<void>
}

async function startProcess(provider: Provider): Promise<AppProcess> {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT], {
    env: { PROVIDER_URL: provider.url },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill()
    await exited
  }
  closers.push(stop)
  if (!child.stdout) throw new Error('The process has no output.')
  const [line] = await once(child.stdout, 'data')
  return { url: `${line}`.trim(), stop }
}

/**
 * The codes that a page showed too shortly or too long until it was linked, painted every 20 ms. The phone scans when the page has
 * shown the given codes, however long that takes on a busy machine.
 */
async function show(
  provider: Provider,
  send: typeof fetch,
  isSeen: (shown: ReadonlySet<string>) => boolean,
): Promise<readonly string[]> {
  const page = openCorePage(proxy({ url: 'http://app.example/pairing', live: false, fetch: send }).connection)
  const wrong: string[] = []
  const shown = new Set<string>()
  let before: { readonly value: string; readonly expiresAt: number } | undefined
  while (page.session.status !== 'linked') {
    const isScanned = isSeen(shown)
    if (isScanned) provider.scan()
    page.tick()
    const { session } = page
    const code =
      session.status === 'awaiting-scan' && session.qrCode.payload.kind === 'text'
        ? { value: session.qrCode.payload.value, expiresAt: session.qrCode.expiresAt }
        : undefined
    // The page counts the life of a code from its request, so a slow network can only shorten it.
    if (before && code?.value !== before.value && !isScanned && Date.now() < before.expiresAt)
      wrong.push(`${before.value} became ${code?.value ?? session.status}`)
    if (code && code.expiresAt > provider.expiresAt(code.value)) wrong.push(`${code.value} is shown too long`)
    if (code) shown.add(code.value)
    before = code
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  page.leave()
  return wrong
}

const hasShown =
  (count: number) =>
  ({ size }: ReadonlySet<string>): boolean =>
    size >= count

/** Sends a request of the page to the given process instead. */
const sendTo = ({ url }: AppProcess, input: Parameters<typeof fetch>[0], init?: RequestInit) =>
  fetch(`${url}/pairing${new URL(`${input}`).search}`, init)

/** Starts two processes that serve requests in turn. */
async function startTwo(provider: Provider): Promise<typeof fetch> {
  const [one, other] = [await startProcess(provider), await startProcess(provider)]
  let turn = 0
  return (input, init) => sendTo(turn++ % 2 === 0 ? one : other, input, init)
}

describe('a page keeps each QR code until it expires, and no process starts an unrequested pairing', {
  timeout: 60_000,
}, () => {
  it('behind two processes that take turns without a bus', async () => {
    const provider = await startProvider()
    expect(await show(provider, await startTwo(provider), hasShown(3))).toEqual([])
    expect(provider.paths).not.toContain('/start')
  })

  it('behind two processes that take turns: a page that finds a sleeping session starts it once', async () => {
    const provider = await startProvider({ isInactive: true })
    expect(await show(provider, await startTwo(provider), hasShown(2))).toEqual([])
    expect(provider.paths.filter((path) => path === '/start')).toHaveLength(1)
  })

  it('behind a process that restarts while a code is shown', async () => {
    const provider = await startProvider()
    let current = await startProcess(provider)
    let isRestarting = false
    let isRestarted = false
    async function restart(): Promise<void> {
      isRestarting = true
      const stopped = current.stop()
      current = await startProcess(provider)
      await stopped
      isRestarted = true
    }
    const send: typeof fetch = (input, init) => sendTo(current, input, init)
    const wrong = await show(provider, send, (shown) => {
      if (shown.size === 2 && !isRestarting) void restart()
      return isRestarted && shown.size > 2
    })
    expect(wrong).toEqual([])
    expect(provider.paths).not.toContain('/start')
  })

  it('behind a new process for each request', async () => {
    const provider = await startProvider()
    // Started in advance, because the start of a process can take longer than the lifetime of a code.
    const next = [startProcess(provider), startProcess(provider), startProcess(provider)]
    const send: typeof fetch = async (input, init) => {
      next.push(startProcess(provider))
      const one = await (next.shift() ?? startProcess(provider))
      const response = await sendTo(one, input, init)
      const body = await response.text()
      void one.stop()
      return new Response(body, response)
    }
    expect(await show(provider, send, hasShown(2))).toEqual([])
    await Promise.all(next)
    expect(provider.paths).not.toContain('/start')
  })
})
