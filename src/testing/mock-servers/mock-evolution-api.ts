import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, json } from './create-mock-server.js'
import { createEvolutionInstance } from './evolution-instance.js'
import type { EvolutionEvent, EvolutionInstance, EvolutionVersion } from './evolution-types.js'

// https://doc.evolution-api.com/v2/api-reference/instance-controller/, and recordings of 2.3.7 and 2.4

/** Options of {@link mockEvolutionApi}. */
export interface MockEvolutionApiOptions extends MockServerOptions {
  /** The server's global key. */
  readonly apiKey: string
  readonly instanceName: string
  /** The token of the instance, which is accepted as a key too. By default `emulated-instance-token`. */
  readonly token?: string | undefined
  /**
   * The version to emulate. 2.4 reconnects 3 seconds after a scan, but never after a scan that follows a logout. It keeps a
   * pairing code that was not entered until the instance is deleted. By default `2.3.7`.
   */
  readonly version?: EvolutionVersion | undefined
  /** `false` for a 2.4.0 that is not activated: every response is 503 with `LICENSE_REQUIRED`. By default `true`. */
  readonly isActivated?: boolean | undefined
  /** The server's `QRCODE_LIMIT`: after so many codes the instance closes. By default 30. */
  readonly qrLimit?: number | undefined
  /** Time from the beginning of a pairing to its first code: `{"count":0}` until then. By default 200. */
  readonly startingMs?: number | undefined
  /** How long the response to `connect` is delayed if the instance is closed. By default 2,000. */
  readonly holdMs?: number | undefined
  /** From the end of a scan to the next connection to WhatsApp. By default 0 with 2.3.7, and 3,000 with 2.4. */
  readonly gapMs?: number | undefined
  /** Called with each webhook when the server sends it. */
  readonly onWebhook?: ((body: EvolutionWebhook) => void) | undefined
  /** Called when the server does something at WhatsApp: `registration`, `login`, `close` and others. */
  readonly onWhatsApp?: ((event: { readonly event: string; readonly at: number }) => void) | undefined
}

/** Body of a webhook. */
export interface EvolutionWebhook extends EvolutionEvent {
  readonly instance: string
  readonly date_time: string
  readonly apikey: string
}

/** Result of {@link mockEvolutionApi}. */
export interface MockEvolutionApi extends MockServer {
  /** What the server did at WhatsApp. */
  readonly whatsapp: {
    /** Logins of the linked device. A server whose sockets disconnect each other has many for one scan. */
    readonly logins: number
    /** How often a socket requested a link. */
    readonly registrations: number
    /** Logins that WhatsApp refused. */
    readonly refusedLogins: number
    /** The open sockets. */
    readonly connections: number
  }
  /** Ends the server's process: requests fail. */
  readonly stop: () => void
  /** Starts it again. It responds after `bootMs`, by default 2.9 seconds. */
  readonly start: (bootMs?: number) => void
}

/** The time in the recordings. */
const BOOT_MS = 2_900
const HOLD_MS = 2_000
/** A deleted instance still exists for a moment. */
const REMOVED_MS = 60
const GAP_MS: Readonly<Record<EvolutionVersion, number>> = { '2.3.7': 0, '2.4': 3_000 }

/**
 * The mock server of Evolution API. If the instance is closed, `connect` begins a pairing; its response is delayed by two
 * seconds. The pairing continues until the limit of codes, and each code is shown for 45 seconds. After a scan the instance is
 * `close` until the server has reconnected. A `connect` in that time opens a second socket, and the two disconnect each other
 * endlessly: see `whatsapp.logins`.
 */
