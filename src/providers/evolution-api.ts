/**
 * Evolution API (v2) links a phone to an *instance* on your own server, by QR code or by pairing code.
 *
 * Setup: create an instance with the integration `WHATSAPP-BAILEYS`. Its own token is enough as `apiKey`; the
 * server's global key rules all instances. Both give the account away, so the adapter belongs on a server.
 *
 * Notes:
 * - `GET /instance/connect` is no read: where the instance is `close`, it opens a connection to WhatsApp. After a scan
 *   the instance is `close` for a moment (3 seconds with 2.4) until the server connects again; a second connection in
 *   that moment and the first one throw each other out, with dozens of logins, for which numbers are banned. So
 *   `startsOnRead` is `true`: the poller sends it where the user started the pairing, and then once for each code,
 *   after that code is over.
 * - `close` while the list (`fetchInstances`) says `connecting` has four meanings: `lib/evolution-history.ts`
 *   distinguishes them, by what the memory of the session has. Within 8 seconds of it, nothing is sent. Then one
 *   `connect` finishes a link that the server has left open, as 2.4 does after a logout by its API. An action of the
 *   user in that time waits for it.
 * - Which lifetime of codes is believed: 45 seconds, the server's own `qrTimeout`, for each code. WhatsApp's own pages
 *   show a code for 60 seconds and then 20, but the server keeps each for 45, sends nothing in between, and links any
 *   phone that scans it in that time; whether WhatsApp would refuse one earlier is not documented, and a refusal shows
 *   on the phone. `connect` says nothing about the age of a code. It is known where this session began the pairing or
 *   saw the code before, and otherwise from the list, which is written with each code. Where the list has no dates, a
 *   code is shown for 14 seconds at a time and read again after 15 and 30.
 * - A phone number counts where a pairing begins: `requestPairingCode` logs out what is under way with another number, or with none.
 *   Each QR code brings another pairing code; requested again after its end, the next one comes without a logout.
 * - 2.4 keeps a pairing code that was not entered when its server restarts, and brings no code any more: `session-stale`, after two
 *   pairings without a code. Only deleting and creating the instance helps; see `recreateInstance`.
 * - An instance that opens four times within 90 seconds, without a logout, has two connections that throw each other out: no more
 *   requests are sent, and `onError` gets `session-stale`.
 * - `reset` never ends a link, but for such a one; `unlink` does.
 * - Events and `fetchInstances` hold tokens: nothing but the state, its time and the account is read from them.
 *
 * Pages:
 * - https://doc.evolution-api.com/v2/api-reference/instance-controller/instance-connect
 * - https://doc.evolution-api.com/v2/en/configuration/webhooks
 * - https://github.com/evolution-foundation/evolution-api, for what these leave out
 *
 * @module
 */

import { PairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type {
  PairingMemory,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
} from '../core/provider.js'
import { pause } from '../lib/pause.js'
import { type EvolutionCode, shownUntil } from './lib/evolution-code.js'
import { readEvolutionEvent } from './lib/evolution-events.js'
import { type EvolutionPairing, evolutionPairing, notYet, untilNextRead } from './lib/evolution-pairing.js'
import { createEvolutionServer } from './lib/evolution-server.js'
import { fromPairingCode, fromQrCode } from './lib/evolution-snapshots.js'
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
  /**
   * Deletes the instance and creates it again with your settings. With 2.4 that is the only way to mend an instance whose pairing
   * code was not entered before the server restarted. It needs the global key, and the instance loses its webhooks, settings and stored
   * messages, so the adapter does neither by itself. It is called when the user starts over. Without it, starting over fails
   * with `not-supported`.
   * @throws whatever your function throws, as an error of `reset`
   */
  readonly recreateInstance?:
    | ((options: { readonly signal?: AbortSignal | undefined }) => Promise<void>)
    | undefined
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  // The server's own setting, for the first code too.
  qrLifetimeMs: 45_000,
  // No limit is documented; the server answers from memory.
  qrIntervalMs: 2_000,
  qrMinIntervalMs: 2_000,
  // As often as a scan, or another pairing code, should be noticed.
  statusIntervalMs: 3_000,
  // Another one is made for each QR code, and WhatsApp takes the last one only.
  pairingCodeLifetimeMs: 45_000,
  // The beginning of a pairing is held for two seconds; a logout goes through WhatsApp.
  requestTimeoutMs: 20_000,
}

const NAME = 'Evolution API'

