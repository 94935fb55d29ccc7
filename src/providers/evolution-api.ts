/**
 * Evolution API (v2) links a phone to an *instance* on a server of one's own, by QR code or by pairing code.
 *
 * Setup: create an instance with the integration `WHATSAPP-BAILEYS`. Its own token is enough as `apiKey`; the
 * server's global key rules all instances. Both give the account away, so the adapter belongs on a server.
 *
 * Notes:
 * - `GET /instance/connect` is no read: where the instance is `close`, it opens a connection to WhatsApp. After a scan the
 *   instance is `close` for a moment (3 seconds with 2.4) until the server connects again; a second connection in that
 *   moment and the first one throw each other out, with dozens of logins, for which numbers are banned. So the adapter
 *   sends it once for each code, when the code is over; never two at once in one process; and never while a phone may
 *   have answered. A closed instance is `stopped`, and `reset` begins the pairing.
 * - The list (`fetchInstances`) says `connecting` in that moment, and `close` where a pairing is over. It goes on saying
 *   `connecting` where 2.4 never connects again, which is after a logout by the API: then one `connect` after 8 seconds
 *   finishes the link.
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

import { abortedError, PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { readEvolutionEvent } from './lib/evolution-events.js'
import {
  type EvolutionCodes,
  endPairing,
  evolutionMemoryOf,
  startStep,
  takeCodes,
} from './lib/evolution-memory.js'
import { createEvolutionServer } from './lib/evolution-server.js'
import { fromPairingCode, fromQrCode, linkedTo } from './lib/evolution-snapshots.js'
import { pause } from './lib/pause.js'
import { unlessAborted } from './lib/request.js'
import {
  assertServer,
  baseUrlOption,
  headerOption,
  nameOption,
  type SecretOptions,
} from './lib/server-only.js'
import { sessionAt } from './lib/session-at.js'
import { localWebhookTime } from './lib/webhook-time.js'

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
  qrIntervalMs: 3_000,
  // Below that only to meet a change that is due.
  qrMinIntervalMs: 2_000,
  // As often as a scan, or another pairing code, should be noticed.
  statusIntervalMs: 3_000,
  // 45 seconds as well; the next one takes two more to be made, and is fetched when a phone can no longer have the old one.
  pairingCodeLifetimeMs: 55_000,
  // The beginning of a pairing is held for two seconds; a logout goes through WhatsApp.
  requestTimeoutMs: 20_000,
}

const NAME = 'Evolution API'

/** So long an instance may be `close` because the server connects again: 3 seconds with 2.4, and the line to WhatsApp. */
const GAP_MS = 8_000

/** The server holds `connect` for two seconds, and is `close` in the first moments of them. */
const BEGIN_MS = 3_000

/** After a phone has answered, the instance is `connecting` once more. */
const LINKING_MS = 30_000

/** Pages that are opened together find the instance closed together, and each asks for a pairing to be begun. */
const TOGETHER_MS = 5_000

/** A pairing code is made a second or more after the QR code that the first answer waits for. */
const CODE_PAUSE_MS = 1_000
const CODE_QUESTIONS = 12

/** Longer than a link takes. */
const SETTLED_PAUSE_MS = 1_000
const SETTLED_QUESTIONS = 14

