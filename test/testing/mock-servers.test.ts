import { describe, expect, it, vi } from 'vitest'
import type { Emulator, EmulatorFault, MockServer, MockServerOptions } from '../../src/testing.js'
import { mockEvolutionApi, mockGreenApi, mockWaha, mockWasend, mockZApi } from '../../src/testing.js'
import { emulateTime, START, until } from '../time.js'
import { readPng } from './read-png.js'
import { link, seededEmulator } from './seeded-emulator.js'

const secret = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345'

interface MockServerUnderTest {
  readonly name: string
  make(emulator: Emulator, options?: MockServerOptions): MockServer
  /** A URL that returns 200 and JSON in any state. */
  readonly status: string
  /** A URL that returns a QR image. */
  readonly qr: string
  /** With the right credentials. */
  readonly init: RequestInit
  /** The path of the state, without credentials. */
  readonly path: string
  /** The responses of these faults: unauthorized, unknown-instance, server-error, rate-limited. */
  readonly faults: readonly (readonly [status: number, body: unknown])[]
}

const page = expect.stringMatching(/^<!DOCTYPE html>/i)
const nest = (statusCode: number, message: unknown, error?: string): object => ({
  statusCode,
  message,
  ...(error && { error }),
})
const mockServers: readonly MockServerUnderTest[] = [
  {
    name: 'GREEN-API',
    make: (emulator, options) =>
      mockGreenApi(emulator, { idInstance: 1101, apiTokenInstance: secret, ...options }),
    status: `https://api.green-api.com/waInstance1101/getStateInstance/${secret}`,
    qr: `https://api.green-api.com/waInstance1101/qr/${secret}`,
    init: {},
    path: '/getStateInstance',
    faults: [
      [401, ''],
      [403, page],
      [502, page],
      [429, nest(429, 'Too Many Requests')],
    ],
  },
  {
    name: 'Z-API',
    make: (emulator, options) =>
      mockZApi(emulator, { instanceId: '3C01', token: secret, clientToken: 'F1', ...options }),
    status: `https://api.z-api.io/instances/3C01/token/${secret}/status`,
    qr: `https://api.z-api.io/instances/3C01/token/${secret}/qr-code/image`,
    init: { headers: { 'client-token': 'F1' } },
    path: '/status',
    faults: [
      [400, { error: 'your client-token is not configured' }],
      [404, { error: 'NOT_FOUND' }],
      [500, { error: 'Internal Server Error' }],
      [429, { error: 'Too Many Requests' }],
    ],
  },
  {
    name: 'WASend',
    make: (emulator, options) => mockWasend(emulator, { apiKey: secret, sessionId: 'main', ...options }),
    status: 'https://api.wasend.dev/sessions/main',
    qr: 'https://api.wasend.dev/sessions/main/qr',
    init: { headers: { authorization: `Bearer ${secret}`, accept: 'application/json' } },
    path: '/sessions/main',
    faults: [
      [401, nest(401, 'Unauthorized')],
      [404, nest(404, 'Session not found', 'Not Found')],
      [500, nest(500, 'Internal server error')],
      [429, nest(429, 'ThrottlerException: Too Many Requests')],
    ],
  },
  {
    name: 'Evolution API',
    make: (emulator, options) =>
      mockEvolutionApi(emulator, { apiKey: secret, instanceName: 'main', ...options }),
    status: 'https://evolution.example.com/instance/connectionState/main',
    qr: 'https://evolution.example.com/instance/connect/main',
    init: { headers: { apikey: secret } },
    path: '/instance/connectionState/main',
    faults: [401, 404, 500, 429].map((status) => [
      status,
      expect.objectContaining({ status, error: expect.any(String) }),
    ]),
  },
  {
    name: 'WAHA',
    make: (emulator, options) => mockWaha(emulator, { apiKey: secret, session: 'default', ...options }),
    status: 'https://waha.example.com/api/sessions/default',
    qr: 'https://waha.example.com/api/default/auth/qr',
    init: { headers: { 'x-api-key': secret, accept: 'application/json' } },
    path: '/api/sessions/default',
    faults: [401, 404, 500, 429].map((statusCode) => [statusCode, expect.objectContaining({ statusCode })]),
  },
]

emulateTime()

/** Time passes automatically until a delayed response. */
const hurriedEmulator = (): Emulator =>
  seededEmulator({ wait: async (ms) => void vi.advanceTimersByTime(ms) })

