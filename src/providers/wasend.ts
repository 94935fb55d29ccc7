/**
 * WASend (wasend.dev) links a phone to a *session*, by QR code. It is a layer over WAHA, whose states it
 * passes on.
 *
 * Setup: make an API key in the console and a session, there or with `createWasendSession`. One key rules
 * every session of the account, so the adapter belongs on a server.
 *
 * Notes:
 * - There is no pairing code, and no `unlink`: `stop` keeps the link, and `DELETE` destroys the session with
 *   all its settings. Users unlink on the phone.
 * - `reset` starts a stopped session and restarts any other, such as one whose codes have all expired. Neither ends a
 *   link. Where a restart did not help, the next `reset` stops and starts it; after that, it is `not-supported`: what
 *   an earlier link left can be removed only with the session.
 * - Webhooks are WAHA's `session.status`, by its pages: WASend shows none of its own.
 * - Pages and SDK disagree on where the QR code is and in which field. Both places are tried, all fields are
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
import { QR_LONGEST_LIFETIME_MS } from '../core/qr-lifetime.js'
import { answerError, hasField, type ProviderApi } from './lib/answer-error.js'
import { qrContent } from './lib/qr-content.js'
import { createRequester, type ProviderAnswer, type ProviderRequest } from './lib/request.js'
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
   * Where the API is, for your own gateway.
   * @default 'https://api.wasend.dev'
   */
  readonly baseUrl?: string | undefined
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

/** Options of {@link wasend}. */
export interface WasendOptions extends AccessOptions {
  /** `uniqueSessionId` of the session; not its `id`, not its `sessionName`. */
  readonly sessionId: string
  /**
   * Where the QR code is below `/sessions/{id}/`: `qr` in the pages, `auth/qr` in the SDK.
   * @default the one that works
   */
  readonly qrPath?: 'qr' | 'auth/qr' | undefined
}

/** Options of {@link createWasendSession}: the access, and the session in the provider's own words. */
export interface CreateWasendSessionOptions extends AccessOptions, RequestOptions {
  /** A name for people. */
  readonly sessionName: string
  /** The number that will be linked, in any international spelling. */
  readonly phoneNumber: string
  readonly enableAccountProtection?: boolean | undefined
  readonly enableMessageLogging?: boolean | undefined
  readonly enableWebhook?: boolean | undefined
  readonly webhookUrl?: string | undefined
}

/** A session that was just made. */
export interface WasendSession {
  /** The provider's `uniqueSessionId`: `sessionId` of {@link wasend}. */
  readonly sessionId: string
  readonly sessionName: string
  /** Digits only. */
  readonly phoneNumber: string
}

const TIMING: ProviderTiming = {
  // WAHA: 20 seconds each, after a first code of 60.
  qrLifetimeMs: 20_000,
  // No limit is documented; 429 is.
  qrIntervalMs: 5_000,
  // Below that only to meet a change that is due.
  qrMinIntervalMs: 2_000,
  // As often as a scan should be noticed.
  statusIntervalMs: 3_000,
  // The life of the connection that WhatsApp issues codes on.
  pairingCodeLifetimeMs: 160_000,
  // As in the SDK: QR requests are held until a code is there.
  requestTimeoutMs: 30_000,
}

const NAME = 'WASend'

const API: ProviderApi = { name: NAME, isOwnForm: (answer) => hasField(answer, 'message', 'error') }