/** A pairing code is made a second or more after the QR code that the first response waits for. */
const CODE_PAUSE_MS = 1_000
const CODE_REQUESTS = 12

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
  const { recreateInstance } = options
  const server = createEvolutionServer({
    baseUrl,
    apiKey,
    instanceName,
    fetch: options.fetch,
    timeoutMs: TIMING.requestTimeoutMs,
  })
  /** Where no poller keeps one. */
  const ownMemory: PairingMemory = {}
  const pairingOf = (call: RequestOptions): EvolutionPairing =>
    evolutionPairing(server, call.memory ?? ownMemory, call)

  /** The instance is closed for good: it takes more than another `connect`. */
  function broken(): PairingSnapshot {
    if (recreateInstance) return { status: 'stale' }
    throw new PairingError(
      'session-stale',
      `${NAME} made no code for this instance, twice. Usually it keeps a pairing code that was not entered, which WhatsApp refuses: delete ` +
        'the instance and create it again, or give "recreateInstance". It may also have no connection to WhatsApp.',
    )
  }

  async function startOver(pairing: EvolutionPairing, { signal }: RequestOptions): Promise<void> {
    if (pairing.isRepeatedlyOpen) {
      // It is sent where the user requested it, and it ends both connections.
      await pairing.logout()
      await pairing.begin({ isSettling: true })
      return
    }
    const found = await pairing.settled()
    if (typeof found !== 'string') {
      if (found.status === 'linked') return
      throw notYet('is on its way from one state to another')
    }
    if (found === 'over') {
      const { isBroken, phoneNumber } = pairing
      if (isBroken) await recreate(signal)
      // With the number that the user enters next, so that no logout is needed for it: 2.4 finishes no link after one.
      await pairing.begin({ isSettling: isBroken, ...(isBroken && { phoneNumber }) })
      return
    }
    if (pairing.isJustBegun) return
    const isAgain = pairing.startsOver()
    if (!isAgain) {
      if (untilNextRead(pairing.code, Date.now()) <= 0) await pairing.read()
      if (isValid(pairing.code)) return
    }
    await pairing.begin({ isUnderWay: true })
  }

  async function recreate(signal: AbortSignal | undefined): Promise<void> {
    if (!recreateInstance) {
      throw new PairingError(
        'not-supported',
        `Only deleting and creating this ${NAME} instance again helps. Do that, or give "recreateInstance".`,
      )
    }
    await recreateInstance({ signal })
  }

  return {
    id: 'evolution-api',
    sessionId: sessionAt(baseUrl, instanceName),
    timing: TIMING,
    startsOnRead: true,
    async getStatus(options) {
      const pairing = pairingOf(options)
      const found = await pairing.look()
      if (typeof found !== 'string') return found
      return found === 'over' && pairing.isBroken ? broken() : { status: 'unlinked' }
    },
    async getQrCode(options) {
      const calledAt = Date.now()
      const pairing = pairingOf(options)
      const found = await pairing.look()
      if (typeof found !== 'string') return found
      if (found === 'over') {
        if (pairing.isBroken) return broken()
        await pairing.begin()
      } else if (!pairing.isBusy && untilNextRead(pairing.code, Date.now()) <= 0) await pairing.read()
      const { code } = pairing
      if (!code) return { status: 'preparing' }
      // The poller counts from the call, which a beginning holds for two seconds.
      return isValid(code) ? fromQrCode(code.qr, shownUntil(code) - calledAt) : { status: 'unlinked' }
    },
    async requestPairingCode(input, options) {
      // The server would take anything, and give a code for it that no phone accepts.
      const phoneNumber = normalizePhoneNumber(input)
      const pairing = pairingOf(options)
      const found = await pairing.settled()
      if (typeof found !== 'string') {
        if (found.status === 'linked') return found
        throw notYet('is connecting')
      }
      if (found === 'over') {
        if (pairing.isBroken) return broken()
        await pairing.begin({ phoneNumber })
      } else if (pairing.phoneNumber !== phoneNumber) await pairing.begin({ phoneNumber, isUnderWay: true })
      let mayBegin = true
      for (let sent = 1; ; sent += 1) {
        const { code } = pairing
        if (code?.pairing && isValid(code))
          return fromPairingCode(code.pairing, shownUntil(code) - Date.now())
        // A code without a pairing code is new, and on no screen.
        const waitMs = code?.pairing ? untilNextRead(code, Date.now()) : 0
        await pause(Math.max(CODE_PAUSE_MS, waitMs), options.signal)
        const state = await pairing.look()
        if (typeof state !== 'string' && state.status === 'linked') return state
        if (state === 'over' && pairing.isBroken) return broken()
        if (sent === CODE_REQUESTS || (state === 'over' && !mayBegin))
          throw notYet('has made no pairing code')
        if (state === 'connecting') await pairing.read(phoneNumber)
        else if (state === 'over') {
          // 2.3.7 clears what an earlier code has left with the first one.
          mayBegin = false
          await pairing.begin({ phoneNumber })
        }
      }
    },
    reset: (options) => startOver(pairingOf(options), options),
    unlink: (options) => pairingOf(options).logout(),
    // The clock of its own time zone, with the `Z` of UTC behind it.
    webhookSentAt: (body) => localWebhookTime(asRecord(body).date_time, Date.now()),
    readWebhook: (body) => readEvolutionEvent(body, instanceName),
  }
}

function isValid(code: EvolutionCode | undefined): code is EvolutionCode {
  return code !== undefined && Date.now() < shownUntil(code)
}
