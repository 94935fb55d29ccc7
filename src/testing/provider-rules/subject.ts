import type { PairingErrorCode } from '../../core/errors.js'
import type { PairingProvider } from '../../core/provider.js'
import type { Emulator } from '../emulator.js'
import type { ProviderFault } from './faults.js'
import type { ServerAnswer } from './server.js'
import type { ProviderSituation } from './situation.js'

/** What a provider is made over, anew for each test. */
export interface ProviderEnvironment {
  /** Stands in for the global `fetch`. The suite answers, spoils and counts what goes through it. */
  readonly fetch: typeof fetch
  /** The account behind `mockServer`: for a stand-in of a WebSocket, or a provider that needs no HTTP. */
  readonly emulator: Emulator
}

/** What a server answers to any request, by what is going on. */
export type ServerAnswers = { readonly unlinked: ServerAnswer } & {
  readonly [Situation in ProviderSituation]?: ServerAnswer
}

/** What `describeProvider` must know of a provider. Give it a server: `mockServer`, or `answers`. */
export interface ProviderUnderTest {
  /** Makes the provider. Called anew for each test, and must not ask anything by itself. */
  create(environment: ProviderEnvironment): PairingProvider
  /**
   * The provider's server over an emulated account: one of the wires of this package, or a function from `Request` to
   * `Response`. The suite then also scans codes, enters them and looks at what became of the account.
   */
  readonly mockServer?: ((emulator: Emulator) => ServerAnswer) | undefined
  /**
   * Without a mockServer: what the server answers to any request, by what is going on. Recorded answers will do; what is not
   * given is not tested.
   */
  readonly answers?: ServerAnswers | undefined
  /** Texts that must never come out of it: tokens, keys, passwords. */
  readonly secrets?: readonly string[] | undefined
  /**
   * Which requests only read, where that is not told by their method.
   * @default those with `GET` or `HEAD`
   */
  readonly isRead?: ((request: { readonly method: string; readonly url: string }) => boolean) | undefined
  /** Where its server words a fault in its own way: the code that the adapter must make of it. */
  readonly codes?: Readonly<Partial<Record<ProviderFault, PairingErrorCode>>> | undefined
  /** Calls of the factory that must throw `invalid-options`, by what is wrong with them. */
  readonly invalid?: Readonly<Record<string, () => unknown>> | undefined
  /**
   * It holds a secret, and must throw `server-only` where there is a `window`.
   * @default false
   */
  readonly serverOnly?: boolean | undefined
  /**
   * What is done to the emulated account is pushed, by the server or a stand-in that `create` hands in, and so must
   * reach who subscribed.
   * @default false
   */
  readonly pushes?: boolean | undefined
  /** Bodies of webhooks about this session, for `readWebhook`. */
  readonly webhooks?: readonly unknown[] | undefined
  /** Bodies that `readWebhook` must leave alone: of another session, or about messages. */
  readonly foreignWebhooks?: readonly unknown[] | undefined
}

/** One promise of every provider, and the test that holds it. */
export interface Rule {
  /** In present tense, beginning with a verb. */
  readonly name: string
  /** Rejects where the promise is broken. */
  run(): Promise<void>
}
