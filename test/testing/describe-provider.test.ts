import nodeTest from 'node:test'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, PairingSnapshot, ProviderTiming } from '../../src/core/provider.js'
import { ownServer } from '../../src/providers/own-server.js'
import {
  describeProvider,
  type Emulator,
  mockOwnServer,
  type ProviderEnvironment,
  type ProviderUnderTest,
  type TestRunner,
} from '../../src/testing.js'
import { json, QR_TEXT } from '../providers/fetch-stub.js'

const key = 'd75b3a66374942c5b3c019c698abc2067e15'
const url = 'http://engine.example/pairing'
const headers = { authorization: `Bearer ${key}` }
const number = normalizePhoneNumber('5511987654321')

const linkedWebhook = { event: 'pairing', session: 'main', account: { phoneNumber: '5511987654321' } }

/** With every ability that there is. */
function sound({ fetch }: ProviderEnvironment): PairingProvider {
  const provider = ownServer({ url, headers, fetch })
  return {
    ...provider,
    subscribe(listener, { signal, onGap }) {
      const end = new AbortController()
      let timer: ReturnType<typeof setTimeout> | undefined
      const stop = (): void => {
        end.abort()
        clearTimeout(timer)
      }
      if (signal?.aborted) return stop
      signal?.addEventListener('abort', stop)
      const ask = async (): Promise<void> => {
        await provider.getStatus({ signal: end.signal }).then(listener, () => onGap?.())
        if (!end.signal.aborted) timer = setTimeout(ask, provider.timing.statusIntervalMs)
      }
      void ask()
      return stop
    },
    readWebhook(body) {
      const { event, session, account } = Object(body)
      if (event !== 'pairing' || session !== 'main' || typeof account?.phoneNumber !== 'string')
        return undefined
      const isNumber = /^[1-9]\d{6,14}$/.test(account.phoneNumber)
      return { status: 'linked', account: isNumber ? { phoneNumber: account.phoneNumber } : {} }
    },
  }
}

const mockServer = (emulator: Emulator) => mockOwnServer(emulator, { headers })

function underTest(create: (environment: ProviderEnvironment) => PairingProvider): ProviderUnderTest {
  return {
    create,
    mockServer,
    secrets: [key],
    pushes: true,
    webhooks: [linkedWebhook],
    foreignWebhooks: [{ ...linkedWebhook, session: 'other' }],
  }
}

type Tests = ReadonlyMap<string, () => Promise<void>>

/** The tests that the suite registers, by name, without their being run. */
function testsOf(subject: ProviderUnderTest): Tests {
  const tests = new Map<string, () => Promise<void>>()
  const recorder: TestRunner = {
    describe: (_name, body) => body(),
    it: (name, test) => tests.set(name, test),
  }
  describeProvider('provider', recorder, subject)
  return tests
}

