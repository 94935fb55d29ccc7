import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, htmlPage, json } from './create-mock-server.js'

// https://green-api.com/en/docs/api/account/ — QR, GetAuthorizationCode, GetStateInstance, GetWaSettings, …

/** Options of {@link mockGreenApi}. */
export interface MockGreenApiOptions extends MockServerOptions {
  readonly idInstance: string | number
  readonly apiTokenInstance: string
  /** How long the creation of the instance takes, during which `getStateInstance` returns `null`. By default 0. */
  readonly creatingMs?: number | undefined
  /** How long a logout continues after its response (`logoutProcess`), without codes. By default 0. */
  readonly logoutMs?: number | undefined
  /** How long the instance is `starting` after a reboot; up to five minutes according to the provider. By default 0. */
  readonly rebootMs?: number | undefined
  /**
   * How many pairing codes it issues before it hangs in `starting` until a reboot or a logout, as users have reported. By default
   * it does not hang.
   */
  readonly codesUntilStuck?: number | undefined
  /**
   * How long the chats of a new link are copied, while `historySyncProgress` increases from 0 to 100. By default the field is
   * missing.
   */
  readonly historySyncMs?: number | undefined
  /** Enforces the documented limits per method and second with 429. By default `false`. */
  readonly enforceRateLimits?: boolean | undefined
  /** The format of errors, which the provider does not document. By default `json`. */
  readonly errorBody?: 'json' | 'text' | undefined
}

/** Requests per second and instance: https://green-api.com/en/docs/api/ratelimiter */
const RATE_LIMITS: Readonly<Record<string, number>> = {
  '/qr': 3,
  '/getStateInstance': 1,
  '/getWaSettings': 1,
  '/logout': 1,
  '/reboot': 1,
  '/getSettings': 1,
}

/** How long the response to a request for a notification is delayed if there is none. */
const NOTIFICATION_MS = 5_000

/** Recorded behaviour: browsers may call, but may send only these two headers. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET,PUT,POST,DELETE',
  'access-control-allow-headers': 'Content-Type, Accept',
} as const

/**
 * The mock server of GREEN-API. Codes are made as soon as a QR or pairing code is requested, and a request starts a new
 * round after the last code.
 */
