import { changeRules } from './provider-rules/change-rules.js'
import { discretionRules } from './provider-rules/discretion-rules.js'
import { endingRules } from './provider-rules/ending-rules.js'
import { faultRules } from './provider-rules/fault-rules.js'
import { identityRules } from './provider-rules/identity-rules.js'
import { pushRules } from './provider-rules/push-rules.js'
import { readingRules } from './provider-rules/reading-rules.js'
import type { ProviderUnderTest, Rule } from './provider-rules/subject.js'
import { createWorld } from './provider-rules/world.js'

/** The two functions of a test runner that are needed: those of Vitest, Jest, Mocha, Bun or `node:test`. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, test: () => Promise<void>): unknown
}

/**
 * Registers the tests that every `PairingProvider` must pass, whoever wrote it: the form of its answers, what it changes
 * and what it leaves alone, aborts, timeouts, redirects, error codes, and that nothing secret comes out of it.
 *
 * Where a test is about time, `setTimeout`, `setInterval`, `AbortSignal.timeout` and `Date.now` are replaced while it runs,
 * so no fake timers of the runner's are needed, and nothing waits for real. Abilities that the provider does not have
 * are not tested, and without `mockServer` and `answers` nothing about HTTP is.
 *
 * @example
 * import { describe, it } from 'vitest' // or 'node:test', or the globals of Jest
 *
 * describeProvider('ownServer', { describe, it }, {
 *   create: ({ fetch }) => ownServer({ url: 'http://engine.example/pairing', headers, fetch }),
 *   mockServer: (emulator) => mockOwnServer(emulator, { headers }),
 *   secrets: [key],
 * })
 *
 * @param name Name of the factory; the tests stand below it.
 */
export function describeProvider(
  name: string,
  { describe, it }: TestRunner,
  subject: ProviderUnderTest,
): void {
  const probe = createWorld(subject).provider
  const groups: Readonly<Record<string, readonly Rule[]>> = {
    'what it is': identityRules(subject),
    'what it reads': readingRules(subject, probe),
    'what it changes': changeRules(subject, probe),
    'when it ends': endingRules(subject, probe),
    'what goes wrong': faultRules(subject, probe),
    'what it keeps to itself': discretionRules(subject, probe),
    'what comes by itself': pushRules(subject, probe),
  }
  describe(`${name}: rules of every provider`, () => {
    for (const [title, rules] of Object.entries(groups)) {
      if (rules.length === 0) continue
      describe(title, () => {
        for (const rule of rules) it(rule.name, () => rule.run())
      })
    }
  })
}
