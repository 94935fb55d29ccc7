/**
 * Z-API links a phone to an *instance*, by QR code or by pairing code.
 *
 * Setup: create an instance in Z-API's console; its page shows the instance's id and token. If the account's security token is
 * activated, every call needs it too: `clientToken`. Z-API forbids calls from a front end, so use the adapter only on a server.
 *
 * Notes:
 * - `reset` restores a session if Z-API reports that this is needed, which requires no new scan, and restarts the instance
 *   otherwise. If that did not help, the next `reset` sends the next stronger call: `restore-session`, `restart`, `disconnect`.
 *   The session is `stale` until then, so that only the user sends it. It never disconnects a phone that is connected.
 * - `unlink` disconnects the phone. After that, every other call of the instance fails.
 * - Webhooks: point `update-webhook-connected` and `update-webhook-disconnected` to your server. The former also
 *   comes after a restart.
 * - Z-API's documentation says to stop after three unscanned codes, as the session does automatically.
 * - If WhatsApp demands a passkey, requests for codes return a challenge. The status of the instance does not report that, so the
 *   adapter remembers it for ten minutes, or until a link, a code or a reset. `getPasskeyChallenge` requests the QR code again.
 *   `getPasskeyHandoff` returns a code for the extension *Z-API Conector*, which looks like a pairing code but is not one.
 *   `resetPasskey` ends the ceremony, so that another phone can be linked. A code to compare is not documented. This follows the
 *   documentation and was not tested with a real account.
 *
 * Pages:
 * - https://developer.z-api.io/en/instance/qrcode
 * - https://developer.z-api.io/en/instance/phone-code.md
 * - https://developer.z-api.io/en/instance/status
 * - https://developer.z-api.io/en/instance/device
 * - https://developer.z-api.io/en/instance/passkey-prologue
 * - https://developer.z-api.io/en/instance/reset-passkey-challenge
 * - https://developer.z-api.io/en/partner/extension-token
 * - https://developer.z-api.io/en/webhooks/on-webhook-connected
 * - https://developer.z-api.io/en/webhooks/on-whatsapp-disconnected
 *
 * @module
 */

import { normalizeAccount } from '../core/account.js'
import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE_LIFETIME_MS } from '../core/qr-lifetime.js'
import { isPaymentRequired } from './lib/payment-required.js'
import {
  hasField,
  isOwnError,
  isPage,
  type ProviderApi,
  paymentRequiredError,
  providerError,
  refusedError,
  unavailableError,
  unknownSessionError,
} from './lib/provider-error.js'
import { qrContent } from './lib/qr-content.js'
import { createRequester, detail, type ProviderRequest, type ProviderResponse } from './lib/request.js'
import { createResetSteps } from './lib/reset-steps.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  requiredOption,
  type SecretOptions,
} from './lib/server-only.js'
import { webhookTime } from './lib/webhook-time.js'
import { createZApiPasskeys, NAME } from './lib/z-api-passkeys.js'

/** Options of {@link zApi}, by their names in the console. */
export interface ZApiOptions extends SecretOptions {
  /** Id of the instance. */
  readonly instanceId: string
  /** Secret of the instance. */
  readonly token: string
  /** Security token of the account, sent as `Client-Token`. Required if it is activated. */
  readonly clientToken?: string | undefined
  /**
   * Base URL of the API, if you use your own gateway.
   * @default 'https://api.z-api.io'
   */
  readonly baseUrl?: string | undefined
  /**
   * Which of the two calls reads the QR code: `bytes` is `/qr-code`, `image` is `/qr-code/image`. The adapter recognises the
   * response of both by its content.
   * @default 'bytes'
   */
  readonly qrFormat?: 'bytes' | 'image' | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  // Documented: WhatsApp invalidates the code every 20 seconds.
  qrLifetimeMs: 20_000,
  // Documented: poll every 10 to 20 seconds.
  qrIntervalMs: 10_000,
  // A shorter pause is used only when a change is due.
  qrMinIntervalMs: 5_000,
  // No limit is documented; this is a conservative value.
  statusIntervalMs: 4_000,
  // Not documented.
  pairingCodeLifetimeMs: PAIRING_CODE_LIFETIME_MS,
  // Responses come immediately or not at all.
  requestTimeoutMs: 10_000,
}

const API: ProviderApi = { name: NAME, isOwnForm: (response) => hasField(response, 'error', 'message') }