/** What the suite says of a provider in one of its tests; `undefined` where it finds nothing. */
async function verdict(tests: Tests, name: string): Promise<string | undefined> {
  const test = tests.get(name)
  if (!test) throw new Error(`There is no test "${name}"`)
  try {
    await test()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('a sound provider', () => {
  describeProvider('ownServer, with push and webhooks', { describe, it }, underTest(sound))

  it('may be tested with recorded answers, as far as they go', async () => {
    const account = { phoneNumber: '5511987654321' }
    const tests = testsOf({
      create: ({ fetch }) => ownServer({ url, headers, fetch }),
      answers: {
        unlinked: recorded({ state: 'stopped' }),
        qr: recorded({ state: 'ready', qr: QR_TEXT }),
        linked: recorded({ state: 'linked', account }),
      },
    })
    const failed = await failedOf(tests)
    expect(failed).toEqual([])
    expect(tests.has('getStatus tells what is while a phone is linked')).toBe(true)
    expect(tests.has('getStatus tells what is while leftovers of an earlier link are in the way')).toBe(false)
    expect(tests.has('unlink ends the link')).toBe(false)
  })

  it('may be tested without HTTP, over the account alone', async () => {
    const tests = testsOf({ create: ({ emulator }) => overAccount(emulator) })
    expect(await failedOf(tests)).toEqual([])
    expect(tests.has('requestPairingCode gives a code that links, and the next one ends it')).toBe(true)
    expect(tests.has('takes HTTP 401 for "unauthorized"')).toBe(false)
  })

  it('may word a fault in its own way where it says so', async () => {
    const teapot = (environment: ProviderEnvironment): PairingProvider =>
      rejecting(sound(environment), ({ code }) =>
        code === 'session-not-found' ? new PairingError('unauthorized', 'No such key.') : undefined,
      )
    const name = 'takes HTTP 404 for "unauthorized"'
    const tests = testsOf({ ...underTest(teapot), codes: { 'HTTP 404': 'unauthorized' } })
    expect(await verdict(tests, name)).toBeUndefined()
  })

  it('may make pauses between its requests, which take the suite no time', async () => {
    const patient = (environment: ProviderEnvironment): PairingProvider => {
      const provider = sound(environment)
      return {
        ...provider,
        async getStatus(options) {
          const first = await provider.getStatus(options).catch(() => undefined)
          if (first) return first
          await new Promise((resolve) => setTimeout(resolve, 2_000))
          return provider.getStatus(options)
        },
      }
    }
    const tests = testsOf(underTest(patient))
    expect(await verdict(tests, 'getStatus gives nothing away, whatever comes back')).toBeUndefined()
    expect(await verdict(tests, 'never has two requests under way')).toBeUndefined()
  })

  it('may read with POST where it says so', async () => {
    const posting = ({ fetch }: ProviderEnvironment): PairingProvider =>
      ownServer({ url, headers, fetch: (input, init) => fetch(`${input}/read`, { ...init, method: 'POST' }) })
    const reading = (emulator: Emulator) => {
      const answer = mockServer(emulator)
      return ({ url: asked, headers: sent }: Request) =>
        answer(new Request(asked.replace(/\/read$/, ''), { headers: sent }))
    }
    const subject = { ...underTest(posting), mockServer: reading }
    const name = 'getStatus changes nothing'
    expect(await verdict(testsOf(subject), name)).toContain('isRead')
    expect(await verdict(testsOf({ ...subject, isRead: (sent) => sent.url.endsWith('/read') }), name)).toBe(
      undefined,
    )
  })
})

/** Wraps the calls that answer with a snapshot. */
type Spoil = (snapshot: PairingSnapshot) => unknown

/** As from JavaScript, where nobody checks what a provider gives. */
function asProvider(fields: object): PairingProvider {
  return Object.assign(Object.create(null), fields)
}

function giving(provider: PairingProvider, spoil: Spoil): PairingProvider {
  return asProvider({
    ...provider,
    getStatus: async (options: object) => spoil(await provider.getStatus(options)),
    getQrCode: async (options: object) => spoil(await provider.getQrCode(options)),
  })
}

/** Wraps what it rejects with. */
function rejecting(provider: PairingProvider, spoil: (error: PairingError) => unknown): PairingProvider {
  const { getStatus, getQrCode, requestPairingCode, reset, unlink } = provider
  const spoilt =
    <Given extends readonly unknown[], Value>(call: ((...given: Given) => Promise<Value>) | undefined) =>
    async (...given: Given): Promise<Value | undefined> => {
      try {
        return await call?.(...given)
      } catch (error) {
        throw PairingError.isInstance(error) ? (spoil(error) ?? error) : error
      }
    }
  return asProvider({
    ...provider,
    getStatus: spoilt(getStatus),
    getQrCode: spoilt(getQrCode),
    requestPairingCode: spoilt(requestPairingCode),
    reset: spoilt(reset),
    unlink: spoilt(unlink),
  })
}

/** Wraps the way to its server. */
function sending(
  { fetch, emulator }: ProviderEnvironment,
  spoil: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch,
): PairingProvider {
  return sound({ fetch: spoil(fetch), emulator })
}

/** With an error that carries something along where nobody looks at first. */
function carrying(error: PairingError, name: string, value: unknown): PairingError {
  return Object.defineProperty(error, name, { value, enumerable: false })
}

/** An adapter as one would write it in a hurry. */
function naive({ fetch }: ProviderEnvironment): PairingProvider {
  return {
    id: 'naive',
    sessionId: 'main',
    timing: ownServer({ url }).timing,
    async getStatus() {
      try {
        const signal = AbortSignal.timeout(30_000)
        const response = await fetch(url, { headers, signal })
        const { state, account }: { state: string; account: { name: string } } = await response.json()
        return state === 'linked'
          ? { status: 'linked', account: { name: account.name.trim() } }
          : { status: 'unlinked' }
      } catch (error) {
        if (error instanceof DOMException) throw new PairingError('timeout', 'No answer.')
        if (error instanceof TypeError && error.message === 'fetch failed')
          throw new PairingError('network', 'No network.')
        throw error
      }
    },
    getQrCode: async () => ({ status: 'preparing' }),
  }
}

interface Defect {
  readonly title: string
  readonly create: (environment: ProviderEnvironment) => PairingProvider
  /** The test that finds it. */
  readonly foundBy: string
  /** What that test says. */
  readonly says: RegExp
}

const withTiming = (provider: PairingProvider, timing: Partial<ProviderTiming>): PairingProvider => ({
  ...provider,
  timing: { ...provider.timing, ...timing },
})

const what = {
  linked: 'getStatus tells what is while a phone is linked',
  linking: 'getStatus tells what is while the phone has answered, and the link is not finished',
  qr: 'getQrCode tells what is while a QR code is up',
  discreet: 'getStatus gives nothing away, whatever comes back',
} as const

let made = 0

const defects: readonly Defect[] = [
  {
    title: 'has an id in capitals',
    create: (environment) => ({ ...sound(environment), id: 'OwnServer' }),
    foundBy: 'has an id in kebab-case',
    says: /OwnServer/,
  },
  {
    title: 'names its session by its key',
    create: (environment) => ({ ...sound(environment), sessionId: key }),
    foundBy: 'has a session id without a secret in it',
    says: /secret/,
  },
  {
    title: 'is another provider each time',
    create: (environment) => {
      made += 1
      return { ...sound(environment), sessionId: `session-${made}` }
    },
    foundBy: 'is the same provider when it is made again',
    says: /two ids/,
  },
  {
    title: 'asks without a pause',
    create: (environment) => withTiming(sound(environment), { statusIntervalMs: 0 }),
    foundBy: 'has a timing that can be kept',
    says: /statusIntervalMs/,
  },
  {
    title: 'has a shortest interval that is the longest',
    create: (environment) => withTiming(sound(environment), { qrMinIntervalMs: 60_000 }),
    foundBy: 'has a timing that can be kept',
    says: /qrMinIntervalMs/,
  },
  {
    title: 'offers what it cannot do',
    create: ({ fetch }) => {
      const { requestPairingCode: _, ...rest } = ownServer({ url, headers, fetch })
      return { ...rest, methods: ['qr', 'phone-code'] }
    },
    foundBy: 'has the abilities that it offers, and offers those that it has',
    says: /no requestPairingCode/,
  },
  {
    title: 'hides what it can do',
    create: (environment) => ({ ...sound(environment), methods: ['qr'] }),
    foundBy: 'has the abilities that it offers, and offers those that it has',
    says: /never offers/,
  },
  {
    title: 'keeps its key in a field',
    create: (environment) => Object.assign(sound(environment), { options: { headers } }),
    foundBy: 'keeps its secrets to itself',
    says: /secret/,
  },
  {
    title: 'asks while it is made',
    create: (environment) => {
      const provider = sound(environment)
      void provider.getStatus({})
      return provider
    },
    foundBy: 'asks nothing before it is asked',
    says: /every render/,
  },
  {
    title: 'has a status of its own',
    create: (environment) => giving(sound(environment), () => ({ status: 'connected' })),
    foundBy: what.linked,
    says: /"connected"/,
  },
  {
    title: 'passes on more than a snapshot',
    create: (environment) => giving(sound(environment), (snapshot) => ({ ...snapshot, raw: '{}' })),
    foundBy: what.linked,
    says: /raw/,
  },
  {
    title: 'names the account as its server does',
    create: (environment) =>
      giving(sound(environment), (snapshot) => ({ ...snapshot, account: { phoneNumber: '+55 11' } })),
    foundBy: what.linked,
    says: /account/,
  },
  {
    title: 'gives nothing at all',
    create: (environment) => giving(sound(environment), () => undefined),
    foundBy: what.linked,
    says: /no snapshot/,
  },
  {
    title: 'is sure too early',
    create: (environment) =>
      giving(sound(environment), (snapshot) =>
        snapshot.status === 'linking' ? { status: 'linked', account: {} } : snapshot,
      ),
    foundBy: what.linking,
    says: /gave "linked"/,
  },
  {
    title: 'gives a lifetime that is no number',
    create: (environment) =>
      giving(sound(environment), (snapshot) => ({ ...snapshot, expiresInMs: Number.NaN })),
    foundBy: what.qr,
    says: /expiresInMs/,
  },
  {
    title: 'gives the address of a picture',
    create: (environment) =>
      giving(sound(environment), () => ({ status: 'qr', qrCode: { kind: 'image', src: `${url}/qr.png` } })),
    foundBy: what.qr,
    says: /qrCode/,
  },
  {
    title: 'gives a code of yesterday',
    create: (environment) =>
      giving(sound(environment), () => ({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })),
    foundBy: 'gives the QR code of this moment',
    says: /did not take/,
  },
  {
    title: 'names whoever it likes',
    create: (environment) =>
      giving(sound(environment), (snapshot) => ({ ...snapshot, account: { phoneNumber: '441234567890' } })),
    foundBy: 'names the phone that was linked, as far as it names one',
    says: /another phone number/,
  },
  {
    title: 'begins codes when it is asked for the state',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        async getStatus(options) {
          await provider.reset?.(options)
          return provider.getStatus(options)
        },
      }
    },
    foundBy: 'getStatus changes nothing',
    says: /POST/,
  },
  {
    title: 'ends a link by asking for a code',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        async getQrCode(options) {
          environment.emulator.disconnect()
          return provider.getQrCode(options)
        },
      }
    },
    foundBy: 'getQrCode changes nothing',
    says: /led to "idle"/,
  },
  {
    title: 'lets its answers be cached',
    create: (environment) =>
      sending(environment, (fetch) => (input, init) => fetch(input, { ...init, cache: 'default' })),
    foundBy: 'reads past every cache',
    says: /no-store/,
  },
  {
    title: 'makes codes up',
    create: (environment) => ({
      ...sound(environment),
      requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    }),
    foundBy: 'requestPairingCode gives a code that links, and the next one ends it',
    says: /did not take/,
  },
  {
    title: 'gives a code to any number',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        requestPairingCode: async (_number, options) =>
          (await provider.requestPairingCode?.(number, options)) ?? { status: 'preparing' },
      }
    },
    foundBy: 'requestPairingCode refuses the number "123"',
    says: /should have rejected/,
  },
  {
    title: 'tells what came of a reset',
    create: (environment) => asProvider({ ...sound(environment), reset: async () => ({ ok: true }) }),
    foundBy: 'reset resolves with nothing',
    says: /"ok":true/,
  },
  {
    title: 'resets nothing',
    create: (environment) => ({ ...sound(environment), reset: async () => {} }),
    foundBy: 'reset clears what is in the way of a code',
    says: /"stale"/,
  },
  {
    title: 'unlinks nothing',
    create: (environment) => ({ ...sound(environment), unlink: async () => {} }),
    foundBy: 'unlink ends the link',
    says: /the phone is linked/,
  },
  {
    title: 'does not listen to its signal',
    create: (environment) => {
      const provider = sound(environment)
      return { ...provider, getStatus: () => provider.getStatus({}) }
    },
    foundBy: 'getStatus ends at once when it is given up, and its request too',
    says: /given up and should reject/,
  },
  {
    title: 'lets its request go on',
    create: (environment) =>
      sending(
        environment,
        (fetch) =>
          (input, { signal: _, ...init } = {}) =>
            fetch(input, init),
      ),
    foundBy: 'getStatus ends at once when it is given up, and its request too',
    says: /its request goes on/,
  },
  {
    title: 'leaves it to fetch to listen',
    create: naive,
    foundBy: 'times out where no answer comes and fetch does not listen',
    says: /should give up/,
  },
  {
    title: 'sends what was given up before',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        async getStatus({ signal }) {
          await provider.getStatus({})
          return provider.getStatus({ signal })
        },
      }
    },
    foundBy: 'getStatus sends nothing when it was given up before',
    says: /given up, and done/,
  },
  {
    title: 'says in its own words that it was given up',
    create: (environment) =>
      rejecting(sound(environment), ({ code }) =>
        code === 'aborted' ? new PairingError('network', 'Stopped.') : undefined,
      ),
    foundBy: 'getStatus sends nothing when it was given up before',
    says: /"network"/,
  },
  {
    title: 'hears of it only when it is its turn',
    create: (environment) => {
      const provider = sound(environment)
      let last: Promise<unknown> = Promise.resolve()
      const inTurn =
        (call: PairingProvider['getStatus']): PairingProvider['getStatus'] =>
        (options) => {
          const answer = last.then(() => call(options))
          last = answer.catch(() => undefined)
          return answer
        }
      return { ...provider, getStatus: inTurn(provider.getStatus), getQrCode: inTurn(provider.getQrCode) }
    },
    foundBy: 'getQrCode ends at once when it is given up while it waits for its turn, and is never sent',
    says: /while it waited/,
  },
  {
    title: 'waits longer than it says',
    create: (environment) => withTiming(sound(environment), { requestTimeoutMs: 5_000 }),
    foundBy: 'getStatus times out where no answer comes',
    says: /requestTimeoutMs \(5000/,
  },
  {
    title: 'leaves a timer behind',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        getStatus(options) {
          setTimeout(() => {}, 60_000)
          return provider.getStatus(options)
        },
      }
    },
    foundBy: 'getStatus times out where no answer comes',
    says: /timer behind/,
  },
  {
    title: 'asks twice at the same time',
    create: (environment) => ({
      ...sound(environment),
      getStatus: (options) => sound(environment).getStatus(options),
    }),
    foundBy: 'never has two requests under way',
    says: /under way at once/,
  },
  {
    title: 'throws plain errors',
    create: (environment) => rejecting(sound(environment), () => new Error('HTTP 500')),
    foundBy: 'takes HTTP 500 for "provider-unavailable"',
    says: /no PairingError/,
  },
  {
    title: 'knows one error for everything',
    create: (environment) =>
      rejecting(sound(environment), () => new PairingError('unknown', 'It did not work.')),
    foundBy: 'takes HTTP 401 for "unauthorized"',
    says: /"unknown", not for "unauthorized"/,
  },
  {
    title: 'has an error code of its own',
    create: (environment) =>
      rejecting(sound(environment), (error) => Object.assign(error, { code: 'teapot' })),
    foundBy: 'takes HTTP 401 for "unauthorized"',
    says: /"teapot", which there is not/,
  },
  {
    title: 'takes a page for an answer',
    create: (environment) => ({
      ...sound(environment),
      unlink: async () => void (await environment.fetch(url, { method: 'DELETE', headers })),
    }),
    foundBy: 'takes a page under HTTP 200 for "provider-unavailable"',
    says: /unlink should have rejected/,
  },
  {
    title: 'reads on for ever',
    create: naive,
    foundBy: 'takes a body without end for "invalid-answer"',
    says: /getStatus rejected with the TypeError/,
  },
  {
    title: 'forgets how long to wait',
    create: (environment) =>
      rejecting(sound(environment), ({ code }) => new PairingError(code, 'Too often.')),
    foundBy: 'hands on how long to wait, given in seconds',
    says: /retryAfterMs undefined/,
  },
  {
    title: 'follows redirects',
    create: (environment) =>
      sending(environment, (fetch) => (input, init) => fetch(input, { ...init, redirect: 'follow' })),
    foundBy: 'follows no redirect',
    says: /credentials along/,
  },
  {
    title: 'writes its key into the message',
    create: (environment) =>
      rejecting(sound(environment), ({ code }) => new PairingError(code, `Refused: ${key}`)),
    foundBy: what.discreet,
    says: /gave a secret away/,
  },
  {
    title: 'writes the URL into the message',
    create: (environment) =>
      rejecting(sound(environment), ({ code }) => new PairingError(code, `Asked ${url}, in vain.`)),
    foundBy: what.discreet,
    says: /URL of a request/,
  },
  {
    title: 'links to its pages in the message',
    create: (environment) =>
      rejecting(sound(environment), ({ code }) => new PairingError(code, 'See https://engine.example.')),
    foundBy: what.discreet,
    says: /wrote a URL/,
  },
  {
    title: 'keeps the error below as the cause',
    create: (environment) =>
      rejecting(sound(environment), (error) => carrying(error, 'cause', new TypeError('fetch failed'))),
    foundBy: what.discreet,
    says: /foreign error/,
  },
  {
    title: 'keeps the request in a hidden field',
    create: (environment) =>
      rejecting(sound(environment), (error) => carrying(error, 'request', new Map([['headers', headers]]))),
    foundBy: what.discreet,
    says: /gave a secret away/,
  },
  {
    title: 'repeats what its server said',
    create: (environment) => {
      let said = ''
      const provider = sending(environment, (fetch) => async (input, init) => {
        const response = await fetch(input, init)
        said = (await response.clone().text()).slice(0, 60)
        return response
      })
      return rejecting(provider, ({ code }) => new PairingError(code, `It said: ${said}`))
    },
    foundBy: what.discreet,
    says: /words of the provider/,
  },
  {
    title: 'trusts the form of an answer',
    create: naive,
    foundBy: 'getStatus holds out when a field of an answer is something else',
    says: /no PairingError/,
  },
  {
    title: 'throws when somebody subscribes',
    create: (environment) => ({
      ...sound(environment),
      subscribe() {
        throw new Error('No socket.')
      },
    }),
    foundBy: 'subscribe never throws, whatever its server does',
    says: /must never throw/,
  },
  {
    title: 'cannot be ended',
    create: (environment) => asProvider({ ...sound(environment), subscribe: () => undefined }),
    foundBy: 'subscribe pushes nothing after it was ended',
    says: /function that ends it/,
  },
  {
    title: 'pushes after its end',
    create: (environment) => {
      const provider = sound(environment)
      return {
        ...provider,
        subscribe(listener) {
          provider.subscribe?.(listener, {})
          return () => {}
        },
      }
    },
    foundBy: 'subscribe pushes nothing after it was ended',
    says: /pushed on/,
  },
  {
    title: 'does not listen to the signal of a subscription',
    create: (environment) => {
      const provider = sound(environment)
      return { ...provider, subscribe: (listener) => provider.subscribe?.(listener, {}) ?? (() => {}) }
    },
    foundBy: 'subscribe pushes nothing after its signal was aborted',
    says: /pushed on/,
  },
  {
    title: 'pushes what is no snapshot',
    create: (environment) => {
      const provider = sound(environment)
      return asProvider({
        ...provider,
        subscribe: (listener: (snapshot: unknown) => void, options: object) =>
          provider.subscribe?.((snapshot) => listener([snapshot]), options),
      })
    },
    foundBy: 'subscribe pushes nothing after it was ended',
    says: /no snapshot/,
  },
  {
    title: 'throws at a webhook that is none',
    create: (environment) =>
      asProvider({ ...sound(environment), readWebhook: (body: { event: string }) => void body.event }),
    foundBy: 'readWebhook leaves bodies of other kinds alone',
    says: /must never throw/,
  },
  {
    title: 'reads the webhooks of others',
    create: (environment) => ({
      ...sound(environment),
      readWebhook: (body) => (Object(body).event === 'pairing' ? { status: 'unlinked' } : undefined),
    }),
    foundBy: 'readWebhook leaves bodies of other kinds alone',
    says: /"session":"other"/,
  },
  {
    title: 'trusts the form of a webhook',
    create: (environment) =>
      asProvider({
        ...sound(environment),
        readWebhook: (body: unknown) => {
          const { event, session, account } = Object(body)
          return event === 'pairing' && session === 'main' ? { status: 'linked', account } : undefined
        },
      }),
    foundBy: 'readWebhook holds out when a field of a body is something else',
    says: /account/,
  },
]

