import { PairingError } from '../../core/errors.js'
import { asAmount } from '../../core/json.js'
import type { PairingProvider } from '../../core/provider.js'
import { type Call, callsOf, checkResult } from './calls.js'
import { check, errorOf, type Outcome, outcomeOf } from './check.js'
import { everythingIn } from './everything-in.js'
import { type FakeClock, withFakeClock } from './fake-clock.js'
import { json, page, text } from './faults.js'
import { type Change, changesOf, withChange } from './json-changes.js'
import type { ServerAnswer } from './server.js'
import type { ProviderSituation } from './situation.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasServer, situationsOf, type World } from './world.js'

/** Stands in everything that a spoilt answer says; no error may repeat it. */
const MARK = 'words-of-the-provider'

/** All that a careless server could say about a request. */
const echo = ({ url, headers }: Request): string => `${MARK} ${url} ${[...headers].join(' ')}`

/** Answers with the request in every place where one could be copied from. */
const echoes: Readonly<Record<string, ServerAnswer>> = {
  'a JSON error': (request) => json({ error: echo(request), message: echo(request) }, 400)(request),
  'a JSON error under 200': (request) => json({ error: echo(request), message: echo(request) })(request),
  'a code that is none': (request) =>
    json({ status: true, qr: echo(request), code: echo(request), value: echo(request) })(request),
  'plain text': (request) => text(echo(request))(request),
  'plain text with HTTP 400': (request) => text(echo(request), 'text/plain', 400)(request),
  'half a JSON body': (request) => text(`{"value":"${echo(request)}`, 'application/json')(request),
  'a page': (request) => page(200, echo(request))(request),
  'a page with HTTP 403': (request) => page(403, echo(request))(request),
  'HTTP 401': (request) => json({ message: echo(request) }, 401)(request),
  'HTTP 404': (request) => text(echo(request), 'text/plain', 404)(request),
  'HTTP 409': (request) => json({ message: echo(request), reason: echo(request) }, 409)(request),
  'HTTP 422': (request) => json({ error: echo(request), status: echo(request) }, 422)(request),
  'HTTP 429': (request) => json({ message: echo(request) }, 429)(request),
  'HTTP 466': (request) => json({ description: echo(request) }, 466)(request),
  'HTTP 500': (request) => text(echo(request), 'text/plain', 500)(request),
  'a redirect': ({ url }) => new Response(null, { status: 302, headers: { location: url } }),
  'a network error': (request) => {
    throw new TypeError(`fetch failed: ${echo(request)}`, { cause: new Error(echo(request)) })
  },
  'a thrown text': (request) => {
    throw echo(request)
  },
}

/** Where each call has the most to say. */
const busiest: Readonly<Record<Call['name'], readonly ProviderSituation[]>> = {
  getStatus: ['linked', 'qr'],
  getQrCode: ['qr', 'linked'],
  requestPairingCode: ['pairing-code'],
  reset: ['stopped', 'stale'],
  unlink: ['linked'],
}

/** What never comes out of a provider, and what never breaks it. */
export function discretionRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  if (!hasServer(subject)) return []
  return callsOf(probe).flatMap((call) => [
    {
      name: `${call.name} gives nothing away, whatever comes back`,
      run: () => withFakeClock((clock) => givesNothingAway(call, clock)),
    },
    {
      name: `${call.name} holds out when a field of an answer is something else`,
      run: () => withFakeClock((clock) => holdsOut(call, clock)),
    },
  ])

  function busiestOf({ name }: Call): readonly ProviderSituation[] {
    const there = busiest[name].filter((situation) => situationsOf(subject).includes(situation))
    return there.length > 0 ? there : ['unlinked']
  }

  async function givesNothingAway(call: Call, clock: FakeClock): Promise<void> {
    for (const [title, spoilt] of Object.entries(echoes)) {
      for (const situation of busiestOf(call)) {
        // Then only from the second request on: what is asked for besides must not leak either.
        for (const sound of [0, 1]) {
          const world = createWorld(subject, situation)
          const { answer } = world.server
          let asked = 0
          world.server.answer = (request) => {
            asked += 1
            return asked > sound ? spoilt(request) : answer(request)
          }
          const outcome = await clock.hurry(
            outcomeOf(() => call.run(world.provider)),
            world.server,
          )
          checkDiscreet(`${call.name}, answered with ${title},`, world, outcome)
          if ('error' in outcome) errorOf(call.name, outcome)
        }
      }
    }
  }

  async function holdsOut(call: Call, clock: FakeClock): Promise<void> {
    for (const situation of busiestOf(call)) {
      for (const [place, changes] of (await answersOf(call, situation, clock)).entries()) {
        for (const change of changes) await holdsOutOne(call, situation, place, change, clock)
      }
    }
  }

  /** What could be another thing in each answer that the call gets. */
  async function answersOf(
    call: Call,
    situation: ProviderSituation,
    clock: FakeClock,
  ): Promise<readonly (readonly Change[])[]> {
    const { provider, server } = createWorld(subject, situation)
    const { answer } = server
    const answers: (readonly Change[])[] = []
    server.answer = async (request) => {
      const response = await answer(request)
      answers.push(changesOf(await response.clone().text(), echo(request)))
      return response
    }
    await clock.hurry(
      outcomeOf(() => call.run(provider)),
      server,
    )
    return answers
  }

  async function holdsOutOne(
    call: Call,
    situation: ProviderSituation,
    place: number,
    change: Change,
    clock: FakeClock,
  ): Promise<void> {
    const world = createWorld(subject, situation)
    const { answer } = world.server
    let asked = 0
    world.server.answer = async (request) => {
      const response = await answer(request)
      asked += 1
      return asked === place + 1 ? withChange(response, change) : response
    }
    const outcome = await clock.hurry(
      outcomeOf(() => call.run(world.provider)),
      world.server,
    )
    const what = `${call.name}, answered with ${change.title},`
    if ('error' in outcome) errorOf(what, outcome)
    else checkResult(call, outcome.value)
    checkDiscreet(what, world, outcome)
  }

  function checkDiscreet(what: string, { server }: World, outcome: Outcome): void {
    const isError = 'error' in outcome
    // Names and ids are the account's own words, whatever they are.
    const shown = isError ? everythingIn(outcome.error) : everythingIn(outcome.value, ['name', 'id'])
    for (const secret of subject.secrets ?? []) {
      const isOut = shown.includes(secret) || shown.includes(encodeURIComponent(secret))
      check(!isOut, `${what} gave a secret away.`)
    }
    for (const { url } of server.requests)
      check(!shown.includes(url), `${what} gave the URL of a request away.`)
    if (!isError || !PairingError.isInstance(outcome.error)) return
    check(!shown.includes(MARK), `${what} repeated words of the provider in its error.`)
    // Frames of a stack may be URLs of files.
    const said = everythingIn(outcome.error, ['stack'])
    check(!/https?:\/\//i.test(said), `${what} wrote a URL into its error.`)
    const { cause, retryAfterMs } = outcome.error
    check(
      cause === undefined || PairingError.isInstance(cause),
      `${what} kept a foreign error as its cause, which may hold anything.`,
    )
    check(
      retryAfterMs === undefined || asAmount(retryAfterMs) !== undefined,
      `${what} gave ${retryAfterMs} for retryAfterMs.`,
    )
  }
}
