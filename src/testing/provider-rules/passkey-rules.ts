import type { Emulator } from '../emulator.js'
import type { TestProviderOptions } from '../test-provider-options.js'
import {
  type AddRule,
  assert,
  assertResult,
  type CallName,
  calls,
  outcomeOf,
  passkeyAnswerTo,
} from './calls.js'
import { everythingIn } from './everything-in.js'
import { type ProviderSetUp, setUpProvider } from './set-up-provider.js'

/** Rules of a passkey ceremony: the provider passes it on, and nothing but that. */
export function addPasskeyRules(
  rule: AddRule,
  options: TestProviderOptions,
  names: readonly CallName[],
): void {
  const has = (name: CallName): boolean => names.includes(name)
  const setUp = (): ProviderSetUp => setUpProvider(options, 'passkey-required')

  rule('holds no challenge of a passkey in a snapshot, a field or its memory', async () => {
    const { provider, emulator } = setUp()
    const challenge = challengeOf(emulator)
    const memory = {}
    const shown = [
      await provider.getQrCode({ memory }),
      await provider.getStatus({ memory }),
      memory,
      provider,
    ]
    assert(!everythingIn(shown).includes(challenge), 'The challenge is a secret: it links a device.')
  })
  if (has('getPasskeyChallenge'))
    rule('getPasskeyChallenge() gives the challenge as it is', async () => {
      const { provider, emulator } = setUp()
      const challenge = await provider.getPasskeyChallenge?.({})
      assertResult('getPasskeyChallenge', challenge)
      const { state } = emulator
      const wanted = state.status === 'passkey-required' ? state.challenge : undefined
      assert(
        JSON.stringify(challenge?.options) === JSON.stringify(wanted),
        'The options were changed. Browsers sign them with fields that are not known here.',
      )
    })
  if (has('answerPasskey'))
    rule('answerPasskey() passes the answer on', async () => {
      const { provider, emulator } = setUp()
      const answer = passkeyAnswerTo(challengeOf(emulator))
      assertResult('answerPasskey', await provider.answerPasskey?.(answer, {}))
      const { state } = emulator
      assert(
        state.status === 'passkey-required' && state.step === 'submitted',
        'answerPasskey() resolved, and WhatsApp has no answer.',
      )
    })
  for (const name of ['answerPasskey', 'confirmPasskey'] as const) {
    if (!has(name)) continue
    rule(`${name}() is not repeated after a failure`, async () => {
      const { isRead = ({ method }) => method === 'GET' || method === 'HEAD' } = options
      const { provider, server } = setUp()
      const { respond } = server
      server.respond = async (request, signal) => {
        if (isRead(request)) return respond(request, signal)
        throw new TypeError('fetch failed')
      }
      await outcomeOf(() => calls[name](provider, {}))
      const sent = server.requests.filter((request) => !isRead(request)).length
      assert(sent <= 1, `${name}() sent ${sent} requests. A second one ends the ceremony.`)
    })
  }
  if (has('getPasskeyHandoff'))
    rule('getPasskeyHandoff() gives a code with its end, or a link to web.whatsapp.com', async () => {
      const { provider } = setUp()
      assertResult('getPasskeyHandoff', await provider.getPasskeyHandoff?.({}))
    })
  if (has('resetPasskey'))
    rule('resetPasskey() ends the ceremony', async () => {
      const { provider, emulator } = setUp()
      assertResult('resetPasskey', await provider.resetPasskey?.({}))
      const { status } = await provider.getStatus({})
      assert(
        emulator.state.status !== 'passkey-required' && status !== 'passkey-required',
        'resetPasskey() resolved, and a passkey is still required.',
      )
    })
}

function challengeOf({ state }: Emulator): string {
  if (state.status !== 'passkey-required')
    throw new Error(`The account requires no passkey: ${state.status}.`)
  return state.challenge.challenge
}
