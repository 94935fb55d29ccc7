import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { asAmount } from '../../src/core/json.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { EmulatedWebSocket } from '../../src/testing/emulated-web-socket.js'
import {
  assert,
  assertRejected,
  assertResult,
  assertSnapshot,
  type CallName,
  callNamesOf,
  calls,
  type Outcome,
  outcomeOf,
} from '../../src/testing/provider-rules/calls.js'
import { everythingIn } from '../../src/testing/provider-rules/everything-in.js'
import { HOSTILE_MARK } from '../hostile-content.js'
import { randomRuns } from '../long-runs.js'
import { emulateTime } from '../time.js'
import { type FuzzedAdapter, fuzzedAdapters } from './fuzzed-adapters.js'
import {
  answerOf,
  type Conversation,
  changedJson,
  fetchOf,
  recordConversations,
  spoiltConversation,
  textsFor,
} from './fuzzed-answers.js'

/** For all inputs together: responses to each call, webhooks, frames. */
const INPUTS_PER_ADAPTER = randomRuns(1_000, 20_000)

/** A second or two of work on a busy machine. */
const TIMEOUT_MS = 60_000

const callsOfAdapter = ({ make }: FuzzedAdapter): readonly CallName[] =>
  callNamesOf(make({ fetch: fetchOf([]) }))

function inputsPerWay(adapter: FuzzedAdapter) {
  const others = [adapter.webhooks, adapter.frames].filter(({ length }) => length > 0)
  const { numRuns, ...rest } = INPUTS_PER_ADAPTER
  return { ...rest, numRuns: Math.ceil(numRuns / (callsOfAdapter(adapter).length + others.length)) }
}

/** Adds the parts of a request that a careless server repeats. */
const wordsOf = ({ words, secrets }: FuzzedAdapter): readonly string[] => [...words, ...secrets]

const keysOfEveryObject = Reflect.ownKeys(Object.prototype)

afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toEqual(keysOfEveryObject)
})

/** Pairs each value with its name, for titles. */
const named = <Value extends { readonly name: string }>(values: readonly Value[]): [string, Value][] =>
  values.map((value) => [value.name, value])

describe.each(named(fuzzedAdapters))('%s, for any response,', (_name, adapter) => {
  it.each(callsOfAdapter(adapter))(
    '%s returns a documented snapshot, or an error without a secret',
    { timeout: TIMEOUT_MS },
    async (call) => {
      const conversations = await recordConversations(adapter, call)
      await fc.assert(
        fc.asyncProperty(spoiltConversation(conversations, wordsOf(adapter)), async (conversation) => {
          checkOutcome(adapter, call, await runCall(adapter, call, conversation))
        }),
        inputsPerWay(adapter),
      )
    },
  )
})

describe.each(named(fuzzedAdapters.filter(({ webhooks }) => webhooks.length > 0)))('%s', (_name, adapter) => {
  it('reads any webhook as a snapshot or as undefined', { timeout: TIMEOUT_MS }, () => {
    const { readWebhook } = adapter.make({ fetch: fetchOf([]) })
    const bodies = fc.oneof(...adapter.webhooks.map((webhook) => changedJson(webhook, wordsOf(adapter))))
    fc.assert(
      fc.property(bodies, (body) => {
        const snapshot = readWebhook?.(body)
        if (snapshot) checkSnapshotOf(adapter, 'readWebhook', snapshot)
      }),
      inputsPerWay(adapter),
    )
  })
})

describe.each(named(fuzzedAdapters.filter(({ frames }) => frames.length > 0)))('%s', (_name, adapter) => {
  beforeAll(() => import('../../src/providers/lib/green-api-socket.js').then(() => undefined))
  emulateTime()

  it('pushes snapshots and errors without a secret, for any frames', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const [getStatus] = callsOfAdapter(adapter)
    const conversations = getStatus ? await recordConversations(adapter, getStatus) : []
    const words = wordsOf(adapter)
    const sound = fc.constantFrom(...adapter.frames)
    const spoilt = fc.oneof(...adapter.frames.map((frame) => changedJson(frame, words)))
    const texts = fc.oneof(
      { weight: 1, arbitrary: sound.map((frame) => JSON.stringify(frame)) },
      { weight: 4, arbitrary: spoilt.map((frame) => JSON.stringify(frame) ?? '') },
      { weight: 1, arbitrary: textsFor(words) },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(texts, { minLength: 1, maxLength: 3 }),
        // The responses to the requests that follow when a frame reports a login.
        spoiltConversation(conversations, words),
        async (frames, conversation) => {
          const { snapshots, errors } = await push(adapter, frames, conversation)
          for (const snapshot of snapshots) checkSnapshotOf(adapter, 'subscribe', snapshot)
          for (const error of errors) checkError(adapter, 'subscribe', error)
        },
      ),
      inputsPerWay(adapter),
    )
  })
})

/** The maximum size of a response that is read. */
const CAP_BYTES = 2_000_000

