import type { PairingErrorCode } from '../core/errors.js'
import type { ProviderFault } from './provider-rules/faults.js'
import type { ProviderSetUpOptions } from './provider-rules/set-up-provider.js'

/** `describe` of a test runner. */
export type DescribeFunction = (title: string, body: () => void) => unknown

/** `it` of a test runner. */
export type ItFunction = (title: string, test: () => Promise<void>) => unknown

/** The expected error for a response, if it differs from the default. */
export interface ExpectedFault {
  /** The code of the `PairingError`. */
  readonly code?: PairingErrorCode | undefined
  /** The response in the format of this provider. Create a new `Response` each time. */
  readonly response?: (() => Response) | undefined
}

/** Options of {@link testProvider}. */
export interface TestProviderOptions extends ProviderSetUpOptions {
  /** Title of the tests: the name of the factory. */
  readonly name: string
  /** Tokens, keys and passwords. The tests fail if one appears in a snapshot, an error or a field of the provider. */
  readonly secrets?: readonly string[] | undefined
  /**
   * Whether a request only reads.
   * @default those with method `GET` or `HEAD`
   */
  readonly isRead?: ((request: { readonly method: string; readonly url: string }) => boolean) | undefined
  /** Error responses of this provider with another format or meaning than the default. */
  readonly faults?: Readonly<Partial<Record<ProviderFault, ExpectedFault>>> | undefined
  /** Calls of the factory that must throw `invalid-options`, by their error: `{ 'an empty key': () => mine({ key: '' }) }`. */
  readonly invalid?: Readonly<Record<string, () => unknown>> | undefined
  /**
   * The adapter has a secret, so creating it must throw `server-only` if there is a `window`. With `unless-allowed` it must not
   * throw with its option `dangerouslyAllowBrowser`, which `create` passes on.
   * @default false
   */
  readonly serverOnly?: boolean | 'unless-allowed' | undefined
  /**
   * Changes of the emulated account reach `subscribe`, through the mock server or a mock socket that `create` passes.
   * @default false
   */
  readonly pushes?: boolean | undefined
  /** Bodies of webhooks about this session, for `readWebhook`. */
  readonly webhooks?: readonly unknown[] | undefined
  /** Bodies of webhooks that `readWebhook` must ignore: about another session, or about messages. */
  readonly foreignWebhooks?: readonly unknown[] | undefined
  /**
   * `describe` of the test runner: that of Vitest, Jest, Mocha, Bun or `node:test`.
   * @default the global `describe`
   */
  readonly describe?: DescribeFunction | undefined
  /**
   * `it` of the test runner.
   * @default the global `it`
   */
  readonly it?: ItFunction | undefined
}
