import { decodePasskeyAssertion, type PasskeyAssertion } from '../../core/passkey.js'
import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, json } from './create-mock-server.js'

// https://developer.z-api.io/en/instance/ — qr-code, qr-code-image, phone-code, status, device, …

/** Options of {@link mockZApi}. */
export interface MockZApiOptions extends MockServerOptions {
  readonly instanceId: string
  readonly token: string
  /** The account's security token. By default it is not activated and not required. */
  readonly clientToken?: string | undefined
  /** The content of `/qr-code`: a data URI in the current documentation, the text in older versions. By default `image`. */
  readonly qrCode?: 'image' | 'text' | undefined
  /** The format of `/qr-code/image`; all four were observed. By default `data-uri` (in `value`). */
  readonly qrCodeImage?: 'data-uri' | 'base64' | 'plain-text' | 'binary' | undefined
  /** Field of the pairing code: `value` is documented, the others were observed. By default `value`. */
  readonly codeField?: 'value' | 'code' | 'phoneCode' | undefined
  /** Writes pairing codes as `ABCD-1234`. By default `false`. */
  readonly codeDash?: boolean | undefined
  /** Ends the texts of `/status` with a full stop, as the older pages do. By default `false`. */
  readonly statusDots?: boolean | undefined
}

/** Five minutes, as observed. */
const EXTENSION_TOKEN_MS = 5 * 60_000

/**
 * The mock server of Z-API. Codes are made as soon as a QR or pairing code is requested, and a request starts a new
 * round after the last code.
 */
