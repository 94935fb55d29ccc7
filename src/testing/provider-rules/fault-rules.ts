import type { PairingProvider } from '../../core/provider.js'
import { type Call, callsOf } from './calls.js'
import { check, errorOf, outcomeOf, rejectionOf } from './check.js'
import { faultNames, faults, json, type ProviderFault } from './faults.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasServer } from './world.js'

const ELSEWHERE = 'https://elsewhere.example/stolen'

/** A `Retry-After` as a date knows no fractions of a second, and the test takes some time itself. */
const DATE_TOLERANCE_MS = 5_000

/** What is made of a server that answers badly. */
export function faultRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  if (!hasServer(subject)) return []
  const calls = callsOf(probe)
  return [
    ...faultNames().map((fault) => ({
      name: `takes ${fault} for "${codeOf(fault)}"`,
      async run() {
        for (const call of calls) await takesFor(call, fault)
      },
    })),
    { name: 'follows no redirect', run: followsNoRedirect },
    ...(
      [
        ['in seconds', () => '70', 70_000],
        ['as a date', () => new Date(Date.now() + 70_000).toUTCString(), 70_000],
        ['as a date that is past', () => new Date(Date.now() - 70_000).toUTCString(), undefined],
        ['as nonsense', () => 'soon', undefined],
      ] as const
    ).map(([form, header, expectedMs]) => ({
      name: `hands on how long to wait, given ${form}`,
      run: () => handsOnHowLong(header(), expectedMs),
    })),
  ]

  function codeOf(fault: ProviderFault): string {
    return subject.codes?.[fault] ?? faults[fault].code
  }

  async function takesFor(call: Call, fault: ProviderFault): Promise<void> {
    const { provider, server } = createWorld(subject)
    const { answer, isVague } = faults[fault]
    server.answer = answer
    const outcome = await outcomeOf(() => call.run(provider))
    if (isVague && !call.answers && 'value' in outcome) return
    const { code } = errorOf(call.name, outcome)
    const expected = codeOf(fault)
    // A change may know its own server's way to say that there was nothing to do, but never less than an error.
    check(
      code === expected || (isVague === true && !call.answers),
      `${call.name} took ${fault} for "${code}", not for "${expected}". Where its server means that, say so with "codes".`,
    )
  }

  async function followsNoRedirect(): Promise<void> {
    for (const call of calls) {
      const { provider, server } = createWorld(subject)
      const { answer } = server
      server.answer = (request) =>
        request.url.startsWith(ELSEWHERE)
          ? answer(request)
          : new Response(null, { status: 307, headers: { location: ELSEWHERE } })
      const outcome = await outcomeOf(() => call.run(provider))
      check(
        server.requests.every(({ url }) => !url.startsWith(ELSEWHERE)),
        `${call.name} followed a redirect, and took its credentials along: use redirect: "manual".`,
      )
      errorOf(call.name, outcome)
    }
  }

  async function handsOnHowLong(header: string, expectedMs: number | undefined): Promise<void> {
    for (const call of calls) {
      const { provider, server } = createWorld(subject)
      server.answer = json({ message: 'Too Many Requests' }, 429, { 'retry-after': header })
      const { code, retryAfterMs } = await rejectionOf(call.name, () => call.run(provider))
      const isExpected =
        expectedMs === undefined || retryAfterMs === undefined
          ? retryAfterMs === expectedMs
          : Math.abs(retryAfterMs - expectedMs) < DATE_TOLERANCE_MS
      check(
        code === codeOf('HTTP 429') && isExpected,
        `${call.name} made "${code}" with retryAfterMs ${retryAfterMs} of "Retry-After: ${header}".`,
      )
    }
  }
}
