import fc from 'fast-check'
import { parseJson } from '../../src/core/json.js'
import { type CallName, calls, outcomeOf } from '../../src/testing/provider-rules/calls.js'
import { setUpProvider, statesOf } from '../../src/testing/provider-rules/set-up-provider.js'
import { anyText } from '../any-text.js'
import { hostilePictures, hostileTexts, hostileValues } from '../hostile-content.js'
import type { FuzzedAdapter } from './fuzzed-adapters.js'

/** The response to one request. */
export interface FuzzedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
  /** The network error: no server responds, or the body breaks off. */
  readonly fault?: 'no-network' | 'breaks-off' | undefined
}

export function answerOf(body: string, status = 200): FuzzedAnswer {
  return { status, headers: {}, body }
}

/** The responses to the requests of one call, in order. */
export type Conversation = readonly FuzzedAnswer[]

/** Records the normal responses to a call, in each situation and each variant. */
export async function recordConversations(
  { make, mockServers }: FuzzedAdapter,
  call: CallName,
): Promise<readonly Conversation[]> {
  const conversations = new Map<string, Conversation>()
  for (const mockServer of mockServers) {
    const options = { create: ({ fetch }: { fetch: typeof globalThis.fetch }) => make({ fetch }), mockServer }
    for (const state of statesOf(options)) {
      const { provider, server } = setUpProvider(options, state)
      const { respond } = server
      const conversation: FuzzedAnswer[] = []
      server.respond = async (request, signal) => {
        const response = await respond(request, signal)
        const headers = { 'content-type': response.headers.get('content-type') ?? '' }
        conversation.push({ status: response.status, headers, body: await response.clone().text() })
        return response
      }
      await outcomeOf(() => calls[call](provider, {}))
      conversations.set(JSON.stringify(conversation), conversation)
    }
  }
  return [...conversations.values()]
}

/** Texts of any kind: injections, pictures, texts that the adapter knows, and noise. */
export const textsFor = (words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...hostileTexts) },
    { weight: 4, arbitrary: fc.constantFrom(...hostilePictures) },
    { weight: 4, arbitrary: fc.constantFrom(...words) },
    // Known words among others, because patterns match them anywhere in a text.
    { weight: 1, arbitrary: fc.tuple(pick(hostileTexts), pick(words)).map((texts) => texts.join(' ')) },
    { weight: 1, arbitrary: anyText({ maxLength: 40, size: 'max' }) },
    { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'AQgw05+/'), maxLength: 30, size: 'max' }) },
  )

/** Values of any kind. */
const valuesFor = (words: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: textsFor(words) },
    { weight: 2, arbitrary: fc.constantFrom(...hostileValues) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  )

/** A JSON value in which some fields are changed, missing, moved or added. */
export function changedJson(value: unknown, words: readonly string[]): fc.Arbitrary<unknown> {
  const change = fc.record({
    place: fc.nat(),
    kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'wrap', 'add', 'rename', 'cut', 'cut'),
    length: fc.nat({ max: 30 }),
    other: valuesFor(words),
    key: fc.constantFrom('__proto__', 'constructor', 'then', 'toJSON', 'data', 'error', 'message'),
  })
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce(changed, value))
}

interface JsonChange {
  /** Counts the places from the top; an index beyond the last place wraps around. */
  readonly place: number
  readonly kind: string
  /** The length of the part that is cut. */
  readonly length: number
  readonly other: unknown
  readonly key: string
}

function changed(value: unknown, { place, kind, length, other, key }: JsonChange): unknown {
  const paths = pathsIn(value)
  const path = paths[place % paths.length] ?? []
  return changedAt(value, path, (field) => {
    switch (kind) {
      case 'remove':
        return undefined
      case 'wrap':
        return place % 2 ? [field] : { data: field }
      case 'add':
        return withField(field, key, other)
      case 'cut':
        return typeof field === 'string' ? field.slice(0, length) : other
      case 'rename':
        return { [key]: field }
      default:
        return other
    }
  })
}

type Path = readonly string[]

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, field]) => pathsIn(field, [...path, key]))]
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (field: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  return withField(value, key, changedAt(Reflect.get(Object(value), key), rest, change))
}

