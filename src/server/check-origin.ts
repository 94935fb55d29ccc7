import { PairingError } from '../core/errors.js'
import { HandlerError, type Report } from './report.js'

/** Options of {@link createOriginCheck}. */
export interface OriginCheckOptions {
  readonly origin: string | undefined
  readonly trustProxy: boolean
  readonly allowedOrigins: readonly string[]
  readonly report: Report
}

/** A page of another origin sent the request. The response is `forbidden`, but the log has a separate code. */
export class CrossOriginError extends PairingError {}

/** Each pair of origins is reported once, up to this many. Otherwise a page of another site could flood the app's reports. */
const MAX_REPORTED_PAIRS = 100

// Without the origins, because the log contains no text of a request.
const LOG_ADVICE =
  'A page of another origin was refused with HTTP 403. onError got both origins. Set origin, trustProxy or allowedOrigins ' +
  'if the page is yours.'

const UNMARKED_ADVICE =
  'A request with the marks of a browser named neither its origin nor its site, so it was refused with HTTP 403: a page of ' +
  'another site could have caused it. proxy() sends "X-Requested-With"; send it too in requests of your own, such as those of ' +
  'curl or of a server that passes a cookie on.'

/** Schemes of `Authorization` whose credentials browsers attach automatically, like cookies. */
const AMBIENT_SCHEME = /^(?:basic|digest|negotiate|ntlm)\b/i

/** The longest host name has 253 characters. */
const MAX_ORIGIN_CHARACTERS = 300

/**
 * Refuses requests that a page of another site sends with the user's cookies. That page could not read the response, but a change
 * needs no response, and even a read makes the provider issue a code. Browsers send the origin or the site with a request, except
 * with a GET over plain http. There a header is required that a page of another site cannot send. Clients that are not browsers
 * need no header.
 *
 * The returned function throws {@link PairingError} `forbidden`.
 */
export function createOriginCheck(options: OriginCheckOptions): (request: Request) => void {
  const { allowedOrigins, report } = options
  const reported = new Set<string>()

  function reportOnce(pair: string, error: HandlerError): void {
    if (reported.has(pair) || reported.size >= MAX_REPORTED_PAIRS) return
    reported.add(pair)
    report(error, 'origin')
  }

  return (request) => {
    const { headers, method } = request
    const origin = headers.get('origin')
    if (origin !== null && allowedOrigins.includes(origin)) return
    // A page cannot set this header, so it is trusted even if a proxy has changed the host name.
    const site = headers.get('sec-fetch-site')
    if (site === 'same-origin') return
    const own = ownOrigins(request, options)
    // `none` is a request from the address bar, which only reads.
    const isUnmarked = site === null || (site === 'none' && method === 'GET')
    if (isUnmarked && origin !== null && own.includes(origin)) return
    if (isUnmarked && origin === null) {
      if (site === 'none' || !isForgeable(headers)) return
      reportOnce('', new HandlerError('forbidden', UNMARKED_ADVICE))
      throw new CrossOriginError('forbidden', 'The request may come from a page of another site.')
    }
    const [sender, receiver] = [printable(origin), own.join(' or ')]
    reportOnce(
      `${sender} ${receiver}`,
      new HandlerError('forbidden', adviceAbout(sender, receiver), LOG_ADVICE),
    )
    throw new CrossOriginError('forbidden', 'The request comes from a page of another origin.')
  }
}

/**
 * Whether a page of another site could have caused a request without an origin: a browser sent it, and it has no header that
 * would have needed a preflight request.
 */
function isForgeable(headers: Headers): boolean {
  const authorization = headers.get('authorization') ?? ''
  const isAmbient = AMBIENT_SCHEME.test(authorization)
  const isBrowser = isAmbient || headers.has('cookie') || /^mozilla\//i.test(headers.get('user-agent') ?? '')
  const isMarked =
    headers.has('x-requested-with') ||
    (authorization !== '' && !isAmbient) ||
    /^application\/json\b/i.test(headers.get('content-type') ?? '')
  return isBrowser && !isMarked
}

