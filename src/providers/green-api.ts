/**
 * GREEN-API links a phone to an *instance*, by QR code or by pairing code.
 *
 * Setup: create an instance at https://console.green-api.com; its page shows `idInstance`, `apiTokenInstance` and `apiUrl`. The
 * token is part of every URL and gives access to the account, so use the adapter only on a server.
 *
 * Notes:
 * - `unlink` and `reset` log the instance out; `reset` reboots one that hangs in `starting`. A logout continues after its
 *   response. Until it ends, the state is `preparing`.
 * - A new instance takes up to five minutes, and its first QR code up to ten. Until then the state is `preparing`.
 * - `yellowCard`, `suspended` and `sleepMode` (the phone is off) count as linked.
 * - After the link, `syncProgress` is the `historySyncProgress` in the response with the account.
 * - QR codes are also pushed, over a WebSocket: `subscribe`. Node has a client since version 22; for older versions, install
 *   `ws`. An instance allows one connection, so reuse the provider object.
 * - Webhooks: switch on `stateWebhook` in the settings of the instance.
 * - Since release 5.44.37.12 the response to a request for a QR code may report that WhatsApp demands a passkey. The state of the
 *   instance does not contain that. So the adapter remembers it for ten minutes, or until a link or a reset, and neither requests
 *   a QR code nor connects to the push in that time. GREEN-API documents no method for the answer of a passkey, and no page for
 *   the phone's owner.
 *
 * Pages:
 * - https://green-api.com/en/docs/api/account/QR
 * - https://green-api.com/en/docs/api/account/Scanqrcode/
 * - https://green-api.com/en/docs/api/account/GetAuthorizationCode
 * - https://green-api.com/en/docs/api/account/GetStateInstance
 * - https://green-api.com/en/docs/api/account/GetWaSettings/
 * - https://green-api.com/en/docs/api/account/Logout/
 * - https://green-api.com/en/docs/api/account/Reboot/
 * - https://green-api.com/en/docs/api/receiving/notifications-format/StateInstanceChanged/
 * - https://green-api.com/en/docs/api/ratelimiter
 * - https://green-api.com/en/docs/release/5.44.37.12/
 *
 * @module
 */

