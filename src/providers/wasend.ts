/**
 * WASend (wasend.dev) links a phone to a *session*, by QR code. It is a layer over WAHA, and forwards WAHA's states.
 *
 * Setup: create an API key in the console, and a session there or with `createWasendSession`. One key controls every session of
 * the account, so use the adapter only on a server.
 *
 * Notes:
 * - There is no pairing code, and no `unlink`: `stop` keeps the link, and `DELETE` destroys the session with
 *   all its settings. Users unlink on the phone.
 * - `reset` starts a stopped session and restarts any other, such as one whose codes have all expired. Neither ends a link. If a
 *   restart did not help, the next `reset` stops and starts it. After that it is `not-supported`, because the leftovers of an
 *   earlier link can be removed only with the session.
 * - Webhooks are `session.status` in WAHA's documented format, because WASend documents none.
 * - The documentation and the SDK disagree about the path and the field of the QR code. Both paths are tried, and all fields are
 *   read.
 *
 * Pages:
 * - https://wasend.dev/docs/sessions
 * - https://wasend.dev/docs/sessions/create
 * - https://waha.devlike.pro/docs/how-to/sessions, for the states
 *
 * @module
 */

import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS, QR_LIFETIME_MS, QR_LONGEST_LIFETIME_MS } from '../core/qr-lifetime.js'
import { hasField, type ProviderApi, providerError } from './lib/provider-error.js'
import { qrContent } from './lib/qr-content.js'
import { createRequester, type ProviderRequest, type ProviderResponse } from './lib/request.js'
import { createResetSteps } from './lib/reset-steps.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  requiredOption,
  type SecretOptions,
} from './lib/server-only.js'
import { type WahaSession, wahaSession, wahaSnapshot, webhookSession } from './lib/waha-session.js'
import { webhookTime } from './lib/webhook-time.js'

