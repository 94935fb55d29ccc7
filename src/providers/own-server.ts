/**
 * Your own server, which links the phone with Baileys, whatsmeow, whatsapp-web.js or any other engine, and serves one URL to this
 * adapter.
 *
 * | Request | What the server does |
 * |---|---|
 * | `GET url` | Returns the state and changes nothing: every open page reads it every few seconds. |
 * | `POST url` `{"mode":"qr"}` | Starts the engine, and QR codes with it. Running or linked, it stays as it is. |
 * | `POST url` `{"mode":"code","phone":"5511987654321"}` | The same, and issues a pairing code. An earlier code ends. |
 * | `DELETE url` | Logs out and deletes the stored link. Without one, it does nothing. |
 *
 * Each responds with the new snapshot, in JSON; `DELETE` may respond with 204 and no body:
 *
 * ```json
 * {"state":"ready","qr":"https://wa.me/settings/linked_devices#2@…","code":null,"expiresInMs":20000,"reason":null,"account":null}
 * ```
 *
 * | `state` | Meaning | Fields |
 * |---|---|---|
 * | `stopped` | Nothing is linked and nothing runs, or the codes expired: `POST` begins. | |
 * | `starting` | The engine starts, or reconnects. | |
 * | `ready`, `qr`, `code` | The engine waits for a phone. The three names mean the same: the fields contain the available codes.
 * | `qr`, `code`, `expiresInMs` |
 * | `linking` | A phone has scanned or entered a code, but the link is not complete: WhatsApp makes a new device reconnect. | |
 * | `linked` | Done. | `account`, `syncProgress` |
 * | `passkey` | WhatsApp demands a passkey, which only WhatsApp's own page may request. | `passkey`, `helpUrl` |
 * | `stale` | Leftovers of an earlier link, or of a code that was not entered, block a new link: only `DELETE` helps. | |
 * | `failed` | The engine gave up. | `reason` |
 *
 * | Field | Form |
 * |---|---|
 * | `qr` | The text that WhatsApp gave, or an image of it: data URI, base64, or bytes as a list. |
 * | `code` | Eight characters, with or without a dash. |
 * | `expiresInMs` | The remaining time of `qr`; after `"mode":"code"`, that of `code`. Without it the option `timing` applies. |
 * | `account` | `{ phoneNumber, name, avatarUrl, id }`, with the known fields. |
 * | `syncProgress` | How much of the account's chats your engine has copied, in percent: 0 to 100. |
 * | `passkey` | `{ step, code, expiresInMs }`, see below. Without it the screen only says that WhatsApp demands a passkey. |
 * | `helpUrl` | An `https:` page that explains to the phone's owner what to do. |
 * | `reason` | A code of `PairingError`, also with HTTP 4xx and 5xx: `code-refused` (409), `invalid-phone-number` (422) … |
 *
 * If your server can complete a passkey ceremony, list its abilities in the option `passkey`, and serve these:
 *
 * | Request | `passkey` | What the server does |
 * |---|---|---|
 * | `POST url` `{"mode":"passkey-challenge"}` | `answer` | Returns the challenge, and changes nothing. |
 * | `POST url` `{"mode":"passkey-answer","assertion":{…}}` | `answer` | Passes `PublicKeyCredential.toJSON()` on to WhatsApp, once. |
 * | `POST url` `{"mode":"passkey-confirm","code":"K7QM-2RTX"}` | `confirm` | The user says that the phone shows this code too. |
 * | `POST url` `{"mode":"passkey-handoff"}` | `handoff` | Returns a code for your browser extension, or a link to
 * web.whatsapp.com. |
 * | `POST url` `{"mode":"passkey-reset"}` | `reset` | Ends the ceremony, so that new QR codes come. Without it: `DELETE`, then `"mode":"qr"`. |
 *
 * The responses to the challenge and the hand-off look like this. All others are a snapshot or 204:
 *
 * ```json
 * {"challenge":{"challenge":"…","rpId":"whatsapp.com","timeout":600000,"allowCredentials":[],"userVerification":"required"},"expiresInMs":540000}
 * {"handoff":{"kind":"code","code":"FA48-HS63","expiresInMs":300000,"installUrl":"https://…"}}
 * {"handoff":{"kind":"link","url":"https://web.whatsapp.com/#…"}}
 * ```
 *
 * `challenge` is WhatsApp's own, unchanged. Put it only in this response, because every open page reads `GET url`, and servers
 * log it. `passkey.step` is `assert` while WhatsApp waits for the answer, `submitted` after it has received it, and `confirm`
 * while the user has to compare `passkey.code` with the phone. After that `state` is `linking`, or `failed` with the reason
 * `passkey-refused` or `passkey-expired`. Refuse a late request with one of these as its `reason`.
 *
 * A field may be `null` or missing, and other fields are ignored. `401`, `402`, `403`, `404`, `429` (with `Retry-After`) and
 * `5xx` have their usual meaning. The first four need JSON with `reason`, `error` or `message`, because gateways send them too.
 *
 * @module
 */