/** Fields of the QR code: the documented one, then others that were observed. */
const QR_FIELDS = ['value', 'qrCode', 'qrcode', 'qr', 'image', 'imageBase64', 'qrCodeBase64']

/** Texts of errors. They come with any HTTP status, in `error` or in `message`. */
const REFUSED = /client-token|(?<!method )not allowed/i
const UNKNOWN = /not[_ ]found/i
const TO_BE_RESTORED = /restore the session/i
const DISCONNECTED = /not connected/i

/** The calls of a reset, from the mildest on. */
const STEPS = ['restore-session', 'restart', 'disconnect'] as const

type Step = (typeof STEPS)[number]

/**
 * A Z-API instance.
 *
 * @example
 * createPairingHandler({ provider: zApi({ instanceId, token, clientToken }), authorize })
 */
export function zApi(options: ZApiOptions): PairingProvider {
  assertServer('zApi', options)
  const instanceId = requiredOption('zApi', 'instanceId', options.instanceId)
  const token = requiredOption('zApi', 'token', options.token)
  const clientToken = options.clientToken?.trim() && headerOption('zApi', 'clientToken', options.clientToken)
  const baseUrl = baseUrlOption('zApi', 'baseUrl', options.baseUrl, 'https://api.z-api.io')
  const qrPath = options.qrFormat === 'image' ? 'qr-code/image' : 'qr-code'
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  const requestFor = (path: string, { signal }: RequestOptions): ProviderRequest => ({
    url: `${baseUrl}/instances/${encodeURIComponent(instanceId)}/token/${encodeURIComponent(token)}/${path}`,
    signal,
    ...(clientToken && { headers: { 'Client-Token': clientToken } }),
  })
  const call = (path: string, options: RequestOptions): Promise<ProviderResponse> =>
    request(requestFor(path, options))
  const resets = createResetSteps(STEPS)
  const passkeys = createZApiPasskeys({
    getQrCode: (options) => call(qrPath, options),
    get: call,
    post: (path, options, body) => request({ ...requestFor(path, options), method: 'POST', body }),
    errorOf: zApiError,
    restart: async (options) => checkDone('restart', await call('restart', options)),
  })

  async function getStatus(options: RequestOptions): Promise<PairingSnapshot> {
    const response = await call('status', options)
    const { connected } = asRecord(response.json)
    // Only this field counts: `error` is set on success too, and `smartphoneConnected` is about the phone's network.
    if (connected === true) return linked(options)
    if (isUnpaid(response)) throw paymentRequiredError(NAME)
    if (matches(response, TO_BE_RESTORED)) return { status: resets.last(options) ? 'stale' : 'stopped' }
    if ((response.ok && connected === false) || matches(response, DISCONNECTED))
      return passkeys.state(options) ?? { status: 'unlinked' }
    throw zApiError(response)
  }

  async function linked(options: RequestOptions): Promise<PairingSnapshot> {
    resets.succeeded(options)
    passkeys.end(options)
    const { phone, name, imgUrl } = asRecord((await detail(request, requestFor('device', options)))?.json)
    return { status: 'linked', account: normalizeAccount({ phoneNumber: phone, name, avatarUrl: imgUrl }) }
  }

  /** The reason for a missing code; `undefined` if there is none. */
  async function blocker(
    response: ProviderResponse,
    options: RequestOptions,
  ): Promise<PairingSnapshot | undefined> {
    const ceremony = passkeys.begin(response, options)
    if (ceremony) return ceremony
    // "Already connected" and similar texts may have any HTTP status, so the state is read before the error is reported.
    const error = zApiError(response)
    if (
      error.code !== 'invalid-answer' &&
      !matches(response, /connected/i) &&
      !matches(response, TO_BE_RESTORED)
    )
      throw error
    const snapshot = await getStatus(options)
    if (snapshot.status !== 'unlinked') return snapshot
    if (response.ok && response.json === undefined) throw error
    return undefined
  }

  async function reset(options: RequestOptions): Promise<void> {
    const step = resets.next(options, stepsAfter(await call('status', options)))
    const response = await call(step, options)
    // The response of a gateway does not mean that the call was sent.
    if (response.json !== undefined) resets.taken(options, step)
    checkDone(step, response)
    passkeys.end(options)
  }

  return {
    id: 'z-api',
    sessionId: instanceId,
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      const response = await call(qrPath, options)
      const content = hasCode(response) ? qrContent(response, QR_FIELDS) : undefined
      if (content) {
        resets.succeeded(options)
        passkeys.end(options)
        return { status: 'qr', qrCode: normalizeQrPayload(content) }
      }
      const snapshot = await blocker(response, options)
      if (!snapshot && !response.ok) throw zApiError(response)
      return snapshot ?? { status: 'preparing' }
    },
    async requestPairingCode(phoneNumber, options) {
      const response = await call(`phone-code/${phoneNumber}`, options)
      const { value, code, phoneCode } = asRecord(response.json)
      // The documented field is `value`; the others were observed. The documented example has ten characters, which WhatsApp's
      // codes do not have.
      const pairingCode = hasCode(response) && (asText(value) ?? asText(code) ?? asText(phoneCode))
      if (pairingCode)
        return { status: 'pairing-code', pairingCode: normalizePairingCode(pairingCode, 'z-api').value }
      const snapshot = await blocker(response, options)
      if (snapshot) return snapshot
      throw new PairingError(
        'code-refused',
        `${NAME} issued no pairing code for this number. Check it and try again later, or use the QR code.`,
      )
    },
    reset,
    async unlink(options) {
      checkDone('disconnect', await call('disconnect', options))
      passkeys.end(options)
    },
    getPasskeyChallenge: passkeys.getPasskeyChallenge,
    answerPasskey: passkeys.answerPasskey,
    getPasskeyHandoff: passkeys.getPasskeyHandoff,
    resetPasskey: passkeys.resetPasskey,
    // This is Z-API's spelling.
    webhookSentAt: (body) => webhookTime(asRecord(body).momment),
    readWebhook(body) {
      const { type, instanceId: sender, phone } = asRecord(body)
      if (asText(sender) !== instanceId) return undefined
      if (type === 'DisconnectedCallback') return { status: 'unlinked' }
      const account = normalizeAccount({ phoneNumber: phone })
      // If the documented number is missing, another request reads the account.
      return type === 'ConnectedCallback' && account.phoneNumber ? { status: 'linked', account } : undefined
    },
  }
}

