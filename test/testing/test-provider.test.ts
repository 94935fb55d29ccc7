import nodeTest from 'node:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type {
  PairingProvider,
  PairingSnapshot,
  RequestOptions,
  SubscribeOptions,
} from '../../src/core/provider.js'
import { ownServer } from '../../src/providers/own-server.js'
import { providerFaultNames } from '../../src/testing/provider-rules/faults.js'
import {
  mockOwnServer,
  type ProviderEnvironment,
  type TestProviderOptions,
  testProvider,
} from '../../src/testing.js'
import { QR_TEXT } from '../providers/fetch-stub.js'

const key = 'd75b3a66374942c5b3c019c698abc2067e15'
const url = 'http://engine.example/pairing'
const headers = { authorization: `Bearer ${key}` }
const number = normalizePhoneNumber('5511987654321')
const webhook = { event: 'pairing', session: 'main', account: { phoneNumber: '5511987654321' } }
const POLL_MS = 20

type Complete = Required<Omit<PairingProvider, 'startsOnRead'>>

/** A correct adapter with every ability. */
function sound({ fetch, dangerouslyAllowBrowser }: ProviderEnvironment): Complete {
  const { requestPairingCode, reset, unlink, ...provider } = ownServer({
    url,
    headers,
    fetch,
    dangerouslyAllowBrowser,
    passkey: ['answer', 'confirm', 'handoff', 'reset'],
  })
  const { getPasskeyChallenge, answerPasskey, confirmPasskey, getPasskeyHandoff, resetPasskey } = provider
  if (!requestPairingCode || !reset || !unlink) throw new Error('ownServer lacks a method.')
  if (!getPasskeyChallenge || !answerPasskey || !confirmPasskey || !getPasskeyHandoff || !resetPasskey)
    throw new Error('ownServer lacks a method for passkeys.')
  return {
    ...provider,
    methods: ['qr', 'phone-code'],
    requestPairingCode,
    reset,
    unlink,
    getPasskeyChallenge,
    answerPasskey,
    confirmPasskey,
    getPasskeyHandoff,
    resetPasskey,
    subscribe(listener, { signal, onError }) {
      const end = new AbortController()
      const stop = (): void => end.abort()
      if (signal?.aborted) return stop
      signal?.addEventListener('abort', stop)
      const poll = async (): Promise<void> => {
        const given = await provider.getStatus({ signal: end.signal }).catch((error: PairingError) => error)
        if (end.signal.aborted) return
        if (PairingError.isInstance(given)) onError?.(given)
        else listener(given)
        setTimeout(poll, POLL_MS)
      }
      void poll()
      return stop
    },
    webhookSentAt: () => undefined,
    readWebhook(body) {
      const { event, session, account } = Object(body)
      if (event !== 'pairing' || session !== 'main') return undefined
      const isNumber = /^[1-9]\d{6,14}$/.test(account?.phoneNumber) && typeof account.phoneNumber === 'string'
      return { status: 'linked', account: isNumber ? { phoneNumber: account.phoneNumber } : {} }
    },
  }
}

const standard: TestProviderOptions = {
  name: 'provider',
  create: sound,
  mockServer: (emulator) => mockOwnServer(emulator, { headers }),
  secrets: [key],
  pushes: true,
  serverOnly: 'unless-allowed',
  webhooks: [webhook],
  foreignWebhooks: [{ ...webhook, session: 'other' }],
  invalid: { 'an empty URL': () => ownServer({ url: '' }) },
}

type Tests = ReadonlyMap<string, () => Promise<void>>

/** The registered tests, by title. None of them runs. */
function testsOf(options: Partial<TestProviderOptions>): Tests {
  const tests = new Map<string, () => Promise<void>>()
  testProvider({
    ...standard,
    ...options,
    describe: (_title, body) => body(),
    it: (title, test) => tests.set(title, test),
  })
  return tests
}

/** Runs the tests in parallel and returns the titles of those that fail. */
async function failedOf(tests: Tests): Promise<readonly string[]> {
  const failed = new Set<string>()
  const run = async ([title, test]: [string, () => Promise<void>]): Promise<void> => {
    await test().catch(() => failed.add(title))
  }
  // These tests set a global `window`, which the other tests must not see.
  const isAlone = ([title]: [string, unknown]): boolean => title.includes('in a browser')
  for (const entry of [...tests].filter(isAlone)) await run(entry)
  await Promise.all([...tests].filter((entry) => !isAlone(entry)).map(run))
  return [...tests.keys()].filter((title) => failed.has(title))
}