export function mockEvolutionApi(emulator: Emulator, options: MockEvolutionApiOptions): MockEvolutionApi {
  const { apiKey, instanceName, qrLimit = 30, startingMs = 200, holdMs = HOLD_MS, onWebhook } = options
  const { token = 'emulated-instance-token', version = '2.3.7', isActivated = true, onWhatsApp } = options
  const instance = createEvolutionInstance(emulator, {
    instanceName,
    version,
    qrLimit,
    startingMs,
    gapMs: options.gapMs ?? GAP_MS[version],
    onWhatsApp,
    onEvent:
      onWebhook &&
      (({ event, data }) => {
        const date = new Date(emulator.now()).toISOString()
        onWebhook({ event, instance: instanceName, data, date_time: date, apikey: token })
      }),
  })
  let upAt = Number.NEGATIVE_INFINITY
  let removedAt = Number.NEGATIVE_INFINITY

  const faults = {
    unauthorized: () => problem(401, 'Unauthorized', 'Unauthorized'),
    'unknown-instance': () => unknownInstance(instanceName),
    'rate-limited': () => problem(429, 'Too Many Requests', 'Too Many Requests'),
    'server-error': () => problem(500, 'Internal Server Error', 'Connection Closed'),
  }

  async function codes({ text, image }: MockServerCall): Promise<Response> {
    const { count, code, pairingCode } = instance.codes
    if (code === undefined) return json({ count })
    const given = text(code)
    const png = given === code ? await image(code) : new TextEncoder().encode(given)
    return json({ pairingCode, code: given, base64: `data:image/png;base64,${toBase64(png)}`, count })
  }

  async function connect(call: MockServerCall): Promise<Response> {
    if (instance.state === 'open') return connectionState()
    if (instance.state === 'connecting') return codes(call)
    if (instance.state === undefined || instance.isSettling) return failed()
    instance.connect(call.url.searchParams.get('number'))
    if (holdMs > 0) await call.hold(holdMs)
    instance.catchUp()
    // The codes, even if the instance is open by now.
    return codes(call)
  }

  function connectionState(): Response {
    return json({ instance: { instanceName, state: instance.state } })
  }

  function restart(call: MockServerCall): Response | Promise<Response> {
    const { state } = instance
    if (state === 'close' || state === undefined) return failed()
    instance.restart()
    return state === 'open' ? json({ instance: { instanceName, state } }) : codes(call)
  }

  function logout(): Response {
    if (instance.logout()) return success('Instance logged out')
    if (version === '2.4') return success('Instance was already disconnected')
    return problem(400, 'Bad Request', [`The "${instanceName}" instance is not connected`])
  }

  function remove(): Response {
    instance.remove()
    removedAt = emulator.now()
    return success('Instance deleted')
  }

  async function create({ request }: MockServerCall): Promise<Response> {
    const body: unknown = await request.json().catch(() => undefined)
    const { instanceName: name, integration } = {
      ...(body as { instanceName?: unknown; integration?: unknown }),
    }
    if (name !== instanceName || instance.list)
      return problem(403, 'Forbidden', [`This name "${name}" is already in use.`])
    if (integration !== 'WHATSAPP-BAILEYS') return problem(400, 'Bad Request', ['Invalid integration'])
    instance.create()
    return json({ instance: { instanceName, integration, status: 'close' }, hash: token }, 201)
  }

  function fetchInstances({ url }: MockServerCall): Response {
    const requestedName = url.searchParams.get('instanceName') ?? instanceName
    const { list } = instance
    if (requestedName !== instanceName || !list)
      return problem(404, 'Not Found', [`Instance "${requestedName}" not found`])
    const { state } = emulator
    const account = state.status === 'linked' ? state.account : undefined
    return json([
      {
        id: '95f28b28-05f7-46ac-892f-af76aa1ecdc7',
        name: instanceName,
        connectionStatus: list.connectionStatus,
        ownerJid: list.ownerJid,
        profileName: account?.name ?? null,
        profilePicUrl: account?.avatarUrl ?? null,
        integration: 'WHATSAPP-BAILEYS',
        number: null,
        businessId: null,
        token,
        clientName: 'evolution_exchange',
        disconnectionReasonCode: list.disconnectionReasonCode,
        updatedAt: new Date(list.updatedAt).toISOString(),
      },
    ])
  }

  type Route = (call: MockServerCall) => Response | Promise<Response>

  const routes: Readonly<Record<string, Route>> = {
    'GET connect': connect,
    'GET connectionState': connectionState,
    'POST restart': restart,
    'DELETE logout': logout,
    'DELETE delete': remove,
  }

  function respond(call: MockServerCall): Response | Promise<Response> {
    const { request, path } = call
    instance.catchUp()
    if (emulator.now() < upAt) throw new TypeError('fetch failed')
    if (!isActivated) return notActivated(call.url.origin)
    const key = request.headers.get('apikey')
    const isKnown = key === apiKey || key === token
    const list = path === '/instance/fetchInstances' && request.method === 'GET'
    if (list) return isKnown ? fetchInstances(call) : faults.unauthorized()
    if (path === '/instance/create' && request.method === 'POST')
      return key === apiKey ? create(call) : faults.unauthorized()
    const [, action, name = ''] = /^\/instance\/([^/]+)\/([^/]+)$/.exec(path) ?? []
    const route = routes[`${request.method} ${action}`]
    if (!route) return problem(404, 'Not Found', [`Cannot ${request.method} ${path}`])
    const isThere = instance.list !== undefined || emulator.now() < removedAt + REMOVED_MS || isStarting()
    // The order matters: a request for another instance gets 404 with any key.
    if (decodeURIComponent(name) !== instanceName || !isThere) return unknownInstance(name)
    return isKnown ? route(call) : faults.unauthorized()
  }

  /**
   * The server has just started and has not loaded the instance. A request for its state returns neither a
   * state nor an error.
   */
  function isStarting(): boolean {
    return instance.state === undefined && emulator.now() - upAt < 1_000
  }

  const dated = async (call: MockServerCall): Promise<Response> => {
    const response = await respond(call)
    // Web servers send the date in whole seconds.
    response.headers.set('date', new Date(emulator.now()).toUTCString())
    return response
  }

  const mockServer = createMockServer(emulator, { faults, pathOf, respond: dated }, options)
  return Object.assign(mockServer, {
    whatsapp: upToDate(instance),
    stop() {
      instance.catchUp()
      upAt = Number.POSITIVE_INFINITY
      instance.stop()
    },
    start(bootMs = BOOT_MS) {
      upAt = emulator.now() + bootMs
      instance.start(upAt)
    },
  })
}

