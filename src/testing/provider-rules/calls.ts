import { isPairingErrorCode, PairingError, type PairingErrorCode } from '../../core/errors.js'
import { isSame } from '../../core/is-same.js'
import { asRecord } from '../../core/json.js'
import { decodePasskeyChallenge, decodePasskeyHandoff, type PasskeyAssertion } from '../../core/passkey.js'
import { normalizePhoneNumber } from '../../core/phone-number.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { decodeSnapshot } from '../../core/snapshot.js'

/** One test that every provider must pass. */
export interface ProviderRule {
  readonly title: string
  readonly test: () => Promise<void>
}

/** Adds a test. */
export type AddRule = (title: string, test: () => unknown) => void

/** Name of a method that sends requests. */
export type CallName =
  | 'getStatus'
  | 'getQrCode'
  | 'requestPairingCode'
  | 'reset'
  | 'unlink'
  | 'getPasskeyChallenge'
  | 'answerPasskey'
  | 'confirmPasskey'
  | 'getPasskeyHandoff'
  | 'resetPasskey'

/** The methods that resolve without a value. */
const changes: readonly CallName[] = ['reset', 'unlink', 'answerPasskey', 'confirmPasskey', 'resetPasskey']

/** Whether a call changes something and resolves with nothing. */
export function isChange(name: CallName): boolean {
  return changes.includes(name)
}

/** The answer of a passkey to a challenge, without a signature that anything could verify. */
export function passkeyAnswerTo(challenge: string): PasskeyAssertion {
  const client = { type: 'webauthn.get', challenge, origin: 'https://web.whatsapp.com', crossOrigin: false }
  return {
    id: 'dGVzdA',
    rawId: 'dGVzdA',
    type: 'public-key',
    response: {
      clientDataJSON: btoa(JSON.stringify(client))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, ''),
      authenticatorData: 'A'.repeat(50),
      signature: 'dGVzdA',
    },
  }
}

const phoneNumber = normalizePhoneNumber('5511999999999')

/** Every method that sends requests, to be called like any other. */
export const calls: Readonly<
  Record<CallName, (provider: PairingProvider, options: RequestOptions) => Promise<unknown> | undefined>
> = {
  getStatus: (provider, options) => provider.getStatus(options),
  getQrCode: (provider, options) => provider.getQrCode(options),
  requestPairingCode: (provider, options) => provider.requestPairingCode?.(phoneNumber, options),
  reset: (provider, options) => provider.reset?.(options),
  unlink: (provider, options) => provider.unlink?.(options),
  getPasskeyChallenge: (provider, options) => provider.getPasskeyChallenge?.(options),
  answerPasskey: (provider, options) => provider.answerPasskey?.(passkeyAnswerTo('dGVzdA'), options),
  confirmPasskey: (provider, options) => provider.confirmPasskey?.('ABCD-1234', options),
  getPasskeyHandoff: (provider, options) => provider.getPasskeyHandoff?.(options),
  resetPasskey: (provider, options) => provider.resetPasskey?.(options),
}

/** The methods of a provider that send requests. */
export function callNamesOf(provider: PairingProvider): readonly CallName[] {
  return Object.keys(calls).filter((name): name is CallName => name in calls && name in provider)
}

/** How a call ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Waits until a call ends, either way. A synchronous exception counts as a rejection. */
export async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { value: await call() }
  } catch (error) {
    return { error }
  }
}

/** How a call ended, in a few words. */
export function describeOutcome(outcome: Outcome): string {
  if (!('error' in outcome)) return `the value ${JSON.stringify(outcome.value)}`
  const { error } = outcome
  return PairingError.isInstance(error) ? `PairingError "${error.code}"` : `${String(error)}, no PairingError`
}

/** Throws unless a call ended with a `PairingError` of a known code, which it returns, or of this code. */
export function assertRejected(what: string, outcome: Outcome, code?: PairingErrorCode): PairingError {
  const error = 'error' in outcome ? outcome.error : undefined
  const isOurs = PairingError.isInstance(error) && isPairingErrorCode(error.code)
  const expected = code === undefined ? 'a PairingError' : `PairingError "${code}"`
  assert(
    isOurs && (code === undefined || error.code === code),
    `${what} must reject with ${expected}, and ended with ${describeOutcome(outcome)}.`,
  )
  return error
}

/** Throws unless a value is what a call may resolve with. */
export function assertResult(name: CallName, value: unknown): void {
  if (name === 'getPasskeyChallenge') decodePasskeyChallenge(value)
  else if (name === 'getPasskeyHandoff') assertHandoff(value)
  else if (!isChange(name)) assertSnapshot(`${name}()`, value)
  else assert(value === undefined, `${name}() must resolve with nothing, not ${JSON.stringify(value)}.`)
}

function assertHandoff(value: unknown): void {
  const { expiresAt, ...handoff } = asRecord(value)
  const expiresInMs = typeof expiresAt === 'number' ? expiresAt - Date.now() : undefined
  decodePasskeyHandoff({ ...handoff, expiresInMs })
}

/** Throws unless a value is a snapshot in its documented form, without any other field. */
export function assertSnapshot(what: string, value: unknown): asserts value is PairingSnapshot {
  const plain: unknown = JSON.parse(JSON.stringify(value) ?? 'null')
  let decoded: unknown
  try {
    // Everything that `proxy` would remove or correct is not in the documented form. Only a pairing code may have any spelling.
    const { pairingCode } = asRecord(plain)
    decoded = { ...decodeSnapshot(plain), ...(pairingCode !== undefined && { pairingCode }) }
  } catch {}
  const isWellFormed = decoded !== undefined && isSame(JSON.parse(JSON.stringify(decoded)), plain)
  assert(
    isWellFormed,
    `${what} gave ${JSON.stringify(value)}. As a PairingSnapshot: ${JSON.stringify(decoded)}.`,
  )
}

/** Throws an error where something does not hold. */
export function assert(holds: unknown, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

// Saved when the module loads, because the test runner may install fake timers later.
const realSetTimeout = globalThis.setTimeout

/** A working provider needs only some timers of 0 ms. Slow machines may need this long. */
const SOON_MS = 2_000

/** Waits a moment until something holds. */
export async function until(what: string, holds: () => boolean, limitMs: number = SOON_MS): Promise<void> {
  for (const end = performance.now() + limitMs; !holds() && performance.now() < end; ) await pause(0)
  assert(holds(), `Within ${limitMs} ms, ${what} did not happen.`)
}

/** Waits a moment for the end of a call. */
export async function soon(what: string, outcome: Promise<Outcome>): Promise<Outcome> {
  let ended: Outcome | undefined
  void outcome.then((value) => {
    ended = value
  })
  await until(`the end of ${what}`, () => ended !== undefined)
  return outcome
}

/** Lets real time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, ms))
}
