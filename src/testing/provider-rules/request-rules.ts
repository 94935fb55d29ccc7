import type { TestProviderOptions } from '../test-provider-options.js'
import {
  type AddRule,
  assert,
  assertRejected,
  assertResult,
  type CallName,
  calls,
  describeOutcome,
  isChange,
  type Outcome,
  outcomeOf,
  soon,
  until,
} from './calls.js'
import { providerFaultNames, providerFaults } from './faults.js'
import { type ProviderSetUp, type Responder, setUpProvider } from './set-up-provider.js'

const ELSEWHERE = 'https://elsewhere.example/'

/** A date in `Retry-After` has no fractions of a second, and the test takes some time itself. */
const DATE_TOLERANCE_MS = 5_000

/** No response before the request is aborted. */
const hang: Responder = () => new Promise(() => {})

/** A body that stalls until the request is aborted. */
const stall: Responder = (_request, signal) =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"st'))
        signal.addEventListener('abort', () => controller.error(signal.reason))
      },
    }),
  )

/** Rules about aborted requests and responses that are errors. */
export function addRequestRules(
  rule: AddRule,
  { faults = {}, ...options }: TestProviderOptions,
  names: readonly CallName[],
): void {
  const run = (name: CallName, { provider }: ProviderSetUp, signal?: AbortSignal): Promise<Outcome> =>
    outcomeOf(() => calls[name](provider, { signal }))

  /** For each method at the same time, since some adapters retry with pauses. */
  const each = (respond: Responder, test: (name: CallName, setUp: ProviderSetUp) => Promise<void>) => () =>
    Promise.all(
      names.map((name) => {
        const setUp = setUpProvider(options)
        setUp.server.respond = respond
        return test(name, setUp)
      }),
    )

  for (const name of names) {
    rule(`${name}() sends nothing if its signal is already aborted`, async () => {
      const setUp = setUpProvider(options)
      const before = setUp.server.requests.length
      assertRejected(`${name}()`, await soon(`${name}()`, run(name, setUp, AbortSignal.abort())), 'aborted')
      assert(setUp.server.requests.length === before, `${name}() sent a request.`)
    })
    if (!options.mockServer && !options.responses) continue
    for (const [what, respond] of [
      ['response', hang],
      ['response body', stall],
    ] as const) {
      // A change may leave the body unread.
      if (respond === stall && name !== 'getStatus' && name !== 'getQrCode') continue
      rule(`${name}() ends when its signal aborts during a hanging ${what}`, async () => {
        const setUp = setUpProvider(options)
        const { server } = setUp
        const sound = server.respond
        const before = server.requests.length
        server.respond = respond
        const controller = new AbortController()
        const outcome = run(name, setUp, controller.signal)
        await until(`a request of ${name}()`, () => server.requests.length > before)
        controller.abort(new Error('unmounted'))
        assertRejected(`${name}()`, await soon(`${name}()`, outcome), 'aborted')
        const areAborted = server.requests.slice(before).every(({ signal }) => signal.aborted)
        assert(areAborted, `${name}() left its request under way: pass the signal to fetch.`)
        server.respond = sound
        const next = await soon('The next getStatus()', run('getStatus', setUp))
        assert('value' in next, `The next getStatus() ended with ${describeOutcome(next)}.`)
      })
    }
  }
  if (!options.mockServer && !options.responses) return
  for (const fault of providerFaultNames) {
    const { isVague = false, ...standard } = providerFaults[fault]
    const expected = faults[fault]?.code ?? standard.expected
    const what = expected === 'any' || expected === 'retryable' ? `${expected} code` : `code "${expected}"`
    rule(
      `rejects with a PairingError after ${fault}: ${what}`,
      each(faults[fault]?.response ?? standard.respond, async (name, setUp) => {
        const outcome = await run(name, setUp)
        const mayResolve = isVague && isChange(name)
        if (mayResolve && 'value' in outcome) return assertResult(name, outcome.value)
        const { code, retryable } = assertRejected(`${name}()`, outcome)
        const isExpected = expected === 'any' || (expected === 'retryable' ? retryable : code === expected)
        // `reset` and `unlink` may know a more precise meaning of a response without content.
        assert(
          isExpected || mayResolve,
          `${name}() rejected with "${code}". If the provider means that, set faults.`,
        )
      }),
    )
  }
  const redirect: Responder = () => new Response(null, { status: 307, headers: { location: ELSEWHERE } })
  rule(
    'follows no redirect',
    each(redirect, async (name, setUp) => {
      const outcome = await run(name, setUp)
      const isFollowed = setUp.server.requests.some(({ url }) => url === ELSEWHERE)
      assert(!isFollowed, `${name}() took its credentials to another host: set redirect: 'manual'.`)
      assertRejected(`${name}()`, outcome)
    }),
  )
  rule('passes on Retry-After as retryAfterMs', async () => {
    const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString()
    const waits = { '70': 70_000, [dateIn(70_000)]: 70_000, [dateIn(-70_000)]: 0, soon: 0 }
    for (const [header, ms] of Object.entries(waits)) {
      const respond: Responder = () => new Response(null, { status: 429, headers: { 'retry-after': header } })
      const test = each(respond, async (name, setUp) => {
        const { retryAfterMs = 0 } = assertRejected(`${name}()`, await run(name, setUp))
        const isExpected = Math.abs(retryAfterMs - ms) < DATE_TOLERANCE_MS
        assert(isExpected, `${name}() gave retryAfterMs ${retryAfterMs} for "Retry-After: ${header}".`)
      })
      await test()
    }
  })
}
