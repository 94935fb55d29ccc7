import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../src/core/provider.js'

export const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 1_000,
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: 160_000,
  requestTimeoutMs: 30_000,
}

/** The snapshot of a code whose text contains `name`, so that codes differ. */
export function qr(name: string | number, expiresInMs?: number): PairingSnapshot {
  return { status: 'qr', qrCode: normalizeQrPayload(`2@${name},noise,identity,adv,1`), expiresInMs }
}

/** Imitates a custom provider, including behaviour that no real provider has. The test sets its answers. */
export interface ScriptedProvider extends PairingProvider {
  /** Every call so far, with its method and time. */
  readonly calls: readonly { readonly question: string; readonly at: number }[]
  /** The signals of the calls, in the same order. */
  readonly signals: readonly (AbortSignal | undefined)[]
}

type Answer = () => PairingSnapshot | Promise<PairingSnapshot>

/** Creates a provider from its answers. */
export function scriptedProvider(
  answers: { getQrCode: Answer; getStatus?: Answer; requestPairingCode?: Answer },
  sessionId = 'scripted',
): ScriptedProvider {
  const calls: { question: string; at: number }[] = []
  const signals: (AbortSignal | undefined)[] = []
  const answer = async (question: string, { signal }: RequestOptions, give: Answer) => {
    calls.push({ question, at: Date.now() })
    signals.push(signal)
    return give()
  }
  const { getQrCode, getStatus = () => ({ status: 'unlinked' }), requestPairingCode } = answers
  return {
    id: 'scripted',
    sessionId,
    timing,
    calls,
    signals,
    getQrCode: (options) => answer('qr-code', options, getQrCode),
    getStatus: (options) => answer('status', options, getStatus),
    ...(requestPairingCode && {
      requestPairingCode: (_, options) => answer('pairing-code', options, requestPairingCode),
    }),
  }
}