/** The calls to send, the mildest first. */
function stepsAfter(status: ProviderResponse): readonly [Step, ...Step[]] {
  const { connected } = asRecord(status.json)
  // `disconnect` is sent only if the phone is known not to be connected.
  if (connected === true) return ['restart']
  if (matches(status, TO_BE_RESTORED)) return STEPS
  return connected === false || matches(status, DISCONNECTED) ? ['restart', 'disconnect'] : ['restart']
}

/** @throws {@link PairingError} if the response to the call is not `{"value": true}`. */
function checkDone(step: Step, response: ProviderResponse): void {
  const { value } = asRecord(response.json)
  if (response.ok && value === true) return
  // Nothing to disconnect.
  if (step === 'disconnect' && matches(response, DISCONNECTED)) return
  throw response.ok && value === false ? unavailableError(API, response) : zApiError(response)
}

/** Whether a code may be in the response at all. */
function hasCode(response: ProviderResponse): boolean {
  return response.ok && !asRecord(response.json).challenge && !isPage(response) && !hasMessage(response)
}

/** The text of a response that is not base64: from JSON, or plain text. */
function messageOf({ json, text }: ProviderResponse): string {
  const { error, message } = asRecord(json)
  return json === undefined ? text : `${asText(error) ?? ''} ${asText(message) ?? ''}`
}

function matches(response: ProviderResponse, text: RegExp): boolean {
  return !isPage(response) && text.test(messageOf(response))
}

function hasMessage(response: ProviderResponse): boolean {
  const texts = [REFUSED, UNKNOWN, TO_BE_RESTORED, /already connected/i, DISCONNECTED]
  return isUnpaid(response) || texts.some((text) => matches(response, text))
}

/** Whether a response without an error status says that the plan has ended. */
function isUnpaid(response: ProviderResponse): boolean {
  return response.ok && !isPage(response) && isPaymentRequired(messageOf(response))
}

function zApiError(response: ProviderResponse): PairingError {
  if (isUnpaid(response)) return paymentRequiredError(NAME)
  // The text of a gateway may contain the same words.
  if (response.status > 400 && response.status < 405 && !isOwnError(API, response))
    return providerError(API, response)
  if (matches(response, REFUSED)) return refusedError(NAME, response)
  return matches(response, UNKNOWN) ? unknownSessionError(NAME) : providerError(API, response)
}
