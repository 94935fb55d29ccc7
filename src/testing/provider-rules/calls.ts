import { normalizePhoneNumber, type PhoneNumber } from '../../core/phone-number.js'
import type { PairingProvider, RequestOptions } from '../../core/provider.js'
import { check } from './check.js'
import { checkSnapshot } from './snapshot-form.js'

/** One method of a provider, to be called like any other. */
export interface Call {
  readonly name: 'getStatus' | 'getQrCode' | 'requestPairingCode' | 'reset' | 'unlink'
  /** Answers with a snapshot; the others with nothing. */
  readonly answers: boolean
  /** Changes nothing at the provider. */
  readonly reads: boolean
  run(provider: PairingProvider, options?: RequestOptions): Promise<unknown>
}

/** Whoever is asked for a pairing code. */
export const phoneNumber: PhoneNumber = normalizePhoneNumber('5511999999999')

const every: readonly Call[] = [
  {
    name: 'getStatus',
    answers: true,
    reads: true,
    run: (provider, options = {}) => provider.getStatus(options),
  },
  {
    name: 'getQrCode',
    answers: true,
    reads: true,
    run: (provider, options = {}) => provider.getQrCode(options),
  },
  {
    name: 'requestPairingCode',
    answers: true,
    reads: false,
    run: async (provider, options = {}) => provider.requestPairingCode?.(phoneNumber, options),
  },
  {
    name: 'reset',
    answers: false,
    reads: false,
    run: async (provider, options = {}) => provider.reset?.(options),
  },
  {
    name: 'unlink',
    answers: false,
    reads: false,
    run: async (provider, options = {}) => provider.unlink?.(options),
  },
]

/** The methods that a provider has. */
export function callsOf(provider: PairingProvider): readonly Call[] {
  return every.filter(({ name }) => typeof provider[name] === 'function')
}

/** Fails the test where a call gave something else than it promises. */
export function checkResult({ name, answers }: Call, value: unknown): void {
  if (answers) checkSnapshot(value, name)
  else check(value === undefined, `${name} gave ${JSON.stringify(value)}, and should give nothing.`)
}