/** What a reset of a session that runs sends, from the mildest step on. */
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

  /** WASend documents no status, but WAHA's are passed on here: this one means that the QR code is there. */
  let knowsScanStatus = false

  /** @param otherwise What a status means that is not one of WAHA's: WASend documents none. */
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
   * Whether the QR code is to be requested, which WAHA holds for 5 to 10 seconds where there is none. WASend's page says
   * that it is there in `STARTING`; once `SCAN_QR_CODE` was seen, that is known to be the status.
   */
  function mayHaveQrCode({ status }: WahaSession): boolean {
    knowsScanStatus ||= status === 'SCAN_QR_CODE'
    return !knowsScanStatus ? !isWithoutCode(status) : status === 'SCAN_QR_CODE'
  }

  const resets = createResetSteps(['start', ...STEPS])

  async function act(action: 'start' | 'stop' | 'restart', { signal }: RequestOptions): Promise<void> {
    const answer = await request(`${path}/${action}`, { signal, method: 'POST' })
    // A conflict means that another client has started it in the meantime.
    if (!answer.ok && answer.status !== 409 && answer.status !== 422) throw answerError(API, answer)
  }

  async function getSession(options: RequestOptions): Promise<WahaSession> {
    const answer = await request(path, { signal: options.signal })
    const body = asRecord(answer.json)
    // Flat in the pages; nested, with the status beside it, in lists and in the SDK.
    const holders = [body, asRecord(body.session), asRecord(body.downstream)]
    const field = (name: string): unknown => holders.find((holder) => asText(holder[name]))?.[name]
    const status = asText(field('status'))
    if (!answer.ok || !(status || field('uniqueSessionId'))) throw answerError(API, answer)
    // `me` is who scanned; `phoneNumber` is what was declared when the session was made.
    const me = holders.map((holder) => holder.me).find((value) => value)
    const session = wahaSession(status, me, field('phoneNumber'))
    if (session.status === 'SCAN_QR_CODE' || session.status === 'WORKING') resets.helped(options)
    return session
  }

  /** The response of the first place that exists. */
  async function askForQrCode({ signal }: RequestOptions): Promise<ProviderAnswer> {
    const [first = 'qr', second] = qrPaths
    let answer = await request(`${path}/${first}`, { signal })
    if (answer.status !== 404) qrPaths = [first]
    else if (second) {
      answer = await request(`${path}/${second}`, { signal })
      if (answer.status !== 404) qrPaths = [second]
    }
    return answer
  }

  return {
    id: 'wasend',
    sessionId,
    timing: TIMING,
    getStatus: (options) => getSnapshot(options, 'preparing'),
    async getQrCode(options) {
      const session = await getSession(options)
      if (!mayHaveQrCode(session)) return snapshotOf(session, 'preparing')
      const answer = await askForQrCode(options)
      // Documented as "already connected".
      if (answer.status === 409) return getSnapshot(options, 'linked')
      // WAHA's "not in this status", which may have changed since.
      if (answer.status === 422) return getSnapshot(options, 'preparing')
      const error = answerError(API, answer)
      const content = answer.ok && error.code === 'invalid-answer' ? qrContent(answer, QR_FIELDS) : undefined
      const body = asRecord(answer.json)
      // After a scan there is no code, and the status is still the same.
      if (!content && answer.ok && QR_FIELDS.some((field) => body[field] === ''))
        return { status: 'preparing' }
      if (!content) throw error
      const expiresAt = body.expiresAt ?? asRecord(body.data).expiresAt
      return { status: 'qr', qrCode: normalizeQrPayload(content), ...expiresIn(expiresAt, answer.date) }
    },
    async reset(options) {
      const { status } = await getSession(options)
      const step = resets.next(options, status === 'STOPPED' ? ['start', 'restart'] : STEPS)
      if (step === 'give-up') {
        resets.helped(options)
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
      const told = webhookSession(body, sessionId)
      return told && wahaSnapshot(told)
    },
  }
}

/**
 * Makes a session, which is the first step of WASend's own sequence: create, get the QR code, show it,
 * watch. The other steps are those of {@link wasend} with the `sessionId` that comes back.
 *
 * @example
 * const { sessionId } = await createWasendSession({ apiKey, sessionName, phoneNumber: '+5511987654321' })
 */
export async function createWasendSession(options: CreateWasendSessionOptions): Promise<WasendSession> {
  const request = access('createWasendSession', options)
  const sessionName = requiredOption('createWasendSession', 'sessionName', options.sessionName)
  const phoneNumber = normalizePhoneNumber(options.phoneNumber)
  const { signal, enableAccountProtection, enableMessageLogging, enableWebhook, webhookUrl } = options
  const answer = await request('sessions', {
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
  const body = asRecord(answer.json)
  const sessionId = asText(body.uniqueSessionId) ?? asText(asRecord(body.session).uniqueSessionId)
  if (answer.ok && sessionId) return { sessionId, sessionName, phoneNumber }
  throw answerError(API, answer)
}

/** Where WAHA has no QR code. Any other status, also one that is not WAHA's, may have one. */
function isWithoutCode(status: string | undefined): boolean {
  return status === 'STOPPED' || status === 'FAILED' || status === 'WORKING' || /^PASSKEY/.test(status ?? '')
}

type Access = (path: string, request: Omit<ProviderRequest, 'url' | 'headers'>) => Promise<ProviderAnswer>

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
 * How long a QR code still lives, from the moment its provider gives: ISO 8601, or seconds or milliseconds
 * since 1970. Nothing where that cannot be: a code that was just given is not over, and none lives longer
 * than a minute. Then a clock is wrong, and the documented rotation is the better guess.
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
