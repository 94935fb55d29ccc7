import { abortedError, PairingError } from '../core/errors.js'
import { parseJson } from '../core/json.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming, RequestOptions } from '../core/provider.js'
import {
  ASK_PARAMETER,
  decodeSnapshot,
  METHOD_PARAMETER,
  type WireAction,
  type WireQuestion,
} from '../core/wire.js'
import { answeredError } from './answered-error.js'
import { requestFailure } from './request-failure.js'

/** Options of {@link proxy}. */
export interface ProxyOptions {
  /** Where the host mounted `createPairingHandler`: `/api/pairing`, or a full URL. */
  readonly url: string
  /**
   * Tells sessions apart where one URL serves several, one per tenant for example. Not sent anywhere.
   * @default the URL, with a short hash of `authorization` where `headers` is an object: each pairing link is a session of its own
   */
  readonly sessionId?: string | undefined
  /** Stands in for the global `fetch`: for tests, or as middleware. */
  readonly fetch?: typeof fetch | undefined
  /** Headers for the host's own sign-in, where a cookie does not do: an object, or a function called for each request. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined
  /**
   * Whether the server's live events are used, so that a scan shows at once. Where they do not come through, the session
   * asks again and again by itself.
   * @default true
   */
  readonly live?: boolean | undefined
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
 *
 * @throws {@link PairingError} `invalid-options` without a `url`
 */
export function proxy({
  url,
  fetch: ownFetch,
  headers,
  live = true,
  sessionId = defaultSessionId(url, headers),
}: ProxyOptions): PairingProvider {
  // From JavaScript, or of a variable that is not set: requests would go to the page itself.
  if (typeof url !== 'string' || url === '')
    throw new PairingError('invalid-options', 'proxy() needs "url": where createPairingHandler() is mounted.')
  const request = async (
    address: string,
    { headers: ours, ...init }: RequestInit & { readonly headers: Readonly<Record<string, string>> },
  ): Promise<Response> => {
    // Written in another case, a `Content-Type` of the host's would stand beside ours, and be joined to it.
    const sent = new Headers(typeof headers === 'function' ? await headers() : headers)
    for (const [name, value] of Object.entries(ours)) sent.set(name, value)
    return (ownFetch ?? fetch)(address, { ...init, headers: sent })
  }
  const send = async (
    address: string,
    { signal }: RequestOptions,
    init: RequestInit,
    expected: number,
  ): Promise<unknown> => {
    let response: Response
    let text: string
    try {
      const type = init.body ? { 'content-type': 'application/json' } : undefined
      const ours = { accept: 'application/json', ...type }
      response = await request(address, { ...init, signal: signal ?? null, headers: ours })
      // Apart from its parsing: a body that is cut off is the network's fault, or an abort.
      text = await response.text()
    } catch (error) {
      if (signal?.aborted) throw abortedError()
      if (PairingError.isInstance(error)) throw error
      throw requestFailure(error, url)
    }
    const body = parseJson(text)
    // A sign-in page answers 200 to a `reset` too: only the handler's own status says that it was done.
    if (response.status === expected && (body !== undefined || expected !== 200)) return body
    throw answeredError(response.status, body, response.headers.get('content-type'))
  }
  const addressOf = (question: WireQuestion): string =>
    `${url}${url.includes('?') ? '&' : '?'}${ASK_PARAMETER}=${question}`
  const read = async (question: WireQuestion, options: RequestOptions): Promise<PairingSnapshot> =>
    decodeSnapshot(await send(addressOf(question), options, { cache: 'no-store' }, 200))
  const change = (
    action: WireAction,
    options: RequestOptions,
    expected: number,
    phoneNumber?: string,
  ): Promise<unknown> =>
    send(url, options, { method: 'POST', body: JSON.stringify({ action, phoneNumber }) }, expected)
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
    ...(live &&
      ({
        subscribe(listener, { signal, method = 'qr', ...rest }) {
          const controller = new AbortController()
          const end = (): void => controller.abort()
          signal?.addEventListener('abort', end, { once: true })
          if (signal?.aborted) end()
          const address = `${addressOf('events')}&${METHOD_PARAMETER}=${method}`
          // Loaded when it is needed; a page that cannot load it asks again and again, as without it.
          import('./live-events.js').then(
            ({ watchEvents }) =>
              watchEvents({
                ...rest,
                listener,
                signal: controller.signal,
                open: (ours, streamSignal) =>
                  request(address, {
                    headers: { accept: 'text/event-stream', ...ours },
                    cache: 'no-store',
                    signal: streamSignal,
                  }),
              }),
            () => {},
          )
          return () => {
            signal?.removeEventListener('abort', end)
            end()
          }
        },
      } satisfies Pick<PairingProvider, 'subscribe'>)),
  }
}

function defaultSessionId(url: string, headers: ProxyOptions['headers']): string {
  if (typeof headers !== 'object') return url
  const name = Object.keys(headers).find((one) => one.toLowerCase() === 'authorization')
  const credentials = name === undefined ? undefined : headers[name]
  return credentials ? `${url}#${shortHash(credentials)}` : url
}

/** FNV-1a, 32 bits. It only has to tell a few credentials of one browser apart; nothing of them can be read from it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36)
}