describe('a provider with a defect', () => {
  it.each(defects.map((defect) => [defect.title, defect] as const))(
    'is found out: it %s',
    async (_title, { create, foundBy, says }) => {
      expect(await verdict(testsOf(underTest(create)), foundBy)).toMatch(says)
    },
  )

  it('is found out: it can be made in a browser', async () => {
    const tests = testsOf({ ...underTest(sound), create: () => ownServer({ url }), serverOnly: true })
    const name = 'refuses to be made in a browser, and says where it belongs'
    expect(await verdict(tests, name)).toContain('server-only')
  })

  it('is found out: it takes options that cannot work', async () => {
    const tests = testsOf({ ...underTest(sound), invalid: { 'no URL': () => undefined } })
    expect(await verdict(tests, 'refuses no URL, without repeating it')).toContain('should have rejected')
  })

  it('leaves the clock of the runner as it was', async () => {
    const before = [globalThis.setTimeout, globalThis.clearTimeout, AbortSignal.timeout, Date.now]
    const tests = testsOf(underTest((environment) => ({ ...naive(environment), reset: async () => {} })))
    expect(await verdict(tests, 'reset times out where no answer comes')).toContain('should have rejected')
    expect([globalThis.setTimeout, globalThis.clearTimeout, AbortSignal.timeout, Date.now]).toEqual(before)
  })
})

