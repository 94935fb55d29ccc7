/**
 * WAHA links a phone to a *session* on a server of one's own, by QR code or by pairing code, whichever of its
 * engines runs.
 *
 * Setup: run the server and make a session in its dashboard; WAHA Core has the one named `default`. The key
 * rules every session there, so the adapter belongs on a server.
 *
 * Notes:
 * - `me` is filled as soon as a number is sent or a code scanned. Only `WORKING` is linked.
 * - `requestPairingCode` logs out a session that waits for a scan: a code dies with the connection it was issued
 *   on, which may be about to end, and leftovers of the last number would be in the way of the next.
 * - `reset` starts a stopped session and restarts a failed one. Where that did not help, or a failed session
 *   names somebody who was linked, it is `stale`, and `reset` logs it out. It never ends a link.
 * - `unlink` logs out, and WAHA starts the session again by itself.
 *
 * Pages:
 * - https://waha.devlike.pro/docs/how-to/sessions
 * - https://waha.devlike.pro/docs/how-to/webhooks
 * - https://waha.devlike.pro/blog/waha-passkey/
 *
 * @module
 */

import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { answerError, isPage, unknownSessionError } from './lib/answer-error.js'
import { pause } from './lib/pause.js'
import { qrContent } from './lib/qr-content.js'
import { createRequester, type ProviderAnswer } from './lib/request.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  requiredOption,
  type SecretOptions,
} from './lib/server-only.js'
import { sessionAt } from './lib/session-at.js'
import { type WahaSession, wahaSession, wahaSnapshot, webhookSession } from './lib/waha-session.js'
import { webhookTime } from './lib/webhook-time.js'

/** Options of {@link waha}. */
export interface WahaOptions extends SecretOptions {
  /**
   * Where the server is: `https://waha.example.com`. Its host and path are part of the `sessionId`, since every server
   * has a session `default`: `waha.example.com/default`.
   */
  readonly baseUrl: string
  /** Key of the server, sent as `X-Api-Key`. */
  readonly apiKey: string
  /** Name of the session; WAHA Core has only `default`. */
  readonly session: string
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  // Documented: 20 seconds each, after a first code of 60.
  qrLifetimeMs: 20_000,
  // No limit is documented.
  qrIntervalMs: 5_000,
  // Below that only to meet a change that is due.
  qrMinIntervalMs: 2_000,
  // As often as a scan should be noticed.
  statusIntervalMs: 3_000,
  // The connection that it is issued on ends after 160 seconds; the code comes a few after its beginning.
  pairingCodeLifetimeMs: 150_000,
  // WAHA holds a QR request for up to 10 seconds and a logout for 4; engines with a browser take longer.
  requestTimeoutMs: 20_000,
}

const NAME = 'WAHA'

/** How a number is refused where the status has changed since it was read. */
const NOT_READY = /SCAN_QR_CODE|start it first/

/** How WAHA Core answers for any other session name. */
const ONLY_DEFAULT = /support only '[^']*' session/i

/** As long as an engine takes to start; those with a browser are slow. */
const CODE_PAUSE_MS = 1_000
const CODE_ATTEMPTS = 20

/** WAHA answers 500 until its socket is made, which takes less than a second. Engines without codes do it for ever. */
const CRASHES_OF_A_START = 3

/**
 * A WAHA session.
 *
 * @example
 * createPairingHandler({ provider: waha({ baseUrl, apiKey, session: 'default' }), authorize })
 */
