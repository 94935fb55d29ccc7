/**
 * WAHA links a phone to a *session* on your own server, by QR code or by pairing code, with any of its engines.
 *
 * Setup: run the server and create a session in its dashboard; WAHA Core has only the session `default`. The key controls every
 * session there, so use the adapter only on a server.
 *
 * Notes:
 * - `me` is set as soon as a number is sent or a code is scanned. Only `WORKING` means linked.
 * - WAHA delays the response to a request for the QR code by 5 to 10 seconds in every status except `SCAN_QR_CODE`. So the
 *   adapter reads the status first, which takes milliseconds.
 * - `requestPairingCode` logs out a session that has waited for a scan for a minute or more: a code ends with its connection,
 *   after 160 seconds. It also logs out leftovers of another number. An engine without pairing codes responds with a server
 *   error. The adapter remembers that, and does not log the session out again.
 * - A code that was not entered leaves an incomplete link. The session then fails after each start, and only a logout removes it:
 *   `reset` and the next `requestPairingCode` send one.
 * - `reset` starts a stopped session and restarts a failed one. If that did not help, or a failed session has an account that was
 *   linked, it is `stale`, and `reset` logs it out. It never ends a working link.
 * - A session that fails after it was linked is `stopped` with the reason `unlinked`. `reset` restarts it, which keeps an
 *   existing link, and logs it out if it fails again.
 * - `unlink` logs out, and WAHA restarts the session automatically.
 * - A passkey needs WAHA 2026.7.1 or later and its engine GOWS. `answerPasskey` resolves when WAHA has sent the answer. The
 *   status shows whether WhatsApp accepted it. If the session fails instead, reads reject with `passkey-refused` if WhatsApp got
 *   an answer in time, and with `passkey-expired` otherwise; `reset` restarts it. WAHA documents no other way to end a ceremony.
 *   This follows the documentation and was not tested with a real account.
 *
 * Pages:
 * - https://waha.devlike.pro/docs/how-to/sessions
 * - https://waha.devlike.pro/docs/how-to/sessions/#passkey
 * - https://waha.devlike.pro/docs/how-to/webhooks
 * - https://waha.devlike.pro/blog/waha-passkey/
 *
 * @module
 */

import { PairingError, toPairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import { normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS, QR_LIFETIME_MS } from '../core/qr-lifetime.js'
import { pause } from '../lib/pause.js'
import { isPage, type ProviderApi, providerError } from './lib/provider-error.js'
import { qrContent } from './lib/qr-content.js'
import { createRequester, type ProviderRequest, type ProviderResponse } from './lib/request.js'
import { createResetSteps } from './lib/reset-steps.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  nameOption,
  type SecretOptions,
} from './lib/server-only.js'
import { sessionAt } from './lib/session-at.js'
import { createWahaMemory } from './lib/waha-memory.js'
import { requestWahaPairingCode, type WahaPairingCodeSession } from './lib/waha-pairing-code.js'
import { createWahaPasskeys } from './lib/waha-passkeys.js'
import { NAME, type WahaSession, wahaSession, wahaSnapshot, webhookSession } from './lib/waha-session.js'
import { webhookTime } from './lib/webhook-time.js'

/** Options of {@link waha}. */
export interface WahaOptions extends SecretOptions {
  /**
   * URL of the server: `https://waha.example.com`. Its host and path are part of the `sessionId`, because every server has a
   * session `default`: `waha.example.com/default`.
   */
  readonly baseUrl: string
  /** Key of the server, sent as `X-Api-Key`. */
  readonly apiKey: string
  /** Name of the session; WAHA Core has only `default`. */
  readonly session: string
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  // WhatsApp's own rotation, as documented.
  qrLifetimeMs: QR_LIFETIME_MS,
  // No limit is documented.
  qrIntervalMs: 5_000,
  // A shorter pause is used only when a change is due.
  qrMinIntervalMs: 2_000,
  // How soon a scan is noticed.
  statusIntervalMs: 3_000,
  // The code is issued some seconds after the connection began.
  pairingCodeLifetimeMs: PAIRING_CODE_LIFETIME_MS - 10_000,
  // WAHA responds to a QR request after up to 10 seconds and to a logout after 4; engines with a browser take longer.
  requestTimeoutMs: 20_000,
}

const API: ProviderApi = {
  name: NAME,
  // The error format of NestJS.
  isOwnForm: ({ json, status }) => asRecord(json).statusCode === status,
  isSelfHosted: true,
}