describe('the runner', () => {
  it('may be any that has describe and it', () => {
    const runners: readonly TestRunner[] = [
      { describe, it },
      { describe: nodeTest.describe, it: nodeTest.it },
    ]
    for (const runner of runners) expect(Object.keys(runner)).toEqual(['describe', 'it'])
  })
})

/** Names of the tests that fail. */
async function failedOf(tests: Tests): Promise<readonly string[]> {
  const failed: string[] = []
  for (const name of tests.keys()) {
    const said = await verdict(tests, name)
    if (said !== undefined) failed.push(`${name}: ${said}`)
  }
  return failed
}

function recorded(body: object): (request: Request) => Promise<Response> {
  return async (request) =>
    json(body)({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: undefined,
      init: {},
    })
}

/** A provider in the same process as what links: no HTTP in between. */
function overAccount(emulator: Emulator): PairingProvider {
  const { timing } = ownServer({ url })
  const unlessAborted = async (signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted) throw new PairingError('aborted', 'Nobody waits.')
  }
  const snapshot = (): PairingSnapshot => {
    const { state } = emulator
    switch (state.status) {
      case 'linked':
        return { status: 'linked', account: { phoneNumber: state.account.phoneNumber } }
      case 'linking':
      case 'passkey-required':
        return { status: state.status }
      case 'stale-auth':
        return { status: 'stale' }
      default:
        return { status: 'unlinked' }
    }
  }
  return {
    id: 'in-process',
    sessionId: 'main',
    timing,
    async getStatus({ signal }) {
      await unlessAborted(signal)
      return snapshot()
    },
    async getQrCode({ signal }) {
      await unlessAborted(signal)
      if (snapshot().status !== 'unlinked') return snapshot()
      emulator.start()
      const { state } = emulator
      return state.status === 'pairing'
        ? { status: 'qr', qrCode: { kind: 'text', value: state.qrText } }
        : { status: 'preparing' }
    },
    async requestPairingCode(phoneNumber, { signal }) {
      await unlessAborted(signal)
      const result = emulator.requestPairingCode(phoneNumber)
      if (result.ok) return { status: 'pairing-code', pairingCode: result.pairingCode.value }
      throw new PairingError('code-refused', 'No code for this number.')
    },
    async reset({ signal }) {
      await unlessAborted(signal)
      emulator.logout()
    },
    async unlink({ signal }) {
      await unlessAborted(signal)
      emulator.logout()
    },
  }
}