/** With 2.3.7 `connect` fails for a moment after a logout. */
const SETTLE_QUESTIONS = 4

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
  const instanceName = nameOption('evolutionApi', 'instanceName', options.instanceName)
  const baseUrl = baseUrlOption('evolutionApi', 'baseUrl', options.baseUrl)
  const sessionId = sessionAt(baseUrl, instanceName)
  const server = createEvolutionServer({
    baseUrl,
    apiKey,
    instanceName,
    fetch: options.fetch,
    timeoutMs: TIMING.requestTimeoutMs,
  })
  const remembered = () => evolutionMemoryOf(sessionId)

  /** The state of the instance, as a snapshot where it is linked or on its way from one state to another. */
  async function look(options: RequestOptions): Promise<PairingSnapshot | 'connecting' | 'close'> {
    const state = await server.state(options)
    const memory = remembered()
    if (state === 'open') {
      endPairing(memory)
      memory.wasOpen = true
      return linked(options)
    }
    if (state === 'close') return lookCloser(options)
    memory.closedAt = undefined
    // A link that is lost for a moment looks like a pairing; the list still calls it open.
    memory.wasOpen &&= (await server.details(options)).connectionStatus === 'open'
    if (memory.answeredAt !== undefined && performance.now() - memory.answeredAt < LINKING_MS)
      return { status: 'linking' }
    return state === 'connecting' && !memory.wasOpen ? state : { status: 'preparing' }
  }

  /** The instance is `close`, or between two connections: only the list, the code before and the time can tell. */
  async function lookCloser(options: RequestOptions): Promise<PairingSnapshot | 'close'> {
    const memory = remembered()
    // Being begun, here or by a request that was given up: the server shows that some moments later.
    if (memory.connecting || performance.now() - memory.begunAt < BEGIN_MS)
      return { status: isAnswered() ? 'linking' : 'preparing' }
    const { connectionStatus } = await server.details(options)
    const now = performance.now()
    if (memory.closedAt === undefined) {
      memory.closedAt = now
      const { codes, awaited } = memory
      // Later, the limit of codes is as likely. Where a pairing code is awaited, that is 22 minutes away.
      const slackMs = awaited ? TOGETHER_MS : 0
      if (codes && now < codes.endsAt + slackMs && connectionStatus !== 'close') memory.answeredAt = now
    }
    if (connectionStatus !== 'close' && now - memory.closedAt < GAP_MS)
      return { status: isAnswered() ? 'linking' : 'preparing' }
    if (connectionStatus !== 'close' && isAnswered()) {
      if (memory.healedAt === undefined) {
        memory.healedAt = now
        await connect(options, memory.awaited?.phoneNumber)
        return { status: 'linking' }
      }
      if (now - memory.healedAt < GAP_MS) return { status: 'linking' }
    }
    const { closedAt } = memory
    memory.wasOpen = false
    endPairing(memory)
    // It stays closed until a pairing is begun: nobody waits for it again.
    memory.closedAt = closedAt
    return 'close'
  }

  const isAnswered = (): boolean => remembered().answeredAt !== undefined

  async function linked(options: RequestOptions): Promise<PairingSnapshot> {
    const { ownerJid, profileName, profilePicUrl } = await server.details(options)
    return linkedTo(ownerJid, profileName, profilePicUrl)
  }

  /** The codes of this moment. Where the instance is closed, this begins a pairing. */
  function connect(options: RequestOptions, phoneNumber?: PhoneNumber): Promise<Fields> {
    return exclusive(options, (own) => sendConnect(own, phoneNumber))
  }

  async function sendConnect(options: RequestOptions, phoneNumber?: PhoneNumber): Promise<Fields> {
    const sentAt = performance.now()
    const codes = await server.connect(options, phoneNumber)
    takeCodes(remembered(), codes, sentAt)
    return codes
  }

  /** One at a time, for all adapters of this process: joins what is under way. It ends with the last that waits for it. */
  function exclusive(
    { signal }: RequestOptions,
    run: (options: RequestOptions) => Promise<Fields>,
  ): Promise<Fields> {
    if (signal?.aborted) return Promise.reject(abortedError())
    const memory = remembered()
    const step = memory.connecting ?? startStep(memory, run)
    step.waiting += 1
    const leave = (): void => {
      step.waiting -= 1
      if (step.waiting === 0) step.controller.abort()
    }
    signal?.addEventListener('abort', leave)
    const ended = step.result.then(asRecord).finally(() => signal?.removeEventListener('abort', leave))
    return signal ? unlessAborted(ended, signal, abortedError) : ended
  }

  async function logout(options: RequestOptions): Promise<void> {
    await server.logout(options)
    const memory = remembered()
    endPairing(memory)
    memory.wasOpen = false
  }

  /** Begins a pairing. The one under way ends before; all of it is one step for other adapters. */
  async function begin(
    state: 'connecting' | 'close',
    options: RequestOptions,
    phoneNumber?: PhoneNumber,
  ): Promise<Fields> {
    const isUnderWay = state === 'connecting'
    // An adapter that was made just now has not seen the link: it would end one that only connects again.
    if (isUnderWay && (await server.details(options)).connectionStatus === 'open')
      throw notYet('is connecting')
    // Joined, the number would not count.
    if (phoneNumber && remembered().connecting) throw notYet('is beginning another pairing')
    return exclusive(options, async (own) => {
      const memory = remembered()
      if (isUnderWay) await logout(own)
      endPairing(memory)
      const codes = await untilSettled(own, phoneNumber, isUnderWay)
      memory.begunUntil = performance.now()
      memory.emptyBegins = asText(codes.code) ? 0 : memory.emptyBegins + 1
      return codes
    })
  }

  async function untilSettled(
    options: RequestOptions,
    phoneNumber: PhoneNumber | undefined,
    isSettling: boolean,
  ): Promise<Fields> {
    for (let asked = 1; ; asked += 1) {
      try {
        remembered().begunAt = performance.now()
        return await sendConnect(options, phoneNumber)
      } catch (error) {
        const isOver = !isSettling || asked === SETTLE_QUESTIONS
        if (isOver || !PairingError.isInstance(error) || error.code !== 'provider-unavailable') throw error
        await pause(CODE_PAUSE_MS, options.signal)
      }
    }
  }

  /** The codes that may be shown, fetched where those before are over. */
  async function currentCodes(options: RequestOptions): Promise<EvolutionCodes | undefined> {
    const memory = remembered()
    const { codes } = memory
    if (!codes || performance.now() >= codes.nextAt) await connect(options, memory.awaited?.phoneNumber)
    return memory.codes
  }

  async function getStatus(options: RequestOptions): Promise<PairingSnapshot> {
    const state = await look(options)
    if (typeof state !== 'string') return state
    const memory = remembered()
    if (state === 'close' || !memory.awaited) return { status: 'unlinked' }
    const codes = await currentCodes(options)
    const { awaited } = memory
    if (codes && awaited && codes.count > awaited.lastCount) memory.awaited = undefined
    if (!codes?.pairingCode || !awaited || codes.count > awaited.lastCount) return { status: 'unlinked' }
    return fromPairingCode(codes.pairingCode, codes.count === awaited.lastCount ? LAST_CODE_MS : undefined)
  }

  return {
    id: 'evolution-api',
    sessionId,
    timing: TIMING,
    getStatus,
    async getQrCode(options) {
      const state = await look(options)
      if (typeof state !== 'string') return state
      if (state === 'close') {
        if (remembered().emptyBegins > 1) throw brokenError()
        return { status: 'stopped' }
      }
      const codes = await currentCodes(options)
      if (!codes) return { status: 'preparing' }
      const leftMs = codes.endsAt - performance.now()
      // Not `preparing`: after a code, a page would take that for a scan.
      return leftMs > 0 ? fromQrCode(codes.qrCode, leftMs) : { status: 'unlinked' }
    },
    async requestPairingCode(input, options) {
      // The server would take anything, and give a code for it that no phone accepts.
      const phoneNumber = normalizePhoneNumber(input)
      const state = await settled(options)
      if (typeof state !== 'string') {
        if (state.status === 'linked') return state
        throw notYet('is connecting')
      }
      const memory = remembered()
      let codes = await begin(state, options, phoneNumber)
      for (let asked = 1; ; asked += 1) {
        // Linked in the meantime.
        if (codes.instance) return getStatus(options)
        const text = memory.codesOfPairing.take(codes.pairingCode)
        if (text) {
          memory.awaited = { phoneNumber, lastCount: Number(codes.count) + FURTHER_CODES }
          return fromPairingCode(text)
        }
        if (asked === CODE_QUESTIONS) throw notYet('has made no pairing code')
        await pause(CODE_PAUSE_MS, options.signal)
        codes = await connect(options, phoneNumber)
      }
    },
    async reset(options) {
      const state = await settled(options)
      const isJustBegun = performance.now() - remembered().begunUntil < TOGETHER_MS
      if (typeof state === 'string' && !(state === 'connecting' && isJustBegun)) await begin(state, options)
    },
    unlink: logout,
    // The clock of its own time zone, with the `Z` of UTC behind it.
    webhookSentAt: (body) => localWebhookTime(asRecord(body).date_time, Date.now()),
    readWebhook: (body) => readEvolutionEvent(body, instanceName),
  }

  /** The state after whatever is under way: a link, a pairing that another page begins. */
  async function settled(options: RequestOptions): Promise<PairingSnapshot | 'connecting' | 'close'> {
    for (let asked = 1; ; asked += 1) {
      const underWay = remembered().connecting
      if (underWay) {
        const ended = underWay.result.then(asRecord, asRecord)
        await (options.signal ? unlessAborted(ended, options.signal, abortedError) : ended)
      }
      const state = await look(options)
      if (typeof state === 'string' || state.status === 'linked' || asked === SETTLED_QUESTIONS) return state
      await pause(SETTLED_PAUSE_MS, options.signal)
    }
  }
}

function notYet(reason: string): PairingError {
  return new PairingError('provider-unavailable', `${NAME} ${reason}. Ask again in a few seconds.`)
}

/** A pairing code that was not entered stays in the way for good, with 2.4. */
function brokenError(): PairingError {
  return new PairingError(
    'session-stale',
    `${NAME} brings no code for this instance: it keeps credentials that WhatsApp refuses. Delete the instance, and create it anew.`,
  )
}
