import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { Wire, WireCall, WireOptions } from '../wire.js'
import { createWire, json } from '../wire.js'
import { createWahaSession } from './waha-session.js'

// https://waha.devlike.pro/docs/how-to/sessions, and a recording of WAHA Core 2024.10.8 with the engine NOWEB

/** Options of {@link wahaWire}. */
export interface WahaWireOptions extends WireOptions {
  readonly apiKey: string
  /** Name of the session; there is no other. */
  readonly session: string
  /** The session is stopped at first. By default it runs, and its codes begin with the first request. */
  readonly stopped?: boolean | undefined
  /** How long a start takes. By default 1,000. */
  readonly startingMs?: number | undefined
}

/** Whom a session names, also before it is linked. */
interface Me {
  readonly id: string
  readonly pushName: string
}

/** Whose leftovers are found by a server that has not seen the link. */
const BEFORE: Me = { id: '5511987654321@c.us', pushName: 'Ana Souza' }

/**
 * The face of WAHA. Codes are there only while the session runs; when a round is over, or the phone removed
 * the device, it is `FAILED`. WAHA holds a QR request for up to five seconds until a code is there, and a logout for
 * three; this wire answers at once, as after that.
 */
export function wahaWire(emulator: Emulator, options: WahaWireOptions): Wire {
  const { apiKey, session: name, startingMs = 1_000, stopped = false } = options
  const session = createWahaSession(emulator, { startingMs, stopped })
  /** From the credentials on the server's disk: half of them are there as soon as a number is sent. */
  let me: Me | null = null

  emulator.subscribe(({ action }) => {
    // The server keeps the credentials that WhatsApp does not take any more.
    if (action === 'disconnect') emulator.leaveStaleAuth()
    if (action === 'leaveStaleAuth') me ??= BEFORE
  })

  const faults = {
    unauthorized: () => problem(401, 'Unauthorized'),
    'unknown-instance': () => problem(404, 'Session not found', 'Not Found'),
    'rate-limited': () => problem(429, 'ThrottlerException: Too Many Requests'),
    'server-error': () => problem(500, 'Internal server error'),
  }

  function isLinked(): boolean {
    return emulator.state.status === 'linked' || emulator.state.status === 'linking'
  }

  function info(status = 200): Response {
    const { state } = emulator
    if (state.status === 'linked')
      me = { id: `${state.account.phoneNumber}@c.us`, pushName: state.account.name }
    const now = session.status()
    const engine = now === 'STOPPED' ? {} : { engine: 'NOWEB' }
    return json({ name, status: now, config: null, me, engine }, status)
  }

  function start(): Response {
    if (session.status() !== 'STOPPED') {
      return problem(422, `Session '${name}' is already started.`, 'Unprocessable Entity')
    }
    session.start()
    return info(201)
  }

  function restart(): Response {
    // With half of the credentials it tries to log in, which WhatsApp refuses.
    if (me && !isLinked()) emulator.leaveStaleAuth()
    session.restart()
    return info(201)
  }

  /** Starts again by itself whatever was running. */
  function logout(): Response {
    const wasRunning = session.status() !== 'STOPPED'
    session.stop()
    emulator.logout()
    me = null
    if (wasRunning) session.start()
    return info(201)
  }

  function stop(): Response {
    session.stop()
    return info(201)
  }

  async function getQrCode({ request, url, text, image }: WireCall): Promise<Response> {
    const status = session.status()
    const { state } = emulator
    if (status === 'STOPPED') return notStarted(name)
    if (state.status !== 'pairing') {
      const error = 'Session status is not as expected. Try again later or restart the session'
      return json({ error, session: name, status, expected: ['SCAN_QR_CODE'] }, 422)
    }
    if (url.searchParams.get('format') === 'raw') return json({ value: text(state.qrText) })
    const png = await image(state.qrText)
    // The whole header is compared: lists that merely contain JSON get the image.
    return request.headers.get('accept') === 'application/json'
      ? json({ mimetype: 'image/png', data: toBase64(png) })
      : new Response(png, { headers: { 'content-type': 'image/png' } })
  }

  async function requestCode({ request }: WireCall): Promise<Response> {
    const status = session.status()
    if (status === 'STOPPED') return notStarted(name)
    if (status !== 'SCAN_QR_CODE') {
      const message = `Can request code only in SCAN_QR_CODE status. The current status is ${status}`
      return problem(422, message, 'Unprocessable Entity')
    }
    const body: unknown = await request.json().catch(() => undefined)
    const sent = typeof body === 'object' && body !== null && 'phoneNumber' in body ? body.phoneNumber : ''
    const phoneNumber = String(sent)
    const result = emulator.requestPairingCode(phoneNumber.replace(/\D/g, ''))
    if (!result.ok) return problem(400, 'phoneNumber should not be empty', 'Bad Request')
    // As it was sent: nobody corrects its spelling.
    me = { id: `${phoneNumber}@c.us`, pushName: '~' }
    const { value } = result.pairingCode
    return json({ code: `${value.slice(0, 4)}-${value.slice(4)}` }, 201)
  }

  type Route = (call: WireCall) => Response | Promise<Response>

  const path = encodeURIComponent(name)
  const routes: Readonly<Record<string, Route>> = {
    [`GET /api/sessions/${path}`]: () => info(),
    [`POST /api/sessions/${path}/start`]: start,
    [`POST /api/sessions/${path}/stop`]: stop,
    [`POST /api/sessions/${path}/restart`]: restart,
    [`POST /api/sessions/${path}/logout`]: logout,
    [`GET /api/${path}/auth/qr`]: getQrCode,
    [`POST /api/${path}/auth/request-code`]: requestCode,
  }

  function answer(call: WireCall): Response | Promise<Response> {
    const { request } = call
    if (request.headers.get('x-api-key') !== apiKey) return faults.unauthorized()
    const route = routes[`${request.method} ${call.path}`]
    if (route) return route(call)
    return call.path.startsWith('/api/sessions/') && request.method === 'GET'
      ? faults['unknown-instance']()
      : problem(404, `Cannot ${request.method} ${call.path}`, 'Not Found')
  }

  return createWire(emulator, { faults, pathOf, answer }, options)
}

function pathOf({ pathname }: URL): string | null {
  return /\/api\/(?:sessions|[^/]+\/auth)(?:\/.*)?$/.exec(pathname)?.[0] ?? null
}

function notStarted(name: string): Response {
  const message = `We didn't find a session with name '${name}'.\nPlease start it first by using POST /api/sessions/${name}/start request`
  return problem(404, message, 'Not Found')
}

/** An error as NestJS writes it. */
function problem(statusCode: number, message: string, error?: string): Response {
  return json({ statusCode, message, ...(error !== undefined && { error }) }, statusCode)
}
