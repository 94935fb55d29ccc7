import { createServer } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { toNodeListener } from '../../src/server.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { eventually } from '../eventually.js'
import { freePort } from '../free-port.mjs'
import { type CorePage, openCorePage } from '../server/core-page.js'
import { admin, originOf } from './mounted-handler.js'
import { runExample } from './run-example.js'

/** Ten more pages than may watch one session. */
const PAGES = 60

/** Process managers wait for 10 to 30 seconds before they kill a process. */
const EXIT_LIMIT_MS = 2_000

const instance = { idInstance: '1101000001', apiTokenInstance: 'secret-of-the-instance' }

/** A simulated phone behind a GREEN-API mock server that several processes can call. */
async function startProvider() {
  const emulator = createEmulator({ linkingMs: 0 })
  const { fetch } = mockGreenApi(emulator, instance)
  const url = await originOf(
    createServer(toNodeListener((request) => fetch(request.url, request))).listen(0, '127.0.0.1'),
  )
  return {
    emulator,
    env: {
      GREEN_API_ID_INSTANCE: instance.idInstance,
      GREEN_API_API_TOKEN_INSTANCE: instance.apiTokenInstance,
      GREEN_API_API_URL: url,
    },
  }
}

/**
 * Opens pages that watch live events, or poll if the session has reached its limit of watchers. Records what
 * each page shows, without consecutive repetitions, and how many responses it got.
 */
function openPages(url: string) {
  const pages = Array.from({ length: PAGES }, () => {
    let responses = 0
    const counted: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      responses += 1
      return response
    }
    const page = openCorePage(proxy({ url, headers: admin, fetch: counted }).connection, true)
    return { page, shown: [page.session.status], responses: () => responses }
  })
  const timer = setInterval(() => {
    for (const { page, shown } of pages) {
      page.tick()
      if (shown.at(-1) !== page.session.status) shown.push(page.session.status)
    }
  }, 50)
  onTestFinished(() => {
    clearInterval(timer)
    for (const { page } of pages) page.leave()
  })
  const until = (status: CorePage['session']['status']) =>
    vi.waitFor(
      () => expect(new Set(pages.map(({ shown }) => shown.at(-1)))).toEqual(new Set([status])),
      eventually,
    )
  return { pages, until }
}

it.each(['express', 'hono'])(
  'the %s example ends within 2 s of SIGTERM with 60 pages, and each page continues with the next process',
  async (name) => {
    const { emulator, env } = await startProvider()
    const port = String(await freePort())
    const first = await runExample(name, { ...env, PORT: port })
    const { pages, until } = openPages(first.url)
    await until('awaiting-scan')

    expect(await first.terminate()).toBeLessThan(EXIT_LIMIT_MS)
    const before = pages.map(({ responses }) => responses())
    const second = await runExample(name, { ...env, PORT: port })
    expect(second.url).toBe(first.url)
    // Each page reconnects before the phone scans. Otherwise the test could not show that it did.
    await vi.waitFor(
      () => expect(pages.filter(({ responses }, index) => responses() === before[index])).toEqual([]),
      eventually,
    )
    emulator.scan()
    await until('linked')
    expect(new Set(pages.map(({ shown }) => shown.join(' ')))).toEqual(
      new Set(['preparing awaiting-scan linked']),
    )
  },
  60_000,
)