export function mockZApi(emulator: Emulator, options: MockZApiOptions): MockServer {
  const { instanceId, token, clientToken, codeField = 'value' } = options
  const value = (content: unknown): Response => json({ value: content })
  let tokens = 0

  const faults = {
    unauthorized: () => json({ error: 'your client-token is not configured' }, 400),
    'unknown-instance': () => json({ error: 'NOT_FOUND' }, 404),
    'rate-limited': () => json({ error: 'Too Many Requests' }, 429),
    'server-error': () => json({ error: 'Internal Server Error' }, 500),
  }

  /** Returns the current code, or the response without it, which lacks the field that clients read. */
  function qrTextOrResponse(): string | Response {
    emulator.start()
    const { state } = emulator
    return state.status === 'pairing' ? state.qrText : withoutCode()
  }

  function withoutCode(): Response {
    const { state } = emulator
    switch (state.status) {
      case 'passkey-required':
        return json({ challenge: state.challenge })
      case 'stale-auth':
        return json({ error: 'You need to restore the session' })
      case 'linked':
        return json({ connected: true })
      default:
        return json({ connected: false })
    }
  }

  async function qrCode(call: MockServerCall): Promise<Response> {
    const text = qrTextOrResponse()
    if (typeof text !== 'string') return text
    return value(options.qrCode === 'text' ? call.text(text) : dataUri(await call.image(text)))
  }

  async function qrCodeImage({ image }: MockServerCall): Promise<Response> {
    const text = qrTextOrResponse()
    if (typeof text !== 'string') return text
    const png = await image(text)
    switch (options.qrCodeImage) {
      case 'base64':
        return value(toBase64(png))
      case 'plain-text':
        return new Response(toBase64(png), { headers: { 'content-type': 'text/plain' } })
      case 'binary':
        return new Response(png, { headers: { 'content-type': 'image/png' } })
      default:
        return value(dataUri(png))
    }
  }

  function phoneCode(phoneNumber: string): Response {
    const result = emulator.requestPairingCode(phoneNumber)
    if (!result.ok) return result.reason === 'invalid-phone-number' ? invalidPhone() : withoutCode()
    const code = result.pairingCode.value
    return json({ [codeField]: options.codeDash ? `${code.slice(0, 4)}-${code.slice(4)}` : code })
  }

  function status(): Response {
    const dot = options.statusDots ? '.' : ''
    switch (emulator.state.status) {
      case 'linked':
        return json({ connected: true, error: `You are already connected${dot}`, smartphoneConnected: true })
      case 'stale-auth':
        return json({
          connected: false,
          error: `You need to restore the session${dot}`,
          smartphoneConnected: true,
        })
      default:
        return json({ connected: false, error: `You are not connected${dot}`, smartphoneConnected: false })
    }
  }

  function device(): Response {
    const { state } = emulator
    if (state.status !== 'linked') return json({ error: 'You are not connected' }, 400)
    const { phoneNumber, name, avatarUrl = null } = state.account
    return json({
      phone: phoneNumber,
      imgUrl: avatarUrl,
      about: 'Hey there! I am using WhatsApp.',
      name,
      device: { sessionName: 'Z-API', device_model: 'Z-API' },
      originalDevice: 'iphone',
      sessionId: 175,
      isBusiness: false,
    })
  }

  async function passkeyPrologue({ request }: MockServerCall): Promise<Response> {
    let assertion: PasskeyAssertion
    try {
      assertion = decodePasskeyAssertion(await request.json())
    } catch {
      return json({ success: false, reason: 'Invalid assertion' })
    }
    const result = emulator.answerPasskey(assertion)
    return json(result.ok ? { success: true } : { success: false, reason: `Refused: ${result.reason}` })
  }

  function resetPasskeyChallenge(): Response {
    return emulator.resetPasskey().ok
      ? json({ success: true })
      : json({ success: false, error: 'Failed to restart instance after challenge reset' }, 400)
  }

  function extensionToken(): Response {
    tokens += 1
    return json({ token: extensionTokenOf(tokens), expiresAt: emulator.now() + EXTENSION_TOKEN_MS })
  }

  /** Runs an action and responds `true`, in any state. */
  const done = (action: () => unknown) => (): Response => {
    action()
    return value(true)
  }

  type Route = (call: MockServerCall) => Response | Promise<Response>

  const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    '/qr-code': { GET: qrCode },
    '/qr-code/image': { GET: qrCodeImage },
    '/status': { GET: status },
    '/device': { GET: device },
    '/disconnect': { GET: done(emulator.logout) },
    '/restart': { GET: done(emulator.restart) },
    '/restore-session': { GET: done(emulator.restore) },
    '/passkey-prologue': { POST: passkeyPrologue },
    '/reset-passkey-challenge': { POST: resetPasskeyChallenge },
    '/extension-token': { GET: extensionToken },
  }

  function respond(call: MockServerCall): Response | Promise<Response> {
    const { request, url, path } = call
    const address = addressOf(url)
    if (address?.id !== instanceId || address.token !== token) return faults['unknown-instance']()
    const sent = request.headers.get('client-token')
    if (clientToken !== undefined && sent === null) return json({ error: 'null not allowed' }, 400)
    if (clientToken !== undefined && sent !== clientToken) return faults.unauthorized()
    const [, phoneNumber] = /^\/phone-code\/([^/]+)$/.exec(path) ?? []
    const methods = phoneNumber === undefined ? routes[path] : { GET: () => phoneCode(phoneNumber) }
    if (!methods) return faults['unknown-instance']()
    const route = methods[request.method]
    if (!route) return json({ error: 'Method Not Allowed' }, 405)
    if (request.method === 'POST' && !request.headers.has('content-type')) {
      return json({ error: 'Unsupported Media Type' }, 415)
    }
    return route(call)
  }

  return createMockServer(
    emulator,
    { faults, pathOf: (url) => addressOf(url)?.path ?? null, respond },
    options,
  )
}

/** A text in the format of a pairing code that is not one. */
function extensionTokenOf(serial: number): string {
  return `FA48-HS${String(62 + serial).padStart(2, '0')}`
}

function addressOf({ pathname }: URL): { id: string; token: string; path: string } | null {
  const [, id, token, path] = /\/instances\/([^/]+)\/token\/([^/]+)(\/.+)$/.exec(pathname) ?? []
  return id && token && path ? { id, token, path } : null
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${toBase64(png)}`
}

function invalidPhone(): Response {
  return json({ error: 'Invalid phone number' }, 400)
}