/** WAHA Core's error for any other session name. */
const ONLY_DEFAULT = /supports? only \S+ session/i

/** In SCAN_QR_CODE a QR code comes in milliseconds. If the status changes at that moment, WAHA delays the response. */
const QR_TIMEOUT_MS = 3_000

/** The pause between two reads of a starting session. The engine NOWEB takes less than a second. */
const START_PAUSE_MS = 250

/** How many reads wait for a start, restart or logout. Engines with a browser take longer, and are polled after that. */
const SETTLE_READS = 12

type Step = 'start' | 'restart' | 'logout'

/**
 * A WAHA session.
 *
 * @example
 * createPairingHandler({ provider: waha({ baseUrl, apiKey, session: 'default' }), authorize })
 */
export function waha(options: WahaOptions): PairingProvider {
  assertServer('waha', options)
  const apiKey = headerOption('waha', 'apiKey', options.apiKey)
  const sessionName = nameOption('waha', 'session', options.session)
  const baseUrl = baseUrlOption('waha', 'baseUrl', options.baseUrl)
  const name = encodeURIComponent(sessionName)
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  const call = (
    path: string,
    { signal }: RequestOptions,
    more: Pick<ProviderRequest, 'method' | 'body' | 'timeoutMs'> = {},
  ): Promise<ProviderResponse> =>
    request({
      ...more,
      url: `${baseUrl}/api/${path}`,
      // WAHA compares the complete header: for any list, even one with JSON in it, it returns the image as bytes.
      headers: { Accept: 'application/json', 'X-Api-Key': apiKey },
      signal,
    })

  const resets = createResetSteps<Step>(['start', 'restart', 'logout'])
  const memory = createWahaMemory()
  const passkeys = createWahaPasskeys(
    (path, options, more) => call(`${name}/auth/passkey${path}`, options, more),
    sessionError,
  )

  async function getSession(options: RequestOptions): Promise<WahaSession> {
    const sentAt = Date.now()
    const response = await call(`sessions/${name}`, options)
    const { status, me } = asRecord(response.json)
    const session = wahaSession(status, me)
    if (!response.ok || !session.status) throw sessionError(response)
    if (session.status === 'SCAN_QR_CODE' || session.status === 'WORKING') {
      resets.succeeded(options)
      passkeys.end(options)
    }
    memory.see(options, session, sentAt)
    return session
  }

  /** WAHA recommends a restart for a failed session, and a logout if that did not help. */
  function isStale(session: WahaSession, options: RequestOptions): boolean {
    if (session.status !== 'FAILED') return false
    const last = resets.last(options)
    return last === 'restart' || last === 'logout' || (namesAccount(session) && !memory.wasLinked(options))
  }

  async function snapshotOf(session: WahaSession, options: RequestOptions): Promise<PairingSnapshot> {
    const ceremony = await passkeys.snapshot(session, options)
    if (ceremony) return ceremony
    if (isStale(session, options)) return { status: 'stale' }
    const isUnlinked = session.status === 'FAILED' && memory.wasLinked(options)
    return isUnlinked ? { status: 'stopped', reason: 'unlinked' } : fromSession(session)
  }

  const getStatus = async (options: RequestOptions): Promise<PairingSnapshot> =>
    snapshotOf(await getSession(options), options)

  async function change(action: Step, options: RequestOptions): Promise<void> {
    const sentAt = Date.now()
    const response = await call(`sessions/${name}/${action}`, options, { method: 'POST' })
    // Another client has just started it.
    const isStarted = action === 'start' && response.status === 422 && !ONLY_DEFAULT.test(response.text)
    if ((!response.ok && !isStarted) || isPage(response)) throw sessionError(response)
    memory.change(options, action, sentAt)
    passkeys.end(options)
  }

  /**
   * WAHA responds to a change before the session has started, but the next read should find a code. So this waits for the start,
   * and returns the last read session.
   */
  async function settle(options: RequestOptions): Promise<WahaSession | undefined> {
    for (let read = 0; read < SETTLE_READS; read += 1) {
      // The change itself has succeeded, so an error here is ignored.
      const session = await getSession(options).catch(() => undefined)
      if (session?.status !== 'STARTING' && session?.status !== 'STOPPED') return session
      await pause(START_PAUSE_MS, options.signal)
    }
    return undefined
  }

  /** Sends one step of a reset, and returns the session after it. */
  async function take(step: Step, options: RequestOptions): Promise<WahaSession | undefined> {
    await change(step, options)
    resets.taken(options, step)
    return settle(options)
  }

  async function reset(options: RequestOptions): Promise<void> {
    const session = await getSession(options)
    if (session.status === 'WORKING') return
    const wasLinked = memory.wasLinked(options)
    const step = resets.next(options, stepsFor(session, wasLinked))
    const after = await take(step, options)
    // The session can no longer log in with credentials that worked before: the device was unlinked on the phone.
    if (step === 'restart' && wasLinked && after?.status === 'FAILED') await take('logout', options)
  }

  /** Requests the QR code. WAHA may respond that the status has changed. */
  async function requestQrCode(options: RequestOptions): Promise<ProviderResponse | undefined> {
    try {
      const response = await call(`${name}/auth/qr?format=raw`, options, { timeoutMs: QR_TIMEOUT_MS })
      return response.status === 404 || response.status === 422 ? undefined : response
    } catch (error) {
      const isHeld = toPairingError(error).code === 'timeout'
      if (isHeld && (await getSession(options)).status !== 'SCAN_QR_CODE') return undefined
      throw error
    }
  }

  const pairingCodes: WahaPairingCodeSession = {
    read: getSession,
    async change(action, options) {
      await change(action, options)
      return (await settle(options)) ?? getSession(options)
    },
    requestCode: (phoneNumber, options) =>
      call(`${name}/auth/request-code`, options, { method: 'POST', body: { phoneNumber } }),
    snapshotOf,
    memory,
    errorOf: (response) => providerError(API, response),
  }

  return {
    id: 'waha',
    sessionId: sessionAt(baseUrl, sessionName),
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      const session = await getSession(options)
      if (session.status !== 'SCAN_QR_CODE') return snapshotOf(session, options)
      const response = await requestQrCode(options)
      if (!response) return getStatus(options)
      const error = providerError(API, response)
      if (!response.ok || error.code !== 'invalid-answer') throw error
      const content = qrContent(response, ['value', 'data'])
      if (content) return { status: 'qr', qrCode: normalizeQrPayload(content) }
      // After a scan there is no code, and the status is still the same.
      const { json } = response
      if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { status: 'preparing' }
      throw error
    },
    // WAHA issues a code for any text.
    requestPairingCode: async (input, options) =>
      requestWahaPairingCode(pairingCodes, normalizePhoneNumber(input), options),
    reset,
    async unlink(options) {
      await change('logout', options)
      await settle(options)
    },
    getPasskeyChallenge: passkeys.getPasskeyChallenge,
    answerPasskey: passkeys.answerPasskey,
    confirmPasskey: passkeys.confirmPasskey,
    webhookSentAt: (body) => webhookTime(asRecord(body).timestamp),
    readWebhook(body) {
      const session = webhookSession(body, sessionName)
      // Every restart and logout includes a stop. If it was a real stop, the next poll finds it.
      if (!session?.status || session.status === 'STOPPED') return undefined
      return session.status === 'FAILED' && namesAccount(session) ? { status: 'stale' } : fromSession(session)
    },
  }
}

