import type { PairingSource } from '../../src/index.js'
import { proxy } from '../../src/index.js'
import { type ProviderId, providerIds } from './emulated-provider.js'
import { emulatedTarget } from './emulated-target.js'
import { act, type PhoneAction, type PhoneView, view } from './phone-control.js'
import type { TrafficView } from './traffic.js'

/** The providers of the emulator. After `npm start -- --whatsapp`, also WhatsApp. */
export type PlaygroundProviderId = ProviderId | 'baileys'

/** The backend of the playground: Storybook's dev server or, in a static build, this page. */
export interface PlaygroundBackend {
  /** Where everything runs. */
  readonly place: 'server' | 'browser'
  readonly providers: readonly PlaygroundProvider[]
  /**
   * The provider for the component: a `proxy` to the handler, with or without live events. @param round A new number after each
   * reset, for a new session in the page.
   */
  providerOf(id: PlaygroundProviderId, live: boolean, round: number): PairingSource
  traffic(id: PlaygroundProviderId): Promise<TrafficView>
  /** The state of the simulated phone. Not available for a real provider. */
  view(id: PlaygroundProviderId): Promise<PhoneView>
  act(id: PlaygroundProviderId, action: PhoneAction): Promise<string | undefined>
  /** A new phone, a new mock server and a new session, as at the start. */
  reset(id: PlaygroundProviderId): Promise<void>
}

export interface PlaygroundProvider {
  readonly id: PlaygroundProviderId
  /** True if `.env` has credentials, or with `--whatsapp`: a real phone is linked. */
  readonly isReal: boolean
}

/** Paths in Storybook's dev server. */
const PLAYGROUND_PATH = '/playground'

/** The backend of the dev server, or one in the page if there is none. */
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
    providerOf: (id, live, round) =>
      proxy({ url: `${PLAYGROUND_PATH}/pairing/${id}`, live, sessionId: `${id}/${round}` }),
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
    reset: async (id) => {
      await fetch(`${PLAYGROUND_PATH}/reset/${id}`, { method: 'POST' })
    },
  }
}

/** The same chain, including the handler, without a server. */
function browserBackend(): PlaygroundBackend {
  const targets = new Map<PlaygroundProviderId, ReturnType<typeof emulatedTarget>>(
    providerIds.map((id) => [id, emulatedTarget(id)]),
  )
  const targetOf = (id: PlaygroundProviderId) => {
    const target = targets.get(id)
    if (!target) throw new Error('A page alone cannot link a real phone.')
    return target
  }
  // A separate id for each backend, so that consecutive stories do not share a session.
  const backendId = crypto.randomUUID()
  return {
    place: 'browser',
    providers: providerIds.map((id) => ({ id, isReal: false })),
    traffic: async (id) => targetOf(id).traffic.view(),
    providerOf: (id, live, round) =>
      proxy({
        live,
        url: `${location.origin}${PLAYGROUND_PATH}/pairing/${id}`,
        sessionId: `${id}/${backendId}/${round}`,
        fetch: async (input, init) => targetOf(id).handler(new Request(input, init)),
      }),
    view: async (id) => view(targetOf(id).emulated),
    act: async (id, action) => act(targetOf(id).emulated.emulator, action),
    reset: async (id) => {
      const old = targetOf(id)
      const emulatedId = providerIds.find((one) => one === id)
      if (emulatedId) targets.set(id, emulatedTarget(emulatedId))
      await old.handler.close()
    },
  }
}