/** Uses entries instead of assignment, because `__proto__` is a key like any other in JSON. */
function withField(holder: unknown, key: string, value: unknown): unknown {
  if (!Array.isArray(holder)) return Object.fromEntries([...Object.entries(Object(holder)), [key, value]])
  return Number(key) in holder ? holder.with(Number(key), value) : [...holder, value]
}

const STATUSES = [
  ...[200, 200, 201, 202, 204, 206, 299, 300, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 408, 409],
  ...[410, 415, 418, 422, 425, 429, 451, 466, 499, 500, 501, 502, 503, 504, 520, 599],
]

const TYPES = [
  ...['', 'application/json', 'text/html; charset=utf-8', 'TEXT/HTML', 'text/plain', 'image/png'],
  ...['image/svg+xml', 'application/octet-stream', 'application/problem+json', 'nonsense', ';;'],
]

const WAITS = [
  ...['0', '1', '-1', '1e9', '9'.repeat(30), '1.5', '', 'soon', 'Wed, 21 Oct 2099 07:28:00 GMT'],
  ...['Wed, 21 Oct 1999 07:28:00 GMT', '0x10', 'Infinity'],
]

/** Returns a response of a provider with a fault in it, or a completely different one. */
function spoilt(answer: FuzzedAnswer, words: readonly string[]): fc.Arbitrary<FuzzedAnswer> {
  const json = parseJson(String(answer.body))
  const text = String(answer.body)
  const body = fc.oneof(
    { weight: 12, arbitrary: changedJson(json, words).map((value) => JSON.stringify(value) ?? '') },
    { weight: 2, arbitrary: fc.nat({ max: text.length }).map((length) => text.slice(0, length)) },
    { weight: 2, arbitrary: valuesFor(words).map((value) => JSON.stringify(value) ?? '') },
    { weight: 2, arbitrary: textsFor(words) },
    { weight: 1, arbitrary: textsFor(words).map((added) => text + added) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 60, size: 'max' }).map((bytes) => new Uint8Array(bytes)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...hostilePictures).map(bytesOf) },
    { weight: 1, arbitrary: fc.constant(text) },
  )
  return fc.record({
    status: fc.oneof({ weight: 3, arbitrary: fc.constant(answer.status) }, fc.constantFrom(...STATUSES)),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant(answer.headers) },
      fc.record({ 'content-type': pick(TYPES), 'retry-after': pick(WAITS), location: pick(TYPES) }),
    ),
    body,
    fault: fc.oneof(
      { weight: 30, arbitrary: fc.constant(undefined) },
      fc.constantFrom('no-network' as const, 'breaks-off' as const),
    ),
  })
}

/** A conversation with one faulty response; all others are normal. */
export function spoiltConversation(
  conversations: readonly Conversation[],
  words: readonly string[],
): fc.Arbitrary<Conversation> {
  const places = conversations.flatMap((conversation) => conversation.map((_, at) => ({ conversation, at })))
  const arbitraries = places.flatMap(({ conversation, at }) => {
    const answer = conversation[at]
    return answer ? [spoilt(answer, words).map((other) => conversation.with(at, other))] : []
  })
  return fc.oneof(...arbitraries)
}

/** Returns the responses of a call in order and repeats the last one; throws the errors of a careless `fetch`. */
export function fetchOf(conversation: Conversation): typeof fetch {
  let asked = 0
  return async (input, init) => {
    const answer = conversation[asked] ?? conversation.at(-1)
    asked += 1
    const words = () => `${String(input)} ${JSON.stringify(init?.headers)}`
    if (!answer || answer.fault === 'no-network')
      throw new TypeError(`fetch failed: ${words()}`, { cause: words() })
    const { status, headers, body, fault } = answer
    if (fault === 'breaks-off') return new Response(breaking(words()), { status: 200, headers })
    return new ReadResponse(body, { status, headers })
  }
}

/** Keeps its body in memory: a stream for each of so many responses would take most of the time. */
class ReadResponse extends Response {
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(body: FuzzedAnswer['body'], init: ResponseInit) {
    super(null, init)
    this.#bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer
  }
}

function breaking(reason: string): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(new TypeError(reason)) })
}

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

function pick(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts)
}
