import type { PairingProvider } from '../../src/core/provider.js'

/** Durations of no specific provider. */
export const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 1_000,
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: 150_000,
  requestTimeoutMs: 30_000,
}

/** The session tag of the spy as the only provider of a handler without a secret. */
export const SPY_SESSION = 'SmNqlwNIfvu_tBL8tqReIF'

export interface SpyProvider extends PairingProvider {
  /** The called methods, oldest first, each with its phone number. */
  readonly calls: string[]
}

/** Responds to every call, and records it. */
export function spyProvider(methods: Partial<PairingProvider> = {}): SpyProvider {
  const calls: string[] = []
  const all: PairingProvider = {
    id: 'spy',
    sessionId: 'main',
    timing,
    getStatus: async () => ({ status: 'unlinked' }),
    getQrCode: async () => ({ status: 'qr', qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' } }),
    requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    reset: async () => {},
    unlink: async () => {},
    ...methods,
  }
  const { requestPairingCode, reset, unlink } = all
  return {
    ...all,
    calls,
    getStatus(options) {
      calls.push('getStatus')
      return all.getStatus(options)
    },
    getQrCode(options) {
      calls.push('getQrCode')
      return all.getQrCode(options)
    },
    ...(requestPairingCode && {
      requestPairingCode(phoneNumber, options) {
        calls.push(`requestPairingCode ${phoneNumber}`)
        return requestPairingCode(phoneNumber, options)
      },
    }),
    ...(reset && {
      reset(options) {
        calls.push('reset')
        return reset(options)
      },
    }),
    ...(unlink && {
      unlink(options) {
        calls.push('unlink')
        return unlink(options)
      },
    }),
  }
}
