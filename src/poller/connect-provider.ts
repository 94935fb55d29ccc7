import type { PairingConnection } from '../core/connection.js'
import { toPairingError } from '../core/errors.js'
import { isExpected } from '../core/is-expected.js'
import { later } from '../core/later.js'
import { printOnce } from '../core/print-error.js'
import type { PairingProvider } from '../core/provider.js'
import type { PairingUpdate } from '../core/update.js'
import { performAction } from './perform-action.js'
import type { PollerHost } from './poller-host.js'
import { type PollerRegistry, processRegistry } from './registry.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/**
 * The connection of a page to a provider in the same process: an adapter that may be used in a browser, or the developer's own
 * provider. Connections with the same `id` and `sessionId` share one poller.
 */
export function connectProvider(
  provider: PairingProvider,
  registry: PollerRegistry = processRegistry(),
): PairingConnection {
  const { id, sessionId } = provider
  const host: PollerHost = {
    log: () => {},
    report: (thrown) => {
      const { code } = toPairingError(thrown)
      if (process.env.NODE_ENV !== 'production' && code !== 'network' && !isExpected(code))
        printOnce(`${id} ${sessionId} ${code}`, `A request of the provider "${id}" failed.`, thrown)
    },
    observe: () => {},
    connect: () => ({ publish: () => {}, open: () => {}, close: () => {} }),
  }
  const poller = () => registry.of(JSON.stringify([id, sessionId]), { tenant: '', provider }, host)
  const endless = new AbortController().signal
  return {
    async read({ want, method, has, signal = endless }) {
      const current = poller()
      const sentAt = Date.now()
      await current.read(want, signal, has)
      return held(current.update(method), sentAt)
    },
    async act(action, { method, phoneNumber, signal = endless }) {
      const current = poller()
      const sentAt = Date.now()
      // In JavaScript it may have any spelling.
      const number = phoneNumber && later.normalizePhoneNumber(phoneNumber)
      await performAction(current, provider, { action, phoneNumber: number }, signal)
      return held(current.update(method), sentAt)
    },
    // Loaded with the first ceremony, as behind a server.
    passkey: async (action, body, { signal = endless }) => {
      const { performPasskey } = await import('./perform-passkey.js')
      return performPasskey(poller(), provider, { action, ...body }, signal)
    },
    // If the provider has no push, the page reads at the pace of its query.
    ...(provider.subscribe && {
      subscribe(listener, { method }) {
        const current = poller()
        return current.watch({ method, notify: () => listener(current.update(method)) })
      },
    }),
  }
}

function held(update: PairingUpdate, sentAt: number): PairingUpdate {
  return { ...update, heldMs: update.at - sentAt }
}