import { normalizeAccount } from '../core/account.js'
import { asPercent } from '../core/as-percent.js'
import { PairingError, toPairingError } from '../core/errors.js'
import { asAmount, asRecord, asText } from '../core/json.js'
import { asQrContent, normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { printOnce } from '../core/print-error.js'
import type {
  PairingMemory,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
} from '../core/provider.js'
import {
  API,
  BAD_NUMBER,
  BANNED,
  BUSY,
  errorTextOf,
  greenApiError,
  isPasskeyRequired,
  LOGGED_IN,
  LOGGED_OUT,
  matches,
  NAME,
  STALE,
  statusOf,
  textError,
} from './lib/green-api-responses.js'
import { lazyPush } from './lib/lazy-push.js'
import { createPasskeyMemory } from './lib/passkey-memory.js'
import { isBare401, unavailableError } from './lib/provider-error.js'
import { createRequester, detail, type ProviderRequest, type ProviderResponse } from './lib/request.js'
import { createResetSteps } from './lib/reset-steps.js'
import { assertServer, baseUrlOption, requiredOption, type SecretOptions } from './lib/server-only.js'
import type { WebSocketConstructor } from './lib/web-socket.js'
import { webhookTime } from './lib/webhook-time.js'

/** Options of {@link greenApi}, by their names in the console. */
export interface GreenApiOptions extends SecretOptions {
  /** Number of the instance. */
  readonly idInstance: string | number
  /** Secret of the instance. */
  readonly apiTokenInstance: string
  /**
   * `apiUrl` of the instance in the console, such as `https://7105.api.greenapi.com`. It cannot be derived from the id.
   * @default 'https://api.green-api.com'
   */
  readonly apiUrl?: string | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
  /**
   * Replaces the global `WebSocket`, for tests or as middleware; `fetch` does not affect it.
   * @default the global one, or that of the package `ws`. With your own `fetch` the default is none, so that no request bypasses
   * it. Without a WebSocket nothing is pushed.
   */
  readonly webSocket?: WebSocketConstructor | undefined
}

const TIMING: ProviderTiming = {
  // Documented: the image changes every 20 seconds.
  qrLifetimeMs: 20_000,
  // The provider's example; its documentation also has 1 and 2 seconds.
  qrIntervalMs: 5_000,
  // The limit is 3 requests a second for the whole instance, other tabs included.
  qrMinIntervalMs: 1_000,
  // The limit is 1 request a second.
  statusIntervalMs: 3_000,
  // Documented: about two and a half minutes.
  pairingCodeLifetimeMs: 150_000,
  // The provider delays responses to QR requests while the instance starts.
  requestTimeoutMs: 30_000,
  // Documented for `starting`; after it, a reboot helps: https://green-api.com/en/docs/api/account/GetStateInstance/
  startMs: 300_000,
}

/**
 * Creating an instance takes up to five minutes, and the token is refused until then:
 * https://green-api.com/en/docs/api/recommendations/creating-and-configuring-an-instance/
 */
const CREATION_MS = 300_000

/** Keys of {@link PairingMemory}. */
const HAS_RESPONDED = 'green-api-has-responded'
const REFUSED_AT = 'green-api-refused-at'

/**
 * A GREEN-API instance.
 *
 * @example
 * createPairingHandler({ provider: greenApi({ idInstance, apiTokenInstance, apiUrl }), authorize })
 */
export function greenApi(options: GreenApiOptions): PairingProvider {
  assertServer('greenApi', options)
  const idInstance = requiredOption('greenApi', 'idInstance', options.idInstance)
  const apiTokenInstance = requiredOption('greenApi', 'apiTokenInstance', options.apiTokenInstance)
  const apiUrl = baseUrlOption('greenApi', 'apiUrl', options.apiUrl, 'https://api.green-api.com')
  const instanceUrl = `${apiUrl}/waInstance${encodeURIComponent(idInstance)}`
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  const requestFor = (method: string, { signal }: RequestOptions): ProviderRequest => ({
    url: `${instanceUrl}/${method}/${encodeURIComponent(apiTokenInstance)}`,
    signal,
  })
  const resets = createResetSteps(['reboot', 'logout'])
  const ownMemory: PairingMemory = {}
  const ceremonies = createPasskeyMemory()

  async function call(method: string, options: RequestOptions): Promise<ProviderResponse> {
    const response = await request(requestFor(method, options))
    const { memory = ownMemory } = options
    if (errorTextOf(response) && !isNull(response)) memory[HAS_RESPONDED] = true
    else if (isBare401(response)) memory[REFUSED_AT] ??= Date.now()
    return response
  }

  /** Whether an instance was just created: it has no state, or refuses its token. */
  function isBeingCreated(response: ProviderResponse, { memory = ownMemory }: RequestOptions): boolean {
    const isNew = isBare401(response) && memory[HAS_RESPONDED] !== true
    if (!isNew || Date.now() - (asAmount(memory[REFUSED_AT]) ?? 0) >= CREATION_MS) return isNull(response)
    printOnce(
      `green-api ${idInstance} 401`,
      `${NAME} refuses the token of instance ${idInstance} (HTTP 401). It does so for up to five minutes after an instance was created. ` +
        'Where the instance is older, check "apiTokenInstance" and "apiUrl".',
    )
    return true
  }

  // A separate chunk, because apps that only poll do not need it.
  const push = lazyPush(async () => {
    const { webSocket, fetch: ownFetch } = options
    if (ownFetch && !webSocket) return undefined
    const { createGreenApiSocket } = await import('./lib/green-api-socket.js')
    const { url } = requestFor('scanqrcode', {})
    return createGreenApiSocket({
      url: url.replace(/^http/i, 'ws'),
      webSocket,
      passkeyRequired,
      hasCeremony,
      alreadyLogged,
      fromText,
    })
  })

  async function getStatus(options: RequestOptions): Promise<PairingSnapshot> {
    const response = await call('getStateInstance', options)
    if (isBeingCreated(response, options)) return { status: 'preparing' }
    const state = response.ok && asText(asRecord(response.json).stateInstance)
    return state ? fromState(state, options) : fromError(response, options)
  }

  async function fromState(state: string, options: RequestOptions): Promise<PairingSnapshot> {
    if (state === BANNED) {
      throw new PairingError(
        'account-blocked',
        'WhatsApp banned this account, so it cannot be linked. Ask WhatsApp for a review.',
      )
    }
    const status = statusOf(state)
    return status === 'linked'
      ? linked(options)
      : { status: hasCeremony(options) ? 'passkey-required' : status }
  }

  const hasCeremony = (options: RequestOptions): boolean => (ceremonies.last(options)?.expiresInMs ?? 0) > 0

  /**
   * No state reports the demand, and a request for a QR code would begin another pairing. So it is remembered until something
   * ends it.
   */
  function passkeyRequired(options: RequestOptions): PairingSnapshot {
    ceremonies.begin(options)
    return { status: 'passkey-required' }
  }

  async function getSettings(options: RequestOptions): Promise<Readonly<Record<string, unknown>>> {
    return asRecord((await detail(request, requestFor('getWaSettings', options)))?.json)
  }

  async function linked(options: RequestOptions): Promise<PairingSnapshot> {
    resets.succeeded(options)
    ceremonies.end(options)
    const { phone, avatar, deviceId, logoutProcess, historySyncProgress } = await getSettings(options)
    if (logoutProcess === true) return { status: 'preparing' }
    return {
      status: 'linked',
      account: normalizeAccount({ phoneNumber: phone, avatarUrl: avatar, id: deviceId }),
      syncProgress: asPercent(historySyncProgress),
    }
  }

  /** `alreadyLogged` comes as soon as the phone has scanned or entered a code. The state shows when the link is complete. */
  async function alreadyLogged(options: RequestOptions): Promise<PairingSnapshot> {
    const response = await detail(request, requestFor('getStateInstance', options))
    const state = response?.ok && asText(asRecord(response.json).stateInstance)
    if (!state || state === 'starting' || state === 'notAuthorized') return { status: 'linking' }
    return state === BANNED ? fromState(state, options) : linked(options)
  }

  async function fromError(response: ProviderResponse, options: RequestOptions): Promise<PairingSnapshot> {
    const snapshot = fromText(errorTextOf(response), options)
    if (!snapshot) throw greenApiError(response)
    return snapshot
  }

  /** The meaning of a documented error text; `undefined` for any other. */
  function fromText(text: string, options: RequestOptions): Promise<PairingSnapshot> | undefined {
    if (STALE.test(text)) return leftovers(options)
    if (BUSY.test(text)) return Promise.resolve({ status: 'preparing' })
    if (LOGGED_IN.test(text)) return alreadyLogged(options)
    if (LOGGED_OUT.test(text)) return fromState('notAuthorized', options)
    const error = textError(text)
    return error && Promise.reject(error)
  }

  /** Leftovers of an earlier link, unless a logout is about to remove them. */
  async function leftovers(options: RequestOptions): Promise<PairingSnapshot> {
    const { logoutProcess } = await getSettings(options)
    return { status: logoutProcess === true ? 'preparing' : 'stale' }
  }

  async function logout(options: RequestOptions): Promise<void> {
    const response = await call('logout', options)
    if (response.ok && asRecord(response.json).isLogout === true) return ceremonies.end(options)
    if (matches(response, BUSY)) throw unavailableError(API, response)
    // Nothing to log out.
    if (!matches(response, LOGGED_OUT)) throw greenApiError(response)
  }

  async function reboot(options: RequestOptions): Promise<void> {
    const response = await call('reboot', options)
    if (!response.ok || asRecord(response.json).isReboot !== true) throw greenApiError(response)
    ceremonies.end(options)
  }

  /**
   * The documentation recommends a reboot for an instance that hangs in `starting`, and a logout otherwise. If one did not help,
   * the other is used.
   */
  async function reset(options: RequestOptions): Promise<void> {
    const response = await call('getStateInstance', options)
    const isStarting = asRecord(response.json).stateInstance === 'starting'
    const step = resets.next(options, isStarting ? ['reboot', 'logout'] : ['logout', 'reboot'])
    try {
      await (step === 'reboot' ? reboot(options) : logout(options))
      resets.taken(options, step)
    } catch (error) {
      // The instance is busy, so the same call would be refused again.
      if (toPairingError(error).code === 'provider-unavailable') resets.taken(options, step)
      throw error
    }
  }

  return {
    id: 'green-api',
    sessionId: idInstance,
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      const response = await call('qr', options)
      if (isBeingCreated(response, options)) return { status: 'preparing' }
      // Errors have HTTP 200 too.
      const { type, message } = asRecord(response.json)
      if (isPasskeyRequired(type)) return passkeyRequired(options)
      switch (type) {
        case 'qrCode':
          push.wake()
          resets.succeeded(options)
          ceremonies.end(options)
          return { status: 'qr', qrCode: normalizeQrPayload(asQrContent(message) ?? '') }
        case 'alreadyLogged':
          return alreadyLogged(options)
        default:
          return fromError(response, options)
      }
    },
    async requestPairingCode(phoneNumber, options) {
      const response = await request({
        ...requestFor('getAuthorizationCode', options),
        method: 'POST',
        // The API needs a JSON number. The longest, with 15 digits, is still exact.
        body: { phoneNumber: Number(phoneNumber) },
      })
      const { status, code } = asRecord(response.json)
      if (response.ok && status === true) {
        return {
          status: 'pairing-code',
          pairingCode: normalizePairingCode(asText(code) ?? '', 'green-api').value,
        }
      }
      if (matches(response, BAD_NUMBER)) {
        throw new PairingError(
          'invalid-phone-number',
          `${NAME} does not take this phone number. Check its digits.`,
        )
      }
      // This is an error and not a state, because the user would wait for a code that is not being made.
      if (matches(response, BUSY) || isBeingCreated(response, options)) throw unavailableError(API, response)
      if ((response.ok && status === false) || matches(response, LOGGED_OUT)) {
        throw new PairingError(
          'code-refused',
          `${NAME} issued no pairing code for this number. Wait a minute and try again, or use the QR code.`,
        )
      }
      return fromError(response, options)
    },
    reset,
    unlink: logout,
    subscribe(listener, options) {
      // The push sends only QR codes, which this method does not show.
      return options.method === 'phone-code' ? () => {} : push.subscribe(listener, options)
    },
    webhookSentAt: (body) => webhookTime(asRecord(body).timestamp),
    readWebhook(body) {
      const { typeWebhook, instanceData, stateInstance } = asRecord(body)
      const { idInstance: sender, wid } = asRecord(instanceData)
      const state = asText(stateInstance)
      if (typeWebhook !== 'stateInstanceChanged' || asText(sender) !== idInstance || !state) return undefined
      // A ban is an error, which a webhook cannot report. The next request reports it.
      if (state === BANNED) return undefined
      const status = statusOf(state)
      return status === 'linked'
        ? { status, account: normalizeAccount({ phoneNumber: wid, id: wid }) }
        : { status }
    },
  }
}

/** An instance that is still being created has no state: the body is `null` or missing. */
function isNull({ ok, status, json }: ProviderResponse): boolean {
  return ok && (json === null || status === 204)
}
