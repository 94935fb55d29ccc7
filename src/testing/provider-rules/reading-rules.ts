import { isSame } from '../../core/is-same.js'
import type { PairingProvider } from '../../core/provider.js'
import { type Call, callsOf } from './calls.js'
import { check } from './check.js'
import type { SentRequest } from './server.js'
import { type ProviderSituation, situations } from './situation.js'
import { checkSnapshot } from './snapshot-form.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasAccount, hasServer, situationsOf } from './world.js'

/** In these there is nothing to lose: a QR question may begin a round of codes, as some servers do by being asked. */
const MAY_BEGIN: readonly ProviderSituation[] = ['unlinked', 'stopped']

/** What `getStatus` and `getQrCode` tell, and what they leave alone. */
export function readingRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  const { isRead = ({ method }: SentRequest) => method === 'GET' || method === 'HEAD' } = subject
  const reads = callsOf(probe).filter((call) => call.reads)
  const inEach = situationsOf(subject)

  const rules: Rule[] = reads.flatMap((call) => [
    ...inEach.map((situation) => ({
      name: `${call.name} tells what is while ${situations[situation].title}`,
      run: () => tellsWhatIs(call, situation),
    })),
    {
      name: `${call.name} changes nothing`,
      async run() {
        for (const situation of inEach) await changesNothing(call, situation)
      },
    },
  ])
  if (inEach.includes('qr')) rules.push({ name: 'gives the QR code of this moment', run: givesTheCode })
  if (inEach.includes('linked') && hasAccount(subject))
    rules.push({ name: 'names the phone that was linked, as far as it names one', run: namesThePhone })
  if (hasServer(subject)) rules.push({ name: 'reads past every cache', run: readsPastCaches })
  return rules

  async function tellsWhatIs(call: Call, situation: ProviderSituation): Promise<void> {
    const { provider } = createWorld(subject, situation)
    const snapshot = await call.run(provider)
    checkSnapshot(snapshot, call.name)
    const allowed = situations[situation][call.name === 'getQrCode' ? 'qrCode' : 'status']
    check(
      allowed.includes(snapshot.status),
      `${call.name} gave "${snapshot.status}"; it may give ${allowed.map((status) => `"${status}"`).join(', ')}.`,
    )
  }

  async function changesNothing(call: Call, situation: ProviderSituation): Promise<void> {
    const { provider, server, emulator } = createWorld(subject, situation)
    const before = emulator.state
    await call.run(provider)
    await call.run(provider)
    const writing = server.requests.find((request) => !isRead(request))
    check(
      writing === undefined,
      `While ${situations[situation].title}, ${call.name} sent a ${writing?.method} request. ` +
        'Where that only reads, say so with "isRead".',
    )
    const mayBegin = call.name === 'getQrCode' && MAY_BEGIN.includes(situation)
    check(
      mayBegin || emulator.state === before,
      `While ${situations[situation].title}, ${call.name} led to "${emulator.state.status}".`,
    )
  }

  async function givesTheCode(): Promise<void> {
    const { provider, emulator } = createWorld(subject, 'qr')
    const [first, second] = [await provider.getQrCode({}), await provider.getQrCode({})]
    check(first.status === 'qr' && second.status === 'qr', 'A code is up, and getQrCode did not give it.')
    check(isSame(first.qrCode, second.qrCode), 'Asked twice about one code, it gave two.')
    const { qrCode } = first
    // An image would have to be read by a camera.
    if (!hasAccount(subject) || qrCode.kind === 'image') return
    check(emulator.scan(qrCode.value).ok, 'The phone did not take the QR code: it is not the one valid now.')
  }

  async function namesThePhone(): Promise<void> {
    const { provider, emulator } = createWorld(subject, 'linked')
    const snapshot = await provider.getStatus({})
    const { state } = emulator
    check(
      snapshot.status === 'linked' && state.status === 'linked',
      'The phone is linked, and it does not say so.',
    )
    const { phoneNumber = state.account.phoneNumber } = snapshot.account
    check(
      phoneNumber === state.account.phoneNumber,
      'It names another phone number than that of the account.',
    )
  }

  async function readsPastCaches(): Promise<void> {
    for (const call of reads) {
      const { provider, server } = createWorld(subject)
      await call.run(provider)
      for (const { cache } of server.requests)
        check(
          cache === 'no-store' || cache === 'reload' || cache === 'no-cache',
          `${call.name} asked with cache: "${cache}". Next.js before 15 keeps such an answer for good: use "no-store".`,
        )
    }
  }
}