/**
 * Each of these tests creates hundreds of providers or reads megabytes. Only the mistakes that concern them
 * run them.
 */
const SLOW = /gives away no secret|field of a response|an endless body/

/** Each of these tests calls every method. Only mistakes in errors change their result. */
const ABOUT_ERRORS = /^(?:rejects with a PairingError after|passes on Retry-After|follows no redirect)/

type Create = TestProviderOptions['create']

/** A provider with other methods. Their types are unchecked, as in JavaScript. */
const having =
  (change: (provider: Complete, environment: ProviderEnvironment) => object): Create =>
  (environment) => {
    const provider = sound(environment)
    return Object.create(
      null,
      Object.getOwnPropertyDescriptors({ ...provider, ...change(provider, environment) }),
    )
  }

/** A provider that changes its snapshots while one state lasts. */
const reporting = (
  name: 'getStatus' | 'getQrCode',
  state: string,
  change: (snapshot: PairingSnapshot) => object | undefined,
): Create =>
  having((provider, { emulator }) => ({
    async [name](options: RequestOptions) {
      const snapshot = await provider[name](options)
      return emulator.state.status === state ? change(snapshot) : snapshot
    },
  }))

/** A provider that sends its requests in a different way. */
const sending =
  (change: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch): Create =>
  (environment) =>
    sound({ ...environment, fetch: change(environment.fetch) })

/** A provider whose `getStatus` rejects with another error. */
const rejecting = (change: (error: PairingError) => unknown): Create =>
  having((provider) => ({
    getStatus: (options: RequestOptions) =>
      provider.getStatus(options).catch((error: PairingError) => {
        throw error.code === 'aborted' ? error : change(error)
      }),
  }))

/** Returns the error with a field that is not printed. */
const carrying = (error: PairingError, name: string, value: unknown): PairingError =>
  Object.defineProperty(error, name, { value, enumerable: false })

/** A provider that throws a plain error after a marked response. */
const plainAfterMark: Create = (environment) => {
  let isMarked = false
  const provider = sound({
    ...environment,
    async fetch(input, init) {
      const response = await environment.fetch(input, init)
      isMarked = response.headers.has('x-marked')
      return response
    },
  })
  const getStatus: PairingProvider['getStatus'] = async (options) => {
    const outcome = await provider.getStatus(options).catch((error: unknown) => ({ error }))
    if (isMarked) throw new Error('It did not work.')
    if ('error' in outcome) throw outcome.error
    return outcome
  }
  return { ...provider, getStatus }
}

let created = 0

