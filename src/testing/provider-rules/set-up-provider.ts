import type { PairingProvider, PairingSnapshot } from '../../core/provider.js'
import { createEmulator, type Emulator } from '../emulator.js'

/** Responds to a request. Make a new `Response` each time. */
export type Responder = (request: Request, signal: AbortSignal) => Response | Promise<Response>

/** A state of the session at the provider, named by its snapshot. */
export type ProviderState = Exclude<PairingSnapshot['status'], 'preparing'>

/** The argument of `create` of `testProvider`, created for each test. */
export interface ProviderEnvironment {
  /** Replaces the global `fetch`. */
  readonly fetch: typeof fetch
  /** The account behind `mockServer`, for a mock of a WebSocket. */
  readonly emulator: Emulator
  /** For the adapter's option of this name, if it has one. `undefined` in all tests except one. */
  readonly dangerouslyAllowBrowser?: boolean | undefined
}

/** The options of `testProvider` that make a provider and its server. */
export interface ProviderSetUpOptions {
  /** Creates the provider. Called for each test. */
  create(environment: ProviderEnvironment): PairingProvider
  /**
   * The provider's server over an emulated account: a mock server of this package, or a function from `Request` to
   * `Response`. The tests then also scan codes, enter them and check what happened to the account.
   */
  readonly mockServer?: ((emulator: Emulator) => Responder) | undefined
  /**
   * Without a mock server: a response to any request, by the state of the session. Recorded responses are enough. Missing states
   * are not tested. With neither option, nothing about HTTP is tested.
   */
  readonly responses?: Readonly<Partial<Record<ProviderState, Responder>>> | undefined
}

/** One request that a provider sent. */
export interface SentRequest extends Pick<Request, 'method' | 'url' | 'cache'> {
  readonly signal: AbortSignal
  readonly isPending: boolean
}

/** A provider with the server and the account behind it. */
export interface ProviderSetUp {
  readonly provider: PairingProvider
  readonly emulator: Emulator
  /** `respond` may be replaced at any time. */
  readonly server: { readonly requests: readonly SentRequest[]; respond: Responder }
}

type Statuses = readonly PairingSnapshot['status'][]
type Arrange = (emulator: Emulator, pass: (ms: number) => void) => void

const idle: Statuses = ['unlinked', 'stopped', 'preparing']
const between: Statuses = ['linking', ...idle]
const startAndScan = (emulator: Emulator): void => {
  emulator.start()
  emulator.scan()
}

/**
 * How an emulated account gets into each state, and what `getStatus` and `getQrCode` may report of it. Not every provider can see
 * everything: between scan and link most report `preparing`, some `unlinked`. None may report a link that does not exist, or an
 * expired code.
 */
export const situations: Readonly<
  Record<ProviderState, readonly [arrange: Arrange, getStatus: Statuses, getQrCode: Statuses]>
> = {
  unlinked: [() => {}, idle, [...idle, 'qr']],
  qr: [(emulator) => emulator.start(), [...idle, 'qr'], ['qr']],
  'pairing-code': [
    (emulator) => void emulator.requestPairingCode('5511987654321'),
    [...idle, 'qr', 'pairing-code'],
    [...idle, 'qr', 'pairing-code'],
  ],
  linking: [startAndScan, between, between],
  linked: [
    (emulator, pass) => {
      startAndScan(emulator)
      pass(2_000)
    },
    ['linked'],
    ['linked'],
  ],
  'passkey-required': [
    (emulator) => {
      emulator.demandPasskey()
      startAndScan(emulator)
    },
    [...between, 'passkey-required'],
    [...between, 'passkey-required'],
  ],
  stale: [(emulator) => emulator.leaveStaleAuth(), [...idle, 'stale'], [...idle, 'stale']],
  stopped: [
    (emulator, pass) => {
      emulator.start()
      // The first code is valid for 60 seconds, and the five after it for 20 each.
      pass(160_000)
    },
    idle,
    [...idle, 'qr'],
  ],
}

/** The states that a mock server, or recorded responses, can bring about. */
export function statesOf({ mockServer, responses = {} }: ProviderSetUpOptions): readonly ProviderState[] {
  return Object.keys(situations).filter(
    (name): name is ProviderState =>
      Object.hasOwn(situations, name) && (mockServer !== undefined || name in responses),
  )
}

/**
 * Makes a provider whose session is in a state.
 *
 * @param isLive The account's time passes, and a scanned phone is linked at once. By default its time stands still, so that
 *   no code expires during a test on a slow machine.
 */
export function setUpProvider(
  options: ProviderSetUpOptions,
  state: ProviderState = 'unlinked',
  { isLive = false, dangerouslyAllowBrowser }: { isLive?: boolean; dangerouslyAllowBrowser?: boolean } = {},
): ProviderSetUp {
  const startedAt = Date.now()
  let passedMs = 0
  const pass = (ms: number): void => {
    passedMs += ms
  }
  const emulator = createEmulator({
    now: () => (isLive ? Date.now() : startedAt) + passedMs,
    // A response that its server holds costs the account's time only.
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      pass(ms)
    },
    ...(isLive && { linkingMs: 20 }),
    seed: 7,
  })
  const unreachable = (): never => {
    throw new TypeError('fetch failed')
  }
  const respond: Responder = options.mockServer?.(emulator) ?? options.responses?.[state] ?? unreachable
  situations[state][0](emulator, pass)
  const requests: (SentRequest & { isPending: boolean })[] = []
  const server = { requests, respond }

  async function fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const { signal: given, ...rest } = init
    const request = new Request(input instanceof Request ? input : new URL(input, 'http://localhost'), rest)
    // The signal stays outside of the request: under jsdom its class is one that Node's `Request` refuses.
    const signal = given ?? (input instanceof Request ? input.signal : new AbortController().signal)
    signal.throwIfAborted()
    const { method, url, cache, redirect, headers } = request
    const sent = { method, url, cache, signal, isPending: true }
    requests.push(sent)
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
    try {
      const response = await Promise.race([server.respond(request, signal), aborted])
      const location = redirect === 'follow' ? response.headers.get('location') : null
      return location ? await fetch(new URL(location, url), { headers, signal, redirect: 'error' }) : response
    } finally {
      sent.isPending = false
    }
  }

  return { provider: options.create({ fetch, emulator, dangerouslyAllowBrowser }), emulator, server }
}
