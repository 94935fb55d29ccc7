import { asRecord } from '../../core/json.js'
import { decodePasskeyAssertion } from '../../core/passkey.js'
import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServer, MockServerCall, MockServerOptions } from './create-mock-server.js'
import { createMockServer, json } from './create-mock-server.js'

/** Options of {@link mockOwnServer}. */
export interface MockOwnServerOptions extends MockServerOptions {
  /** The end of the URL's path. By default `/pairing`. */
  readonly path?: string | undefined
  /** Headers that every request needs, such as `{ authorization: 'Bearer …' }`; without it the response is 401. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The format of `qr`. By default `text`. */
  readonly qr?: 'text' | 'data-uri' | 'base64' | undefined
  /** How long the engine takes to start. By default 0. */
  readonly startingMs?: number | undefined
}

/** How long the code for the extension is valid. */
const HANDOFF_MS = 300_000

/** The mock server of a server that follows the contract of `ownServer`. `POST` starts a round of codes; `GET` only reads. */
export function mockOwnServer(emulator: Emulator, options: MockOwnServerOptions = {}): MockServer {
  const { path = '/pairing', headers = {}, startingMs = 0 } = options
  let startedAt = Number.NEGATIVE_INFINITY

  const faults = {
    unauthorized: () => json({ error: 'Unauthorized' }, 401),
    'unknown-instance': () => json({ error: 'Not Found' }, 404),
    'rate-limited': () => json({ error: 'Too Many Requests' }, 429),
    'server-error': () => json({ error: 'Internal Server Error' }, 500),
  }

  async function qrOf(text: string, call: MockServerCall): Promise<string> {
    if (options.qr === undefined || options.qr === 'text') return call.text(text)
    const base64 = toBase64(await call.image(text))
    return options.qr === 'data-uri' ? `data:image/png;base64,${base64}` : base64
  }

  async function fields(call: MockServerCall): Promise<Record<string, unknown>> {
    const { state } = emulator
    switch (state.status) {
      case 'idle':
        return { state: isStarting() ? 'starting' : 'stopped' }
      case 'pairing':
        return {
          state: 'ready',
          qr: await qrOf(state.qrText, call),
          code: state.pairingCode?.value ?? null,
          expiresInMs: state.qrExpiresAt - emulator.now(),
        }
      case 'out-of-codes':
        return state.reason
          ? { state: 'failed', reason: state.reason }
          : { state: 'stopped', code: state.pairingCode?.value ?? null }
      case 'linked': {
        const { phoneNumber, name, avatarUrl } = state.account
        return { state: 'linked', account: { phoneNumber, name, avatarUrl } }
      }
      case 'passkey-required': {
        const { step, code = null, expiresAt } = state
        const passkey = { step, code, expiresInMs: expiresAt - emulator.now() }
        return { state: 'passkey', passkey, helpUrl: 'https://example.com/passkey' }
      }
      case 'stale-auth':
        return { state: 'stale' }
      case 'linking':
        return { state: 'linking' }
    }
  }

  const respondWith = (more: Record<string, unknown>, status = 200): Response =>
    json(
      { state: null, qr: null, code: null, expiresInMs: null, reason: null, account: null, ...more },
      status,
    )

  const isStarting = (): boolean => emulator.now() < startedAt + startingMs

  const snapshot = async (call: MockServerCall): Promise<Response> => respondWith(await fields(call))

  async function start(call: MockServerCall): Promise<Response> {
    const body: unknown = await call.request.json().catch(() => undefined)
    const { mode, phone, assertion, code } = asRecord(body)
    if (typeof mode === 'string' && mode.startsWith('passkey-'))
      return passkey(mode, { assertion, code }, call)
    if (mode === 'qr') {
      if (!isStarting()) {
        startedAt = emulator.now()
        emulator.start(startingMs)
      }
      return snapshot(call)
    }
    if (mode !== 'code') return json({ error: 'mode must be "qr" or "code"' }, 400)
    const result = emulator.requestPairingCode(String(phone))
    if (result.ok) {
      const { value, expiresAt } = result.pairingCode
      return respondWith({ ...(await fields(call)), code: value, expiresInMs: expiresAt - emulator.now() })
    }
    if (result.reason === 'invalid-phone-number') return respondWith({ reason: result.reason }, 422)
    return snapshot(call)
  }

  async function passkey(
    mode: string,
    { assertion, code }: { readonly assertion: unknown; readonly code: unknown },
    call: MockServerCall,
  ): Promise<Response> {
    const { state } = emulator
    if (state.status !== 'passkey-required') return respondWith({ reason: 'passkey-expired' }, 409)
    const expiresInMs = state.expiresAt - emulator.now()
    switch (mode) {
      case 'passkey-challenge':
        return json({ challenge: state.challenge, expiresInMs })
      case 'passkey-answer':
        return emulator.answerPasskey(decodePasskeyAssertion(assertion)).ok
          ? snapshot(call)
          : respondWith({ reason: 'passkey-refused' }, 409)
      case 'passkey-confirm':
        return emulator.confirmPasskey(String(code)).ok
          ? snapshot(call)
          : respondWith({ reason: 'passkey-refused' }, 409)
      case 'passkey-handoff':
        return json({ handoff: { kind: 'code', code: 'HELP-2468', expiresInMs: HANDOFF_MS } })
      default:
        emulator.resetPasskey()
        emulator.start(startingMs)
        startedAt = emulator.now()
        return snapshot(call)
    }
  }

  async function respond(call: MockServerCall): Promise<Response> {
    const { request } = call
    if (call.path !== path) return faults['unknown-instance']()
    const isAllowed = Object.entries(headers).every(([name, value]) => request.headers.get(name) === value)
    if (!isAllowed) return faults.unauthorized()
    switch (request.method) {
      case 'GET':
        return snapshot(call)
      case 'POST':
        return start(call)
      case 'DELETE':
        startedAt = Number.NEGATIVE_INFINITY
        emulator.logout()
        return snapshot(call)
      default:
        return json({ error: 'Method Not Allowed' }, 405)
    }
  }

  const pathOf = ({ pathname }: URL): string | null => (pathname.endsWith(path) ? path : null)
  return createMockServer(emulator, { faults, pathOf, respond }, options)
}
