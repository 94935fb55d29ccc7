import { isPairingErrorCode, PairingError } from '../core/errors.js'
import { asAmount, asRecord, parseJson } from '../core/json.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import { ASK_PARAMETER, decodeSnapshot, type WireAction, type WireQuestion } from '../core/wire.js'

/** Options of {@link proxy}. */
export interface ProxyOptions {
  /** Where the host mounted `createPairingHandler`: `/api/pairing`, or a full URL. */
  readonly url: string
  /**
   * Tells sessions apart where one URL serves several, one per tenant for example. Not sent anywhere.
   * @default the URL
   */
  readonly sessionId?: string | undefined
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
  /** Headers for the host's own sign-in, where a cookie does not do: an object, or a function called for each request. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined
}

/** Until the first answer brings the timing of the provider behind the server. */
const TIMING_BEFORE_FIRST_ANSWER: ProviderTiming = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 2_000,
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: 160_000,
  requestTimeoutMs: 60_000,
}

/**
 * The browser side of `createPairingHandler`: a provider whose requests go to the host's own server, where the
 * credentials are. May be written inline; a new object with the same URL is the same provider.
 */
export function proxy({ url, sessionId = url, fetch: ownFetch, headers }: ProxyOptions): PairingProvider {
  const send = async (address: string, init: RequestInit, expected = 200): Promise<unknown> => {
    let response: Response
    let text: string
    try {
      // Written in another case, a `Content-Type` of the host's would stand beside ours, and be joined to it.
      const sent = new Headers(typeof headers === 'function' ? await headers() : headers)
      sent.set('accept', 'application/json')
      if (init.body) sent.set('content-type', 'application/json')
      response = await (ownFetch ?? fetch)(address, { ...init, headers: sent })
      // Apart from its parsing: a body that is cut off is the network's fault, or an abort.
      text = await response.text()
    } catch (error) {
      if (init.signal?.aborted)
        throw new PairingError('aborted', 'The request was given up because nobody waits for it any more.')
      if (PairingError.isInstance(error)) throw error
      throw new PairingError(
        'network',
        'The pairing URL could not be reached, so no code can be had. Check the connection and try again.',
      )
    }
    const body = parseJson(text)
    // A sign-in page answers 200 to a `reset` too: only the handler's own status says that it was done.
    if (response.status === expected) return body
    throw answeredError(response.status, body)
  }
  const read = async (question: WireQuestion, { signal }: RequestOptions): Promise<PairingSnapshot> => {
    const address = `${url}${url.includes('?') ? '&' : '?'}${ASK_PARAMETER}=${question}`
    return decodeSnapshot(await send(address, { signal: signal ?? null, cache: 'no-store' }))
  }
  const change = (
    action: WireAction,
    { signal }: RequestOptions,
    expected: number,
    phoneNumber?: string,
  ): Promise<unknown> => {
    const body = JSON.stringify({ action, phoneNumber })
    return send(url, { method: 'POST', body, signal: signal ?? null }, expected)
  }
  return {
    id: 'proxy',
    sessionId,
    timing: TIMING_BEFORE_FIRST_ANSWER,
    methods: [],
    getStatus: (options) => read('status', options),
    getQrCode: (options) => read('qr-code', options),
    requestPairingCode: async (phoneNumber, options) =>
      decodeSnapshot(await change('request-pairing-code', options, 200, phoneNumber)),
    reset: async (options) => void (await change('reset', options, 204)),
    unlink: async (options) => void (await change('unlink', options, 204)),
  }
}

function answeredError(status: number, body: unknown): PairingError {
  const { code, retryAfterMs } = asRecord(body)
  // Many a gateway words its 401 as `unauthorized`, which for us is the provider refusing the host's own key.
  if (status !== 401 && isPairingErrorCode(code)) {
    return new PairingError(code, `The pairing server answered "${code}".`, {
      retryAfterMs: asAmount(retryAfterMs),
    })
  }
  // Not from our handler: a gateway, a sign-in page, a wrong path.
  if (status === 401 || status === 403)
    return new PairingError('sign-in-required', 'The pairing URL wants a sign-in. Sign in again.')
  if (status === 429)
    return new PairingError('rate-limited', 'The pairing URL was asked too often. Wait before asking again.')
  if (status >= 500)
    return new PairingError('provider-unavailable', 'The pairing URL is not available now. Try again.')
  return new PairingError(
    'invalid-answer',
    `The pairing URL answered with HTTP ${status}. Check that the server handler is mounted there.`,
  )
}
