import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { phoneNumber } from './calls.js'
import { check, rejectionOf } from './check.js'
import { checkSnapshot } from './snapshot-form.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasAccount, situationsOf, type World } from './world.js'

/** The emulated phone is linked this long after it took a code. */
const LINKING_MS = 2_000

/** None of them is an international number: too short, too long, no number at all. */
const BAD_NUMBERS = ['123', '1234567890123456', 'nonsense'] as const

/** As seen from JavaScript, where nobody checks what a number is. */
interface CarelessProvider {
  requestPairingCode?(phoneNumber: string, options: RequestOptions): Promise<PairingSnapshot>
}

/** What the calls do that are meant to change something. */
export function changeRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  const inEach = situationsOf(subject)
  const rules: Rule[] = []

  if (probe.requestPairingCode && inEach.includes('pairing-code'))
    rules.push({ name: 'requestPairingCode gives a pairing code', run: givesACode })
  if (probe.requestPairingCode && hasAccount(subject)) {
    rules.push({
      name: 'requestPairingCode gives a code that links, and the next one ends it',
      run: codeLinks,
    })
    for (const bad of BAD_NUMBERS)
      rules.push({ name: `requestPairingCode refuses the number "${bad}"`, run: () => refuses(bad) })
  }
  for (const change of ['reset', 'unlink'] as const) {
    if (!probe[change]) continue
    const situation = inEach.includes(startOf[change]) ? startOf[change] : 'unlinked'
    rules.push({
      name: `${change} resolves with nothing`,
      async run() {
        const value: unknown = await createWorld(subject, situation).provider[change]?.({})
        check(value === undefined, `${change} gave ${JSON.stringify(value)}.`)
      },
    })
  }
  if (probe.unlink && hasAccount(subject)) rules.push({ name: 'unlink ends the link', run: endsTheLink })
  if (probe.reset && hasAccount(subject)) {
    rules.push(
      { name: 'reset clears what is in the way of a code', run: () => makesWay('stale') },
      { name: 'reset begins again where the codes have run out', run: () => makesWay('stopped') },
    )
  }
  return rules

  async function givesACode(): Promise<void> {
    const { provider } = createWorld(subject, 'pairing-code')
    checkSnapshot(await provider.requestPairingCode?.(phoneNumber, {}), 'requestPairingCode')
  }

  async function codeLinks(): Promise<void> {
    const world = createWorld(subject, 'qr')
    const first = await codeOf(world)
    const second = await codeOf(world)
    const isEnded = first === second || !world.emulator.typeCode(first).ok
    check(isEnded, 'The first code links after a second was given.')
    check(world.emulator.typeCode(second).ok, 'The phone did not take the pairing code.')
    world.pass(LINKING_MS)
    const { status } = await world.provider.getStatus({})
    check(status === 'linked', `The code was entered, and getStatus gives "${status}".`)
  }

  async function codeOf({ provider }: World): Promise<string> {
    const snapshot = await provider.requestPairingCode?.(phoneNumber, {})
    checkSnapshot(snapshot, 'requestPairingCode')
    check(snapshot.status === 'pairing-code', `requestPairingCode gave "${snapshot.status}".`)
    return snapshot.pairingCode
  }

  async function refuses(bad: string): Promise<void> {
    const careless: CarelessProvider = createWorld(subject, 'qr').provider
    const error = await rejectionOf(`requestPairingCode of ${JSON.stringify(bad)}`, async () =>
      careless.requestPairingCode?.(bad, {}),
    )
    check(
      error.code === 'invalid-phone-number' || error.code === 'code-refused',
      `It rejected with "${error.code}", not with "invalid-phone-number" or "code-refused".`,
    )
  }

  async function endsTheLink(): Promise<void> {
    const { provider, emulator } = createWorld(subject, 'linked')
    await provider.unlink?.({})
    check(emulator.state.status !== 'linked', 'unlink resolved, and the phone is linked.')
    const { status } = await provider.getStatus({})
    check(status !== 'linked', 'unlink resolved, and getStatus gives "linked".')
  }

  /** What a reset leads to is the provider's: codes at once or after a start, or the old link restored. */
  async function makesWay(situation: 'stale' | 'stopped'): Promise<void> {
    const { provider } = createWorld(subject, situation)
    await provider.reset?.({})
    for (const snapshot of [await provider.getStatus({}), await provider.getQrCode({})])
      check(snapshot.status !== situation, `reset resolved, and "${situation}" is what it says again.`)
  }
}

/** Where each has something to do. */
const startOf = { reset: 'stopped', unlink: 'linked' } as const