export function waha(options: WahaOptions): PairingProvider {
  assertServer('waha', options)
  const apiKey = headerOption('waha', 'apiKey', options.apiKey)
  const sessionName = requiredOption('waha', 'session', options.session)
  const baseUrl = baseUrlOption('waha', 'baseUrl', options.baseUrl)
  const name = encodeURIComponent(sessionName)
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  const ask = (
    path: string,
    { signal }: RequestOptions,
    method: 'GET' | 'POST' = 'GET',
    body?: unknown,
  ): Promise<ProviderAnswer> =>
    request({
      url: `${baseUrl}/api/${path}`,
      // WAHA compares the whole header: any list, also one with JSON in it, gets the image as bytes.
      headers: { Accept: 'application/json', 'X-Api-Key': apiKey },
      method,
      body,
      signal,
    })

  /** WAHA's own advice for a failed session is a restart, and a logout where that did not help. */
  let hasRestarted = false

  async function getSession(options: RequestOptions): Promise<WahaSession> {
    const answer = await ask(`sessions/${name}`, options)
    const { status, me } = asRecord(answer.json)
    const session = wahaSession(status, me)
    if (!answer.ok || !session.status) throw sessionError(answer)
    if (session.status === 'SCAN_QR_CODE' || session.status === 'WORKING') hasRestarted = false
    return session
  }

  const isStale = (session: WahaSession): boolean =>
    session.status === 'FAILED' && (hasRestarted || namesSomebody(session))

  const snapshotOf = (session: WahaSession): PairingSnapshot =>
    isStale(session) ? { status: 'stale' } : fromSession(session)

  const getStatus = async (options: RequestOptions): Promise<PairingSnapshot> =>
    snapshotOf(await getSession(options))

  async function change(action: 'start' | 'restart' | 'logout', options: RequestOptions): Promise<void> {
    const answer = await ask(`sessions/${name}/${action}`, options, 'POST')
    // Another client has started it in the meantime.
    const isStarted = action === 'start' && answer.status === 422 && !ONLY_DEFAULT.test(answer.text)
    if ((!answer.ok && !isStarted) || isPage(answer)) throw sessionError(answer)
  }

  return {
    id: 'waha',
    sessionId: sessionAt(baseUrl, sessionName),
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      // WAHA holds a QR request for 5 to 10 seconds in every other status, so the status is read first.
      const session = await getSession(options)
      if (session.status !== 'SCAN_QR_CODE') return snapshotOf(session)
      const answer = await ask(`${name}/auth/qr?format=raw`, options)
      // The status has changed in between.
      if (answer.status === 404 || answer.status === 422) return getStatus(options)
      const error = answerError(NAME, answer)
      if (!answer.ok || error.code !== 'invalid-answer') throw error
      const content = qrContent(answer, ['value', 'data'])
      if (content) return { status: 'qr', qrCode: normalizeQrPayload(content) }
      // After a scan the code is gone, and the status is still the same.
      const { json } = answer
      if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { status: 'preparing' }
      throw error
    },
    async requestPairingCode(input, options) {
      // WAHA issues a code for any text.
      const phoneNumber = normalizePhoneNumber(input)
      let crashes = 0
      /** The connection has just begun: a code lives no longer than that. */
      let isFresh = false
      let hasLoggedOut = false
      for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
        if (attempt > 0) await pause(CODE_PAUSE_MS, options.signal)
        let session = await getSession(options)
        if (session.status === 'FAILED' ? !hasLoggedOut : session.status === 'SCAN_QR_CODE' && !isFresh) {
          await change('logout', options)
          hasLoggedOut = true
          isFresh = true
          session = await getSession(options)
        }
        isFresh ||= session.status === 'STOPPED' || session.status === 'STARTING'
        const snapshot = fromSession(session)
        if (snapshot.status === 'linked' || snapshot.status === 'passkey-required') return snapshot
        if (session.status === 'STOPPED') await change('start', options)
        if (session.status !== 'SCAN_QR_CODE') continue
        const answer = await ask(`${name}/auth/request-code`, options, 'POST', { phoneNumber })
        const code = answer.ok && asText(asRecord(answer.json).code)
        if (code) return { status: 'pairing-code', pairingCode: normalizePairingCode(code).value }
        if (answer.status === 500 && crashes < CRASHES_OF_A_START) crashes += 1
        else if (answer.ok || !NOT_READY.test(answer.text)) throw codeError(answer)
      }
      throw new PairingError(
        'provider-unavailable',
        `${NAME} did not get the session ready for a pairing code. Ask again in a few seconds.`,
      )
    },
    async reset(options) {
      const session = await getSession(options)
      const { status } = session
      if (status === 'WORKING') return
      if (status === 'STOPPED') return change('start', options)
      const hasLeftovers = session.isHalfLinked || isStale(session)
      if (status === 'SCAN_QR_CODE' || hasLeftovers) return change('logout', options)
      await change('restart', options)
      hasRestarted = true
    },
    unlink: (options) => change('logout', options),
    webhookSentAt: (body) => webhookTime(asRecord(body).timestamp),
    readWebhook(body) {
      const told = webhookSession(body, sessionName)
      // A stop is a step of every restart and logout; where it is more than that, the next question tells.
      if (!told?.status || told.status === 'STOPPED') return undefined
      return told.status === 'FAILED' && namesSomebody(told) ? { status: 'stale' } : fromSession(told)
    },
  }
}

function fromSession(session: WahaSession): PairingSnapshot {
  return wahaSnapshot(session) ?? { status: 'preparing' }
}

function sessionError(answer: ProviderAnswer): PairingError {
  return answer.status === 422 && ONLY_DEFAULT.test(answer.text)
    ? unknownSessionError(NAME)
    : answerError(NAME, answer)
}

/** Where the session failed, it is because of that: WhatsApp refuses whom it knew. */
function namesSomebody({ account, isHalfLinked }: WahaSession): boolean {
  return account.id !== undefined && !isHalfLinked
}

function codeError(answer: ProviderAnswer): PairingError {
  if (answer.status === 501) {
    return new PairingError('not-supported', `This engine of ${NAME} has no pairing codes. Use the QR code.`)
  }
  if (answer.status !== 400 && answer.status !== 422) return answerError(NAME, answer)
  return new PairingError(
    'code-refused',
    `${NAME} issued no pairing code for this number. Check it and ask again, or use the QR code.`,
  )
}
