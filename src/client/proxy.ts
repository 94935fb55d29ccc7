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
  /** The URL of `createPairingHandler`: `/api/pairing`, or a full URL. */
  readonly url: string
  /**
   * Distinguishes sessions if one URL serves several, for example one per tenant. It is not sent anywhere. @default the URL, with
   * a short hash of `authorization` if `headers` is an object, so that each pairing link is a separate session
   */
  readonly sessionId?: string | undefined
  /** Replaces the global `fetch`, for tests or as middleware. */
  readonly fetch?: typeof fetch | undefined
  /** Headers for your own sign-in, if a cookie is not enough: an object, or a function that is called for each request. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined
  /**
   * Whether to use the server's live events, so that a scan shows immediately. If they are blocked, the session polls.
   * @default true
   */
  readonly live?: boolean | undefined
}

/**
 * The browser side of `createPairingHandler`. Its requests go to your own server, which has the credentials. You may create it on
 * every render: a new object with the same URL is the same session.
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
  // In JavaScript, or with an unset variable, requests would go to the page itself.
  if (typeof url !== 'string' || url === '')
    throw new PairingError('invalid-options', 'proxy() needs "url": where createPairingHandler() is mounted.')
  const request = async (
    address: string,
    { headers: ours, ...init }: RequestInit & { readonly headers: Readonly<Record<string, string>> },
  ): Promise<Response> => {
    // `Headers` ignores case. Otherwise a `Content-Type` of the app would be sent in addition to ours.
    const sent = new Headers(typeof headers === 'function' ? await headers() : headers)
    // A page of another site cannot send this header. Over plain http the browser sends nothing else about the origin of a read.
    sent.set('x-requested-with', 'XMLHttpRequest')
    for (const [name, value] of Object.entries(ours)) sent.set(name, value)
    return (ownFetch ?? fetch)(address, { ...init, headers: sent })
  }
  /** The module that is not needed before the first code. If it does not load, the network is down. */
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
      // Read separately from parsing: an incomplete body is a network error or an abort.
      text = await response.text()
    } catch (error) {
      if (signal?.aborted) throw abortedError()
      if (PairingError.isInstance(error)) throw error
      throw requestFailure(error, url)
    }
    const body = parseJson(text)
    // A sign-in page responds with 200 too, but not with JSON.
    if (response.status === 200 && body !== undefined) return body
    // A sign-in page at another address responds with 200 too, and must not look like a wrong response of the handler.
    const status = response.ok && response.redirected ? 401 : response.status
    throw (await late()).responseError(status, body, response.headers.get('content-type'))
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
        // Loaded on demand. If it does not load, the page polls.
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

/** FNV-1a, 32 bits. It only distinguishes a few credentials of one browser, and does not reveal them. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36)
}

type Later = typeof import('../core/later.js').later

let later: Later | undefined

/** Loads the module that no session needs before its first QR code. */
export async function loadLater(): Promise<Later> {
  later ??= (await import('../core/later.js')).later
  return later
}
