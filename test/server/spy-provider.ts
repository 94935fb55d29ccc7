import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../src/core/provider.js'
import { START } from '../time.js'

/** Durations of no specific provider. */
export const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 1_000,
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: 160_000,
  requestTimeoutMs: 30_000,
}

/** The session tag of the spy as the only provider of a handler without a secret. */
export const SPY_SESSION = 'SmNqlwNIfvu_tBL8tqReIF'

/** The snapshot of a code whose text contains `name`, so that codes differ. */
export function qr(name: string | number, expiresInMs?: number): PairingSnapshot {
  const qrCode = normalizeQrPayload(`2@${name},noise,identity,adv,1`)
  return { status: 'qr', qrCode, ...(expiresInMs !== undefined && { expiresInMs }) }
}

/** A new code every 20 seconds. Replicas get the same code, because they use one session of one provider. */
export const rotating = {
  getQrCode: async () => qr(`ref${Math.floor((Date.now() - START) / timing.qrLifetimeMs)}`),
}

/** One call of a provider. */
interface Call {
  /** The method, with its phone number. */
  readonly call: string
  readonly at: number
  readonly signal: AbortSignal | undefined
}

export interface SpyProvider extends PairingProvider {
  /** The called methods, oldest first, each with its phone number. */
  readonly calls: string[]
  /** The same calls with their details. */
  readonly details: readonly Call[]
}

type Optional = 'requestPairingCode' | 'reset' | 'unlink'

/** `undefined` removes an ability. */
type Methods = Partial<Omit<PairingProvider, Optional>> & {
  readonly [Name in Optional]?: PairingProvider[Name] | undefined
}

/** Responds to every call, and records it. */
export function spyProvider(methods: Methods = {}): SpyProvider {
  const calls: string[] = []
  const details: Call[] = []
  const defaults: Required<Pick<PairingProvider, Optional>> & PairingProvider = {
    id: 'spy',
    sessionId: 'main',
    timing,
    getStatus: async () => ({ status: 'unlinked' }),
    getQrCode: async () => qr('ref'),
    requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    reset: async () => {},
    unlink: async () => {},
  }
  const { requestPairingCode, reset, unlink, ...all } = { ...defaults, ...methods }
  const record = (call: string, { signal }: RequestOptions): void => {
    calls.push(call)
    details.push({ call, at: Date.now(), signal })
  }
  return {
    ...all,
    calls,
    details,
    getStatus(options) {
      record('getStatus', options)
      return all.getStatus(options)
    },
    getQrCode(options) {
      record('getQrCode', options)
      return all.getQrCode(options)
    },
    ...(requestPairingCode && {
      requestPairingCode(phoneNumber, options) {
        record(`requestPairingCode ${phoneNumber}`, options)
        return requestPairingCode(phoneNumber, options)
      },
    }),
    ...(reset && {
      reset(options) {
        record('reset', options)
        return reset(options)
      },
    }),
    ...(unlink && {
      unlink(options) {
        record('unlink', options)
        return unlink(options)
      },
    }),
  }
}
