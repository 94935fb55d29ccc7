import { decodeTiming } from '../../core/decode-offer.js'
import { isSame } from '../../core/is-same.js'
import { methodsOf, type PairingSnapshot, type RequestOptions } from '../../core/provider.js'
import type { TestProviderOptions } from '../test-provider-options.js'
import {
  type AddRule,
  assert,
  assertRejected,
  assertResult,
  assertSnapshot,
  callNamesOf,
  calls,
  describeOutcome,
  type Outcome,
  outcomeOf,
  type ProviderRule,
  pause,
} from './calls.js'
import { everythingIn } from './everything-in.js'
import { addLeakRules } from './leak-rules.js'
import { addPasskeyRules } from './passkey-rules.js'
import { addPushRules } from './push-rules.js'
import { addRequestRules } from './request-rules.js'
import {
  type ProviderSetUp,
  type ProviderState,
  setUpProvider,
  situations,
  statesOf,
} from './set-up-provider.js'

/** As JavaScript sees it, where nothing checks the type of a number. */
interface UntypedProvider {
  requestPairingCode?(phoneNumber: string, options: RequestOptions): Promise<PairingSnapshot>
}

/** The tests for a provider, by what it can do and what is known about it. */
export function providerRules(options: TestProviderOptions): readonly ProviderRule[] {
  const { mockServer, responses, secrets = [], invalid = {}, serverOnly = false } = options
  const rules: ProviderRule[] = []
  const rule: AddRule = (title, test) => rules.push({ title, test: async () => void (await test()) })
  const setUp = (state?: ProviderState): ProviderSetUp => setUpProvider(options, state)
  const probe = setUp().provider
  const names = callNamesOf(probe)

  function assertNoSecret(what: string, value: unknown, without?: readonly string[]): void {
    const text = everythingIn(value, without)
    for (const secret of secrets) assert(!text.includes(secret), `${what} holds a secret.`)
  }

  rule('has an id in kebab-case', () => {
    const { id } = setUp().provider
    assert(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id), `The id ${JSON.stringify(id)} is not kebab-case.`)
  })
  rule('has a sessionId without a secret', () => {
    const { sessionId } = setUp().provider
    assert(typeof sessionId === 'string' && sessionId.trim(), 'The sessionId is empty.')
    assertNoSecret('The sessionId becomes part of query keys. It', sessionId)
  })
  rule('has the same id and sessionId when it is created again', () => {
    const [first, second] = [setUp().provider, setUp().provider]
    const isEqual = first.id === second.id && first.sessionId === second.sessionId
    assert(isEqual, 'id or sessionId changed, so that each render would start another session.')
  })
  rule('has a complete timing', () => {
    const { timing } = setUp().provider
    const isComplete = isSame(decodeTiming(timing), timing)
    assert(isComplete, 'timing needs all six durations, each from 100 ms to 24 hours.')
    assert(timing.qrMinIntervalMs <= timing.qrIntervalMs, 'qrMinIntervalMs is longer than qrIntervalMs.')
  })
  rule('offers "phone-code" exactly if it has requestPairingCode()', async () => {
    const { provider } = setUp()
    // `proxy` offers what the provider behind it does, and knows that from snapshots only.
    const snapshot = statesOf(options).length > 0 ? await provider.getStatus({}) : undefined
    const offers = [...methodsOf(provider), ...(snapshot?.methods ?? [])].includes('phone-code')
    const has = provider.requestPairingCode !== undefined
    assert(offers === has, `It offers "phone-code": ${offers}. It has requestPairingCode(): ${has}.`)
  })
  rule('holds no secret in a field', () => {
    assertNoSecret('Developer tools and logs show the fields of a provider. One', setUp().provider, [
      'sessionId',
    ])
  })
  rule('sends no request when it is created', async () => {
    const { server } = setUp()
    await pause(0)
    assert(
      server.requests.length === 0,
      'Components create a provider on every render, and this one sent a request.',
    )
  })
  for (const [title, create] of Object.entries(invalid))
    rule(`throws "invalid-options" for ${title}`, async () => {
      assertNoSecret('The error', assertRejected('Creating it', await outcomeOf(create), 'invalid-options'))
    })
  if (serverOnly)
    rule('throws "server-only" in a browser', async () => {
      const outcome = await inBrowser(() => setUp())
      assertNoSecret('The error', assertRejected('Creating it in a browser', outcome, 'server-only'))
    })
  if (serverOnly === 'unless-allowed')
    rule('can be created in a browser with dangerouslyAllowBrowser', async () => {
      const allowed = { dangerouslyAllowBrowser: true }
      const outcome = await inBrowser(() => setUpProvider(options, undefined, allowed))
      assert(!('error' in outcome), `Creating it ended with ${describeOutcome(outcome)}.`)
    })
  if (mockServer || responses) addReadRules()
  if (mockServer) addAccountRules()
  addRequestRules(rule, options, names)
  if (mockServer || responses) addLeakRules(rule, options, names)
  addPushRules(rule, options, probe)
  if (mockServer) addPasskeyRules(rule, options, names)
  return rules

  function addReadRules(): void {
    const { isRead = ({ method }) => method === 'GET' || method === 'HEAD' } = options
    for (const name of ['getStatus', 'getQrCode'] as const) {
      for (const state of statesOf(options)) {
        const [, getStatus, getQrCode] = situations[state]
        const mayStartCodes = name === 'getQrCode' && (state === 'unlinked' || state === 'stopped')
        rule(
          `${name}() gives a well-formed, true snapshot and changes nothing while the state is "${state}"`,
          async () => {
            const { provider, server, emulator } = setUp(state)
            const before = emulator.state
            const snapshot = await calls[name](provider, {})
            assertSnapshot(`${name}()`, snapshot)
            const allowed = name === 'getStatus' ? getStatus : getQrCode
            assert(
              allowed.includes(snapshot.status),
              `${name}() gave "${snapshot.status}". Allowed: ${allowed.join(', ')}.`,
            )
            await calls[name](provider, {})
            const writing = server.requests.find((request) => !isRead(request))
            assert(!writing, `${name}() sent a ${writing?.method} request. If that only reads, set isRead.`)
            const startsCodes = mayStartCodes || (name === 'getQrCode' && provider.startsOnRead === true)
            assert(startsCodes || emulator.state === before, `${name}() changed the account.`)
          },
        )
      }
      rule(`${name}() bypasses HTTP caches`, async () => {
        const { provider, server } = setUp()
        await calls[name](provider, {})
        const areFresh = server.requests.every(({ cache }) => /^no-store$|^no-cache$|^reload$/.test(cache))
        assert(areFresh, "Next.js before 15 caches such a request for good: set cache: 'no-store'.")
      })
    }
    if (statesOf(options).includes('qr'))
      rule('getQrCode() gives the QR code that links now', async () => {
        const { provider, emulator } = setUp('qr')
        const [first, second] = [await provider.getQrCode({}), await provider.getQrCode({})]
        assert(
          first.status === 'qr' && second.status === 'qr',
          'A code is valid, and getQrCode() did not give it.',
        )
        assert(isSame(first.qrCode, second.qrCode), 'Two requests for the same code gave different ones.')
        // A picture would have to be read by a camera.
        const isAccepted =
          !mockServer || first.qrCode.kind === 'image' || emulator.scan(first.qrCode.value).ok
        assert(isAccepted, 'The phone did not accept the code.')
      })
  }

  /** Rules that need to see what happened to the account. */
  function addAccountRules(): void {
    rule('getStatus() gives the number of the linked phone, or none', async () => {
      const { provider, emulator } = setUp('linked')
      const snapshot = await provider.getStatus({})
      const { phoneNumber } = snapshot.status === 'linked' ? snapshot.account : {}
      const { state } = emulator
      const isTrue = !phoneNumber || (state.status === 'linked' && state.account.phoneNumber === phoneNumber)
      assert(isTrue, 'It gave another number than that of the account.')
    })
    if (probe.requestPairingCode) {
      rule('requestPairingCode() gives a code that links, and each one replaces the last', async () => {
        const { provider, emulator } = setUp('qr')
        const codes: string[] = []
        for (let count = 0; count < 2; count += 1) {
          const snapshot = await calls.requestPairingCode(provider, {})
          assertSnapshot('requestPairingCode()', snapshot)
          assert(snapshot.status === 'pairing-code', `requestPairingCode() gave "${snapshot.status}".`)
          codes.push(snapshot.pairingCode)
        }
        const [first = '', second = ''] = codes
        assert(
          first === second || !emulator.typeCode(first).ok,
          'The first code is valid after the second one.',
        )
        assert(emulator.typeCode(second).ok, 'The phone did not accept the code.')
      })
      rule('requestPairingCode() rejects numbers that are not international', async () => {
        for (const bad of ['123', '1234567890123456', 'nonsense']) {
          const provider: UntypedProvider = setUp('qr').provider
          const outcome = await outcomeOf(() => provider.requestPairingCode?.(bad, {}))
          const { code } = assertRejected(`requestPairingCode("${bad}")`, outcome)
          const isExpected = code === 'invalid-phone-number' || code === 'code-refused'
          assert(
            isExpected,
            `requestPairingCode("${bad}") rejected with "${code}", not "invalid-phone-number".`,
          )
        }
      })
    }
    if (probe.reset) {
      for (const state of ['stale', 'stopped'] as const)
        rule(`reset() ends the state "${state}"`, async () => {
          const { provider } = setUp(state)
          assertResult('reset', await provider.reset?.({}))
          for (const { status } of [await provider.getStatus({}), await provider.getQrCode({})])
            assert(status !== state, `reset() resolved, and the state is "${state}" again.`)
        })
      rule('reset() treats a session that is already logged out as success', async () => {
        const { provider } = setUp('unlinked')
        for (let count = 0; count < 2; count += 1) assertResult('reset', await provider.reset?.({}))
      })
    }
    if (probe.unlink)
      rule('unlink() ends the link', async () => {
        const { provider, emulator } = setUp('linked')
        assertResult('unlink', await provider.unlink?.({}))
        const { status } = await provider.getStatus({})
        const isEnded = emulator.state.status !== 'linked' && status !== 'linked'
        assert(isEnded, 'unlink() resolved, and the phone is still linked.')
      })
  }
}

/** Calls a function while there is a `window`. */
async function inBrowser(call: () => unknown): Promise<Outcome> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'window')
  Object.defineProperty(globalThis, 'window', { value: globalThis, configurable: true })
  const outcome = await outcomeOf(call)
  if (before) Object.defineProperty(globalThis, 'window', before)
  else Reflect.deleteProperty(globalThis, 'window')
  return outcome
}