import { normalizeAccount } from '../core/account.js'
import { asPercent } from '../core/as-percent.js'
import { LONGEST_MS, SHORTEST_MS } from '../core/decode-offer.js'
import { isPairingErrorCode, PairingError } from '../core/errors.js'
import { asAmount, asHttpsUrl, asRecord, asText, pickAmounts } from '../core/json.js'
import { asQrContent, normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { decodePasskeyChallenge, decodePasskeyHandoff } from '../core/passkey.js'
import { asPasskeyCode, asPasskeyStep, type PasskeyStep } from '../core/passkey-step.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS, QR_LIFETIME_MS } from '../core/qr-lifetime.js'
import { hasField, isPage, type ProviderApi, providerError } from './lib/provider-error.js'
import { createRequester, type ProviderResponse } from './lib/request.js'
import { createResetSteps } from './lib/reset-steps.js'
import { assertServer, isReachable, requiredOption, type SecretOptions } from './lib/server-only.js'

/** Options of {@link ownServer}. */
export interface OwnServerOptions extends SecretOptions {
  /** URL of the server, one for each phone: `http://engine:3000/pairing/main`. */
  readonly url: string
  /**
   * Distinguishes phones. It is not sent anywhere, and is not a secret.
   * @default the URL without its query
   */
  readonly sessionId?: string | undefined
  /** Sent with every request, for example a key of the server. With headers, use the adapter only on a server. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Values that replace the default timing. */
  readonly timing?: Partial<ProviderTiming> | undefined
  /**
   * What the server supports if WhatsApp demands a passkey: forward the answer, confirm a compared code, hand the user over to an
   * extension, end the ceremony. @default `[]`: it only reports the demand
   */
  readonly passkey?: readonly OwnServerPasskeyCall[] | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

/** See {@link OwnServerOptions.passkey}. */
export type OwnServerPasskeyCall = 'answer' | 'confirm' | 'handoff' | 'reset'

const TIMING: ProviderTiming = {
  // WhatsApp's own rotation.
  qrLifetimeMs: QR_LIFETIME_MS,
  // There is no rate limit to respect, and a response comes from memory.
  qrIntervalMs: 3_000,
  qrMinIntervalMs: 1_000,
  statusIntervalMs: 2_000,
  pairingCodeLifetimeMs: PAIRING_CODE_LIFETIME_MS,
  // A pairing code may need a start of the engine.
  requestTimeoutMs: 30_000,
}

const NAME = 'Your server'

const API: ProviderApi = {
  name: NAME,
  isOwnForm: (response) => hasField(response, 'reason', 'error', 'message', 'detail', 'title'),
  isSelfHosted: true,
}

const STATES = 'stopped starting ready qr code linking linked passkey stale failed'.split(' ')

/**
 * Your own server, as described at the top of this file.
 *
 * @example
 * createPairingHandler({ provider: ownServer({ url: 'http://engine:3000/pairing/main' }), authorize })
 */
export function ownServer(options: OwnServerOptions): PairingProvider {
  const { headers } = options
  // Without headers the adapter has no secret, so it may run in a browser, and the server has to check the sign-in.
  if (headers) assertServer('ownServer', options)
  checkHeaders(headers)
  const url = urlOption(options.url)
  const timing = timingOption(options.timing)
  const request = createRequester({ fetch: options.fetch, timeoutMs: timing.requestTimeoutMs })
  const send = (
    method: 'GET' | 'POST' | 'DELETE',
    { signal }: RequestOptions,
    body?: unknown,
  ): Promise<ProviderResponse> => request({ url, method, signal, body, ...(headers && { headers }) })

  const start = async (options: RequestOptions, body: object): Promise<Fields> =>
    fieldsOf(await send('POST', options, body))

  /** Sends a step of a passkey ceremony, once. */
  async function step(options: RequestOptions, mode: string, more: object = {}): Promise<void> {
    const response = await send('POST', options, { mode: `passkey-${mode}`, ...more })
    if (!response.ok || response.text) snapshotOf(fieldsOf(response))
  }

  /** Sends a request whose response is not a snapshot. */
  async function secret(options: RequestOptions, mode: string): Promise<Fields> {
    const response = await send('POST', options, { mode: `passkey-${mode}` })
    const fields = asRecord(response.json)
    if (!response.ok || isPage(response)) throw errorOf(response)
    return fields
  }

  const has = (call: OwnServerPasskeyCall): boolean => options.passkey?.includes(call) === true

  const resets = createResetSteps(['start', 'clear'])

  /** Reads the state, and notes whether the last reset has helped. */
  async function read(options: RequestOptions): Promise<Fields> {
    const fields = fieldsOf(await send('GET', options))
    if (fields.state !== 'stopped' && fields.state !== 'starting') resets.succeeded(options)
    return fields
  }

  async function clear(options: RequestOptions): Promise<void> {
    const response = await send('DELETE', options)
    if (!response.ok || response.text) fieldsOf(response)
  }

  return {
    id: 'own-server',
    // A query may contain a key.
    sessionId: options.sessionId ?? url.replace(/\?.*$/, ''),
    timing,
    async getStatus(options) {
      const fields = await read(options)
      return snapshotOf(fields) ?? { status: fields.state === 'stopped' ? 'stopped' : 'unlinked' }
    },
    async getQrCode(options) {
      const fields = await read(options)
      const snapshot = snapshotOf(fields)
      if (snapshot) return snapshot
      const { state, qr, expiresInMs } = fields
      // Some engines still return the last code.
      if (state === 'stopped') return { status: 'stopped' }
      // Another value would leave the user waiting, so it is an error.
      if (!qr) return { status: 'preparing' }
      return {
        status: 'qr',
        qrCode: normalizeQrPayload(asQrContent(qr) ?? ''),
        expiresInMs: asAmount(expiresInMs),
      }
    },
    async requestPairingCode(phoneNumber, options) {
      const fields = await start(options, { mode: 'code', phone: phoneNumber })
      const snapshot = snapshotOf(fields)
      if (snapshot) return snapshot
      const { code, expiresInMs } = fields
      const pairingCode = asText(code)
      if (!pairingCode) throw failure('code-refused')
      return {
        status: 'pairing-code',
        pairingCode: normalizePairingCode(pairingCode, 'own-server').value,
        expiresInMs: asAmount(expiresInMs),
      }
    },
    async reset(options) {
      // An expired code needs no `DELETE`, which would end a new link. `DELETE` is sent only if a start did not help.
      const { state } = await read(options)
      if (state === 'linked') return
      const step = state === 'stopped' ? resets.next(options, ['start', 'clear']) : 'clear'
      if (step === 'clear') await clear(options)
      const fields = await start(options, { mode: 'qr' })
      resets.taken(options, step)
      snapshotOf(fields)
    },
    unlink: clear,
    ...(has('answer') && {
      getPasskeyChallenge: async (options) => {
        const { challenge, expiresInMs } = await secret(options, 'challenge')
        return decodePasskeyChallenge({ options: challenge, expiresInMs })
      },
      answerPasskey: (assertion, options) => step(options, 'answer', { assertion }),
    }),
    ...(has('confirm') && { confirmPasskey: (code, options) => step(options, 'confirm', { code }) }),
    ...(has('handoff') && {
      getPasskeyHandoff: async (options) => {
        const sentAt = Date.now()
        const handoff = decodePasskeyHandoff((await secret(options, 'handoff')).handoff)
        if (handoff.kind === 'link') return handoff
        const { expiresInMs, ...code } = handoff
        return { ...code, expiresAt: sentAt + expiresInMs }
      },
    }),
    ...(has('reset') && { resetPasskey: (options) => step(options, 'reset') }),
  }
}

type Fields = Readonly<Record<string, unknown>>

/** The fields of the snapshot, which every response must contain. */
function fieldsOf(response: ProviderResponse): Fields {
  const fields = asRecord(response.json)
  const { state } = fields
  if (response.ok && typeof state === 'string' && STATES.includes(state)) return fields
  throw errorOf(response)
}

function errorOf(response: ProviderResponse): PairingError {
  const { reason } = asRecord(response.json)
  return isPairingErrorCode(reason) ? failure(reason, response) : providerError(API, response)
}

/** The snapshot of a state; `undefined` if nothing is linked and nothing blocks a link. */
function snapshotOf({
  state,
  reason,
  account,
  syncProgress,
  passkey,
  helpUrl,
}: Fields): PairingSnapshot | undefined {
  switch (state) {
    case 'starting':
      return { status: 'preparing' }
    case 'linking':
    case 'stale':
      return { status: state }
    case 'linked':
      return { status: 'linked', account: normalizeAccount(account), syncProgress: asPercent(syncProgress) }
    case 'passkey':
      return { status: 'passkey-required', ...ceremonyOf(asRecord(passkey)), helpUrl: asHttpsUrl(helpUrl) }
    case 'failed':
      // If the server names no reason, starting over is the best advice.
      throw failure(isPairingErrorCode(reason) ? reason : 'session-stale')
    default:
      return undefined
  }
}

/** No step, if the server reports only the demand for a passkey. */
function ceremonyOf({ step, code, expiresInMs }: Fields): {
  readonly step?: PasskeyStep
  readonly code?: string
  readonly expiresInMs?: number
} {
  const known = asPasskeyStep(step)
  const shown = known === 'confirm' ? asPasskeyCode(code) : undefined
  return {
    ...(known && { step: known }),
    ...(shown && { code: shown }),
    ...pickAmounts({ expiresInMs }, ['expiresInMs']),
  }
}

function failure(code: PairingError['code'], response?: ProviderResponse): PairingError {
  const message = `${NAME} answered "${code}", so no phone can be linked now. Its log has the details.`
  return new PairingError(code, message, { retryAfterMs: response?.retryAfterMs })
}

function urlOption(value: unknown): string {
  const url = requiredOption('ownServer', 'url', value)
  if (/^https?:\/\/[^\s/@?#\\]+(?:[/?][^\s@#\\]*)?$/i.test(url) && isReachable(url)) return url
  throw new PairingError(
    'invalid-options',
    'ownServer() got a "url" that is not a full http(s) URL. It has no user name in it; use "headers" for a key.',
  )
}

/** With an invalid or too short time, requests would be sent without a pause. */
function timingOption(given: OwnServerOptions['timing'] = {}): ProviderTiming {
  for (const [name, ms] of Object.entries(given)) {
    if (ms === undefined || (typeof ms === 'number' && ms >= SHORTEST_MS && ms <= LONGEST_MS)) continue
    throw new PairingError(
      'invalid-options',
      `ownServer() got a "timing" whose ${name} is no time from ${SHORTEST_MS} to ${LONGEST_MS} milliseconds.`,
    )
  }
  const known = Object.entries(given).filter(([, ms]) => ms !== undefined)
  return { ...TIMING, ...Object.fromEntries(known) }
}

/** Checked here, because `fetch` would report them as a network error. */
function checkHeaders(headers: OwnServerOptions['headers']): void {
  try {
    new Headers(headers)
  } catch (error) {
    // A runtime without `Headers` is another problem.
    if (asRecord(error).name === 'ReferenceError') throw error
    throw new PairingError('invalid-options', 'ownServer() got "headers" that no request can carry.')
  }
}
