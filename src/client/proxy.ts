import type { PairingConnection, PairingProxy, PairingRead } from '../core/connection.js'
import { abortedError, PairingError } from '../core/errors.js'
import { parseJson } from '../core/json.js'
import type { RequestOptions } from '../core/provider.js'
import {
  decodePlainUpdate,
  EVENTS_PARAMETER,
  HAS_PARAMETER,
  hasDetails,
  METHOD_PARAMETER,
  type PairingUpdate,
  WANT_PARAMETER,
} from '../core/update.js'
import { requestFailure } from './request-failure.js'

/** Options of {@link proxy}. */
export interface ProxyOptions {
  /** Where the host mounted `createPairingHandler`: `/api/pairing`, or a full URL. */
  readonly url: string
  /**
   * Distinguishes sessions where one URL serves several, for example one per tenant. It is not sent anywhere.
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
   * Whether the server's live events are used, so that a scan shows at once. Where they do not come through, the
   * session polls.
   * @default true
   */
  readonly live?: boolean | undefined
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
}: ProxyOptions): PairingProxy {
  // From JavaScript, or of a variable that is not set: requests would go to the page itself.
  if (typeof url !== 'string' || url === '')
    throw new PairingError('invalid-options', 'proxy() needs "url": where createPairingHandler() is mounted.')
  const request = async (
    address: string,
    { headers: ours, ...init }: RequestInit & { readonly headers: Readonly<Record<string, string>> },
  ): Promise<Response> => {
    // Written in another case, a `Content-Type` of the host's would stand beside ours, and be joined to it.
    const sent = new Headers(typeof headers === 'function' ? await headers() : headers)
    // A page of another site cannot send it: over plain http a browser says nothing else about where a read comes from.
    sent.set('x-requested-with', 'XMLHttpRequest')
    for (const [name, value] of Object.entries(ours)) sent.set(name, value)
    return (ownFetch ?? fetch)(address, { ...init, headers: sent })
  }
  /** What is not needed before the first code. A page that cannot load it has no network either. */
  const late = (): Promise<Later> =>
    loadLater().catch((error: unknown) => {
      throw requestFailure(error, url)
    })
  const send = async (address: string, { signal }: RequestOptions, init: RequestInit): Promise<unknown> => {
    let response: Response
    let text: string
    try {
      const type = init.body ? { 'content-type': 'application/json' } : undefined
      const ours = { accept: 'application/json', ...type }
      response = await request(address, { ...init, cache: 'no-store', signal: signal ?? null, headers: ours })
      // Apart from its parsing: a body that is cut off is the network's fault, or an abort.
      text = await response.text()
    } catch (error) {
      if (signal?.aborted) throw abortedError()
      if (PairingError.isInstance(error)) throw error
      throw requestFailure(error, url)
    }
    const body = parseJson(text)
    // A sign-in page responds with 200 too, but not with JSON.
    if (response.status === 200 && body !== undefined) return body
    // Otherwise a sign-in page at another address, which responds with 200 as well, would be a wrong response of the handler.
    const status = response.ok && response.redirected ? 401 : response.status
    throw (await late()).answeredError(status, body, response.headers.get('content-type'))
  }
  const decode = async (body: unknown): Promise<PairingUpdate> => {
    if (!hasDetails(body)) return decodePlainUpdate(body)
    return (await late()).decodeUpdate(body)
  }
  const addressOf = (parameters: Readonly<Record<string, string | undefined>>): string => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
    return `${url}${url.includes('?') ? '&' : '?'}${query}`
  }
  const post = (body: object, options: RequestOptions): Promise<unknown> =>
    send(url, options, { method: 'POST', body: JSON.stringify(body) })
  const connection: PairingConnection = {
    read: ({ want, method, has, ...options }: PairingRead) =>
      send(
        addressOf({ [WANT_PARAMETER]: want, [METHOD_PARAMETER]: method, [HAS_PARAMETER]: has }),
        options,
        {},
      ).then(decode),
    act: (action, { method, phoneNumber, ...options }) =>
      post({ action, method, phoneNumber }, options).then(decode),
    passkey: async (action, body, options) => {
      const reply = await post({ action, ...body }, options)
      return (await late()).decodePasskeyReply(reply)
    },
    ...(live && {
      subscribe(listener, { method, has, onGap }) {
        const controller = new AbortController()
        // Loaded when it is needed; a page that cannot load it reads, as without it.
        import('./live-events.js').then(
          ({ watchEvents }) =>
            watchEvents({
              listener,
              onGap,
              signal: controller.signal,
              open: (signal) =>
                request(
                  addressOf({ [EVENTS_PARAMETER]: '', [METHOD_PARAMETER]: method, [HAS_PARAMETER]: has() }),
                  {
                    headers: { accept: 'text/event-stream' },
                    cache: 'no-store',
                    signal,
                  },
                ),
            }),
          () => {},
        )
        return () => controller.abort()
      },
    }),
  }
  return { id: 'proxy', sessionId, connection }
}

function defaultSessionId(url: string, headers: ProxyOptions['headers']): string {
  if (typeof headers !== 'object') return url
  const name = Object.keys(headers).find((one) => one.toLowerCase() === 'authorization')
  const credentials = name === undefined ? undefined : headers[name]
  return credentials ? `${url}#${shortHash(credentials)}` : url
}

/** FNV-1a, 32 bits. It only distinguishes a few credentials of one browser; nothing of them can be read from it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36)
}

type Later = typeof import('../core/later.js').later

let later: Later | undefined

/** What no session needs before its first QR code: at once, where it has loaded. */
export async function loadLater(): Promise<Later> {
  later ??= (await import('../core/later.js')).later
  return later
}
