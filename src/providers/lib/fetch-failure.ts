import { PairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'

/** The parts of a request that the text of an error may contain. */
export interface SentRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** Errors for bugs, which the network never causes. */
const PROGRAM_ERRORS = /^(?:Reference|Syntax|Range|Eval|URI|Assertion)Error$/

/** The same by code: a module that cannot be loaded, an invalid argument, an agent of another undici version. */
const PROGRAM_CODES =
  /^(?:MODULE_NOT_FOUND|UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED)|ERR_(?:REQUIRE|MODULE|PACKAGE|IMPORT|LOADER|VM|UNKNOWN|UNSUPPORTED|INVALID|ILLEGAL|MISSING|METHOD_NOT_IMPLEMENTED|OUT_OF_RANGE|ASSERTION|INTERNAL_ASSERTION|DLOPEN|BODY|FORMDATA|CONSTRUCT)\w*)$/

/**
 * Texts for bugs in V8, SpiderMonkey, JavaScriptCore and `fetch`. By the standard, every other `TypeError` of `fetch` is a
 * network error; some browsers translate its text.
 */
const PROGRAM_TEXTS = [
  /\bis(?: not|n't) (?:a function|a constructor|defined|iterable|an object|callable|supported|a valid|valid|implemented|extensible|async iterable)/,
  /^(?:Cannot|can't|Can't) (?:read|set|access|destructure|convert|assign|call|delete|define|redefine|add|use|mix|construct|find)\b/,
  /\bis (?:undefined|null|unusable|locked|read-only)\b/,
  /\b(?:unusable|disturbed|already (?:been )?(?:read|used|consumed))\b/,
  /^(?:Failed to (?:parse|construct|execute)|Invalid (?:URL|URI|name|value|header|argument|character|array|state|regular|time|onRequestStart|on\w+ method)|Illegal |Converting circular|Class constructor|Assignment to constant|Request cannot be)/,
  /\bmust be (?:an?|of type|one of|provided)\b|\bprivate (?:field|member)|^(?:bad port|unknown scheme)$/,
]

/** Names of errors that mean "no response", in `fetch`, its mocks and the DOM. */
const NETWORK_ERRORS =
  /^(?:TypeError|AbortError|TimeoutError|NetworkError|FetchError|SocketError|ConnectionRefused)$/

/** Texts of mocks of `fetch` and of agents, which throw plain errors without a code. */
const NETWORK_WORDS =
  /\b(?:network|socket|connect(?:ion|ing)?|proxy|tunnel\w*|unreachable|offline|hang up|time(?:d )?out|premature close|getaddrinfo|econn\w+)\b/i

/** Codes of systems and runtimes that may be shown. Other texts could contain a secret. */
const KNOWN_CODES =
  /^(?:E[A-Z]{3,15}|(?:UND_ERR|ERR|HPE|CERT|UNABLE|SELF_SIGNED|DEPTH_ZERO)_[A-Z_]{2,40}|Connection[A-Z]\w+|FailedToOpenSocket|MODULE_NOT_FOUND)$/

const MAX_DEPTH = 4

/**
 * Turns an exception of `fetch` into an error. A network error is `network` or `timeout`, and is temporary. A bug is permanent: a
 * `Request` that the test environment lacks, a module that cannot be loaded, a mock server that throws. It becomes `unknown`,
 * with a `cause` that has the class, the code, the stack and, if it is from JavaScript itself, the text. Other exceptions may
 * repeat the request or the provider's body, so their text is removed.
 */
export function fetchFailure(error: unknown, request: SentRequest): PairingError {
  const chain = chainOf(error)
  const programmingError = chain.find(isProgrammingError)
  if (!programmingError && chain.some(isNetwork)) {
    const code = chain.map(codeOf).find((found) => found !== undefined)
    if (chain[0] && nameOf(chain[0]) === 'TimeoutError') return timeout()
    return new PairingError(
      'network',
      `The provider could not be reached${code ? ` (${code})` : ''}, so no code can be had. ` +
        'Check the network and the base URL.',
    )
  }
  return new PairingError(
    'unknown',
    'fetch failed with an exception that is no network error, so no request was answered. Look at the cause: a global ' +
      'that the runtime lacks, the "fetch" option, or a mock server.',
    { cause: safeCopy(programmingError ?? error, request) },
  )
}

/** Whether a runtime refuses the option `cache` of `fetch`: "The 'cache' field on 'RequestInitializerDict' is not implemented." */
export function isCacheRefused(error: unknown): boolean {
  return chainOf(error).some((one) => /\bcache\b(?! miss)/i.test(messageOf(one)))
}

export function timeout(): PairingError {
  return new PairingError(
    'timeout',
    'The provider did not answer in time, so the state is unknown. Try again.',
  )
}

function chainOf(error: unknown, depth = 0): readonly unknown[] {
  const { cause } = asRecord(error)
  return depth >= MAX_DEPTH || cause === undefined ? [error] : [error, ...chainOf(cause, depth + 1)]
}

/** By name and not by class: under Jest and jsdom the classes are those of another realm. */
function nameOf(error: unknown): string {
  const { name } = asRecord(error)
  return typeof name === 'string' ? name : ''
}

function messageOf(error: unknown): string {
  const { message } = asRecord(error)
  return typeof message === 'string' ? message : ''
}

function rawCodeOf(error: unknown): string {
  const { code } = asRecord(error)
  return typeof code === 'string' ? code : ''
}

function codeOf(error: unknown): string | undefined {
  const code = rawCodeOf(error)
  return KNOWN_CODES.test(code) ? code : undefined
}

/** Whether JavaScript itself wrote the text of this error. `JSON.parse` does so too, but repeats what it read. */
function isProgrammingError(error: unknown): boolean {
  if (PROGRAM_ERRORS.test(nameOf(error)) || PROGRAM_CODES.test(rawCodeOf(error))) return true
  const message = messageOf(error)
  return /^(?:Type)?Error$/.test(nameOf(error)) && PROGRAM_TEXTS.some((text) => text.test(message))
}

function isNetwork(error: unknown): boolean {
  return NETWORK_ERRORS.test(nameOf(error)) || rawCodeOf(error) !== '' || NETWORK_WORDS.test(messageOf(error))
}

/** A copy that may be printed: a `PairingError` with the name of the class, without fields or a word of the request. */
function safeCopy(error: unknown, request: SentRequest): PairingError {
  const name = /^[A-Z]\w{1,40}$/.test(nameOf(error)) ? nameOf(error) : 'Error'
  const isOwnText = isProgrammingError(error) && name !== 'SyntaxError' && name !== 'AssertionError'
  const text = isOwnText
    ? withoutRequest(messageOf(error), request)
    : 'Its text is left out, for it may hold a secret.'
  const code = codeOf(error)
  const copy = new PairingError('unknown', code === undefined ? text : `${text} (${code})`)
  copy.name = name
  const { stack } = asRecord(error)
  const frames = typeof stack === 'string' ? stack.split('\n').filter(isFrame) : []
  copy.stack = [`${name}: ${copy.message}`, ...frames].join('\n')
  return copy
}

/** A line of a stack of V8 (`    at name (file:1:2)`) or of other engines (`name@file:1:2`), and not of a message. */
function isFrame(line: string): boolean {
  return /^ {4}at (?:[\w.$<>#[\] ]+ )?\(?(?:file:\/\/|node:|\/|[A-Za-z]:\\|https?:\/\/|<)[^?]*:\d+:\d+\)?$|^[\w.$/<>]*@[^?]*:\d+:\d+$/.test(
    line,
  )
}

function withoutRequest(message: string, { url, headers = {}, body }: SentRequest): string {
  const texts = [
    ...url.split(/[/?&=#]/),
    ...Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;=]/)]),
    ...leavesOf(body),
  ].flatMap((text) => [text, decoded(text)])
  // The longest first, because one may be part of another. Short texts are not secrets, and occur in ordinary words.
  const secrets = [...new Set(texts)].filter(({ length }) => length > 3).sort((a, b) => b.length - a.length)
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), message)
  return hidden.replaceAll(/\b[a-z][a-z+.-]*:\/\/\S+/gi, '…').slice(0, 500)
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf)
  return value === undefined || value === null ? [] : [String(value)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
