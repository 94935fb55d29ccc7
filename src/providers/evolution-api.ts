/**
 * Evolution API (v2) links a phone to an *instance* on your own server, by QR code or by pairing code.
 *
 * Setup: create an instance with the integration `WHATSAPP-BAILEYS`. Its own token is enough as `apiKey`; the server's global key
 * controls all instances. Both give access to the account, so use the adapter only on a server.
 *
 * Notes:
 * - `GET /instance/connect` has side effects: if the instance is `close`, it opens a connection to WhatsApp. After a scan the
 *   instance is `close` for a moment (3 seconds with 2.4) until the server reconnects. A second connection in that moment and the
 *   first one end each other, with dozens of logins, and WhatsApp bans numbers for that. So `startsOnRead` is `true`: the poller
 *   sends it only after the user started the pairing, and then once for each code, after that code has expired.
 * - `close` while the list (`fetchInstances`) says `connecting` has four meanings: `lib/evolution-history.ts` distinguishes them
 *   with the memory of the session. For 8 seconds nothing is sent. Then one `connect` finishes a link that the server has left
 *   unfinished, as 2.4 does after a logout through its API. An action of the user waits for that.
 * - Each code is shown for 45 seconds, which is the server's `qrTimeout`. WhatsApp's own pages show a code for 60 seconds and
 *   then 20, but the server keeps each for 45, sends nothing in between, and links any phone that scans it in that time. It is
 *   not documented whether WhatsApp refuses a code earlier; the phone would show a refusal. `connect` does not return the age of
 *   a code. The age is known if this session began the pairing or saw the previous code, and otherwise from the list, which is
 *   written with each code. If the list has no dates, a code is shown for 14 seconds and read again after 15 and 30.
 * - The server uses a phone number only when a pairing begins. So `requestPairingCode` logs out a pairing with another number or
 *   none. Each QR code has its own pairing code. If the user requests one again after the last has expired, no logout is needed.
 * - If a 2.4 server restarts with a pairing code that was not entered, it issues no more codes. After two pairings without a
 *   code, the error is `session-stale`. Only deleting and creating the instance helps; see `recreateInstance`.
 * - If an instance opens four times within 90 seconds without a logout, two connections end each other. Then no more requests are
 *   sent, and `onError` gets `session-stale`.
 * - `reset` ends a link only in that case. To end a link, use `unlink`.
 * - Events and `fetchInstances` contain tokens, so only the state, its time and the account are read from them.
 *
 * Pages:
 * - https://doc.evolution-api.com/v2/api-reference/instance-controller/instance-connect
 * - https://doc.evolution-api.com/v2/en/configuration/webhooks
 * - https://github.com/evolution-foundation/evolution-api, for undocumented details
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
import { CODE_MS, type EvolutionCode, shownUntil } from './lib/evolution-code.js'
import { readEvolutionEvent } from './lib/evolution-events.js'
import { type EvolutionPairing, evolutionPairing, notYet, untilNextRead } from './lib/evolution-pairing.js'
import { createEvolutionServer, NAME } from './lib/evolution-server.js'
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
   * URL of the server: `https://evolution.example.com`. Its host and path are part of the `sessionId`, because another server may
   * have an instance with the same name: `evolution.example.com/shop`.
   */
  readonly baseUrl: string
  /** Token of the instance, or the server's global key; sent as `apikey`. */
  readonly apiKey: string
  /** Name of the instance. */
  readonly instanceName: string
  /**
   * Deletes the instance and creates it again with your settings. With 2.4 this is the only way to repair an instance whose
   * pairing code was not entered before the server restarted. It needs the global key, and the instance loses its webhooks,
   * settings and stored messages, so the adapter does not do it automatically. It is called when the user starts over. Without
   * it, starting over fails with `not-supported`.
   * @throws the errors of your function, as errors of `reset`
   */
  readonly recreateInstance?:
    | ((options: { readonly signal?: AbortSignal | undefined }) => Promise<void>)
    | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
}

const TIMING: ProviderTiming = {
  qrLifetimeMs: CODE_MS,
  // No limit is documented; the server responds from memory.
  qrIntervalMs: 2_000,
  qrMinIntervalMs: 2_000,
  // How soon a scan or a new pairing code is noticed.
  statusIntervalMs: 3_000,
  // The server makes a new one with each QR code, and WhatsApp accepts only the last one.
  pairingCodeLifetimeMs: CODE_MS,
  // The server delays the beginning of a pairing for two seconds, and a logout goes through WhatsApp.
  requestTimeoutMs: 20_000,
}

/** The server makes a pairing code at least a second after the QR code of the first response. */
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
  /** Used without a poller. */
  const ownMemory: PairingMemory = {}
  const pairingOf = (call: RequestOptions): EvolutionPairing =>
    evolutionPairing(server, call.memory ?? ownMemory, call)

  /** The instance issues no codes, and another `connect` does not help. */
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
      // The user requested this logout, and it ends both connections.
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
      // Begins with the number that the user will enter next, so that no logout is needed for it: 2.4 does not finish a link
      // after a logout.
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
      const found = await pairing.readState()
      if (typeof found !== 'string') return found
      return found === 'over' && pairing.isBroken ? broken() : { status: 'unlinked' }
    },
    async getQrCode(options) {
      const calledAt = Date.now()
      const pairing = pairingOf(options)
      const found = await pairing.readState()
      if (typeof found !== 'string') return found
      if (found === 'over') {
        if (pairing.isBroken) return broken()
        await pairing.begin()
      } else if (!pairing.isBusy && untilNextRead(pairing.code, Date.now()) <= 0) await pairing.read()
      const { code } = pairing
      if (!code) return { status: 'preparing' }
      // The poller counts the time from the call, which may take two seconds at the beginning of a pairing.
      return isValid(code) ? fromQrCode(code.qr, shownUntil(code) - calledAt) : { status: 'unlinked' }
    },
    async requestPairingCode(input, options) {
      // The server accepts any text, and would issue a code that no phone accepts.
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
        // A code without a pairing code is new, and on no screen yet.
        const waitMs = code?.pairing ? untilNextRead(code, Date.now()) : 0
        await pause(Math.max(CODE_PAUSE_MS, waitMs), options.signal)
        const state = await pairing.readState()
        if (typeof state !== 'string' && state.status === 'linked') return state
        if (state === 'over' && pairing.isBroken) return broken()
        if (sent === CODE_REQUESTS || (state === 'over' && !mayBegin))
          throw notYet('has made no pairing code')
        if (state === 'connecting') await pairing.read(phoneNumber)
        else if (state === 'over') {
          // With the first `connect`, 2.3.7 clears the leftovers of an earlier code.
          mayBegin = false
          await pairing.begin({ phoneNumber })
        }
      }
    },
    reset: (options) => startOver(pairingOf(options), options),
    unlink: (options) => pairingOf(options).logout(),
    // The server sends local time, but marks it with the `Z` of UTC.
    webhookSentAt: (body) => localWebhookTime(asRecord(body).date_time, Date.now()),
    readWebhook: (body) => readEvolutionEvent(body, instanceName),
  }
}

function isValid(code: EvolutionCode | undefined): code is EvolutionCode {
  return code !== undefined && Date.now() < shownUntil(code)
}
