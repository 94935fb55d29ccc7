import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { isSignedBy } from '../../src/testing/emulated-passkey.js'
import {
  createEmulator,
  type DemandPasskeyOptions,
  type Emulator,
  type EmulatorState,
} from '../../src/testing/emulator.js'
import { linkAutomatically } from '../../src/testing/link-automatically.js'
import { randomRuns } from '../long-runs.js'
import { createPasskey, passkeyAnswer } from '../passkey-answer.js'
import { emulateTime, START, startTime } from '../time.js'
import { link, seededEmulator, shownText } from './seeded-emulator.js'

emulateTime()

const refusal = (reason: string) => ({ ok: false, reason })

describe('createEmulator(): QR codes', () => {
  it('the state is idle until start()', () => {
    expect(seededEmulator().state).toEqual({ status: 'idle' })
  })

  it("start() shows a code in the form of WhatsApp's current text", () => {
    const emulator = seededEmulator()
    emulator.start()
    const text = shownText(emulator)
    expect(text).toHaveLength(273)
    expect(text).toMatch(/^https:\/\/wa\.me\/settings\/linked_devices#2@[\w+/]{96},([\w+/]{43}=,){3}1$/)
  })

  it('the first code is valid for 60 s and the next five for 20 s each, then the state has no code', () => {
    const emulator = seededEmulator()
    emulator.start()
    const texts = new Set<string>()
    for (const [index, seconds] of [60, 20, 20, 20, 20, 20].entries()) {
      const qrExpiresAt = Date.now() + seconds * 1_000
      expect(emulator.state).toMatchObject({ qrNumber: index + 1, qrExpiresAt })
      texts.add(shownText(emulator))
      vi.advanceTimersByTime(seconds * 1_000 - 1)
      expect(texts).toContain(shownText(emulator))
      vi.advanceTimersByTime(1)
    }
    expect(texts.size).toBe(6)
    expect(emulator.state).toEqual({ status: 'out-of-codes', pairingCode: null })
  })

  it('codes are valid for the durations in the options', () => {
    const emulator = seededEmulator({ firstCodeMs: 100, codeMs: 50, refs: 2 })
    emulator.start()
    vi.advanceTimersByTime(149)
    expect(emulator.state).toMatchObject({ qrNumber: 2 })
    vi.advanceTimersByTime(1)
    expect(emulator.state.status).toBe('out-of-codes')
  })

  it('the device keys stay the same until the device is removed', () => {
    const emulator = seededEmulator()
    const keys = (): string => shownText(emulator).split(',').slice(1).join()
    emulator.start()
    const before = keys()
    vi.advanceTimersByTime(60_000)
    expect(keys()).toBe(before)
    emulator.logout()
    emulator.start()
    expect(keys()).not.toBe(before)
  })

  it('start() starts a round only if the state is idle or out-of-codes', () => {
    const emulator = seededEmulator()
    emulator.start()
    const first = shownText(emulator)
    vi.advanceTimersByTime(10_000)
    emulator.start()
    expect(shownText(emulator)).toBe(first)
    vi.advanceTimersByTime(150_000)
    emulator.start()
    expect(emulator.state).toMatchObject({ status: 'pairing', qrNumber: 1 })
    expect(shownText(emulator)).not.toBe(first)
  })

  it('start(delayMs) shows the first code after the delay', () => {
    const emulator = seededEmulator()
    emulator.start(1_000)
    expect(emulator.state.status).toBe('idle')
    expect(emulator.scan()).toEqual(refusal('not-pairing'))
    vi.advanceTimersByTime(1_000)
    expect(emulator.state).toMatchObject({ status: 'pairing', qrExpiresAt: START + 61_000 })
  })

  it('rotate() replaces the code immediately, and ends the round after the last one', () => {
    const emulator = seededEmulator()
    expect(emulator.rotate()).toEqual(refusal('not-pairing'))
    emulator.start()
    const first = shownText(emulator)
    vi.advanceTimersByTime(7_000)
    expect(emulator.rotate()).toEqual({ ok: true })
    expect(emulator.state).toMatchObject({ qrNumber: 2, qrExpiresAt: START + 27_000 })
    expect(emulator.scan(first)).toEqual(refusal('code-expired'))
    for (let code = 2; code <= 6; code += 1) emulator.rotate()
    expect(emulator.state.status).toBe('out-of-codes')
  })

  it('the same seed gives the same codes', () => {
    const [one, same, other, ...none] = [{ seed: 1 }, { seed: 1 }, { seed: 2 }, {}, {}].map((options) => {
      const emulator = createEmulator(options)
      emulator.start()
      return shownText(emulator)
    })
    expect(same).toBe(one)
    expect(new Set([one, other, ...none]).size).toBe(4)
  })

  it('the default clock is Date.now, even if it is faked later', () => {
    vi.useRealTimers()
    const emulator = createEmulator()
    startTime()
    emulator.start()
    vi.advanceTimersByTime(60_000)
    expect(emulator.state).toMatchObject({ qrNumber: 2 })
  })

  it('wait() resolves after the time, and rejects when the request is aborted', async () => {
    const emulator = seededEmulator()
    const steps: string[] = []
    const controller = new AbortController()
    const held = emulator.wait(5_000).then(() => steps.push('held'))
    const abandoned = emulator.wait(5_000, controller.signal)
    vi.advanceTimersByTime(4_999)
    controller.abort(new Error('gone'))
    await expect(abandoned).rejects.toThrow('gone')
    expect(vi.getTimerCount()).toBe(1)
    expect(steps).toEqual([])
    vi.advanceTimersByTime(1)
    await held
    expect(steps).toEqual(['held'])
  })

  it('the options now and wait replace the clock and the timer', async () => {
    let time = 1_000
    const waits: number[] = []
    const emulator = seededEmulator({ now: () => time, wait: async (ms) => void waits.push(ms) })
    emulator.start()
    expect(emulator.state).toMatchObject({ qrNumber: 1, qrExpiresAt: 61_000 })
    time = 61_000
    expect(emulator.state).toMatchObject({ qrNumber: 2 })
    await emulator.wait(5_000)
    expect(waits).toEqual([5_000])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('createEmulator(): scan()', () => {
  it('scan() links the account after the reconnect', () => {
    const emulator = seededEmulator()
    emulator.start()
    expect(emulator.scan()).toEqual({ ok: true })
    const account = { name: 'Ana Souza', phoneNumber: '5511987654321' }
    expect(emulator.state).toEqual({ status: 'linking', account, linkedAt: START + 2_000 })
    vi.advanceTimersByTime(2_000)
    expect(emulator.state).toEqual({ status: 'linked', account, linkedAt: START + 2_000 })
  })

  it('scan(text) accepts only the current code, and otherwise changes nothing', () => {
    const emulator = seededEmulator()
    emulator.start()
    const old = shownText(emulator)
    vi.advanceTimersByTime(60_000)
    const before = emulator.state
    expect(emulator.scan(old)).toEqual(refusal('code-expired'))
    for (const text of ['https://example.com/', '', 'hello'])
      expect(emulator.scan(text)).toEqual(refusal('not-a-code'))
    expect(emulator.state).toBe(before)
    expect(emulator.scan(shownText(emulator))).toEqual({ ok: true })
  })

  it('scan() refuses if no code is shown, or a phone is linked', () => {
    const emulator = seededEmulator()
    expect(emulator.scan()).toEqual(refusal('not-pairing'))
    emulator.start()
    vi.advanceTimersByTime(160_000)
    expect(emulator.scan()).toEqual(refusal('not-pairing'))
    link(emulator)
    expect(emulator.scan()).toEqual(refusal('already-linked'))
  })

  it('scan() links the account in the options', () => {
    const account = { name: 'Bo', phoneNumber: '4520123456', avatarUrl: 'https://pps.whatsapp.net/v/bo.jpg' }
    const emulator = seededEmulator({ account })
    link(emulator)
    expect(emulator.state).toMatchObject({ status: 'linked', account })
  })
})

describe('createEmulator(): pairing codes', () => {
  const number = '5511912345678'

  it("a pairing code has eight characters of WhatsApp's alphabet and is valid for 160 s", () => {
    const emulator = seededEmulator()
    const result = emulator.requestPairingCode(number)
    const value = expect.stringMatching(/^[1-9A-HJ-NP-TV-Z]{8}$/)
    expect(result).toEqual({
      ok: true,
      pairingCode: { value, phoneNumber: number, expiresAt: START + 160_000 },
    })
  })

  it('requestPairingCode() starts a round of QR codes only if none is running', () => {
    const emulator = seededEmulator()
    emulator.requestPairingCode(number)
    expect(emulator.state).toMatchObject({ status: 'pairing', qrNumber: 1 })
    emulator.rotate()
    emulator.requestPairingCode(number)
    expect(emulator.state).toMatchObject({ qrNumber: 2 })
  })

  const issue = (emulator = seededEmulator()): string => {
    const result = emulator.requestPairingCode(number)
    return result.ok ? result.pairingCode.value : result.reason
  }

  it.each([
    ['plain', (code: string) => code],
    ['with a dash', (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`],
    ['in lower case, with spaces', (code: string) => ` ${code.slice(0, 4).toLowerCase()} ${code.slice(4)} `],
  ])('typeCode() accepts a code %s, and links the number that it was requested for', (_how, spell) => {
    const emulator = seededEmulator()
    expect(emulator.typeCode(spell(issue(emulator)))).toEqual({ ok: true })
    expect(emulator.state.status).toBe('linking')
    vi.advanceTimersByTime(2_000)
    expect(emulator.state).toMatchObject({
      status: 'linked',
      account: { name: 'Ana Souza', phoneNumber: number },
    })
  })

  it('typeCode() refuses a code that is wrong, expired, replaced or was never requested', () => {
    const emulator = seededEmulator()
    expect(emulator.typeCode('ABCD1234')).toEqual(refusal('not-pairing'))
    const first = issue(emulator)
    const second = issue(emulator)
    expect(emulator.typeCode(first)).toEqual(refusal('wrong-code'))
    vi.advanceTimersByTime(160_000)
    expect(emulator.state).toMatchObject({ pairingCode: null })
    expect(emulator.typeCode(second)).toEqual(refusal('code-expired'))
  })

  it('a pairing code stays valid when the QR codes have expired', () => {
    const emulator = seededEmulator()
    emulator.start()
    vi.advanceTimersByTime(150_000)
    const code = issue(emulator)
    vi.advanceTimersByTime(50_000)
    expect(emulator.state).toMatchObject({ status: 'out-of-codes', pairingCode: { value: code } })
    expect(emulator.typeCode(code)).toEqual({ ok: true })
  })

  it('a pairing code is invalid after a scan', () => {
    const emulator = seededEmulator()
    const code = issue(emulator)
    link(emulator)
    expect(emulator.typeCode(code)).toEqual(refusal('already-linked'))
  })

  it.each(['', '123', '+5511912345678', '0511912345678'])(
    'requestPairingCode() issues no code for %j',
    (phoneNumber) => {
      const emulator = seededEmulator()
      expect(emulator.requestPairingCode(phoneNumber)).toEqual(refusal('invalid-phone-number'))
      expect(emulator.state.status).toBe('idle')
    },
  )

  it('requestPairingCode() is refused if the state is linked, stale or at the passkey', () => {
    const linked = seededEmulator()
    link(linked)
    expect(issue(linked)).toBe('already-linked')
    linked.leaveStaleAuth()
    expect(issue(linked)).toBe('stale-auth')
    linked.logout()
    linked.demandPasskey()
    link(linked)
    expect(issue(linked)).toBe('passkey-required')
  })
})

describe('createEmulator(): passkey', () => {
  it('demandPasskey() makes the next link wait until the passkey is confirmed', () => {
    const emulator = seededEmulator()
    expect(emulator.solvePasskey()).toEqual(refusal('no-passkey-required'))
    emulator.demandPasskey()
    link(emulator)
    expect(emulator.state).toMatchObject({ status: 'passkey-required', step: 'assert' })
    expect(emulator.solvePasskey()).toEqual({ ok: true })
    expect(emulator.state.status).toBe('linking')
    vi.advanceTimersByTime(2_000)
    expect(emulator.state.status).toBe('linked')
  })

  it('demandPasskey() applies to one scan, and restart() cancels it', () => {
    const emulator = seededEmulator()
    emulator.demandPasskey()
    link(emulator)
    emulator.restart()
    expect(emulator.state.status).toBe('idle')
    link(emulator)
    expect(emulator.state.status).toBe('linked')
  })

  it('the state contains a challenge of 32 bytes, which differs in each ceremony, and its expiry', () => {
    const { emulator, challenge } = atPasskey()
    expect(emulator.state).toMatchObject({
      challenge: {
        rpId: 'whatsapp.com',
        timeout: 600_000,
        allowCredentials: [],
        userVerification: 'required',
      },
      expiresAt: Date.now() + 598_000,
    })
    expect(challenge).toMatch(/^[\w-]{43}$/)
    expect(atPasskey().challenge).toBe(challenge)
    emulator.resetPasskey()
    emulator.demandPasskey()
    link(emulator)
    expect(challengeOf(emulator)).not.toBe(challenge)
  })

  it('a correct answer is checked for one second, then the phone is linked', () => {
    const { emulator, challenge } = atPasskey()
    expect(emulator.answerPasskey(passkeyAnswer(challenge))).toEqual({ ok: true })
    const seen = [0, 999, 1, 1_999, 1].map((ms) => {
      vi.advanceTimersByTime(ms)
      const { state } = emulator
      return state.status === 'passkey-required' ? state.step : state.status
    })
    expect(seen).toEqual(['submitted', 'submitted', 'linking', 'linking', 'linked'])
    expect(emulator.restart()).toBeUndefined()
    expect(emulator.state.status).toBe('linking')
    expect(emulator.disconnect()).toEqual({ ok: true })
  })

  it('a typed pairing code also leads to the passkey, and the link has its number', () => {
    const emulator = seededEmulator()
    emulator.demandPasskey()
    const result = emulator.requestPairingCode('5511912345678')
    if (!result.ok) throw new Error(result.reason)
    emulator.typeCode(result.pairingCode.value)
    emulator.answerPasskey(passkeyAnswer(challengeOf(emulator)))
    vi.advanceTimersByTime(3_000)
    expect(emulator.state).toMatchObject({ status: 'linked', account: { phoneNumber: '5511912345678' } })
  })

  it('answerPasskey() refuses a wrong challenge, a second answer, a late answer, and an answer without a ceremony', () => {
    const { emulator, challenge } = atPasskey()
    const right = passkeyAnswer(challenge)
    expect(emulator.answerPasskey(passkeyAnswer('YW5vdGhlcg'))).toEqual(refusal('wrong-challenge'))
    const notJson = { ...right, response: { ...right.response, clientDataJSON: '%' } }
    expect(emulator.answerPasskey(notJson)).toEqual(refusal('wrong-challenge'))
    expect(emulator.answerPasskey(right)).toEqual({ ok: true })
    expect(emulator.answerPasskey(right)).toEqual(refusal('already-answered'))
    const late = atPasskey({ lifetimeMs: 5_000 })
    vi.advanceTimersByTime(3_000)
    expect(late.emulator.answerPasskey(right)).toEqual(refusal('no-passkey-required'))
    expect(late.emulator.state).toEqual(failed('passkey-expired'))
    vi.advanceTimersByTime(1_000)
    expect(emulator.answerPasskey(right)).toEqual(refusal('no-passkey-required'))
  })

  it('with comparesCode, the phone shows a code, and the link waits for its confirmation', () => {
    const { emulator, challenge } = atPasskey({ comparesCode: true })
    expect(emulator.confirmPasskey('ABCD-1234')).toEqual(refusal('no-code-to-confirm'))
    emulator.answerPasskey(passkeyAnswer(challenge))
    vi.advanceTimersByTime(1_000)
    const { state } = emulator
    if (state.status !== 'passkey-required' || state.code === undefined) throw new Error(state.status)
    expect(state).toMatchObject({ step: 'confirm' })
    expect(state.code).toMatch(/^[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}$/)
    expect(emulator.confirmPasskey('ABCD-1234')).toEqual(refusal('wrong-code'))
    expect(emulator.confirmPasskey(state.code)).toEqual({ ok: true })
    expect(emulator.state.status).toBe('linking')
  })

  it('with isSilent, WhatsApp never responds to the answer, and the ceremony expires', () => {
    const { emulator, challenge } = atPasskey({ isSilent: true })
    emulator.answerPasskey(passkeyAnswer(challenge))
    vi.advanceTimersByTime(597_999)
    expect(emulator.state).toMatchObject({ status: 'passkey-required', step: 'submitted' })
    vi.advanceTimersByTime(1)
    expect(emulator.state).toEqual(failed('passkey-expired'))
    expect(emulator.solvePasskey()).toEqual(refusal('no-passkey-required'))
  })

  it('solvePasskey() and refusePasskey() end the comparison of codes, and a new round may begin', () => {
    const comparing = () => {
      const { emulator, challenge } = atPasskey({ comparesCode: true })
      emulator.answerPasskey(passkeyAnswer(challenge))
      vi.advanceTimersByTime(1_000)
      return emulator
    }
    const solved = comparing()
    expect(solved.solvePasskey()).toEqual({ ok: true })
    expect(solved.state.status).toBe('linking')
    const emulator = comparing()
    expect(emulator.refusePasskey()).toEqual({ ok: true })
    expect(emulator.state).toEqual(failed('passkey-refused'))
    expect(emulator.refusePasskey()).toEqual(refusal('no-passkey-required'))
    emulator.start()
    expect(emulator.state).toMatchObject({ status: 'pairing', qrNumber: 1 })
  })

  it('resetPasskey() ends the ceremony: the state is idle, and the next code has different keys', () => {
    const { emulator, qrText } = atPasskey()
    expect(emulator.resetPasskey()).toEqual({ ok: true })
    expect(emulator.state).toEqual({ status: 'idle' })
    expect(emulator.resetPasskey()).toEqual(refusal('no-passkey-required'))
    emulator.start()
    expect(shownText(emulator).split(',')[1]).not.toBe(qrText.split(',')[1])
  })

  it('after registerPasskey(), only answers with the signature of that passkey are accepted', async () => {
    const ours = createPasskey()
    const seen = []
    for (const passkey of [ours, createPasskey()]) {
      const { emulator, challenge } = atPasskey()
      emulator.registerPasskey({ publicKey: ours.publicKey })
      const answer = passkey.sign(challenge)
      expect(emulator.answerPasskey(answer)).toEqual({ ok: true })
      vi.advanceTimersByTime(3_000)
      expect(emulator.state).toMatchObject({ step: 'submitted' })
      // WebCrypto verifies signatures in real time, in sequence.
      for (let turn = 0; turn < 3; turn += 1) await isSignedBy(ours, answer)
      seen.push(emulator.state.status)
    }
    expect(seen).toEqual(['linked', 'passkey-required'])
  })
})

const failed = (reason: string) => ({ status: 'out-of-codes', pairingCode: null, reason })

/** An account that was scanned two seconds ago and requires a passkey. */
function atPasskey(options: DemandPasskeyOptions = {}) {
  const emulator = seededEmulator()
  emulator.demandPasskey(options)
  emulator.start()
  const qrText = shownText(emulator)
  link(emulator)
  return { emulator, qrText, challenge: challengeOf(emulator) }
}

function challengeOf({ state }: Emulator): string {
  if (state.status !== 'passkey-required') throw new Error(`No passkey is required: ${state.status}`)
  return state.challenge.challenge
}

describe('createEmulator(): end of a link', () => {
  it('disconnect() ends a link', () => {
    const emulator = seededEmulator()
    expect(emulator.disconnect()).toEqual(refusal('not-linked'))
    link(emulator)
    expect(emulator.disconnect()).toEqual({ ok: true })
    expect(emulator.state).toEqual({ status: 'idle' })
  })

  it('logout() ends a link, and removes all codes', () => {
    const emulator = seededEmulator()
    for (const begin of [() => link(emulator), () => emulator.start()]) {
      begin()
      emulator.logout()
      expect(emulator.state).toEqual({ status: 'idle' })
    }
  })

  it('restart() keeps a link and removes codes', () => {
    const emulator = seededEmulator()
    emulator.start()
    emulator.restart()
    expect(emulator.state.status).toBe('idle')
    link(emulator)
    emulator.restart()
    expect(emulator.state.status).toBe('linking')
    vi.advanceTimersByTime(2_000)
    expect(emulator.state.status).toBe('linked')
  })

  it('leaveStaleAuth() keeps the state stale until logout()', () => {
    const emulator = seededEmulator()
    link(emulator)
    emulator.leaveStaleAuth()
    emulator.start()
    emulator.restart()
    expect(emulator.state).toEqual({ status: 'stale-auth' })
    emulator.logout()
    link(emulator)
    expect(emulator.state.status).toBe('linked')
  })

  it('restore() links again after leaveStaleAuth()', () => {
    const emulator = seededEmulator()
    expect(emulator.restore()).toEqual(refusal('no-stale-auth'))
    emulator.leaveStaleAuth()
    expect(emulator.restore()).toEqual({ ok: true })
    vi.advanceTimersByTime(2_000)
    expect(emulator.state.status).toBe('linked')
  })
})

describe('createEmulator(): state and subscribe()', () => {
  it('the state is the same object while nothing changes', () => {
    const emulator = seededEmulator()
    emulator.start()
    const before = emulator.state
    vi.advanceTimersByTime(59_999)
    expect(emulator.state).toBe(before)
    vi.advanceTimersByTime(1)
    expect(emulator.state).not.toBe(before)
  })

  it('subscribe() reports each change until the subscription ends', () => {
    const emulator = seededEmulator()
    const told: unknown[] = []
    const end = emulator.subscribe(({ action, at, state }) => told.push([action, at - START, state.status]))
    emulator.start()
    emulator.start()
    vi.advanceTimersByTime(500)
    emulator.scan('https://wa.me/settings/linked_devices#2@old,a,b,c,1')
    emulator.scan()
    emulator.fail('network', { times: 1 })
    emulator.takeFault()
    end()
    emulator.logout()
    expect(told).toEqual([
      ['start', 0, 'pairing'],
      ['scan', 500, 'linking'],
      ['fail', 500, 'linking'],
      ['recover', 500, 'linking'],
    ])
  })

  it('the fault is visible until it is consumed or cleared', () => {
    const emulator = seededEmulator()
    emulator.fail('html', { times: 2 })
    expect(emulator.takeFault()).toMatchObject({ fault: 'html' })
    expect(emulator.fault).toMatchObject({ fault: 'html', times: 1 })
    emulator.takeFault()
    expect(emulator.fault).toBeNull()
    emulator.fail('network')
    emulator.takeFault()
    expect(emulator.fault).toMatchObject({ fault: 'network' })
    emulator.recover()
    expect(emulator.fault).toBeNull()
    emulator.fail('hang')
    emulator.fail(null)
    expect(emulator.fault).toBeNull()
  })
})

describe('linkAutomatically()', () => {
  it.each([
    [undefined, 10_000],
    [{ scanAfterMs: 1_500 }, 1_500],
  ])('with %o scans the QR code %i ms after the start', (options, ms) => {
    const emulator = linkAutomatically(createEmulator(), options)
    emulator.start()
    vi.advanceTimersByTime(ms - 1)
    expect(emulator.state.status).toBe('pairing')
    vi.advanceTimersByTime(1)
    expect(emulator.state.status).toBe('linking')
  })

  it('enters a pairing code for the number that it was requested for', () => {
    const emulator = linkAutomatically(createEmulator({ linkingMs: 0 }), { enterCodeAfterMs: 2_000 })
    emulator.requestPairingCode('4915123456789')
    vi.advanceTimersByTime(1_999)
    expect(emulator.state.status).toBe('pairing')
    vi.advanceTimersByTime(1)
    expect(emulator.state).toMatchObject({ status: 'linked', account: { phoneNumber: '4915123456789' } })
  })

  it('links a second time after the phone removed the device', () => {
    const emulator = linkAutomatically(createEmulator({ linkingMs: 0 }), { scanAfterMs: 1_000 })
    emulator.start()
    vi.advanceTimersByTime(1_000)
    emulator.disconnect()
    emulator.start()
    vi.advanceTimersByTime(1_000)
    expect(emulator.state.status).toBe('linked')
  })
})

const calls = [
  ...(['start', 'logout', 'restart', 'restore', 'rotate', 'leaveStaleAuth', 'disconnect'] as const),
  ...(['demandPasskey', 'solvePasskey', 'resetPasskey', 'refusePasskey'] as const),
  ...(['scan', 'requestPairingCode', 'typeCode'] as const),
]

/** An action between two checks of the emulator. */
type Step =
  | { readonly pass: number }
  | { readonly call: (typeof calls)[number] }
  /** An earlier code. `which` selects it from all codes so far, as a fraction. */
  | { readonly call: 'scanOld' | 'typeOld'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ pass: fc.oneof(fc.nat(25_000), fc.constantFrom(20_000, 60_000, 160_000)) }),
  // Mostly actions that lead to the next state. Otherwise few runs would make progress.
  fc.record({ call: fc.constantFrom('start', 'scan', 'requestPairingCode', 'typeCode', ...calls) }),
  fc.record({
    call: fc.constantFrom('scanOld', 'typeOld'),
    which: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
)

const liveCode = (state: EmulatorState): string | undefined =>
  'pairingCode' in state ? state.pairingCode?.value : undefined

const qrText = (state: EmulatorState): string | undefined =>
  state.status === 'pairing' ? state.qrText : undefined

const pick = (seen: ReadonlySet<string>, which: number): string | undefined =>
  [...seen][Math.floor(which * seen.size)]

function run(
  emulator: Emulator,
  { call }: Exclude<Step, { pass: number }>,
  code: string | undefined,
): boolean {
  const { state } = emulator
  switch (call) {
    case 'requestPairingCode':
      return emulator.requestPairingCode('5511912345678').ok
    case 'scanOld':
      return emulator.scan(code ?? 'nothing').ok
    case 'typeOld':
      return emulator.typeCode(code ?? 'nothing').ok
    case 'typeCode':
      return emulator.typeCode(liveCode(state) ?? 'nothing').ok
    default:
      return emulator[call]()?.ok ?? true
  }
}

/** The actions that may start a link. */
const answers = ['scan', 'typeCode', 'scanOld', 'typeOld', 'solvePasskey', 'restore']

describe('createEmulator(), with random actions', () => {
  it('only the current code links, and no code appears twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const emulator = seededEmulator()
        const texts = new Set<string>()
        const codes = new Set<string>()
        for (const next of steps) {
          const before = emulator.state
          if ('pass' in next) {
            vi.advanceTimersByTime(next.pass)
            const { status } = emulator.state
            // Time may end codes and complete links, but it never starts a link.
            if (status === 'linking') expect(before.status).toBe('linking')
            if (status === 'linked') expect(['linking', 'linked']).toContain(before.status)
          } else {
            const old =
              'which' in next ? pick(next.call === 'scanOld' ? texts : codes, next.which) : undefined
            const done = run(emulator, next, old)
            const { state } = emulator
            if (!done) expect(state).toBe(before)
            if (next.call === 'scanOld') expect(done).toBe(old !== undefined && old === qrText(before))
            if (next.call === 'typeOld') expect(done).toBe(old !== undefined && old === liveCode(before))
            if (next.call === 'scan') expect(done).toBe(before.status === 'pairing')
            // Only time completes a link. A user action starts it, or a restart if a link existed before.
            if (state.status === 'linked') expect(before.status).toBe('linked')
            if (state.status === 'linking' && before.status !== 'linking') {
              expect(before.status === 'linked' ? ['restart'] : answers).toContain(next.call)
            }
          }
          const { state } = emulator
          const [text, code] = [qrText(state), liveCode(state)]
          if (text !== undefined && text !== qrText(before)) expect(texts).not.toContain(text)
          if (code !== undefined && code !== liveCode(before)) expect(codes).not.toContain(code)
          if (text !== undefined) texts.add(text)
          if (code !== undefined) codes.add(code)
          if (state.status === 'pairing') expect(state.qrExpiresAt).toBeGreaterThan(Date.now())
        }
      }),
      randomRuns(150, 2_000),
    )
  })

  it('a code is replaced when it expires, at most five times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 30 }), (pauses) => {
        startTime()
        const emulator = seededEmulator()
        emulator.start()
        for (const pause of pauses) {
          const before = emulator.state
          vi.advanceTimersByTime(pause)
          const { state } = emulator
          if (before.status !== 'pairing') expect(state.status).toBe('out-of-codes')
          else expect(state === before).toBe(Date.now() < before.qrExpiresAt)
          if (state.status === 'pairing') expect(state.qrNumber).toBeLessThanOrEqual(6)
          expect(emulator.state.status === 'pairing').toBe(Date.now() < START + 160_000)
        }
      }),
    )
  })
})
