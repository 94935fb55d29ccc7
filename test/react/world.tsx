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
import { createWorldServer, type WorldServer } from './world-server.js'

/** One emulated account and the whole way to it: proxy → handler → adapter → mock server → emulator. */
export interface World extends EmulatedProvider {
  /** What stands between the page and the provider. */
  readonly server: WorldServer
  /** A new proxy object each time, as a component makes one that writes it inline. */
  readonly proxied: (options?: Partial<ProxyOptions>) => PairingProxy
  /** The component, with a cache of its own unless one is given. */
  readonly show: (props?: Partial<WhatsAppPairingProps>) => ReturnType<typeof render>
  readonly element: (props?: Partial<WhatsAppPairingProps>) => ReactElement
  readonly queryClient: QueryClient
}

/** The test setup of one of the emulated providers. */
export function createWorld(id: ProviderId, options?: EmulatorOptions): World {
  return worldOf(emulatedProvider(id, { seed: 7, ...options }))
}

/** As long as three codes live. WhatsApp's first one lives a minute, the next two twenty seconds each. */
export function roundMs(id: ProviderId): number {
  // Shown for 45 seconds each.
  return id === 'evolution-api' ? 135_000 : 100_000
}

export function worldOf(emulated: EmulatedProvider): World {
  const url = 'https://host.example/api/pairing'
  const server = createWorldServer(url, emulated.provider, { allowPasskeyAnswers: true })
  const queryClient = new QueryClient()
  const proxied = (given?: Partial<ProxyOptions>) =>
    proxy({ url, sessionId: emulated.provider.id, fetch: server.fetch, ...given })
  const element = (props?: Partial<WhatsAppPairingProps>) => (
    <WhatsAppPairing provider={proxied()} queryClient={queryClient} appName="Acme Inbox" {...props} />
  )
  return { ...emulated, server, queryClient, proxied, element, show: (props) => render(element(props)) }
}

/** What is loaded on demand, loaded before: loading takes real time, and fake clocks do not wait for it. */
export async function loadOnDemand(): Promise<void> {
  await Promise.all([
    qrImage('2@a,b'),
    import('../../src/client/live-events.js'),
    import('../../src/providers/lib/green-api-socket.js'),
  ])
}

/** What the component says its state is. */
export const shownStatus = (): string | null | undefined =>
  document.querySelector('[data-scope="whatsapp-pairing"]')?.getAttribute('data-status')

/** Something done to the phone or by the user, with all that follows at once. */
export const doing = (action: () => void): Promise<void> => act(async () => action())