export function mockGreenApi(emulator: Emulator, options: MockGreenApiOptions): MockServer {
  const { idInstance, apiTokenInstance, creatingMs = 0, logoutMs = 0, rebootMs = 0 } = options
  const { codesUntilStuck = Number.POSITIVE_INFINITY, historySyncMs } = options
  const createdAt = emulator.now() + creatingMs
  let loggedOutAt = Number.NEGATIVE_INFINITY
  let rebootedAt = Number.NEGATIVE_INFINITY
  let issuedCodes = 0
  const isCreating = (): boolean => emulator.now() < createdAt
  const isLoggingOut = (): boolean => emulator.now() < loggedOutAt
  const isStuck = (): boolean => issuedCodes >= codesUntilStuck && emulator.state.status !== 'linked'
  const isBusy = (): boolean => isCreating() || isLoggingOut() || emulator.now() < rebootedAt || isStuck()
  const isOverLimit = options.enforceRateLimits ? rateLimiter(emulator) : () => false

  const error = (status: number, message: string): Response =>
    options.errorBody === 'text'
      ? new Response(message, { status, headers: { 'content-type': 'text/plain' } })
      : json({ statusCode: status, message }, status)

  const starting = (): Response => error(400, 'instance in starting process try later')

  const faults = {
    unauthorized: () => withCors(new Response(null, { status: 401 })),
    'unknown-instance': () => htmlPage(403, '403 Forbidden'),
    'rate-limited': () => withCors(error(429, 'Too Many Requests')),
    'server-error': () => htmlPage(502, '502 Bad Gateway'),
  }

  async function getQrCode({ image }: MockServerCall): Promise<Response> {
    if (isBusy()) return starting()
    emulator.start()
    const { state } = emulator
    switch (state.status) {
      case 'pairing':
        return json({ type: 'qrCode', message: toBase64(await image(state.qrText)) })
      case 'stale-auth':
        return json({ type: 'error', message: 'Instance has auth. You need to make log out' })
      case 'linking':
      case 'linked':
        return json({ type: 'alreadyLogged', message: 'instance account already authorized' })
      case 'passkey-required':
        // The type is documented for the WebSocket. Its message is not documented.
        return json({ type: 'passkeyRequired', message: 'passkeyRequired' })
      default:
        return starting()
    }
  }

  async function getAuthorizationCode({ request }: MockServerCall): Promise<Response> {
    const body: unknown = await request.json().catch(() => undefined)
    if (typeof body !== 'object' || body === null) return error(400, 'bad request data')
    const phoneNumber = 'phoneNumber' in body ? body.phoneNumber : undefined
    if (typeof phoneNumber !== 'number' || !Number.isSafeInteger(phoneNumber)) {
      return error(400, 'Validation failed. Details: "phoneNumber" must be an integer')
    }
    if (isBusy() || emulator.state.status === 'linking') return starting()
    const result = emulator.requestPairingCode(String(phoneNumber))
    if (result.ok) {
      issuedCodes += 1
      return json({ status: true, code: result.pairingCode.value })
    }
    if (result.reason !== 'invalid-phone-number') return json({ status: false })
    return error(400, 'Validation failed. Details: "phoneNumber" is not an international number')
  }

  function stateInstance(): string {
    const { status } = emulator.state
    if (status === 'linked' && emulator.now() >= rebootedAt) return 'authorized'
    return status === 'linking' || isBusy() ? 'starting' : 'notAuthorized'
  }

  function getWaSettings(): Response {
    const { state } = emulator
    const account = state.status === 'linked' ? state.account : undefined
    return json({
      avatar: account?.avatarUrl ?? '',
      phone: account?.phoneNumber ?? '',
      stateInstance: stateInstance(),
      deviceId: account ? `${account.phoneNumber}:8@s.whatsapp.net` : '',
      chatId: account ? `${lidOf(account.phoneNumber)}@lid` : '',
      logoutProcess: isLoggingOut(),
      ...(state.status === 'linked' &&
        historySyncMs !== undefined && { historySyncProgress: syncProgress(state.linkedAt) }),
    })
  }

  function syncProgress(linkedAt: number): number {
    return Math.min(Math.floor((100 * (emulator.now() - linkedAt)) / (historySyncMs ?? 1)), 100)
  }

  function logout(): Response {
    emulator.logout()
    issuedCodes = 0
    loggedOutAt = emulator.now() + logoutMs
    return json({ isLogout: true })
  }

  function reboot(): Response {
    emulator.restart()
    issuedCodes = 0
    rebootedAt = emulator.now() + rebootMs
    return json({ isReboot: true })
  }

  function getSettings(): Response {
    const { state } = emulator
    const wid = state.status === 'linked' ? `${state.account.phoneNumber}@c.us` : ''
    return json({ wid, webhookUrl: '', delaySendMessagesMilliseconds: 500, stateWebhook: 'no' })
  }

  async function receiveNotification({ hold }: MockServerCall): Promise<Response> {
    await hold(NOTIFICATION_MS)
    return json(null)
  }

  const routes: Readonly<Record<string, (call: MockServerCall) => Response | Promise<Response>>> = {
    'GET /qr': getQrCode,
    'POST /getAuthorizationCode': getAuthorizationCode,
    'GET /getStateInstance': () => json(isCreating() ? null : { stateInstance: stateInstance() }),
    'GET /getWaSettings': getWaSettings,
    'GET /getSettings': getSettings,
    'GET /getDeviceInfo': () => json({ platform: 'android', deviceManufacturer: '', deviceModel: '' }),
    'GET /receiveNotification': receiveNotification,
    'GET /logout': logout,
    'GET /reboot': reboot,
  }

  async function respond(call: MockServerCall): Promise<Response> {
    const { request, url, path } = call
    if (request.method === 'OPTIONS') return withCors(new Response(null, { status: 204 }))
    const address = addressOf(url)
    if (address?.id !== String(idInstance)) return faults['unknown-instance']()
    if (address.token !== apiTokenInstance) return faults.unauthorized()
    const route = routes[`${request.method} ${path}`]
    if (!route) return htmlPage(404, '404 Not Found')
    return isOverLimit(path) ? faults['rate-limited']() : withCors(await route(call))
  }

  return createMockServer(
    emulator,
    { faults, pathOf: (url) => addressOf(url)?.path ?? null, respond },
    options,
  )
}

/** The parts of a GREEN-API URL, or `null` for any other URL. */
export function addressOf({ pathname }: URL): { id: string; path: string; token: string } | null {
  const [, id, method, token] = /\/waInstance([^/]+)\/([^/]+)\/([^/]+)$/.exec(pathname) ?? []
  return id && method && token ? { id, path: `/${method}`, token } : null
}

/** WhatsApp's id without a phone number. Any other number works. */
function lidOf(phoneNumber: string): string {
  return `1${[...phoneNumber].reverse().join('')}`
}

function withCors(response: Response): Response {
  for (const [name, value] of Object.entries(CORS_HEADERS)) response.headers.set(name, value)
  return response
}

function rateLimiter(emulator: Emulator): (path: string) => boolean {
  const allowed = new Map<string, readonly number[]>()
  return (path) => {
    const at = emulator.now()
    const recent = (allowed.get(path) ?? []).filter((time) => at - time < 1_000)
    if (recent.length >= (RATE_LIMITS[path] ?? Number.POSITIVE_INFINITY)) return true
    allowed.set(path, [...recent, at])
    return false
  }
}
