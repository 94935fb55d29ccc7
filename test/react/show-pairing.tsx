import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import {
  PairingError,
  type PairingProvider,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { qr, type SpyProvider, scriptedProvider } from './scripted-provider.js'

type Response = PairingSnapshot | Promise<PairingSnapshot>

export const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }
export const pairingCode: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }
export const hang = () => new Promise<never>(() => {})

/** A provider that returns `now`, throws it if it is an error, or calls it if it is a function. */
export function changingProvider(
  first: Response | PairingError | (() => Response),
  { requestPairingCode = (): Response => pairingCode, sessionId = 'changing' } = {},
) {
  const respond = (): Response => {
    const { now } = changing
    if (now instanceof PairingError) throw now
    return typeof now === 'function' ? now() : now
  }
  const provider = scriptedProvider({ getQrCode: respond, getStatus: respond, requestPairingCode }, sessionId)
  const changing = { now: first, provider, calls: provider.calls }
  return changing
}

/** A provider whose QR code changes every twenty seconds from now on. */
export function rotatingProvider(): SpyProvider {
  const startedAt = Date.now()
  const getQrCode = () => qr(Math.floor((Date.now() - startedAt) / 20_000))
  return scriptedProvider({ getQrCode, requestPairingCode: () => pairingCode }, 'rotating')
}

/** Renders the component with a separate cache, unless a query client is passed. */
export const showPairing = (provider: PairingProvider, props: Partial<WhatsAppPairingProps> = {}) =>
  render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />)

/** The number of requests for pairing codes. */
export const codeRequests = ({ calls }: Pick<SpyProvider, 'calls'>): number =>
  calls.filter((call) => call.startsWith('requestPairingCode')).length
