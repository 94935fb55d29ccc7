import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Emulator, EmulatorState } from '../../src/testing/emulator.js'
import { randomRuns } from '../long-runs.js'
import { emulated, START } from './clock.js'

/** What may happen between two looks at the emulator. */
type Step =
  | { readonly pass: number }
  | { readonly call: 'start' | 'logout' | 'restart' | 'restore' | 'rotate' | 'leaveStaleAuth' | 'disconnect' }
  | {
      readonly call:
        | 'demandPasskey'
        | 'solvePasskey'
        | 'resetPasskey'
        | 'refusePasskey'
        | 'scan'
        | 'requestPairingCode'
        | 'typeCode'
    }
  /** An earlier code: which one, as a part of all that were seen. */
  | { readonly call: 'scanOld' | 'typeOld'; readonly which: number }

const calls = [
  'start',
  'logout',
  'restart',
  'restore',
  'rotate',
  'leaveStaleAuth',
  'disconnect',
  'demandPasskey',
  'solvePasskey',
  'resetPasskey',
  'refusePasskey',
  'scan',
  'requestPairingCode',
  'typeCode',
] as const

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ pass: fc.oneof(fc.nat(25_000), fc.constantFrom(20_000, 60_000, 160_000)) }),
  // Most of the time something that leads on: otherwise few runs would get anywhere.
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

/** What may begin a link. */
const answers = ['scan', 'typeCode', 'scanOld', 'typeOld', 'solvePasskey', 'restore']

describe('createEmulator(), with random actions', () => {
  it('only the current code links, and no code appears twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, emulator } = emulated()
        const texts = new Set<string>()
        const codes = new Set<string>()
        for (const next of steps) {
          const before = emulator.state
          if ('pass' in next) {
            clock.pass(next.pass)
            const { status } = emulator.state
            // Time ends codes and finishes links; it begins none.
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
            // A link is finished by time only, and begun by an answer, or by a restart where there was one.
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
          if (state.status === 'pairing') expect(state.qrExpiresAt).toBeGreaterThan(clock.now())
        }
      }),
      randomRuns(150, 2_000),
    )
  })

  it('a code is replaced when it expires, at most five times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 30 }), (pauses) => {
        const { clock, emulator } = emulated()
        emulator.start()
        for (const pause of pauses) {
          const before = emulator.state
          clock.pass(pause)
          const { state } = emulator
          if (before.status !== 'pairing') expect(state.status).toBe('out-of-codes')
          else expect(state === before).toBe(clock.now() < before.qrExpiresAt)
          if (state.status === 'pairing') expect(state.qrNumber).toBeLessThanOrEqual(6)
          expect(emulator.state.status === 'pairing').toBe(clock.now() < START + 160_000)
        }
      }),
    )
  })
})
