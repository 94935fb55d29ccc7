import { createPairingHandler, type PairingHandler } from '../../src/server.js'
import { type EmulatedProvider, emulatedProvider, type ProviderId } from './emulated-provider.js'
import { createTraffic, type Traffic } from './traffic.js'

/** What a provider of the playground consists of. */
export interface EmulatedTarget {
  readonly emulated: EmulatedProvider
  readonly traffic: Traffic
  readonly handler: PairingHandler
}

/** A phone, a mock server and a handler that share nothing with those before a reset. */
export function emulatedTarget(id: ProviderId): EmulatedTarget {
  const emulated = emulatedProvider(id)
  const traffic = createTraffic()
  const handler = createPairingHandler({
    provider: emulated.provider,
    authorize: () => true,
    allowPasskeyAnswers: true,
    log: traffic.log,
    // The instance has the same name after a reset. The secret makes it another session, with another poller.
    secret: crypto.randomUUID(),
  })
  return { emulated, traffic, handler }
}
