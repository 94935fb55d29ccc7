import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, json } from './create-mock-server.js'
import type { WahaStatus } from './waha-session.js'
import { createWahaSession } from './waha-session.js'

// https://wasend.dev/docs/sessions, and the server underneath: https://waha.devlike.pro/docs/how-to/sessions

/** Options of {@link mockWasend}. */
export interface MockWasendOptions extends MockServerOptions {
  readonly apiKey: string
  /** The `uniqueSessionId` of the session that exists from the beginning. */
  readonly sessionId: string
  /** The number the session was created for, with `+`. It is not compared with the linked number. */
  readonly phoneNumber?: string | undefined
  /** The path of QR codes: `/sessions/{id}/qr` in the documentation, `…/auth/qr` in the SDK. By default `both`. */
  readonly qrPath?: 'qr' | 'auth/qr' | 'both' | undefined
  /**
   * The JSON of the QR code: `data` as in the documented example, `qrCode` as in their table of fields, `waha` with `mimetype`,
   * `nested` all of that in `data`, `value` as text. By default `data`.
   */
  readonly qrBody?: 'data' | 'qrCode' | 'waha' | 'nested' | 'value' | undefined
  /** Adds `expiresAt`, whose format is not documented. By default it is missing. */
  readonly expiresAt?: 'iso' | 'seconds' | 'milliseconds' | undefined
  /** The format of a session: as in the documentation, or as in the SDK. By default `docs`. */
  readonly shape?: 'docs' | 'sdk' | undefined
  /** Adds `me` to a session, as WAHA does. By default `false`. */
  readonly me?: boolean | undefined
  /** Has `POST /sessions/{id}/auth/request-code`, which only WAHA documents. By default `false`. */
  readonly requestCode?: boolean | undefined
  /** Whether the session is stopped at first. By default it runs, and its codes begin with the first request. */
  readonly stopped?: boolean | undefined
  /** How long a start takes. By default 1,000. */
  readonly startingMs?: number | undefined
}

/**
 * The mock server of WASend. Codes exist only while the session runs. After a round the session is `FAILED` and needs a restart.
 * It has the response times of WAHA, on which it is built: a QR request takes 5 s while the session is stopped and 10 s while it
 * has failed; a stop and a restart take 3 s, a `DELETE` 4 s.
 */
