import type { PairingSnapshot } from '../../src/core/provider.js'
import { type SpyProvider, spyProvider } from '../server/spy-provider.js'

export { qr, type SpyProvider, timing } from '../server/spy-provider.js'

type Answer = () => PairingSnapshot | Promise<PairingSnapshot>

/** A provider without `reset` and `unlink`, whose answers the test sets. They may be such that no real provider gives. */
export function scriptedProvider(
  answers: { getQrCode: Answer; getStatus?: Answer; requestPairingCode?: Answer },
  sessionId = 'scripted',
): SpyProvider {
  const { getQrCode, getStatus = () => ({ status: 'unlinked' }), requestPairingCode } = answers
  return spyProvider({
    id: 'scripted',
    sessionId,
    getQrCode: async () => getQrCode(),
    getStatus: async () => getStatus(),
    requestPairingCode: requestPairingCode && (async () => requestPairingCode()),
    reset: undefined,
    unlink: undefined,
  })
}
