import { decodeTiming } from '../core/decode-offer.js'
import { PairingError, toPairingError } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import {
  type PairingMemory,
  type PairingProvider,
  type PairingSnapshot,
  type ProviderTiming,
  REQUESTS_PER_CALL,
  type RequestOptions,
} from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import { inTime } from '../lib/in-time.js'
import type { PollerHost, ProviderCall } from './poller-host.js'

/** The provider to call, and the host that logs the call. */
export interface CallOptions<Call = PairingWant | PairingAction | PasskeyAction> {
  readonly provider: PairingProvider
  readonly call: Call
  readonly host: PollerHost
  /** If one of them is aborted, the call is aborted. */
  readonly signals: readonly AbortSignal[]
}

const methods: Readonly<Record<PairingWant | PairingAction | PasskeyAction, ProviderCall>> = {
  state: 'getStatus',
  code: 'getQrCode',
  'request-pairing-code': 'requestPairingCode',
  start: 'reset',
  reset: 'reset',
  unlink: 'unlink',
  'passkey-challenge': 'getPasskeyChallenge',
  'passkey-answer': 'answerPasskey',
  'passkey-confirm': 'confirmPasskey',
  'passkey-handoff': 'getPasskeyHandoff',
}

/**
 * Calls a provider with a time limit. Adapters have their own limits, but the developer's own provider may have none, may ignore
 * its signal, and may reject with anything.
 */
export async function callProvider<Value>(
  { provider, call, host, signals }: CallOptions,
  run: (options: RequestOptions) => Promise<Value>,
): Promise<Value> {
  const startedAt = Date.now()
  const entry = () => ({ event: 'upstream', call, durationMs: Date.now() - startedAt }) as const
  try {
    const value = await inTime(run, provider.timing.requestTimeoutMs * REQUESTS_PER_CALL, signals, overdue)
    host.log(entry(), provider)
    return value
  } catch (error) {
    const failure = toPairingError(error)
    host.log({ ...entry(), code: failure.code }, provider)
    // After an abort, the error is not one of the provider.
    if (!signals.some(({ aborted }) => aborted)) host.report(error, methods[call])
    throw failure
  }
}

/** Reads the provider. Fields that do not belong to a snapshot must not leave the server. */
export function readProvider(
  options: CallOptions<PairingWant>,
  memory: PairingMemory,
): Promise<PairingSnapshot> {
  const { provider, call } = options
  return callProvider(options, async ({ signal }) => {
    const own = { signal, memory }
    const snapshot = await (call === 'state' ? provider.getStatus(own) : provider.getQrCode(own))
    return decodeSnapshot(snapshot, provider.id)
  })
}

function overdue(): PairingError {
  return new PairingError('timeout', 'The provider did not respond in time. Try again.')
}

/** JavaScript checks no types. Without a valid timing, requests would be sent without a pause. */
export function timingOf({ timing }: PairingProvider): ProviderTiming {
  const checked = decodeTiming(timing)
  if (checked) return checked
  throw new PairingError(
    'invalid-options',
    'The provider has no complete "timing", so the pace of requests is unknown. Give all six durations in milliseconds.',
  )
}