function fromSession(session: WahaSession): PairingSnapshot {
  return wahaSnapshot(session) ?? { status: 'preparing' }
}

function sessionError(response: ProviderResponse): PairingError {
  return response.status === 422 && ONLY_DEFAULT.test(response.text)
    ? new PairingError(
        'session-not-found',
        'WAHA Core has one session, named "default", and no other. Set session: "default", or use WAHA Plus.',
        { isFinal: true },
      )
    : providerError(API, response)
}

/** If the session failed with this account, WhatsApp refuses its credentials. */
function namesAccount({ account, isHalfLinked }: WahaSession): boolean {
  return account.id !== undefined && !isHalfLinked
}

/** The steps for a session that is not linked, the mildest first. */
function stepsFor(session: WahaSession, wasLinked: boolean): readonly [Step, ...Step[]] {
  const { status, isHalfLinked } = session
  // A logout would end a link that the session keeps while it is stopped.
  if (status === 'STOPPED') return ['start', 'restart']
  if (status === 'SCAN_QR_CODE') return ['logout']
  // A session that worked may have failed for another reason, such as a browser that crashed.
  return isHalfLinked || (status === 'FAILED' && namesAccount(session) && !wasLinked)
    ? ['logout', 'restart']
    : ['restart', 'logout']
}
