import type { PairingErrorCode } from '../../core/errors.js'
import type { PairingProvider } from '../../core/provider.js'
import { type Call, callsOf } from './calls.js'
import { check, errorOf, type Outcome, outcomeOf, settle, shown, soon } from './check.js'
import { withFakeClock } from './fake-clock.js'
import type { ServerAnswer } from './server.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasServer } from './world.js'

const never: ServerAnswer = () => new Promise(() => {})

const neverEnding: ServerAnswer = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('{"st')) }), {
    headers: { 'content-type': 'application/json' },
  })

/** When requests begin and end: given up, timed out, one after the other. */
export function endingRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  const calls = callsOf(probe)
  const rules: Rule[] = calls.map((call) => ({
    name: `${call.name} sends nothing when it was given up before`,
    run: () => givenUpBefore(call),
  }))
  if (!hasServer(subject)) return rules
  for (const call of calls) {
    rules.push(
      {
        name: `${call.name} ends at once when it is given up, and its request too`,
        run: () => givenUp(call),
      },
      {
        name: `${call.name} ends at once when it is given up, also where fetch does not listen`,
        run: () => givenUp(call, { honoursSignal: false }),
      },
      {
        name: `${call.name} ends at once when it is given up while it waits for its turn, and is never sent`,
        run: () => givenUpInTurn(call),
      },
      {
        name: `${call.name} times out where no answer comes`,
        run: () => timesOut(call, never, { honoursSignal: true }),
      },
    )
  }
  const [getStatus] = calls
  if (getStatus) {
    rules.push(
      {
        name: 'times out where no answer comes and fetch does not listen',
        run: () => timesOut(getStatus, never, { honoursSignal: false }),
      },
      {
        name: 'times out where the answer never ends',
        run: () => timesOut(getStatus, neverEnding, { honoursSignal: true }),
      },
    )
  }
  rules.push(
    { name: 'answers the next question after one that timed out', run: answersTheNext },
    { name: 'never has two requests under way', run: neverOverlaps },
    { name: 'lets two objects ask at the same time', run: objectsAreApart },
  )
  return rules

  async function givenUpBefore(call: Call): Promise<void> {
    const { provider, server, emulator } = createWorld(subject)
    const before = emulator.state
    const signal = AbortSignal.abort(new Error('The page is gone.'))
    const outcome = outcomeOf(() => call.run(provider, { signal }))
    await endsWith('aborted', call, `${call.name} should reject at once`, outcome)
    await settle()
    check(server.requests.length === 0 && emulator.state === before, `${call.name} was given up, and done.`)
  }

  async function givenUp(call: Call, { honoursSignal = true } = {}): Promise<void> {
    const { provider, server } = createWorld(subject)
    Object.assign(server, { answer: never, honoursSignal })
    const controller = new AbortController()
    const outcome = outcomeOf(() => call.run(provider, { signal: controller.signal }))
    await soon(`${call.name} should send a request`, Promise.race([server.arrived(1), outcome]))
    controller.abort(new Error('The page is gone.'))
    await endsWith('aborted', call, `${call.name} was given up and should reject at once`, outcome)
    check(
      server.requests.every(({ signal }) => signal?.aborted),
      `${call.name} was given up, and its request goes on: hand the signal to fetch.`,
    )
  }

  async function givenUpInTurn(call: Call): Promise<void> {
    const { provider, server } = createWorld(subject)
    const { answer } = server
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    server.answer = async (request) => {
      await opened
      return answer(request)
    }
    const first = outcomeOf(() => provider.getStatus({}))
    await soon('getStatus should send a request', server.arrived(1))
    const controller = new AbortController()
    const second = outcomeOf(() => call.run(provider, { signal: controller.signal }))
    await settle()
    controller.abort()
    const what = `${call.name} was given up while it waited, and should reject at once`
    await endsWith('aborted', call, what, second)
    open()
    await first
    await settle()
    const alone = createWorld(subject)
    await alone.provider.getStatus({})
    check(
      server.requests.length === alone.server.requests.length,
      `${call.name} was given up while it waited, and sent all the same.`,
    )
  }

  async function timesOut(
    call: Call,
    answer: ServerAnswer,
    { honoursSignal }: { readonly honoursSignal: boolean },
  ): Promise<void> {
    await withFakeClock(async (clock) => {
      const { provider, server } = createWorld(subject)
      Object.assign(server, { answer, honoursSignal })
      const outcome = outcomeOf(() => call.run(provider))
      const limitMs = provider.timing.requestTimeoutMs
      await clock.pass(limitMs)
      const what = `${call.name} should give up after requestTimeoutMs (${limitMs}, on a clock in place of setTimeout)`
      await endsWith('timeout', call, what, outcome)
      check(clock.pending === 0, `${call.name} ended, and left a timer behind.`)
    })
  }

  async function answersTheNext(): Promise<void> {
    await withFakeClock(async (clock) => {
      const { provider, server } = createWorld(subject)
      const { answer } = server
      Object.assign(server, { answer: never, honoursSignal: false })
      const first = outcomeOf(() => provider.getStatus({}))
      await clock.pass(provider.timing.requestTimeoutMs)
      await soon('getStatus should time out', first)
      server.answer = answer
      const second = await soon(
        'The next question should be answered',
        outcomeOf(() => provider.getStatus({})),
      )
      check('value' in second, `The next question ended with ${shown(second)}.`)
    })
  }

  async function neverOverlaps(): Promise<void> {
    const { provider, server } = createWorld(subject)
    const { answer } = server
    server.answer = async (request) => {
      await settle()
      return answer(request)
    }
    await withFakeClock(async (clock) => {
      const outcomes = [...calls, ...calls].map((call) => outcomeOf(() => call.run(provider)))
      await clock.hurry(Promise.all(outcomes), server)
    })
    check(
      server.mostOpen === 1,
      `${server.mostOpen} requests of one object were under way at once: two tabs would spend the limit of the provider.`,
    )
  }

  async function objectsAreApart(): Promise<void> {
    const hanging = createWorld(subject)
    hanging.server.answer = never
    const controller = new AbortController()
    const first = outcomeOf(() => hanging.provider.getStatus({ signal: controller.signal }))
    await soon('getStatus should send a request', hanging.server.arrived(1))
    const other = createWorld(subject)
    await soon('Another object should be answered while one waits', other.provider.getStatus({}))
    controller.abort()
    await first
  }
}

async function endsWith(
  code: PairingErrorCode,
  { name }: Call,
  what: string,
  outcome: Promise<Outcome>,
): Promise<void> {
  const error = errorOf(name, await soon(what, outcome))
  check(error.code === code, `${name} rejected with "${error.code}", not with "${code}".`)
}
