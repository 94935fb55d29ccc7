import type { PairingProvider } from '../../src/index.js'
import { proxy } from '../../src/index.js'
import { createPairingHandler } from '../../src/server.js'
import { emulatedProvider, type ProviderId, providerIds } from './emulated-provider.js'
import { act, type PhoneAction, type PhoneView, view } from './phone-control.js'
import { createTraffic, type TrafficView } from './traffic.js'

/** What stands behind the playground: Storybook's dev server, or, in a static build, this page. */
export interface PlaygroundBackend {
  /** Where everything runs, for the one who looks. */
  readonly place: 'server' | 'browser'
  readonly providers: readonly PlaygroundProvider[]
  /** What the component is given: a `proxy` to the handler, with or without live events. */
  providerOf(id: ProviderId, live: boolean): PairingProvider
  traffic(id: ProviderId): Promise<TrafficView>
  view(id: ProviderId): Promise<PhoneView>
  act(id: ProviderId, action: PhoneAction): Promise<string | undefined>
}

export interface PlaygroundProvider {
  readonly id: ProviderId
  /** True where `.env` holds credentials: a real phone is linked. */
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
  const emulated = Object.fromEntries(providerIds.map((id) => [id, emulatedProvider(id)])) as Record<
    ProviderId,
    ReturnType<typeof emulatedProvider>
  >
  const targets = new Map(
    providerIds.map((id) => {
      const traffic = createTraffic()
      const { provider } = emulated[id]
      return [
        id,
        { traffic, handler: createPairingHandler({ provider, authorize: () => true, log: traffic.log }) },
      ]
    }),
  )
  // One of its own for each backend: stories that run after each other must not share a session.
  const backendId = crypto.randomUUID()
  return {
    place: 'browser',
    providers: providerIds.map((id) => ({ id, isReal: false })),
    traffic: async (id) => targets.get(id)?.traffic.view() ?? createTraffic().view(),
    providerOf: (id, live) =>
      proxy({
        live,
        url: `${location.origin}${PLAYGROUND_PATH}/pairing/${id}`,
        sessionId: `${id}/${backendId}`,
        fetch: async (input, init) =>
          targets.get(id)?.handler(new Request(input, init)) ?? new Response(null, { status: 404 }),
      }),
    view: async (id) => view(emulated[id]),
    act: async (id, action) => act(emulated[id].emulator, action),
  }
}