/** The origins under which a browser may see this handler. */
function ownOrigins(request: Request, { origin, trustProxy }: OriginCheckOptions): readonly string[] {
  if (origin !== undefined) return [origin]
  const url = new URL(request.url)
  if (!trustProxy) return [url.origin]
  const { headers } = request
  const forwarded = firstForwarded(headers.get('forwarded') ?? '')
  const scheme = forwarded.proto ?? firstOf(headers, 'x-forwarded-proto') ?? url.protocol.replace(':', '')
  const host = forwarded.host ?? firstOf(headers, 'x-forwarded-host') ?? url.host
  const port = firstOf(headers, 'x-forwarded-port')
  // Many proxies send the port in a separate header, and some send the port of an inner hop.
  const hosts =
    port !== undefined && /^\d{1,5}$/.test(port) && !/:\d+$/.test(host) ? [host, `${host}:${port}`] : [host]
  return hosts.flatMap((one) => originOf(`${scheme.toLowerCase()}://${one}`) ?? [])
}

/** The hop next to the browser comes first. */
function firstOf(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.split(',')[0]?.trim() || undefined
}

/** A pair of a hop, or the comma before the next hop. A quoted text may contain separators. */
const FORWARDED_PAIR = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))|,/g

/** The first hop is shorter. This limits the time that a malicious header can cost. */
const MAX_HOP_CHARACTERS = 1_000

/** `proto` and `host` of the first hop in a `Forwarded` header (RFC 7239). */
function firstForwarded(header: string): {
  readonly proto?: string | undefined
  readonly host?: string | undefined
} {
  const found: { proto?: string | undefined; host?: string | undefined } = {}
  for (const [pair, name = '', quoted, plain] of header
    .slice(0, MAX_HOP_CHARACTERS)
    .matchAll(FORWARDED_PAIR)) {
    if (pair === ',') break
    if (name.toLowerCase() === 'proto') found.proto = quoted ?? plain
    if (name.toLowerCase() === 'host') found.host = quoted ?? plain
  }
  return found
}

function originOf(text: string): string | undefined {
  try {
    const { origin, protocol, pathname, username, password, search, hash } = new URL(text)
    const isBare = pathname === '/' && `${username}${password}${search}${hash}` === ''
    return isBare && /^https?:$/.test(protocol) ? origin : undefined
  } catch {
    return undefined
  }
}

/**
 * An origin exactly as a browser sends it, such as `https://app.example:8443`. Apps in a WebView have schemes of their
 * own: `capacitor://localhost`.
 *
 * @throws {@link PairingError} `invalid-options` for any other spelling, which would never match
 */
export function checkedOrigin(value: unknown, option: string): string {
  const text = typeof value === 'string' ? value : ''
  const isWeb = /^https?:/i.test(text)
  if (
    isWeb
      ? originOf(text) === text && !text.includes('*')
      : /^[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+(?::\d+)?$/.test(text)
  )
    return text
  const suggestion = suggestedOrigin(text)
  throw new PairingError(
    'invalid-options',
    `${option} of createPairingHandler() has a value that no browser sends as its origin, so it would never match. Write ` +
      `scheme, host and port in lower case, without a path or a slash at the end${
        suggestion ? `: "${suggestion}"` : ', such as "https://app.example"'
      }. There is no wildcard.`,
  )
}

/**
 * A list of such origins.
 *
 * @throws {@link PairingError} `invalid-options`
 */
export function checkedOrigins(values: readonly string[]): readonly string[] {
  if (Array.isArray(values)) return values.map((one) => checkedOrigin(one, 'allowedOrigins'))
  throw new PairingError(
    'invalid-options',
    'allowedOrigins of createPairingHandler() must be a list of origins, such as ["https://app.example"].',
  )
}

/** Suggests the correct spelling of an origin with a path, in upper case or without its scheme. */
function suggestedOrigin(text: string): string | undefined {
  const isHost = /^(?:[\w-]+(?:\.[\w-]+)+|localhost)(?::\d+)?\/?$/i.test(text)
  try {
    const { origin } = new URL(isHost ? `${/^localhost/i.test(text) ? 'http' : 'https'}://${text}` : text)
    return origin === 'null' || origin.includes('*') ? undefined : origin
  } catch {
    return undefined
  }
}

/** An `Origin` header may contain anything. */
function printable(origin: string | null): string {
  if (origin === null) return 'an unnamed origin'
  return origin.length <= MAX_ORIGIN_CHARACTERS && /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/i.test(origin)
    ? origin
    : 'an origin without a name'
}

function adviceAbout(sender: string, own: string): string {
  return (
    `A request from ${sender} was refused with HTTP 403, because this handler runs at ${own || 'an address without a name'}. ` +
    `If that is your own page behind a proxy, set origin: '${
      sender.includes('://') ? sender : 'https://app.example'
    }', or trustProxy: true where the proxy sets X-Forwarded-Proto and X-Forwarded-Host itself. If it is another site of ` +
    'yours, add it to allowedOrigins.'
  )
}
