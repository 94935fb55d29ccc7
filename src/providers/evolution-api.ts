/**
 * Evolution API (v2) links a phone to an *instance* on a server of one's own, by QR code or by pairing code.
 *
 * Setup: create an instance with the integration `WHATSAPP-BAILEYS`. Its own token is enough as `apiKey`; the
 * server's global key rules all instances. Both give the account away, so the adapter belongs on a server.
 *
 * Notes:
 * - `GET /instance/connect` begins a pairing where the instance is closed, and repeats what the server has
 *   kept where it is `connecting`. So `getQrCode` asks for the state first and calls it in the second case
 *   only; a closed instance is `stopped`, and `reset` begins the pairing.
 * - A phone number counts at that beginning alone: `requestPairingCode` logs out what is under way, which
 *   also clears the leftovers of an earlier number.
 * - Each QR code brings another pairing code, every 45 seconds; `getStatus` tells of the next two.
 * - `reset` never ends a link; `unlink` does.
 * - Events and `fetchInstances` hold tokens: nothing but the state and the account is read from them.
 *
 * Pages:
 * - https://doc.evolution-api.com/v2/api-reference/instance-controller/instance-connect
 * - https://doc.evolution-api.com/v2/en/configuration/webhooks
 * - https://github.com/evolution-foundation/evolution-api, for what these leave out
 *
 * @module
 */

import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { answerError, isPage, unavailableError } from './lib/answer-error.js'
import { createCodesOfPairing } from './lib/evolution-codes.js'
import { readEvolutionEvent } from './lib/evolution-events.js'
import { fromPairingCode, fromQrCode, linkedTo } from './lib/evolution-snapshots.js'
import { pause } from './lib/pause.js'
import { createRequester, detail, type ProviderRequest } from './lib/request.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  requiredOption,
  type SecretOptions,
} from './lib/server-only.js'
import { sessionAt } from './lib/session-at.js'

/** Options of {@link evolutionApi}. */
export interface EvolutionApiOptions extends SecretOptions {
  /**
   * Where the server is: `https://evolution.example.com`. Its host and path are part of the `sessionId`, since another
   * server may have an instance of the same name: `evolution.example.com/shop`.
   */
  readonly baseUrl: string
  /** Token of the instance, or the server's global key; sent as `apikey`. */
  readonly apiKey: string
  /** Name of the instance. */
  readonly instanceName: string
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  // The server's own setting, for the first code too.
  qrLifetimeMs: 45_000,
  // No limit is documented; the server answers from memory.
  qrIntervalMs: 5_000,
  // Below that only to meet a change that is due.
  qrMinIntervalMs: 2_000,
  // As often as a scan, or another pairing code, should be noticed.
  statusIntervalMs: 3_000,
  // 45 seconds as well; the next one takes two more to be made, and three to be seen.
  pairingCodeLifetimeMs: 50_000,
  // The beginning of a pairing is held for two seconds; a logout goes through WhatsApp.
  requestTimeoutMs: 20_000,
}

const NAME = 'Evolution API'

/** Shorter than that, an instance is closed because it connects again: after each scan, and out of codes. */
const GAP_MS = 5_000

/** Pages that are opened together find the instance closed together, and each asks for a pairing to be begun. */
const TOGETHER_MS = 5_000

/** A pairing code is made a second or more after the QR code that the first answer waits for. */
const CODE_PAUSE_MS = 1_000
const CODE_QUESTIONS = 12

/** After the code that was asked for: three in all, as with QR codes. The last is seen up to 5 of its seconds late. */
const FURTHER_CODES = 2
const LAST_CODE_MS = 40_000

type Fields = Readonly<Record<string, unknown>>

/**
 * An Evolution API instance.
 *
 * @example
 * createPairingHandler({ provider: evolutionApi({ baseUrl, apiKey, instanceName }), authorize })
 */
