import { PairingError } from '../core/errors.js'
import { providerRules } from './provider-rules/provider-rules.js'
import type { DescribeFunction, ItFunction, TestProviderOptions } from './test-provider-options.js'

/**
 * Registers tests that every `PairingProvider` must pass: its id and timing, well-formed snapshots in each state, reads that
 * change nothing, aborted requests, error responses, webhooks, and that no secret leaves the adapter.
 *
 * Vitest with `globals: true`, Jest and Mocha have global `describe` and `it`; otherwise pass them as options. The tests
 * use no fake timers and need real ones. Abilities that the provider lacks are not tested.
 *
 * @example
 * import { describe, it } from 'vitest'
 *
 * testProvider({
 *   name: 'ownServer',
 *   create: ({ fetch }) => ownServer({ url: 'http://engine.example/pairing', headers, fetch }),
 *   mockServer: (emulator) => mockOwnServer(emulator, { headers }),
 *   secrets: [key],
 *   describe,
 *   it,
 * })
 *
 * @throws {@link PairingError} `invalid-options` without a test runner.
 */
export function testProvider(options: TestProviderOptions): void {
  const describe = options.describe ?? globalFunction<DescribeFunction>('describe')
  const it = options.it ?? globalFunction<ItFunction>('it')
  if (!describe || !it)
    throw new PairingError(
      'invalid-options',
      'testProvider() found no global describe() and it(), so it cannot register tests. Pass those of your test runner: ' +
        'testProvider({ …, describe, it }).',
    )
  describe(`${options.name} as a PairingProvider`, () => {
    for (const { title, test } of providerRules(options)) it(title, test)
  })
}

function globalFunction<Type extends (...given: never[]) => unknown>(name: string): Type | undefined {
  const value: unknown = Reflect.get(globalThis, name)
  // The runner is known by its names alone: no types of it are at hand.
  return typeof value === 'function' ? (value as Type) : undefined
}