const flood = (text: string, length: number): string =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length)

describe.each(named(fuzzedAdapters))('%s, for a response of any size,', (_name, adapter) => {
  const callNames = callsOfAdapter(adapter)

  it.each<[string, string]>([
    ['a response of the maximum size', flood('A', CAP_BYTES)],
    ['a picture of the maximum size', JSON.stringify({ value: flood('iVBORw0KGgo', CAP_BYTES - 100) })],
    ['a list of the maximum size', `[${flood('{"status":"qr"},', CAP_BYTES - 4)}{}]`],
  ])('comes to an end after %s', { timeout: TIMEOUT_MS }, async (_title, body) => {
    for (const call of callNames) checkOutcome(adapter, call, await runCall(adapter, call, [answerOf(body)]))
  })

  // The shared code checks JSON and size before an adapter reads the response, so one call covers all.
  it.each<[string, string]>([
    ['lists within lists', flood('[', CAP_BYTES)],
    ['objects within objects', flood('{"message":', CAP_BYTES)],
    ['white space', flood(' \n', CAP_BYTES)],
    ['a response one byte over the maximum size', flood('A', CAP_BYTES + 1)],
  ])('rejects getStatus() after %s', { timeout: TIMEOUT_MS }, async (_title, body) => {
    const outcome = await runCall(adapter, 'getStatus', [answerOf(body)])
    checkOutcome(adapter, 'getStatus', outcome)
    expect(outcome).toMatchObject({ error: { code: 'invalid-answer' } })
  })

  // A pattern that looks for several words in a text may take time that grows with the square of its length: seconds for each
  // response.
  it('comes to an end after a flood of the words that it looks for', { timeout: TIMEOUT_MS }, async () => {
    for (const text of adapter.words.map((word) => flood(`${word} `, CAP_BYTES / 40))) {
      const holders = [{ message: text, error: text }, { type: 'error', message: text }, { value: text }]
      const bodies = [text, ...holders.map((holder) => JSON.stringify(holder))]
      for (const answer of bodies.flatMap((body) => [answerOf(body), answerOf(body, 400)])) {
        for (const call of callNames) checkOutcome(adapter, call, await runCall(adapter, call, [answer]))
      }
    }
  })
})

function runCall({ make }: FuzzedAdapter, call: CallName, conversation: Conversation): Promise<Outcome> {
  return outcomeOf(() => calls[call](make({ fetch: fetchOf(conversation) }), {}))
}

/** Returns what subscribers receive when these frames follow the handshake immediately. */
async function push(
  { make }: FuzzedAdapter,
  frames: readonly string[],
  conversation: Conversation,
): Promise<{ readonly snapshots: readonly unknown[]; readonly errors: readonly unknown[] }> {
  const webSocket = class extends EmulatedWebSocket {
    constructor(url: string) {
      super(url, (server) => {
        server.accept()
        for (const frame of frames) server.send(frame)
      })
    }
  }
  const snapshots: PairingSnapshot[] = []
  const errors: PairingError[] = []
  const stop = make({ fetch: fetchOf(conversation), webSocket }).subscribe?.(
    (snapshot) => snapshots.push(snapshot),
    { onError: (error) => errors.push(error) },
  )
  await vi.advanceTimersByTimeAsync(0)
  stop?.()
  return { snapshots, errors }
}

// These checks do not use `expect`, which would take longer than the tested code for so many values.

function checkOutcome(adapter: FuzzedAdapter, call: CallName, outcome: Outcome): void {
  if ('error' in outcome) checkError(adapter, call, outcome.error)
  else if (call === 'getStatus' || call === 'getQrCode' || call === 'requestPairingCode')
    checkSnapshotOf(adapter, call, outcome.value)
  else assertResult(call, outcome.value)
}

function checkSnapshotOf({ secrets }: FuzzedAdapter, what: string, snapshot: unknown): void {
  assertSnapshot(what, snapshot)
  // Codes, names and ids are the provider's own words, so any text is allowed.
  checkDiscreet(what, everythingIn(snapshot, ['account', 'qrCode']), secrets)
}

function checkError({ secrets }: FuzzedAdapter, what: string, error: unknown): void {
  const { cause, message, retryAfterMs } = assertRejected(what, { error })
  assert(cause === undefined || PairingError.isInstance(cause), `${what} kept a foreign error as its cause.`)
  assert(
    retryAfterMs === undefined || asAmount(retryAfterMs) !== undefined,
    `${what} gave ${retryAfterMs} for retryAfterMs.`,
  )
  assert(!message.includes('://'), `${what} wrote a URL into its error.`)
  // A stack repeats the message and adds places in files.
  checkDiscreet(what, everythingIn(error, ['stack']), [HOSTILE_MARK, ...secrets])
}

function checkDiscreet(what: string, told: string, secrets: readonly string[]): void {
  for (const secret of secrets) assert(!told.includes(secret), `${what} gave "${secret}" away.`)
}
