import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import type { RequestOptions } from '../../core/provider.js'
import { answerError, isPage, type ProviderApi, unavailableError } from './answer-error.js'
import type { EvolutionListed } from './evolution-code.js'
import { createRequester, detail, type ProviderAnswer, type ProviderRequest } from './request.js'

const NAME = 'Evolution API'

const API: ProviderApi = {
  name: NAME,
  isOwnForm: ({ json, status }) => asRecord(json).status === status,
  isSelfHosted: true,
}

type Fields = Readonly<Record<string, unknown>>

interface EvolutionServerOptions {
  readonly baseUrl: string
  readonly apiKey: string
  readonly instanceName: string
  readonly fetch: typeof fetch | undefined
  readonly timeoutMs: number
}

/** An entry of the list, of version 1 too. */
export interface EvolutionEntry extends EvolutionListed {
  /** Address or number of the linked phone. It stays after a logout. */
  readonly owner?: unknown
  readonly profileName?: unknown
  readonly profilePicUrl?: unknown
}

/** The requests that the adapter sends. What they mean, and when they may be sent, is not decided here. */
export interface EvolutionServer {
  /** `open`, `connecting` or `close`; nothing where the server has just started. */
  state(options: RequestOptions): Promise<unknown>
  /** What the list says of the instance; no fields where that fails. */
  listed(options: RequestOptions): Promise<EvolutionEntry>
  /** The codes of this moment. Where the instance is closed, this opens a connection to WhatsApp. */
  connect(options: RequestOptions, phoneNumber?: string): Promise<Fields>
  /** Resolves also where nothing is connected. */
  logout(options: RequestOptions): Promise<void>
}

/** An Evolution API server, as far as one instance is concerned. */
export function createEvolutionServer({
  baseUrl,
  apiKey,
  instanceName,
  ...requesterOptions
}: EvolutionServerOptions): EvolutionServer {
  const name = encodeURIComponent(instanceName)
  const request = createRequester(requesterOptions)
  const question = (path: string, { signal }: RequestOptions): ProviderRequest => ({
    url: `${baseUrl}/instance/${path}`,
    headers: { apikey: apiKey },
    signal,
  })

  return {
    async state(options) {
      const answer = await request(question(`connectionState/${name}`, options))
      const { instanceName: known, state } = asRecord(asRecord(answer.json).instance)
      if (!answer.ok || !asText(known)) throw refusal(answer)
      return state
    },
    async listed(options) {
      const sentAt = Date.now()
      const answer = await detail(request, question(`fetchInstances?instanceName=${name}`, options))
      const { json } = answer ?? {}
      // Version 1 gives an object, or a list of them, with the fields one level below.
      const instances: readonly unknown[] = Array.isArray(json)
        ? json
        : [{ instance: asRecord(json).instance }]
      const entries = instances.map((instance) => ({
        ...asRecord(instance),
        ...asRecord(asRecord(instance).instance),
      }))
      return entryOf(
        entries.map(asRecord).find((entry) => (entry.name ?? entry.instanceName) === instanceName) ?? {},
        answer?.date,
        sentAt,
      )
    },
    async connect(options, phoneNumber) {
      const query = phoneNumber ? `?number=${phoneNumber}` : ''
      const answer = await request(question(`connect/${name}${query}`, options))
      const codes = asRecord(answer.json)
      // What went wrong in a beginning has HTTP 200.
      if (codes.error === true) throw unavailableError(API, answer)
      if (!answer.ok || answer.json === undefined) throw refusal(answer)
      return codes
    },
    async logout(options) {
      const answer = await request({ ...question(`logout/${name}`, options), method: 'DELETE' })
      const isClosed = answer.status === 400 && /not connected/i.test(answer.text)
      if ((!answer.ok && !isClosed) || isPage(answer)) throw refusal(answer)
    },
  }
}

/** The error of a response that is none of the documented ones. */
function refusal(answer: ProviderAnswer): PairingError {
  if (asRecord(answer.json).code !== 'LICENSE_REQUIRED') return answerError(API, answer)
  return new PairingError(
    'subscription-expired',
    `This ${NAME} server is not activated, so it refuses every request. Activate it in its manager.`,
  )
}

/**
 * @param date - The time of the server at its response, in whole seconds.
 * @param sentAt - When the request was sent: a code must not become younger by the time that the response takes.
 */
function entryOf(entry: Fields, date: number | undefined, sentAt: number): EvolutionEntry {
  const { ownerJid, owner, number, connectionStatus, status, profileName, profilePicUrl, profilePictureUrl } =
    entry
  const updatedAt = asText(entry.updatedAt)
  const writtenAt = Date.parse(updatedAt ?? '')
  // Rounded up, so that a code is not shown for longer than it lives. A server with a clock of its own zone gives no age.
  const ageMs = date === undefined ? Number.NaN : date + 1_000 - writtenAt
  return {
    connectionStatus: connectionStatus ?? status,
    owner: asText(ownerJid) ?? asText(owner) ?? number,
    profileName,
    profilePicUrl: profilePicUrl ?? profilePictureUrl,
    ...(updatedAt && { updatedAt }),
    ...(ageMs >= 0 && { listedAt: sentAt - ageMs, listedBefore: Date.now() - ageMs + 1_000 }),
  }
}