/** The counts after all due tasks have run. */
function upToDate(instance: EvolutionInstance): MockEvolutionApi['whatsapp'] {
  const now = (): MockEvolutionApi['whatsapp'] => {
    instance.catchUp()
    return instance.whatsapp
  }
  return {
    get logins() {
      return now().logins
    },
    get registrations() {
      return now().registrations
    },
    get refusedLogins() {
      return now().refusedLogins
    },
    get connections() {
      return now().connections
    },
  }
}

function pathOf({ pathname }: URL): string | null {
  return /\/instance\/.+$/.exec(pathname)?.[0] ?? null
}

function unknownInstance(name: string): Response {
  return problem(404, 'Not Found', [`The "${name}" instance does not exist`])
}

/** This error has HTTP 200. */
function failed(): Response {
  return json({ error: true, message: '[object Object]' })
}

function success(message: string): Response {
  return json({ status: 'SUCCESS', error: false, response: { message } })
}

function notActivated(origin: string): Response {
  const url = `${origin}/manager/login`
  const docs = 'https://docs.evolutionfoundation.com.br/licensing'
  return json(
    {
      error: 'service not activated',
      code: 'LICENSE_REQUIRED',
      register_url: url,
      docs_url: docs,
      message: `This Evolution API instance is not activated. Open ${url} to activate, or set AUTHENTICATION_API_KEY in your .env with a valid licensing key. Docs: ${docs}`,
    },
    503,
  )
}

/** An error in the server's format: the message is a text or a list of texts. */
function problem(status: number, error: string, message: string | readonly string[]): Response {
  return json({ status, error, response: { message } }, status)
}
