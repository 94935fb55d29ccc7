import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import type { PhoneNumber } from '../../core/phone-number.js'
import type { RequestOptions } from '../../core/provider.js'
import { answerError, isPage, unavailableError } from './answer-error.js'
import { createRequester, detail, type ProviderAnswer, type ProviderRequest } from './request.js'

const NAME = 'Evolution API'

type Fields = Readonly<Record<string, unknown>>

interface EvolutionServerOptions {
  readonly baseUrl: string
  readonly apiKey: string
  readonly instanceName: string
  readonly fetch: typeof fetch | undefined
  readonly timeoutMs: number
}

/** The requests that the adapter sends. What they mean, and when they may be sent, is not decided here. */
interface EvolutionServer {
  /** `open`, `connecting` or `close`; nothing where the server has just started. */
  state(options: RequestOptions): Promise<unknown>
  /** What the list says of the instance; no fields where that fails. */
  details(options: RequestOptions): Promise<Fields>
  /** The codes of this moment. Where the instance is closed, this opens a connection to WhatsApp. */
  connect(options: RequestOptions, phoneNumber?: PhoneNumber): Promise<Fields>
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
    async details(options) {
      const answer = await detail(request, question(`fetchInstances?instanceName=${name}`, options))
      const instances: unknown[] = Array.isArray(answer?.json) ? answer.json : []
      return instances.map(asRecord).find((instance) => instance.name === instanceName) ?? {}
    },
    async connect(options, phoneNumber) {
      const query = phoneNumber ? `?number=${phoneNumber}` : ''
      const answer = await request(question(`connect/${name}${query}`, options))
      const codes = asRecord(answer.json)
      // What went wrong in a beginning has HTTP 200.
      if (codes.error === true) throw unavailableError(NAME, answer)
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

/** The error of an answer that is none of the documented ones. */
function refusal(answer: ProviderAnswer): PairingError {
  if (asRecord(answer.json).code !== 'LICENSE_REQUIRED') return answerError(NAME, answer)
  return new PairingError(
    'subscription-expired',
    `This ${NAME} server is not activated, so it refuses every request. Activate it in its manager.`,
  )
}
