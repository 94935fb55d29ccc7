import { QueryClient } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import type { ReactElement } from 'react'
import {
  type PairingProxy,
  type ProxyOptions,
  proxy,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { qrImage } from '../../src/testing/qr-image.js'
import type { EmulatorOptions } from '../../src/testing.js'
import {
  type EmulatedProvider,
  emulatedProvider,
  type ProviderId,
} from '../../stories/playground/emulated-provider.js'
import { createPageServer, type PageServer } from './page-server.js'

/** One emulated account with the complete chain: proxy → handler → adapter → mock server → emulator. */
export interface Setup extends EmulatedProvider {
  /** The app's server between the page and the provider. */
  readonly server: PageServer
  /** Creates a new proxy object on each call, like a component that creates it during rendering. */
  readonly proxied: (options?: Partial<ProxyOptions>) => PairingProxy
  /** Renders the component. It has a separate cache unless a query client is passed. */
  readonly show: (props?: Partial<WhatsAppPairingProps>) => ReturnType<typeof render>
  readonly element: (props?: Partial<WhatsAppPairingProps>) => ReactElement
  readonly queryClient: QueryClient
}

/** The test setup of one of the emulated providers. */
export function createSetup(id: ProviderId, options?: EmulatorOptions): Setup {
  return setupOf(emulatedProvider(id, { seed: 7, ...options }))
}

/** The lifetime of three codes. WhatsApp's first code is valid for a minute, the next two for twenty seconds each. */
export function roundMs(id: ProviderId): number {
  // This server shows each code for 45 seconds.
  return id === 'evolution-api' ? 135_000 : 100_000
}

export function setupOf(emulated: EmulatedProvider): Setup {
  const url = 'https://host.example/api/pairing'
  const server = createPageServer(url, emulated.provider, { allowPasskeyAnswers: true })
  const queryClient = new QueryClient()
  const proxied = (given?: Partial<ProxyOptions>) =>
    proxy({ url, sessionId: emulated.provider.id, fetch: server.fetch, ...given })
  const element = (props?: Partial<WhatsAppPairingProps>) => (
    <WhatsAppPairing provider={proxied()} queryClient={queryClient} appName="Acme Inbox" {...props} />
  )
  return { ...emulated, server, queryClient, proxied, element, show: (props) => render(element(props)) }
}

/** Loads the modules that otherwise load on demand. Loading takes real time, and fake clocks do not wait for it. */
export async function loadOnDemand(): Promise<void> {
  await Promise.all([
    qrImage('2@a,b'),
    import('../../src/client/live-events.js'),
    import('../../src/providers/lib/green-api-socket.js'),
  ])
}

/** The status that the component shows. */
export const shownStatus = (): string | null | undefined =>
  document.querySelector('[data-scope="whatsapp-pairing"]')?.getAttribute('data-status')

/** Runs an action on the phone or of the user, with its immediate effects. */
export const doing = (action: () => void): Promise<void> => act(async () => action())
