import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import type { RequestOptions } from '../../core/provider.js'
import type { EvolutionListed } from './evolution-code.js'
import { isPage, type ProviderApi, providerError, unavailableError } from './provider-error.js'
import { createRequester, detail, type ProviderRequest, type ProviderResponse } from './request.js'

/** The provider's name in messages. */
export const NAME = 'Evolution API'

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
  /** Address or number of the linked phone. The server keeps it after a logout. */
  readonly owner?: unknown
  readonly profileName?: unknown
  readonly profilePicUrl?: unknown
}

/** The requests of the adapter. Other modules decide their meaning and when to send them. */
export interface EvolutionServer {
  /** `open`, `connecting` or `close`; `undefined` if the server has just started. */
  state(options: RequestOptions): Promise<unknown>
  /** The list entry of the instance; without fields if the request fails. */
  listed(options: RequestOptions): Promise<EvolutionEntry>
  /** The current codes. If the instance is closed, this opens a connection to WhatsApp. */
  connect(options: RequestOptions, phoneNumber?: string): Promise<Fields>
  /** Resolves even if nothing is connected. */
  logout(options: RequestOptions): Promise<void>
}

/** The requests to one instance of an Evolution API server. */
export function createEvolutionServer({
  baseUrl,
  apiKey,
  instanceName,
  ...requesterOptions
}: EvolutionServerOptions): EvolutionServer {
  const name = encodeURIComponent(instanceName)
  const request = createRequester(requesterOptions)
  const requestFor = (path: string, { signal }: RequestOptions): ProviderRequest => ({
    url: `${baseUrl}/instance/${path}`,
    headers: { apikey: apiKey },
    signal,
  })

  return {
    async state(options) {
      const response = await request(requestFor(`connectionState/${name}`, options))
      const { instanceName: listedName, state } = asRecord(asRecord(response.json).instance)
      if (!response.ok || !asText(listedName)) throw refusal(response)
      return state
    },
    async listed(options) {
      const sentAt = Date.now()
      const response = await detail(request, requestFor(`fetchInstances?instanceName=${name}`, options))
      const { json } = response ?? {}
      // Version 1 returns an object or a list, with the fields one level deeper.
      const instances: readonly unknown[] = Array.isArray(json)
        ? json
        : [{ instance: asRecord(json).instance }]
      const entries = instances.map((instance) => ({
        ...asRecord(instance),
        ...asRecord(asRecord(instance).instance),
      }))
      return entryOf(
        entries.map(asRecord).find((entry) => (entry.name ?? entry.instanceName) === instanceName) ?? {},
        response?.date,
        sentAt,
      )
    },
    async connect(options, phoneNumber) {
      const query = phoneNumber ? `?number=${phoneNumber}` : ''
      const response = await request(requestFor(`connect/${name}${query}`, options))
      const codes = asRecord(response.json)
      // Errors at the beginning of a pairing have HTTP 200.
      if (codes.error === true) throw unavailableError(API, response)
      if (!response.ok || response.json === undefined) throw refusal(response)
      return codes
    },
    async logout(options) {
      const response = await request({ ...requestFor(`logout/${name}`, options), method: 'DELETE' })
      const isClosed = response.status === 400 && /not connected/i.test(response.text)
      if ((!response.ok && !isClosed) || isPage(response)) throw refusal(response)
    },
  }
}

/** The error of an undocumented response. */
function refusal(response: ProviderResponse): PairingError {
  if (asRecord(response.json).code !== 'LICENSE_REQUIRED') return providerError(API, response)
  return new PairingError(
    'subscription-expired',
    `This ${NAME} server is not activated, so it refuses every request. Activate it in its manager.`,
  )
}

/**
 * @param date - The time of the server at its response, in whole seconds.
 * @param sentAt - When the request was sent, so that the duration of the response does not make a code look younger.
 */
function entryOf(entry: Fields, date: number | undefined, sentAt: number): EvolutionEntry {
  const { ownerJid, owner, number, connectionStatus, status, profileName, profilePicUrl, profilePictureUrl } =
    entry
  const updatedAt = asText(entry.updatedAt)
  const writtenAt = Date.parse(updatedAt ?? '')
  // Rounded up, so that a code is not shown after its expiry. If the server's clock uses local time, there is no age.
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