/** The mistake of a provider, the tests that fail because of it, and the provider or other options. */
const mistakes: readonly (readonly [
  mistake: string,
  failing: RegExp,
  create: Create | Partial<TestProviderOptions>,
])[] = [
  ['an id in upper case', /^has an id/, having(() => ({ id: 'OwnServer' }))],
  ['its API key as the sessionId', /^has a sessionId without/, having(() => ({ sessionId: key }))],
  [
    'a different sessionId each time',
    /^has the same id/,
    having(() => ({ sessionId: `session-${++created}` })),
  ],
  [
    'no interval',
    /^has a complete timing/,
    having(({ timing }) => ({ timing: { ...timing, statusIntervalMs: 0 } })),
  ],
  [
    'a missing duration',
    /^has a complete timing/,
    having(({ timing }) => ({ timing: { ...timing, qrLifetimeMs: undefined } })),
  ],
  [
    'a minimum interval that is too long',
    /^has a complete timing/,
    having(({ timing }) => ({ timing: { ...timing, qrMinIntervalMs: 60_000 } })),
  ],
  ['an ability that it does not support', /^offers "phone-code"/, having(() => ({ methods: ['qr'] }))],
  ['its API key in a field', /^holds no secret/, having(() => ({ options: { headers } }))],
  [
    'a request on creation',
    /^sends no request when/,
    (environment) => {
      void environment.fetch(url, { headers, cache: 'no-store' })
      return sound(environment)
    },
  ],
  [
    'no check for a browser',
    /^throws "server-only"/,
    (made) => sound({ ...made, dangerouslyAllowBrowser: true }),
  ],
  [
    'no option to skip the browser check',
    /^can be created/,
    (made) => sound({ ...made, dangerouslyAllowBrowser: false }),
  ],
  [
    'no validation of its options',
    /^throws "invalid-options"/,
    { invalid: { 'an empty URL': () => undefined } },
  ],
  [
    'an unknown status',
    /^getStatus.. gives a well-formed.*"stale"/,
    reporting('getStatus', 'stale-auth', () => ({ status: 'x' })),
  ],
  [
    'a snapshot with unknown fields',
    /^getStatus.. gives a well-formed.*"stale"/,
    reporting('getStatus', 'stale-auth', (snapshot) => ({ ...snapshot, raw: 1 })),
  ],
  [
    'no snapshot',
    /^getQrCode.. gives a well-formed.*"stale"/,
    reporting('getQrCode', 'stale-auth', () => undefined),
  ],
  [
    'a link that is reported too early',
    /^getStatus.. gives a well-formed.*"linking"/,
    reporting('getStatus', 'linking', () => ({ status: 'linked', account: {} })),
  ],
  [
    'the URL of an image',
    /^getQrCode.. gives a well-formed.*"stopped"/,
    reporting('getQrCode', 'out-of-codes', () => ({
      status: 'qr',
      qrCode: { kind: 'image', src: `${url}/qr.png` },
    })),
  ],
  [
    'a read that starts codes',
    /^getStatus.. gives a well-formed.*"stopped"/,
    having((provider, { emulator }) => ({
      async getStatus(options: RequestOptions) {
        if (emulator.state.status === 'out-of-codes') await provider.reset(options)
        return provider.getStatus(options)
      },
    })),
  ],
  [
    'a read that ends a session',
    /^getQrCode.. gives a well-formed.*"passkey-required"/,
    having((provider, { emulator }) => ({
      getQrCode(options: RequestOptions) {
        if (emulator.state.status === 'passkey-required') emulator.logout()
        return provider.getQrCode(options)
      },
    })),
  ],
  [
    'cached responses',
    /bypasses HTTP caches/,
    sending((fetch) => (input, init) => fetch(input, { ...init, cache: 'default' })),
  ],
  [
    'an old QR code',
    /^getQrCode.. gives the QR code/,
    reporting('getQrCode', 'pairing', () => ({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })),
  ],
  [
    'the number of another phone',
    /^getStatus.. gives the number/,
    reporting('getStatus', 'linked', (snapshot) => ({
      ...snapshot,
      account: { phoneNumber: '441234567890' },
    })),
  ],
  [
    'an invented pairing code',
    /^requestPairingCode.. gives a code that links/,
    having(({ requestPairingCode }) => ({
      requestPairingCode: async (...given: Parameters<typeof requestPairingCode>) => ({
        ...(await requestPairingCode(...given)),
        pairingCode: 'ABCD1234',
      }),
    })),
  ],
  [
    'a code for any number',
    /^requestPairingCode.. rejects numbers/,
    having(({ requestPairingCode }) => ({
      requestPairingCode: (given: string, options: RequestOptions) =>
        requestPairingCode(/^\d{7,15}$/.test(given) ? normalizePhoneNumber(given) : number, options),
    })),
  ],
  ...(['stale-auth', 'out-of-codes'] as const).map((state): [string, RegExp, Create] => [
    `a reset that does nothing while ${state}`,
    state === 'stale-auth' ? /^reset.. ends the state "stale"/ : /^reset.. ends the state "stopped"/,
    having((provider, { emulator }) => ({
      async reset(options: RequestOptions) {
        if (emulator.state.status === state) await provider.getStatus(options)
        else await provider.reset(options)
      },
    })),
  ]),
  [
    'a reset that fails if logged out',
    /^reset.. treats a session/,
    having((provider, { emulator }) => ({
      async reset(options: RequestOptions) {
        const isLoggedOut = emulator.state.status === 'idle'
        if (!isLoggedOut) return provider.reset(options)
        await provider.getStatus(options)
        throw new PairingError('not-supported')
      },
    })),
  ],
  [
    'an unlink that does nothing',
    /^unlink.. ends the link/,
    having((provider) => ({
      unlink: async (options: RequestOptions) => void (await provider.getStatus(options)),
    })),
  ],
  [
    'the challenge of a passkey in a snapshot',
    /^holds no challenge/,
    having((provider) => ({
      async getStatus(options: RequestOptions) {
        const snapshot = await provider.getStatus(options)
        if (snapshot.status !== 'passkey-required' || !options.memory) return snapshot
        const { challenge } = (await provider.getPasskeyChallenge(options)).options
        return { ...snapshot, helpUrl: `https://example.com/?challenge=${challenge}` }
      },
    })),
  ],
  [
    'a challenge with only the known fields',
    /^getPasskeyChallenge.. gives the challenge as it is/,
    having(({ getPasskeyChallenge }) => ({
      async getPasskeyChallenge(options: RequestOptions) {
        const { challenge, rpId } = (await getPasskeyChallenge(options)).options
        return { options: { challenge, rpId } }
      },
    })),
  ],
  [
    'a stored passkey answer',
    /^answerPasskey.. passes the answer on/,
    having(({ answerPasskey }, { emulator }) => ({
      async answerPasskey(...given: Parameters<typeof answerPasskey>) {
        const isOurs = given[0].response.clientDataJSON.length > 150
        if (emulator.state.status !== 'passkey-required' || !isOurs) await answerPasskey(...given)
      },
    })),
  ],
  ...(['answerPasskey', 'confirmPasskey'] as const).map((name): [string, RegExp, Create] => [
    `${name}() that is tried again`,
    new RegExp(`^${name}.. is not repeated`),
    having((provider) => ({
      async [name](given: never, options: RequestOptions) {
        const send = async (): Promise<void> => provider[name](given, options)
        await send().catch((error: PairingError) => {
          if (error.code === 'network') return send()
          throw error
        })
      },
    })),
  ]),
  [
    'a hand-off to another site',
    /^getPasskeyHandoff.. gives a code/,
    having(({ getPasskeyHandoff }) => ({
      async getPasskeyHandoff(options: RequestOptions) {
        await getPasskeyHandoff(options)
        return { kind: 'link', url: 'https://web.whatsapp.example/' }
      },
    })),
  ],
  [
    'a reset of the passkey that does nothing',
    /^resetPasskey.. ends the ceremony/,
    having(({ getStatus }) => ({
      resetPasskey: async (options: RequestOptions) => void (await getStatus(options)),
    })),
  ],
  [
    'a request after the abort',
    /^getStatus.. sends nothing/,
    having((provider) => ({
      async getStatus(options: RequestOptions) {
        if (options.signal?.aborted) await provider.getStatus({})
        return provider.getStatus(options)
      },
    })),
  ],
  [
    'a signal that it ignores',
    /^getStatus.. ends when its signal aborts/,
    having((provider) => ({
      getStatus: (options: RequestOptions) => provider.getStatus(options.signal?.aborted ? options : {}),
    })),
  ],
  [
    'a request that continues after the abort',
    /ends when its signal aborts/,
    sending(
      (fetch) =>
        (input, { signal: _, ...init } = {}) =>
          fetch(input, init),
    ),
  ],
  ...providerFaultNames.map((fault): [string, RegExp, Partial<TestProviderOptions>] => [
    `a plain error after ${fault}`,
    new RegExp(`^rejects with a PairingError after ${fault}:`),
    {
      create: plainAfterMark,
      faults: {
        [fault]: {
          response: () =>
            Response.json({ message: 'Refused' }, { status: 500, headers: { 'x-marked': '1' } }),
        },
      },
    },
  ]),
  [
    'one code for every error',
    /HTTP (401|403|404|429)|Retry-After/,
    rejecting(() => new PairingError('unknown', 'It did not work.')),
  ],
  [
    'followed redirects',
    /^follows no redirect/,
    sending((fetch) => (input, init) => fetch(input, { ...init, redirect: 'follow' })),
  ],
  [
    'a Retry-After that it discards',
    /^passes on Retry-After/,
    rejecting(({ code }) => new PairingError(code, 'Too often.')),
  ],
  [
    'its API key in the message',
    /^getStatus.. gives away/,
    rejecting((error) => carrying(error, 'message', `Refused: ${key}`)),
  ],
  [
    'the URL in the message',
    /^getStatus.. gives away/,
    rejecting((error) => carrying(error, 'message', `Requested ${url}.`)),
  ],
  [
    'another URL in the message',
    /^getStatus.. gives away/,
    rejecting((error) => carrying(error, 'message', 'See https://engine.example/.')),
  ],
  [
    'a foreign error as the cause',
    /^getStatus.. gives away/,
    rejecting((error) => carrying(error, 'cause', new TypeError('fetch failed'))),
  ],
  [
    'its API key in a hidden field',
    /^getStatus.. gives away/,
    rejecting((error) => carrying(error, 'request', new Map([['headers', headers]]))),
  ],
  [
    'a field of a response that it does not validate',
    /^getStatus.. gives a snapshot or a PairingError/,
    (environment) => {
      let text = ''
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const response = await environment.fetch(input, init)
        // The bodies of errors may be endless.
        text =
          response.ok && response.headers.get('content-type')?.includes('json')
            ? await textOf(response.clone())
            : ''
        return response
      }
      const provider = sound({ ...environment, fetch })
      const getStatus: PairingProvider['getStatus'] = async (options) => {
        const snapshot = await provider.getStatus(options)
        return snapshot.status === 'linked'
          ? { ...snapshot, account: { ...snapshot.account, name: JSON.parse(text).account.name } }
          : snapshot
      }
      return { ...provider, getStatus }
    },
  ],
  [
    'a link that is not pushed',
    /^subscribe.. pushes the link/,
    having(({ subscribe }) => ({
      subscribe: (listener: (snapshot: PairingSnapshot) => void, options: SubscribeOptions) =>
        subscribe((snapshot) => snapshot.status !== 'linked' && listener(snapshot), options),
    })),
  ],
  [
    'a subscription that continues after its end',
    /^subscribe.. stops when the returned/,
    having(({ subscribe }) => ({
      subscribe(...given: Parameters<typeof subscribe>) {
        subscribe(...given)
        return () => {}
      },
    })),
  ],
  [
    'a subscription without its signal',
    /^subscribe.. stops when its signal/,
    having(({ subscribe }) => ({
      subscribe: (listener: (snapshot: PairingSnapshot) => void, { signal, ...options }: SubscribeOptions) =>
        subscribe(listener, signal?.aborted ? { signal } : options),
    })),
  ],
  [
    'a subscription that starts aborted',
    /^subscribe.. pushes nothing/,
    having(({ subscribe }) => ({
      subscribe: (listener: (snapshot: PairingSnapshot) => void, options: SubscribeOptions) =>
        subscribe(listener, options.signal?.aborted ? {} : options),
    })),
  ],
  [
    'a plain error for subscribers',
    /^subscribe.. never throws/,
    having(({ subscribe }) => ({
      subscribe: (listener: (snapshot: PairingSnapshot) => void, options: SubscribeOptions) =>
        subscribe(listener, {
          ...options,
          onError: (error) => options.onError?.(Object.assign(error, { code: 'teapot' })),
        }),
    })),
  ],
  [
    'webhooks of other sessions',
    /^readWebhook.. ignores/,
    having(({ readWebhook }) => ({
      readWebhook: (body: unknown) => readWebhook({ ...Object(body), session: 'main' }),
    })),
  ],
  [
    'a webhook that throws',
    /^readWebhook.. (ignores|gives a snapshot or undefined)/,
    having(({ readWebhook }) => ({
      readWebhook: (body: { event: string } | null) =>
        body === null ? Object(undefined).x.y : readWebhook(body),
    })),
  ],
  [
    'a malformed snapshot of a webhook',
    /^readWebhook.. gives a snapshot/,
    having(({ readWebhook }) => ({
      readWebhook: (body: unknown) => readWebhook(body) && { status: 'linked' },
    })),
  ],
  [
    'a field of a webhook that it does not validate',
    /^readWebhook.. gives a snapshot or undefined/,
    having(({ readWebhook }) => ({
      readWebhook: (body: unknown) =>
        readWebhook(body) && { status: 'linked', account: Object(body).account },
    })),
  ],
]

