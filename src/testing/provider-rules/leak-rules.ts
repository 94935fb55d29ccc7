import { PairingError } from '../../core/errors.js'
import { asAmount } from '../../core/json.js'
import type { TestProviderOptions } from '../test-provider-options.js'
import { alteredJson } from './altered-json.js'
import {
  type AddRule,
  assert,
  assertRejected,
  assertResult,
  type CallName,
  calls,
  type Outcome,
  outcomeOf,
} from './calls.js'
import { everythingIn } from './everything-in.js'
import { type ProviderState, setUpProvider, statesOf } from './set-up-provider.js'

/** Part of each response body; no error may repeat it. */
const MARK = 'words-of-the-provider'

/** Some adapters retry with pauses. The test does not wait for more than this time. */
const LIMIT_MS = 500

/** Repeats the whole request, credentials included, as a careless server would. */
const echo = ({ url, headers }: Request): string => `${MARK} ${url} ${[...headers].join(' ')}`

const fields = ['error', 'message', 'status', 'qr', 'code', 'value', 'reason', 'description']

const bodies: readonly (readonly [type: string, body: (echoed: string) => string])[] = [
  ['application/json', (echoed) => JSON.stringify(Object.fromEntries(fields.map((name) => [name, echoed])))],
  ['application/json', (echoed) => `{"value":"${echoed}`],
  ['text/plain', (echoed) => echoed],
  ['text/html', (echoed) => `<html><body>${echoed}</body></html>`],
]

const echoes: readonly ((request: Request) => Response)[] = [
  ...[200, 400, 401, 402, 403, 404, 409, 422, 429, 466, 500].flatMap((status) =>
    bodies.map(
      ([type, body]) =>
        (request: Request) =>
          new Response(body(echo(request)), { status, headers: { 'content-type': type } }),
    ),
  ),
  ({ url }) => new Response(null, { status: 302, headers: { location: url } }),
  (request) => {
    throw new TypeError(`fetch failed: ${echo(request)}`, { cause: new Error(echo(request)) })
  },
]

/** The states in which each call reads the most. */
const busiest: Readonly<Record<CallName, readonly ProviderState[]>> = {
  getStatus: ['linked', 'qr'],
  getQrCode: ['qr', 'linked'],
  requestPairingCode: ['pairing-code'],
  reset: ['stopped', 'stale'],
  unlink: ['linked'],
  getPasskeyChallenge: ['passkey-required'],
  answerPasskey: ['passkey-required'],
  confirmPasskey: ['passkey-required'],
  getPasskeyHandoff: ['passkey-required'],
  resetPasskey: ['passkey-required'],
}

/** For any response of the server, no secret, URL or response body leaves the adapter, and no call breaks. */
export function addLeakRules(rule: AddRule, options: TestProviderOptions, names: readonly CallName[]): void {
  /** Calls a new provider; the response to the request with this index is another one. */
  async function runAltered(
    name: CallName,
    state: ProviderState,
    isAltered: (index: number) => boolean,
    change: (request: Request, respond: () => Promise<Response>) => Response | Promise<Response>,
  ): Promise<Outcome & { readonly urls: readonly string[] }> {
    const { provider, server } = setUpProvider(options, state)
    const { respond } = server
    let count = 0
    server.respond = async (request, signal) => {
      count += 1
      return isAltered(count - 1)
        ? change(request, async () => respond(request, signal))
        : respond(request, signal)
    }
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), LIMIT_MS)
    const outcome = await outcomeOf(() => calls[name](provider, { signal: controller.signal }))
    clearTimeout(timer)
    return { ...outcome, urls: server.requests.map(({ url }) => url) }
  }

  for (const name of names) {
    const states = busiest[name].filter((state) => statesOf(options).includes(state))
    rule(`${name}() gives away no secret, URL or response body`, async () => {
      // From the first request on, or from the second one: additional requests must not leak either.
      // At the same time, since some adapters retry with pauses.
      for (const state of states.length > 0 ? states : statesOf(options))
        for (const from of [0, 1])
          await Promise.all(
            echoes.map(async (change) =>
              assertNoLeak(name, options, await runAltered(name, state, (index) => index >= from, change)),
            ),
          )
    })
    if (name !== 'getStatus' && name !== 'getQrCode') continue
    rule(
      `${name}() gives a snapshot or a PairingError if a field of a response has another type`,
      async () => {
        for (const state of states) {
          const recorded: string[] = []
          await runAltered(
            name,
            state,
            () => true,
            async (_request, respond) => {
              const response = await respond()
              recorded.push(await response.clone().text())
              return response
            },
          )
          for (const [place, text] of recorded.entries())
            for (const body of alteredJson(text)) {
              const headers = { 'content-type': 'application/json' }
              const respond = (): Response => new Response(body, { headers })
              const outcome = await runAltered(name, state, (index) => index === place, respond)
              if ('error' in outcome) assertRejected(`${name}(), given ${body.slice(0, 200)},`, outcome)
              else assertResult(name, outcome.value)
            }
        }
      },
    )
  }
}

function assertNoLeak(
  name: CallName,
  { secrets = [] }: TestProviderOptions,
  { urls, ...outcome }: Outcome & { readonly urls: readonly string[] },
): void {
  // Names and ids of an account, and its codes, are the provider's to choose.
  const text = 'error' in outcome ? everythingIn(outcome.error) : everythingIn(outcome.value, ['name', 'id'])
  for (const part of [...secrets, ...secrets.map(encodeURIComponent), ...urls])
    assert(!text.includes(part), `${name}() gave away a secret or the URL of a request.`)
  if (!('error' in outcome)) return
  assert(!text.includes(MARK), `${name}() repeated the response body in its error.`)
  // Frames of a stack may be URLs of files.
  const hasUrl = /https?:\/\//i.test(everythingIn(outcome.error, ['stack']))
  assert(!hasUrl, `${name}() wrote a URL into its error.`)
  if (!PairingError.isInstance(outcome.error)) return
  const { cause, retryAfterMs } = outcome.error
  const isOwnCause = cause === undefined || PairingError.isInstance(cause)
  assert(isOwnCause, `${name}() kept a foreign error as its cause, which may hold anything.`)
  const isAmount = retryAfterMs === undefined || asAmount(retryAfterMs) !== undefined
  assert(isAmount, `${name}() gave retryAfterMs ${retryAfterMs}.`)
}
