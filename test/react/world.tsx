import { transferableAbortController } from 'node:util'
import { QueryClient } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import type { ReactElement } from 'react'
import { type PairingProvider, proxy, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { createPairingHandler } from '../../src/server.js'
import type { EmulatorOptions } from '../../src/testing.js'
import {
  type EmulatedProvider,
  emulatedProvider,
  type ProviderId,
} from '../../stories/playground/emulated-provider.js'

/** One emulated account and the whole way to it: proxy → handler → adapter → wire → emulator. */
export interface World extends EmulatedProvider {
  /** A new proxy object each time, as a component makes one that writes it inline. */
  readonly proxied: () => PairingProvider
  /** The component, with a cache of its own unless one is given. */
  readonly show: (props?: Partial<WhatsAppPairingProps>) => ReturnType<typeof render>
  readonly element: (props?: Partial<WhatsAppPairingProps>) => ReactElement
  readonly queryClient: QueryClient
}

export function createWorld(id: ProviderId, options?: EmulatorOptions): World {
  const emulated = emulatedProvider(id, { seed: 7, ...options })
  const handler = createPairingHandler({ provider: emulated.provider, authorize: () => true })
  const queryClient = new QueryClient()
  const proxied = () =>
    proxy({
      url: 'https://host.example/api/pairing',
      sessionId: id,
      fetch: (input, { signal, ...init } = {}) => {
        // jsdom's signal is of a class that Node's Request refuses.
        const controller = transferableAbortController()
        signal?.addEventListener('abort', () => controller.abort())
        return Promise.race([
          handler(new Request(input, { ...init, signal: controller.signal })),
          new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        ])
      },
    })
  const element = (props?: Partial<WhatsAppPairingProps>) => (
    <WhatsAppPairing provider={proxied()} queryClient={queryClient} appName="Acme Inbox" {...props} />
  )
  return { ...emulated, queryClient, proxied, element, show: (props) => render(element(props)) }
}

/** What the component says its state is. */
export const shownStatus = (): string | null | undefined =>
  document.querySelector('[data-scope="whatsapp-pairing"]')?.getAttribute('data-status')

/** Something done to the phone or by the user, with all that follows at once. */
export const doing = (action: () => void): Promise<void> => act(async () => action())
