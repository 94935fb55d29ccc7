import { createPairingHandler, type PairingHandler } from '../../src/server.js'
import { type EmulatedProvider, emulatedProvider, type ProviderId } from './emulated-provider.js'
import { createTraffic, type Traffic } from './traffic.js'

/** The objects of a provider in the playground. */
export interface EmulatedTarget {
  readonly emulated: EmulatedProvider
  readonly traffic: Traffic
  readonly handler: PairingHandler
}

/** Creates a phone, a mock server and a handler that share nothing with those from before a reset. */
export function emulatedTarget(id: ProviderId): EmulatedTarget {
  const emulated = emulatedProvider(id)
  const traffic = createTraffic()
  const handler = createPairingHandler({
    provider: emulated.provider,
    authorize: () => true,
    allowPasskeyAnswers: true,
    log: traffic.log,
    // The instance has the same name after a reset. A new secret makes it a new session with a new poller.
    secret: crypto.randomUUID(),
  })
  return { emulated, traffic, handler }
}
