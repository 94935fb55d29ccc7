import type { PairingSource } from '../../src/index.js'
import { proxy } from '../../src/index.js'
import { createPairingHandler } from '../../src/server.js'
import { emulatedProvider, type ProviderId, providerIds } from './emulated-provider.js'
import { act, type PhoneAction, type PhoneView, view } from './phone-control.js'
import { createTraffic, type TrafficView } from './traffic.js'

/** Those of the emulator; and, after `npm start -- --whatsapp`, WhatsApp itself. */
export type PlaygroundProviderId = ProviderId | 'baileys'

/** What stands behind the playground: Storybook's dev server, or, in a static build, this page. */
export interface PlaygroundBackend {
  /** Where everything runs. */
  readonly place: 'server' | 'browser'
  readonly providers: readonly PlaygroundProvider[]
  /** What the component is given: a `proxy` to the handler, with or without live events. */
  providerOf(id: PlaygroundProviderId, live: boolean): PairingSource
  traffic(id: PlaygroundProviderId): Promise<TrafficView>
  /** Of the simulated phone: not for a provider that is real. */
  view(id: PlaygroundProviderId): Promise<PhoneView>
  act(id: PlaygroundProviderId, action: PhoneAction): Promise<string | undefined>
}

export interface PlaygroundProvider {
  readonly id: PlaygroundProviderId
  /** True where `.env` holds credentials, and with WhatsApp itself: a real phone is linked. */
  readonly isReal: boolean
}

/** Paths in Storybook's dev server. */
const PLAYGROUND_PATH = '/playground'

/** The dev server's backend where there is one, else one in the page. */
export async function findBackend(): Promise<PlaygroundBackend> {
  const providers = await serverProviders()
  return providers ? serverBackend(providers) : browserBackend()
}

async function serverProviders(): Promise<readonly PlaygroundProvider[] | undefined> {
  try {
    const response = await fetch(`${PLAYGROUND_PATH}/providers`)
    if (!response.headers.get('content-type')?.includes('json')) return undefined
    return await response.json()
  } catch {
    return undefined
  }
}

function serverBackend(providers: readonly PlaygroundProvider[]): PlaygroundBackend {
  return {
    place: 'server',
    providers,
    providerOf: (id, live) => proxy({ url: `${PLAYGROUND_PATH}/pairing/${id}`, live }),
    traffic: async (id) => (await fetch(`${PLAYGROUND_PATH}/traffic/${id}`)).json(),
    view: async (id) => (await fetch(`${PLAYGROUND_PATH}/phone/${id}`)).json(),
    act: async (id, action) => {
      const response = await fetch(`${PLAYGROUND_PATH}/phone/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(action),
      })
      const { refused } = await response.json()
      return refused
    },
  }
}

/** The same way, handler included, without a server. */
function browserBackend(): PlaygroundBackend {
  const targets = new Map<PlaygroundProviderId, ReturnType<typeof emulatedTarget>>(
    providerIds.map((id) => [id, emulatedTarget(id)]),
  )
  const targetOf = (id: PlaygroundProviderId) => {
    const target = targets.get(id)
    if (!target) throw new Error('A page alone cannot link a real phone.')
    return target
  }
  // One of its own for each backend: stories that run after each other must not share a session.
  const backendId = crypto.randomUUID()
  return {
    place: 'browser',
    providers: providerIds.map((id) => ({ id, isReal: false })),
    traffic: async (id) => targetOf(id).traffic.view(),
    providerOf: (id, live) =>
      proxy({
        live,
        url: `${location.origin}${PLAYGROUND_PATH}/pairing/${id}`,
        sessionId: `${id}/${backendId}`,
        fetch: async (input, init) => targetOf(id).handler(new Request(input, init)),
      }),
    view: async (id) => view(targetOf(id).emulated),
    act: async (id, action) => act(targetOf(id).emulated.emulator, action),
  }
}

function emulatedTarget(id: ProviderId) {
  const emulated = emulatedProvider(id)
  const traffic = createTraffic()
  const handler = createPairingHandler({
    provider: emulated.provider,
    authorize: () => true,
    allowPasskeyAnswers: true,
    log: traffic.log,
  })
  return { emulated, traffic, handler }
}
