import { asRecord } from '../../core/json.js'
import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, json } from './create-mock-server.js'
import { wahaPasskeyRoutes } from './waha-passkey-routes.js'
import { createWahaSession } from './waha-session.js'
import { createWahaWebhooks, webhooksOf } from './waha-webhooks.js'

// https://waha.devlike.pro/docs/how-to/sessions (#passkey too), and recordings of WAHA Core 2026.2.1 with the engine NOWEB

/** Options of {@link mockWaha}. */
export interface MockWahaOptions extends MockServerOptions {
  readonly apiKey: string
  /** Name of the session; there is no other. */
  readonly session: string
  /** Whether the session is stopped at first. By default it runs, and its codes begin with the first request. */
  readonly stopped?: boolean | undefined
  /** How long a start takes until the first code, or until a link is restored. By default 1,000. */
  readonly startingMs?: number | undefined
  /**
   * The session's configuration, as `PUT /api/sessions/{name}` sets it: `{ webhooks: [{ url, events, hmac }] }`. By
   * default there is none.
   */
  readonly config?: object | undefined
  /** Sends the webhooks of the configuration: `(request) => handler(request)`. By default nothing is sent. */
  readonly sendWebhook?: ((request: Request) => unknown) | undefined
}

/** Result of {@link mockWaha}: the mock server, and its server process. */
export interface MockWaha extends MockServer {
  /**
   * Restarts the server process. After 3 s, requests are refused for `downMs`. Then the session is stopped and its configuration
   * is lost, but the credentials are kept.
   *
   * @param downMs - By default 10,000.
   */
  restartServer(downMs?: number): void
}

/** The time from the request to end the process until its port closes. */
const SHUTDOWN_MS = 3_000

/**
 * The mock server of WAHA Core 2026.2.1 with the engine NOWEB, with its response times: a QR request takes 5 s while the session
 * is stopped, and 10 s while it is linked or has failed; a logout takes 4 s, a stop and a restart 3 s. The session is `FAILED`
 * after a round of codes, after the phone removed the device, and with the credentials of an incomplete link.
 *
 * A passkey ceremony is that of the documentation of 2026.7.1, whose engine GOWS has it. The session is `FAILED` when WhatsApp
 * refuses the passkey, and when it has waited for ten minutes.
 */