const textOf = async (response: Response): Promise<string> => response.text().catch(() => '')

describe('testProvider()', () => {
  testProvider({ ...standard, name: 'ownServer with push and webhooks', describe, it })

  it.each(mistakes)('fails a provider with %s, in that test only', async (_mistake, failing, given) => {
    const all = testsOf(typeof given === 'function' ? { create: given } : given)
    const expected = [...all.keys()].filter((title) => failing.test(title))
    const isAboutErrors = expected.some((title) => ABOUT_ERRORS.test(title))
    const isOmitted = (title: string) => SLOW.test(title) || (!isAboutErrors && ABOUT_ERRORS.test(title))
    const tests = new Map([...all].filter(([title]) => failing.test(title) || !isOmitted(title)))
    expect(expected).not.toEqual([])
    expect(await failedOf(tests)).toEqual(expected)
  })

  it('covers each rule with a mistake in the table', () => {
    // If a rule exists for several methods or states, one of them is enough.
    const isOneOfMany = /^\w+\(\) (gives a well-formed|sends nothing|gives away|gives a snapshot or)/
    const uncovered = [...testsOf({}).keys()].filter(
      (title) => !mistakes.some(([, failing]) => failing.test(title)),
    )
    expect(uncovered.filter((title) => !isOneOfMany.test(title))).toEqual([])
  })

  it('tests recorded responses for the states that they cover', async () => {
    const tests = testsOf({
      mockServer: undefined,
      pushes: false,
      responses: {
        unlinked: () => Response.json({ state: 'stopped' }),
        qr: () => Response.json({ state: 'ready', qr: QR_TEXT }),
        linked: () => Response.json({ state: 'linked', account: { phoneNumber: '5511987654321' } }),
      },
    })
    expect(await failedOf(new Map([...tests].filter(([title]) => !SLOW.test(title))))).toEqual([])
    expect([...tests.keys()].filter((title) => title.includes('while the state is'))).toHaveLength(6)
    expect([...tests.keys()]).not.toContain('unlink() ends the link')
  })

  it('accepts another code for a fault that is named in "faults"', async () => {
    const create = rejecting((error) =>
      error.code === 'session-not-found' ? new PairingError('unauthorized') : error,
    )
    const tests = new Map([...testsOf({ create })].filter(([title]) => !SLOW.test(title)))
    expect(await failedOf(tests)).toEqual([
      'rejects with a PairingError after HTTP 404: code "session-not-found"',
    ])
  })

  it('accepts reads with POST that "isRead" recognises', async () => {
    const create = sending(
      (fetch) => (input, init) =>
        fetch(`${input}/read`, {
          ...init,
          method: init?.method === 'GET' ? 'POST' : (init?.method ?? 'POST'),
        }),
    )
    const mockServer: TestProviderOptions['mockServer'] = (emulator) => {
      const respond = mockOwnServer(emulator, { headers })
      return (request) =>
        respond(
          new Request(request.url.replace(/\/read$/, ''), {
            method: request.method === 'POST' ? 'GET' : request.method,
            headers: request.headers,
          }),
        )
    }
    const options = { create, mockServer }
    const failed = (more: Partial<TestProviderOptions>) =>
      failedOf(
        new Map([...testsOf({ ...options, ...more })].filter(([title]) => title.includes('while the state'))),
      )
    expect(await failed({})).toHaveLength(16)
    expect(await failed({ isRead: () => true })).toEqual([])
  })

  it('uses the global describe() and it()', () => {
    const titles: string[] = []
    vi.stubGlobal('describe', (_title: string, body: () => void) => body())
    vi.stubGlobal('it', (title: string) => titles.push(title))
    testProvider(standard)
    expect(titles).toContain('has an id in kebab-case')
  })

  it('throws "invalid-options" without a test runner', () => {
    expect(() => testProvider(standard)).toThrow(/found no global describe/)
  })

  it('accepts describe() and it() of Vitest and node:test', () => {
    const runners: readonly Pick<TestProviderOptions, 'describe' | 'it'>[] = [{ describe, it }, nodeTest]
    for (const runner of runners) expect(typeof runner.describe).toBe('function')
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
})