export function evolutionApi(options: EvolutionApiOptions): PairingProvider {
  assertServer('evolutionApi', options)
  const apiKey = headerOption('evolutionApi', 'apiKey', options.apiKey)
  const instanceName = requiredOption('evolutionApi', 'instanceName', options.instanceName)
  const baseUrl = baseUrlOption('evolutionApi', 'baseUrl', options.baseUrl)
  const name = encodeURIComponent(instanceName)
  const request = createRequester({ fetch: options.fetch, timeoutMs: TIMING.requestTimeoutMs })
  const question = (path: string, { signal }: RequestOptions): ProviderRequest => ({
    url: `${baseUrl}/instance/${path}`,
    headers: { apikey: apiKey },
    signal,
  })

  // What the server does not tell. An adapter that is made anew for each request does without.
  let wasOpen = false
  let aliveAt = Number.NEGATIVE_INFINITY
  let begunAt = Number.NEGATIVE_INFINITY
  const codesOfPairing = createCodesOfPairing()
  /** Whose pairing code is awaited on the phone, and the last QR code that may bring another. */
  let awaited: { readonly phoneNumber: PhoneNumber; readonly lastCount: number } | undefined

  function endPairing(): void {
    codesOfPairing.end()
    awaited = undefined
  }

  /** The state of the instance, as a snapshot where it is linked or on its way from one state to another. */
  async function look(options: RequestOptions): Promise<PairingSnapshot | 'connecting' | 'close'> {
    const answer = await request(question(`connectionState/${name}`, options))
    const { instanceName: known, state } = asRecord(asRecord(answer.json).instance)
    if (!answer.ok || !asText(known)) throw answerError(NAME, answer)
    if (state === 'open') {
      endPairing()
      wasOpen = true
      return linked(options)
    }
    // A link that is lost for a moment looks like a pairing; the list still calls it open.
    wasOpen &&= (await getDetails(options)).connectionStatus === 'open'
    if (state === 'connecting' && !wasOpen) {
      aliveAt = performance.now()
      return state
    }
    if (state !== 'close' || wasOpen || performance.now() - aliveAt < GAP_MS) return { status: 'preparing' }
    endPairing()
    return state
  }

  async function getDetails(options: RequestOptions): Promise<Fields> {
    const answer = await detail(request, question(`fetchInstances?instanceName=${name}`, options))
    const instances: unknown[] = Array.isArray(answer?.json) ? answer.json : []
    return instances.map(asRecord).find((instance) => instance.name === instanceName) ?? {}
  }

  async function linked(options: RequestOptions): Promise<PairingSnapshot> {
    const { ownerJid, profileName, profilePicUrl } = await getDetails(options)
    return linkedTo(ownerJid, profileName, profilePicUrl)
  }

  /** The codes of this moment. Where the instance is closed, this begins a pairing. */
  async function connect(options: RequestOptions, phoneNumber?: PhoneNumber): Promise<Fields> {
    const query = phoneNumber ? `?number=${phoneNumber}` : ''
    const answer = await request(question(`connect/${name}${query}`, options))
    const codes = asRecord(answer.json)
    // What went wrong in a beginning has HTTP 200.
    if (codes.error === true) throw unavailableError(NAME, answer)
    if (!answer.ok || answer.json === undefined) throw answerError(NAME, answer)
    return codes
  }

  async function logout(options: RequestOptions): Promise<void> {
    const answer = await request({ ...question(`logout/${name}`, options), method: 'DELETE' })
    const isClosed = answer.status === 400 && /not connected/i.test(answer.text)
    if ((!answer.ok && !isClosed) || isPage(answer)) throw answerError(NAME, answer)
    endPairing()
    wasOpen = false
    aliveAt = Number.NEGATIVE_INFINITY
  }

  /**
   * Begins a pairing. The one under way ends in the same breath: whoever asks between the two would find the instance
   * closed, and begin one without the number.
   */
  async function begin(
    state: 'connecting' | 'close',
    options: RequestOptions,
    phoneNumber?: PhoneNumber,
  ): Promise<Fields> {
    const isUnderWay = state === 'connecting'
    // An adapter that was made just now has not seen the link: it would end one that only connects again.
    if (isUnderWay && (await getDetails(options)).connectionStatus === 'open') throw notYet('is connecting')
    begunAt = performance.now()
    const ended = isUnderWay ? logout(options) : undefined
    const [codes] = await Promise.all([connect(options, phoneNumber), ended])
    return codes
  }

  async function getStatus(options: RequestOptions): Promise<PairingSnapshot> {
    const state = await look(options)
    if (typeof state !== 'string') return state
    if (state === 'close' || !awaited) return { status: 'unlinked' }
    const { phoneNumber, lastCount } = awaited
    const { pairingCode, count } = await connect(options, phoneNumber)
    if (Number(count) > lastCount) awaited = undefined
    const text = awaited && codesOfPairing.take(pairingCode)
    if (!text) return { status: 'unlinked' }
    return fromPairingCode(text, count === lastCount ? LAST_CODE_MS : undefined)
  }

  return {
    id: 'evolution-api',
    sessionId: sessionAt(baseUrl, instanceName),
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      const state = await look(options)
      if (typeof state !== 'string') return state
      if (state === 'close') return { status: 'stopped' }
      const { code, base64 } = await connect(options)
      // The text first: the picture has the highest error correction, so its modules are a third smaller.
      const content = codesOfPairing.take(code ?? base64)
      return content ? fromQrCode(content) : { status: 'preparing' }
    },
    async requestPairingCode(input, options) {
      // The server would take anything, and give a code for it that no phone accepts.
      const phoneNumber = normalizePhoneNumber(input)
      const state = await look(options)
      if (typeof state !== 'string') {
        if (state.status === 'linked') return state
        throw notYet('is connecting')
      }
      let codes = await begin(state, options, phoneNumber)
      for (let asked = 1; ; asked += 1) {
        // Linked in the meantime.
        if (codes.instance) return getStatus(options)
        const text = codesOfPairing.take(codes.pairingCode)
        if (text) {
          awaited = { phoneNumber, lastCount: Number(codes.count) + FURTHER_CODES }
          return fromPairingCode(text)
        }
        if (asked === CODE_QUESTIONS) throw notYet('has made no pairing code')
        await pause(CODE_PAUSE_MS, options.signal)
        codes = await connect(options, phoneNumber)
      }
    },
    async reset(options) {
      let state = await look(options)
      if (typeof state !== 'string' && state.status === 'preparing') {
        await pause(GAP_MS, options.signal)
        state = await look(options)
      }
      const isJustBegun = state === 'connecting' && performance.now() - begunAt < TOGETHER_MS
      if (typeof state === 'string' && !isJustBegun) await begin(state, options)
    },
    unlink: logout,
    readWebhook: (body) => readEvolutionEvent(body, instanceName),
  }
}

function notYet(reason: string): PairingError {
  return new PairingError('provider-unavailable', `${NAME} ${reason}. Ask again in a few seconds.`)
}
