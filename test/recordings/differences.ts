import type { Exchange, Json, Recording, Webhook } from './recording.js'
import { isObject, type MockExchange, type Transcript } from './replay.js'

/** How a mock server is compared with a recording. */
export interface Comparison {
  /**
   * The allowed difference in time, earlier or later, and in the duration of a response. The recording
   * machine was busy: see the README of the recordings.
   */
  readonly toleranceMs: number
  /** Fields that are not compared: ids, tokens, dates, pictures and settings. */
  readonly ignoredFields: ReadonlySet<string>
  /** Fields that contain a code. Two of them must be equal exactly if the recorded ones are equal. */
  readonly codeFields: ReadonlySet<string>
  /** Lines that are not compared, with the reason for each. */
  readonly except?: Readonly<Record<number, string>>
  /** Skips the comparison of webhooks. Otherwise none may be missing, late or extra. */
  readonly ignoresWebhooks?: boolean
  /** Skips the comparison of WhatsApp's events. */
  readonly ignoresWhatsApp?: boolean
}

/**
 * Lists where a mock server differs from the recorded server. An empty list means that there is no
 * difference.
 */
export function differences(
  recording: Recording,
  transcript: Transcript,
  comparison: Comparison,
): readonly string[] {
  const { toleranceMs, except = {} } = comparison
  const words = createWords(comparison)
  const { entries } = recording
  const found: string[] = []

  for (const exchange of transcript.exchanges) {
    if (exchange.recorded.isPoll || except[exchange.recorded.line] !== undefined) continue
    found.push(...differencesOfExchange(exchange, words, toleranceMs))
  }
  found.push(...differencesOfPolls(transcript.exchanges, words, comparison))

  if (!comparison.ignoresWebhooks) {
    const recorded = entries
      .filter((entry): entry is Webhook => entry.kind === 'webhook' && except[entry.line] === undefined)
      .map(({ t, line, body }) => ({ t, line, word: words.of(body, 'recorded') }))
    const mine = transcript.webhooks.map(({ t, body }) => ({ t, word: words.of(body, 'mock') }))
    found.push(...differencesOfEvents('webhook', recorded, mine, toleranceMs))
  }
  if (!comparison.ignoresWhatsApp) {
    const recorded = entries.flatMap((entry) =>
      entry.kind === 'whatsapp' && except[entry.line] === undefined
        ? [{ t: entry.t, line: entry.line, word: entry.event }]
        : [],
    )
    const mine = transcript.whatsapp.map(({ t, event }) => ({ t, word: event }))
    found.push(...differencesOfEvents('WhatsApp', recorded, mine, toleranceMs))
  }
  return found
}

function differencesOfExchange(exchange: MockExchange, words: Words, toleranceMs: number): readonly string[] {
  const { recorded, ms, status, body } = exchange
  const title = `line ${recorded.line} (${recorded.t} ms) ${recorded.request.method} ${recorded.request.path}`
  const found: string[] = []
  if (status !== recorded.status) found.push(`${title}: status ${status}, recorded ${recorded.status}`)
  const [mine, its] = [words.of(body, 'mock'), words.of(recorded.body, 'recorded')]
  if (mine !== its) found.push(`${title}: ${mine}, recorded ${its}`)
  if (Math.abs(ms - recorded.ms) > toleranceMs)
    found.push(`${title}: held ${ms} ms, recorded ${recorded.ms} ms`)
  return found
}

/**
 * States may change slightly earlier or later, but a state that lasted longer than the tolerance must appear.
 */
function differencesOfPolls(
  exchanges: readonly MockExchange[],
  words: Words,
  { toleranceMs, except = {} }: Comparison,
): readonly string[] {
  const polls = exchanges.filter(({ recorded }) => recorded.isPoll)
  const nameOf = ({ request }: Exchange): string => `${request.method} ${request.path}`
  const names = new Set(polls.map(({ recorded }) => nameOf(recorded)))
  return [...names].flatMap((name) => {
    const mine = polls
      .filter(({ recorded }) => nameOf(recorded) === name)
      .map(({ t, status, body, recorded }) => ({ t, word: `${status} ${words.of(body, 'mock')}`, recorded }))
    const runs = [...new Set(mine.map(({ recorded }) => recorded))].map((run) => ({
      from: run.t,
      until: run.until,
      line: run.line,
      word: `${run.status} ${words.of(run.body, 'recorded')}`,
    }))
    const unknown = mine.filter(
      ({ t, word, recorded }) =>
        except[recorded.line] === undefined &&
        !runs.some((run) => run.word === word && run.from <= t + toleranceMs && run.until >= t - toleranceMs),
    )
    const missing = runs.filter(
      ({ from, until, word, line }) =>
        except[line] === undefined &&
        until - from > 2 * toleranceMs &&
        !mine.some((poll) => poll.word === word && poll.t >= from && poll.t <= until),
    )
    // One difference per line, even if the line was polled several times.
    const lines = new Map(unknown.map((poll) => [`${poll.recorded.line} ${poll.word}`, poll]))
    return [
      ...[...lines.values()].map(
        ({ t, word, recorded }) => `${name} at ${t} ms: ${word}, recorded near line ${recorded.line}`,
      ),
      ...missing.map(({ from, word, line }) => `${name} from ${from} ms (line ${line}): never ${word}`),
    ]
  })
}

interface TimedWord {
  readonly t: number
  readonly word: string
}

/** Each recorded event must have a counterpart, and there may be no others. */
function differencesOfEvents(
  kind: string,
  recorded: readonly (TimedWord & { readonly line: number })[],
  mine: readonly TimedWord[],
  toleranceMs: number,
): readonly string[] {
  const left = [...mine]
  const missing = recorded.filter(({ t, word }) => {
    const index = left.findIndex((event) => event.word === word && Math.abs(event.t - t) <= toleranceMs)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return [
    ...missing.map(({ t, word, line }) => `${kind} at ${t} ms (line ${line}) is missing: ${word}`),
    ...left.map(({ t, word }) => `${kind} at ${t} ms is too many: ${word}`),
  ]
}

interface Words {
  of(body: Json | undefined, side: 'recorded' | 'mock'): string
}

/** Returns bodies as text, with each code replaced by a number in order of appearance. */
function createWords({ ignoredFields, codeFields }: Comparison): Words {
  const numbers = { recorded: new Map<string, number>(), mock: new Map<string, number>() }

  function numberOf(code: string, side: 'recorded' | 'mock'): string {
    const known = numbers[side]
    if (!known.has(code)) known.set(code, known.size + 1)
    return `code ${known.get(code)}`
  }

  function plain(value: Json, side: 'recorded' | 'mock'): Json {
    if (Array.isArray(value)) return value.map((item: Json) => plain(item, side))
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !ignoredFields.has(key))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, item]) => [
          key,
          codeFields.has(key) && typeof item === 'string' && item !== ''
            ? numberOf(item, side)
            : plain(item, side),
        ]),
    )
  }

  return {
    of: (body, side) => (body === undefined ? 'no body' : JSON.stringify(plain(body, side))),
  }
}