interface AccessOptions extends SecretOptions {
  /** Key of the account, sent as `Authorization: Bearer`. */
  readonly apiKey: string
  /**
   * Base URL of the API, if you use your own gateway.
   * @default 'https://api.wasend.dev'
   */
  readonly baseUrl?: string | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

/** Options of {@link wasend}. */
export interface WasendOptions extends AccessOptions {
  /** `uniqueSessionId` of the session, and not its `id` or `sessionName`. */
  readonly sessionId: string
  /**
   * The path of the QR code below `/sessions/{id}/`: `qr` in the documentation, `auth/qr` in the SDK.
   * @default the one that works
   */
  readonly qrPath?: 'qr' | 'auth/qr' | undefined
}

/** Options of {@link createWasendSession}: the access, and the fields of the session with the provider's names. */
export interface CreateWasendSessionOptions extends AccessOptions, RequestOptions {
  /** A display name. */
  readonly sessionName: string
  /** The number that will be linked, in any international spelling. */
  readonly phoneNumber: string
  readonly enableAccountProtection?: boolean | undefined
  readonly enableMessageLogging?: boolean | undefined
  readonly enableWebhook?: boolean | undefined
  readonly webhookUrl?: string | undefined
}

/** A new session. */
export interface WasendSession {
  /** The provider's `uniqueSessionId`: `sessionId` of {@link wasend}. */
  readonly sessionId: string
  readonly sessionName: string
  /** Digits only. */
  readonly phoneNumber: string
}

const TIMING: ProviderTiming = {
  // WhatsApp's own rotation, as WAHA documents it.
  qrLifetimeMs: QR_LIFETIME_MS,
  // No limit is documented; 429 is.
  qrIntervalMs: 5_000,
  // Below that only to meet a change that is due.
  qrMinIntervalMs: 2_000,
  // As often as a scan should be noticed.
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: PAIRING_CODE_LIFETIME_MS,
  // As in the SDK: the provider responds to a QR request only when a code is available.
  requestTimeoutMs: 30_000,
}

const NAME = 'WASend'

const API: ProviderApi = { name: NAME, isOwnForm: (response) => hasField(response, 'message', 'error') }

/** The steps of a reset for a running session, the mildest first. */
const STEPS = ['restart', 'stop', 'give-up'] as const

/** Fields of the QR code: example, field table of the same page, WAHA. */
const QR_FIELDS = ['data', 'qrCode', 'value']

/**
 * A WASend session.
 *
 * @example
 * createPairingHandler({ provider: wasend({ apiKey, sessionId }), authorize })
 */
export function wasend(options: WasendOptions): PairingProvider {
  const request = access('wasend', options)
  const sessionId = requiredOption('wasend', 'sessionId', options.sessionId)
  const path = `sessions/${encodeURIComponent(sessionId)}`
  let qrPaths = options.qrPath ? [options.qrPath] : ['qr', 'auth/qr']

  /** WASend documents no status, but forwards WAHA's. This one means that a QR code is available. */
  let knowsScanStatus = false

  /** @param otherwise The meaning of a status that is not one of WAHA's, because WASend documents none. */
  async function getSnapshot(
    options: RequestOptions,
    otherwise: 'preparing' | 'linked',
  ): Promise<PairingSnapshot> {
    return snapshotOf(await getSession(options), otherwise)
  }

  function snapshotOf(session: WahaSession, otherwise: 'preparing' | 'linked'): PairingSnapshot {
    const { account } = session
    return (
      wahaSnapshot(session) ??
      (otherwise === 'linked' ? { status: 'linked', account } : { status: 'preparing' })
    )
  }

  /**
   * Whether to request the QR code; WAHA delays the response by 5 to 10 seconds if there is none. According to WASend's
   * documentation there is one in `STARTING`. After `SCAN_QR_CODE` was seen once, only that status counts.
   */
  function mayHaveQrCode({ status }: WahaSession): boolean {
    knowsScanStatus ||= status === 'SCAN_QR_CODE'
    return !knowsScanStatus ? !isWithoutCode(status) : status === 'SCAN_QR_CODE'
  }

  const resets = createResetSteps(['start', ...STEPS])

  async function act(action: 'start' | 'stop' | 'restart', { signal }: RequestOptions): Promise<void> {
    const response = await request(`${path}/${action}`, { signal, method: 'POST' })
    // A conflict means that another client has just started it.
    if (!response.ok && response.status !== 409 && response.status !== 422) throw providerError(API, response)
  }

  async function getSession(options: RequestOptions): Promise<WahaSession> {
    const response = await request(path, { signal: options.signal })
    const body = asRecord(response.json)
    // The fields are flat in the documentation, but nested next to the status in lists and in the SDK.
    const holders = [body, asRecord(body.session), asRecord(body.downstream)]
    const field = (name: string): unknown => holders.find((holder) => asText(holder[name]))?.[name]
    const status = asText(field('status'))
    if (!response.ok || !(status || field('uniqueSessionId'))) throw providerError(API, response)
    // `me` is the account that scanned; `phoneNumber` was declared when the session was created.
    const me = holders.map((holder) => holder.me).find((value) => value)
    const session = wahaSession(status, me, field('phoneNumber'))
    if (session.status === 'SCAN_QR_CODE' || session.status === 'WORKING') resets.succeeded(options)
    return session
  }

  /** The response of the first path that exists. */
  async function requestQrCode({ signal }: RequestOptions): Promise<ProviderResponse> {
    const [first = 'qr', second] = qrPaths
    let response = await request(`${path}/${first}`, { signal })
    if (response.status !== 404) qrPaths = [first]
    else if (second) {
      response = await request(`${path}/${second}`, { signal })
      if (response.status !== 404) qrPaths = [second]
    }
    return response
  }

  return {
    id: 'wasend',
    sessionId,
    timing: TIMING,
    getStatus: (options) => getSnapshot(options, 'preparing'),
    async getQrCode(options) {
      const session = await getSession(options)
      if (!mayHaveQrCode(session)) return snapshotOf(session, 'preparing')
      const response = await requestQrCode(options)
      // Documented as "already connected".
      if (response.status === 409) return getSnapshot(options, 'linked')
      // WAHA's error for a wrong status, which may have changed since.
      if (response.status === 422) return getSnapshot(options, 'preparing')
      const error = providerError(API, response)
      const content =
        response.ok && error.code === 'invalid-answer' ? qrContent(response, QR_FIELDS) : undefined
      const body = asRecord(response.json)
      // After a scan there is no code, and the status is still the same.
      if (!content && response.ok && QR_FIELDS.some((field) => body[field] === ''))
        return { status: 'preparing' }
      if (!content) throw error
      const expiresAt = body.expiresAt ?? asRecord(body.data).expiresAt
      return { status: 'qr', qrCode: normalizeQrPayload(content), ...expiresIn(expiresAt, response.date) }
    },
    async reset(options) {
      const { status } = await getSession(options)
      const step = resets.next(options, status === 'STOPPED' ? ['start', 'restart'] : STEPS)
      if (step === 'give-up') {
        resets.succeeded(options)
        throw new PairingError(
          'not-supported',
          `The session fails after each restart, and ${NAME} has no logout. Delete the session in its console and create it anew.`,
        )
      }
      if (step === 'stop') await act('stop', options)
      await act(step === 'stop' ? 'start' : step, options)
      resets.taken(options, step)
    },
    webhookSentAt: (body) => webhookTime(asRecord(body).timestamp),
    readWebhook(body) {
      const decoded = webhookSession(body, sessionId)
      return decoded && wahaSnapshot(decoded)
    },
  }
}

/**
 * Creates a session, which is the first step of WASend's sequence: create, get the QR code, show it, watch. {@link wasend} does
 * the other steps, with the returned `sessionId`.
 *
 * @example
 * const { sessionId } = await createWasendSession({ apiKey, sessionName, phoneNumber: '+5511987654321' })
 */
export async function createWasendSession(options: CreateWasendSessionOptions): Promise<WasendSession> {
  const request = access('createWasendSession', options)
  const sessionName = requiredOption('createWasendSession', 'sessionName', options.sessionName)
  const phoneNumber = normalizePhoneNumber(options.phoneNumber)
  const { signal, enableAccountProtection, enableMessageLogging, enableWebhook, webhookUrl } = options
  const response = await request('sessions', {
    signal,
    method: 'POST',
    body: {
      sessionName,
      phoneNumber: `+${phoneNumber}`,
      enableAccountProtection,
      enableMessageLogging,
      enableWebhook,
      webhookUrl,
    },
  })
  const body = asRecord(response.json)
  const sessionId = asText(body.uniqueSessionId) ?? asText(asRecord(body.session).uniqueSessionId)
  if (response.ok && sessionId) return { sessionId, sessionName, phoneNumber }
  throw providerError(API, response)
}

/** Whether WAHA has no QR code in this status. Any other status, even an unknown one, may have one. */
function isWithoutCode(status: string | undefined): boolean {
  return status === 'STOPPED' || status === 'FAILED' || status === 'WORKING' || /^PASSKEY/.test(status ?? '')
}

type Access = (path: string, request: Omit<ProviderRequest, 'url' | 'headers'>) => Promise<ProviderResponse>

function access(factory: string, options: AccessOptions): Access {
  assertServer(factory, options)
  const apiKey = headerOption(factory, 'apiKey', options.apiKey)
  const baseUrl = baseUrlOption(factory, 'baseUrl', options.baseUrl, 'https://api.wasend.dev')
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  // WAHA compares the whole header: any list, also one with JSON in it, gets the image as bytes.
  const headers = { Accept: 'application/json', Authorization: `Bearer ${apiKey}` }
  return (path, rest) => request({ ...rest, url: `${baseUrl}/${path}`, headers })
}

/**
 * The remaining time of a QR code, from the provider's expiry time: ISO 8601, or seconds or milliseconds since 1970. `undefined`
 * if the time is implausible, because a new code has not expired and none lives longer than a minute. Then a clock is wrong, and
 * the documented rotation is used.
 *
 * @param date - The time of the provider at its response, in whole seconds.
 */
function expiresIn(expiresAt: unknown, date: number | undefined): { expiresInMs?: number } {
  const text = asText(expiresAt) ?? ''
  const time = Number(text)
  // Seconds stay below this until the year 5138, milliseconds have been above it since 1973.
  const at = Number.isNaN(time) ? Date.parse(text) : time < 1e11 ? time * 1_000 : time
  const expiresInMs = at - (date === undefined ? Date.now() : date + 1_000)
  return expiresInMs > 0 && expiresInMs <= QR_LONGEST_LIFETIME_MS ? { expiresInMs } : {}
}