export function mockWasend(emulator: Emulator, options: MockWasendOptions): MockServer {
  const { apiKey, qrPath = 'both', startingMs = 1_000, stopped = false } = options
  const session = createWahaSession(emulator, { startingMs, stopped, engine: 'GOWS' })
  const createdAt = emulator.now()
  let sessionId: string | null = options.sessionId
  let created = 1
  let sessionName = options.sessionId
  // The number from the creation of the session, linked or not.
  let { phoneNumber = '+5511987654321' } = options

  const faults = {
    unauthorized: () => problem(401, 'Unauthorized'),
    'unknown-instance': () => problem(404, 'Session not found', 'Not Found'),
    'rate-limited': () => problem(429, 'ThrottlerException: Too Many Requests'),
    'server-error': () => problem(500, 'Internal server error'),
  }

  function info(id: string, status: WahaStatus): Record<string, unknown> {
    const { state } = emulator
    const account = state.status === 'linked' ? state.account : undefined
    const flags = {
      enableAccountProtection: true,
      enableMessageLogging: true,
      enableWebhook: false,
      webhookUrl: '',
    }
    return {
      uniqueSessionId: id,
      sessionName,
      phoneNumber,
      status,
      createdAt: new Date(createdAt).toISOString(),
      updatedAt: new Date(emulator.now()).toISOString(),
      ...(options.shape === 'sdk'
        ? {
            id: '665f1c2e9b1d8a0012345678',
            userId: '665f1c2e9b1d8a0087654321',
            name: id,
            ...flags,
            config,
            engine,
          }
        : { config: flags }),
      ...(options.me && {
        me: account ? { id: `${account.phoneNumber}@c.us`, pushName: account.name } : null,
      }),
    }
  }

  function list(): Response {
    if (sessionId === null) return json({ sessions: [] })
    const { status, ...rest } = info(sessionId, session.status())
    const downstream = { name: sessionId, status, config, engine }
    const entry = options.shape === 'sdk' ? { session: rest, downstream } : { session: { ...rest, status } }
    return json({ sessions: [entry] })
  }

  async function create({ request }: MockServerCall): Promise<Response> {
    const body: unknown = await request.json().catch(() => undefined)
    const fields = typeof body === 'object' && body !== null ? body : {}
    if (!('sessionName' in fields) || typeof fields.sessionName !== 'string') {
      return problem(400, 'sessionName must be a string', 'Bad Request')
    }
    if (!('phoneNumber' in fields) || !/^\+\d{7,15}$/.test(String(fields.phoneNumber))) {
      return problem(400, 'phoneNumber must be an international number with +', 'Bad Request')
    }
    // One emulated account supports one session.
    if (sessionId !== null)
      return problem(422, `Session '${sessionName}' already exists.`, 'Unprocessable Entity')
    created += 1
    sessionId = `${options.sessionId}-${created}`
    sessionName = fields.sessionName
    phoneNumber = String(fields.phoneNumber)
    session.start()
    return json(info(sessionId, session.status()), 201)
  }

  async function remove({ hold }: MockServerCall): Promise<Response> {
    await session.remove(hold)
    sessionId = null
    return options.shape === 'sdk' ? new Response(null, { status: 200 }) : json({ success: true })
  }

  async function getQrCode({ request, url, image, hold }: MockServerCall, id: string): Promise<Response> {
    // WASend documents this itself. It is not part of WAHA.
    if (session.status() === 'WORKING') return problem(409, 'Session is already connected', 'Conflict')
    const status = await session.awaitScan(hold)
    if (status !== 'SCAN_QR_CODE') {
      const error = 'Session status is not as expected. Try again later or restart the session'
      return json({ error, session: id, status, expected: ['SCAN_QR_CODE'] }, 422)
    }
    const { state } = emulator
    // After a scan there is no code, and the status is still the same.
    if (state.status !== 'pairing') return json({ data: '' })
    if (url.searchParams.get('format') === 'raw') return json({ value: state.qrText })
    const png = await image(state.qrText)
    // WAHA itself sends JSON for exactly `application/json`. The vendor's SDK sends axios' list and reads JSON.
    if (!request.headers.get('accept')?.includes('application/json')) {
      return new Response(png, { headers: { 'content-type': 'image/png' } })
    }
    return json({ ...qrBody(toBase64(png), state.qrText), ...expiry(state.qrExpiresAt) })
  }

  function qrBody(data: string, text: string): Record<string, unknown> {
    const waha = { mimetype: 'image/png', data }
    const value = { value: text }
    const bodies = { data: { data }, qrCode: { qrCode: data }, waha, nested: { data: waha }, value }
    return bodies[options.qrBody ?? 'data']
  }

  function expiry(at: number): Record<string, unknown> {
    if (options.expiresAt === undefined) return {}
    const spellings = { iso: new Date(at).toISOString(), seconds: Math.floor(at / 1_000), milliseconds: at }
    return { expiresAt: spellings[options.expiresAt] }
  }

  async function requestCode({ request }: MockServerCall): Promise<Response> {
    const status = session.status()
    if (status !== 'SCAN_QR_CODE') {
      const message = `Can request code only in SCAN_QR_CODE status. The current status is ${status}`
      return problem(422, message, 'Unprocessable Entity')
    }
    const body: unknown = await request.json().catch(() => undefined)
    const number = typeof body === 'object' && body !== null && 'phoneNumber' in body ? body.phoneNumber : ''
    const result = emulator.requestPairingCode(String(number))
    if (!result.ok) return problem(400, 'phoneNumber must be digits only', 'Bad Request')
    const { value } = result.pairingCode
    return json({ code: `${value.slice(0, 4)}-${value.slice(4)}` }, 201)
  }

  type Route = (call: MockServerCall, id: string) => Response | Promise<Response>

  const change =
    (action: (hold: MockServerCall['hold']) => unknown): Route =>
    async ({ hold }, id) => {
      await action(hold)
      return json(info(id, session.status()), 201)
    }

  const routes: Readonly<Record<string, Route>> = {
    GET: (_call, id) => json(info(id, session.status())),
    DELETE: remove,
    'POST start': change(session.start),
    'POST stop': change(session.stop),
    'POST restart': change(session.restart),
    ...(qrPath !== 'auth/qr' && { 'GET qr': getQrCode }),
    ...(qrPath !== 'qr' && { 'GET auth/qr': getQrCode }),
    ...(options.requestCode && { 'POST auth/request-code': requestCode }),
  }

  function respond(call: MockServerCall): Response | Promise<Response> {
    const { request, path } = call
    if (request.headers.get('authorization') !== `Bearer ${apiKey}`) return faults.unauthorized()
    const [, inPath, action] = /^\/sessions(?:\/([^/]+)(?:\/(.+))?)?$/.exec(path) ?? []
    // The vendor's SDK sends ids unescaped, other clients escape them.
    const id = inPath === undefined ? undefined : unescaped(inPath)
    if (path === '/sessions' && request.method === 'GET') return list()
    if (path === '/sessions' && request.method === 'POST') return create(call)
    const route = routes[action ? `${request.method} ${action}` : request.method]
    if (id === undefined || !route) return problem(404, `Cannot ${request.method} ${path}`, 'Not Found')
    return id === sessionId ? route(call, id) : faults['unknown-instance']()
  }

  return createMockServer(emulator, { faults, pathOf, respond }, options)
}

/** Parts of a session that exist only in the SDK's types. */
const config = {
  noweb: { store: { enabled: true, fullSync: false } },
  webhooks: [],
  proxy: null,
  debug: false,
}
const engine = { grpc: { client: 'READY', stream: 'READY' }, gows: { found: true, connected: true } }

function pathOf({ pathname }: URL): string | null {
  return /\/sessions(?:\/.*)?$/.exec(pathname)?.[0] ?? null
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An error in the format of NestJS. */
function problem(statusCode: number, message: string, error?: string): Response {
  return json({ statusCode, message, ...(error !== undefined && { error }) }, statusCode)
}