/** The JSON of a response, or its text. */
async function contentOf(response: Response): Promise<unknown> {
  const text = await response.text()
  return /^[[{]/.test(text) ? JSON.parse(text) : text
}

describe.each(mockServers)('mock server of $name', ({ make, status, qr, init, path, faults }) => {
  const setUp = (): { readonly emulator: Emulator; readonly mockServer: MockServer } => {
    const emulator = hurriedEmulator()
    return { emulator, mockServer: make(emulator) }
  }
  const broken = (fault: EmulatorFault): { readonly mockServer: MockServer; ask(): Promise<Response> } => {
    const { emulator, mockServer } = setUp()
    emulator.fail(fault)
    return { mockServer, ask: () => mockServer.fetch(status, init) }
  }

  it('responds to a Request and to fetch, for any origin and base path', async () => {
    const { mockServer } = setUp()
    const there = status.replace(/https:\/\/[^/]+/, 'http://localhost:6006/emulator')
    const answers = await Promise.all([
      mockServer(new Request(there, init)),
      mockServer.fetch(status, init),
      mockServer.fetch(new URL(status), init),
      mockServer.fetch(new Request(status, init)),
      mockServer.fetch(new Request(status), init),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  })

  it('each fault has the status and the body of the provider', async () => {
    const given = ['unauthorized', 'unknown-instance', 'server-error', 'rate-limited'] as const
    const answers = await Promise.all(given.map((fault) => broken(fault).ask()))
    const contents = await Promise.all(answers.map(contentOf))
    expect(answers.map((answer, index) => [answer.status, contents[index]])).toEqual(faults)
  })

  it('requests lists method and path without credentials', async () => {
    const { mockServer } = setUp()
    await mockServer.fetch(status, init)
    vi.advanceTimersByTime(3_000)
    await mockServer.fetch(`${status}?token=${secret}`, { ...init, method: 'PUT' })
    await mockServer.fetch(`https://api.example.com/${secret}`, init)
    expect(mockServer.requests).toEqual([
      { method: 'GET', path, at: START },
      { method: 'PUT', path, at: START + 3_000 },
      { method: 'GET', path: '/…', at: START + 3_000 },
    ])
  })

  it('fetch rejects an aborted request and does not record it', async () => {
    const { mockServer } = setUp()
    const aborted = mockServer.fetch(status, { ...init, signal: AbortSignal.abort() })
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    expect(mockServer.requests).toEqual([])
  })

  it('fetch rejects with the reason when its signal aborts', async () => {
    const { mockServer } = setUp()
    const controller = new AbortController()
    const answer = mockServer.fetch(status, { ...init, signal: controller.signal })
    controller.abort(new Error('unmounted'))
    await expect(answer).rejects.toThrow('unmounted')
  })

  it('intercept() replaces the response', async () => {
    const intercept = (asked: string): Response | undefined =>
      asked === path ? new Response(null, { status: 466 }) : undefined
    const mockServer = make(hurriedEmulator(), { intercept })
    expect((await mockServer.fetch(status, init)).status).toBe(466)
    expect((await mockServer.fetch(qr, init)).status).toBe(200)
  })

  it('fault html returns a page with status 200', async () => {
    const answer = await broken('html').ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html')
    expect(await answer.text()).toMatch(/^<!DOCTYPE html>/)
  })

  it('fault half-json returns the first half of the response', async () => {
    const answer = await broken('half-json').ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    const half = await answer.text()
    expect(() => JSON.parse(half)).toThrow(SyntaxError)
    const whole = await (await setUp().mockServer.fetch(status, init)).text()
    expect(whole.startsWith(half)).toBe(true)
  })

  it('fault empty-body returns the status without a body', async () => {
    const answer = await broken('empty-body').ask()
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })

  it('fault rate-limited returns 429, with Retry-After only if configured', async () => {
    const { emulator, mockServer } = setUp()
    emulator.fail('rate-limited')
    const answer = await mockServer.fetch(status, init)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, null])
    emulator.fail('rate-limited', { retryAfterMs: 1_500 })
    expect((await mockServer.fetch(status, init)).headers.get('retry-after')).toBe('2')
  })

  it('fault network rejects with a TypeError', async () => {
    await expect(broken('network').ask()).rejects.toThrow(TypeError)
  })

  it('fault hang sends no response until the request is aborted', async () => {
    const { mockServer } = broken('hang')
    const controller = new AbortController()
    const answer = mockServer.fetch(status, { ...init, signal: controller.signal })
    const anHourLater = new Promise((resolve) => setTimeout(resolve, 3_600_000, 'still waiting'))
    expect((await until(Promise.race([answer, anHourLater]))).value).toBe('still waiting')
    controller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('fault not-an-image corrupts only the next QR code', async () => {
    const { emulator, mockServer } = setUp()
    emulator.fail('not-an-image', { times: 1 })
    expect((await mockServer.fetch(status, init)).status).toBe(200)
    expect(emulator.fault).not.toBeNull()
    const spoilt = await (await mockServer.fetch(qr, init)).text()
    expect(spoilt).not.toContain('iVBOR')
    expect(await (await mockServer.fetch(qr, init)).text()).toContain('iVBOR')
  })

  it('a fault ends after the given number of requests', async () => {
    const { emulator, mockServer } = setUp()
    emulator.fail('server-error', { times: 2 })
    const statuses = []
    for (let count = 0; count < 3; count += 1)
      statuses.push((await mockServer.fetch(status, init)).status >= 500)
    expect(statuses).toEqual([true, true, false])
  })

  it('the image contains the code that links', async () => {
    const { emulator, mockServer } = setUp()
    const body = await (await mockServer.fetch(qr, init)).text()
    const [, base64 = ''] = /(iVBOR[\w+/=]+)/.exec(body) ?? []
    const { text } = readPng(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
    expect(emulator.scan(text)).toEqual({ ok: true })
  })

  it('reading the state does not change a link', async () => {
    const { emulator, mockServer } = setUp()
    link(emulator)
    const before = emulator.state
    await until(mockServer.fetch(status, init))
    await until(mockServer.fetch(qr, init))
    expect(emulator.state).toBe(before)
  })
})