export function mockWaha(emulator: Emulator, options: MockWahaOptions): MockWaha {
  const { apiKey, session: name, startingMs = 1_000, stopped = false, sendWebhook } = options
  const session = createWahaSession(emulator, { startingMs, stopped, engine: 'NOWEB' })
  let exists = true
  let config: unknown = options.config ?? null
  /** The period in which the process does not accept requests. */
  let down: { readonly from: number; readonly until: number } | null = null
  let unusableCodes = 0

  const sendChanges = sendWebhook
    ? createWahaWebhooks(emulator, {
        name,
        session,
        environment,
        webhooks: () => webhooksOf(config),
        send: sendWebhook,
      })
    : () => {}

  const faults = {
    unauthorized: () => json({ message: 'Unauthorized', statusCode: 401 }, 401),
    'unknown-instance': () => problem(404, 'Session not found'),
    'rate-limited': () => json({ message: 'ThrottlerException: Too Many Requests', statusCode: 429 }, 429),
    'server-error': () => json({ message: 'Internal server error', statusCode: 500 }, 500),
  }

  function info(status = 200): Response {
    const now = session.status()
    const isStopped = now === 'STOPPED'
    const times = isStopped ? { timestamps: { activity: null }, engine: {} } : { timestamps: {}, engine }
    return json({ name, status: now, config, me: session.me(), presence: null, ...times }, status)
  }

  /** The list omits stopped sessions unless the request is for all. */
  function list({ url }: MockServerCall): Response {
    const status = session.status()
    const isListed = exists && (status !== 'STOPPED' || url.searchParams.get('all') === 'true')
    const isOnline = status === 'WORKING'
    const online = { presence: isOnline ? 'online' : null, timestamps: { activity: isOnline ? now() : null } }
    return json(isListed ? [{ name, status, config, me: session.me(), ...online }] : [])
  }

  async function create({ request }: MockServerCall): Promise<Response> {
    const body = await bodyOf(request)
    if (body.name !== undefined && body.name !== name) return onlyDefault(String(body.name))
    if (exists) return problem(422, `Session '${name}' already exists. Use PUT to update it.`)
    // Core responds with 201 but creates nothing if the request does not start the session.
    if (body.start === false) return new Response(null, { status: 201 })
    exists = true
    config = body.config ?? null
    session.start()
    return info(201)
  }

  async function update({ request }: MockServerCall): Promise<Response> {
    config = (await bodyOf(request)).config ?? null
    return info()
  }

  async function remove({ hold }: MockServerCall): Promise<Response> {
    await session.remove(hold)
    exists = false
    config = null
    return new Response(null, { status: 200 })
  }

  function start(): Response {
    return session.start() ? info(201) : problem(422, `Session '${name}' is already started.`)
  }

  const change =
    (action: (hold: MockServerCall['hold']) => Promise<void>): Route =>
    async ({ hold }) => {
      await action(hold)
      return info(201)
    }

  async function getQrCode({ request, url, text, image, hold }: MockServerCall): Promise<Response> {
    const status = await session.awaitScan(hold)
    if (!exists) return json({ error: `Session "${name}" does not exist`, session: name }, 422)
    if (status !== 'SCAN_QR_CODE') {
      const error = 'Session status is not as expected. Try again later or restart the session'
      return json({ error, session: name, status, expected: ['SCAN_QR_CODE'] }, 422)
    }
    const { state } = emulator
    // After a scan there is no code, and the status is still the same.
    if (state.status !== 'pairing') return json({ value: '' })
    const format = url.searchParams.get('format')
    if (format === 'raw') return json({ value: text(state.qrText) })
    const png = await image(state.qrText)
    // The whole header is compared. A list that only contains JSON gets the image.
    return request.headers.get('accept') === 'application/json'
      ? json({ mimetype: 'image/png', data: toBase64(png) })
      : new Response(png, { headers: { 'content-type': 'image/png' } })
  }

  async function requestCode({ request, hold }: MockServerCall): Promise<Response> {
    const status = session.status()
    if (!exists || status === 'STOPPED') return notStarted()
    const body = await bodyOf(request)
    if (status === 'STARTING' && !session.hasSocket()) return crash(request, body)
    // The socket exists, and the engine waits for its first code.
    if (status === 'STARTING') await hold(session.nextChangeAt() - now())
    const reached = session.status()
    if (reached !== 'SCAN_QR_CODE' || emulator.state.status === 'linking') {
      return problem(422, `Can request code only in SCAN_QR_CODE status. The current status is ${reached}`)
    }
    if ('method' in body) {
      return problem(422, "NOWEB engine doesn't support any 'method', remove it and try again")
    }
    // The server accepts any number without checks, and reports it as it was sent.
    const phoneNumber = body.phoneNumber === undefined ? '' : String(body.phoneNumber)
    session.halfLink(phoneNumber)
    const code = pairingCodeFor(phoneNumber)
    return json({ code: `${code.slice(0, 4)}-${code.slice(4)}` }, 201)
  }

  function pairingCodeFor(phoneNumber: string): string {
    const result = emulator.requestPairingCode(phoneNumber.replace(/\D/g, ''))
    if (result.ok) return result.pairingCode.value
    // WhatsApp has no account with this number, so no phone accepts this code.
    unusableCodes += 1
    return `AAAA${unusableCodes.toString(36).toUpperCase().padStart(4, 'A')}`
  }

  /** NestJS's response to an exception, including its stack. */
  function crash(request: Request, body: unknown): Response {
    const message = "Cannot read properties of undefined (reading 'waitForConnectionUpdate')"
    const stack = `TypeError: ${message}\n    at WhatsappSessionNoWebCore.requestCode (session.noweb.core.js:544:29)`
    const { pathname: path } = new URL(request.url)
    return json(
      {
        statusCode: 500,
        timestamp: new Date(now()).toISOString(),
        exception: { message, name: 'TypeError', stack },
        request: { path, method: request.method, body, query: {} },
        version: environment,
      },
      500,
    )
  }

  function getMe(): Response {
    return session.status() === 'STOPPED' ? notStarted() : json(session.me())
  }

  function getProfile(): Response {
    const { state } = emulator
    if (session.status() === 'STOPPED') return notStarted()
    if (state.status !== 'linked') return problem(422, 'Session is not linked')
    return json({ id: `${state.account.phoneNumber}@c.us`, picture: state.account.avatarUrl ?? null })
  }

  function notStarted(): Response {
    return problem(
      404,
      `We didn't find a session with name '${name}'.\nPlease start it first by using POST /api/sessions/${name}/start request`,
    )
  }

  /** WAHA Core's response to any other name, before it checks anything else. */
  function onlyDefault(other: string): Response {
    const base64 = toBase64(new TextEncoder().encode(other))
    return problem(
      422,
      `WAHA Core support only '${name}' session. You tried to access '${other}' session (base64: ${base64}). If you want to run more then one WhatsApp account - please get WAHA PLUS version. Check this out: https://waha.devlike.pro/`,
    )
  }

  type Route = (call: MockServerCall) => Response | Promise<Response>

  /** Routes that do not need a session. */
  const serverRoutes: Readonly<Record<string, Route>> = {
    'GET /ping': () => json({ message: 'pong' }),
    'GET /api/server/version': () => json(environment),
    'GET /api/sessions': list,
    'POST /api/sessions': create,
  }

  const sessionRoutes: Readonly<Record<string, Route>> = {
    GET: () => info(),
    PUT: update,
    DELETE: remove,
    'GET me': getMe,
    'POST start': start,
    'POST stop': change(session.stop),
    'POST restart': change(session.restart),
    'POST logout': change(session.logout),
  }

  /** These treat a stopped session like a missing one. */
  const engineRoutes: Readonly<Record<string, Route>> = {
    'GET auth/qr': getQrCode,
    'POST auth/request-code': requestCode,
    'GET profile': getProfile,
    ...wahaPasskeyRoutes(emulator, problem),
  }

  function routeOf(method: string, path: string): Route | undefined {
    const route = serverRoutes[`${method} ${path}`]
    if (route) return route
    const [, ofServer, requestedName = '', action = ''] =
      /^\/api\/(sessions\/)?([^/]+)(?:\/(.+))?$/.exec(path) ?? []
    const found = (ofServer ? sessionRoutes : engineRoutes)[`${method} ${action}`.trim()]
    if (!found) return undefined
    if (decodeURIComponent(requestedName) !== name)
      return () => onlyDefault(decodeURIComponent(requestedName))
    return ofServer && !exists ? faults['unknown-instance'] : found
  }

  async function respond(call: MockServerCall): Promise<Response> {
    const { request, path } = call
    const isPing = path === '/ping'
    if (!isPing && request.headers.get('x-api-key') !== apiKey) return faults.unauthorized()
    const route = routeOf(request.method, path)
    if (!route) return problem(404, `Cannot ${request.method} ${path}`)
    sendChanges()
    const response = await route({ ...call, hold })
    sendChanges()
    return response

    /** The end of the process also ends running requests. */
    async function hold(ms: number): Promise<void> {
      await call.hold(ms)
      refuseWhenDown()
    }
  }

  function now(): number {
    return emulator.now()
  }

  function refuseWhenDown(): void {
    if (!down || now() < down.from) return
    if (now() < down.until) throw new TypeError('fetch failed')
    down = null
    config = null
  }

  const mockServer = createMockServer(
    emulator,
    {
      faults,
      pathOf,
      respond(call) {
        refuseWhenDown()
        return respond(call)
      },
    },
    options,
  )
  return Object.assign(mockServer, {
    restartServer(downMs = 10_000) {
      void session.stop(async () => {})
      sendChanges()
      down = { from: now() + SHUTDOWN_MS, until: now() + SHUTDOWN_MS + downMs }
    },
  })
}

const engine = { engine: 'NOWEB' }

const environment = {
  version: '2026.2.1',
  engine: 'NOWEB',
  tier: 'CORE',
  browser: null,
  platform: 'linux/x64',
  worker: { id: 'worker-1' },
}

function pathOf({ pathname }: URL): string | null {
  return (
    /\/(?:ping|api\/(?:server\/version|sessions(?:\/.*)?|[^/]+\/(?:auth\/.*|profile)))$/.exec(
      pathname,
    )?.[0] ?? null
  )
}

async function bodyOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await request.json().catch(() => undefined)
  return asRecord(body)
}

const ERRORS: Readonly<Record<number, string>> = { 404: 'Not Found', 422: 'Unprocessable Entity' }

/** An error in the format of NestJS. */
function problem(statusCode: number, message: string): Response {
  return json({ message, error: ERRORS[statusCode] ?? 'Error', statusCode }, statusCode)
}
