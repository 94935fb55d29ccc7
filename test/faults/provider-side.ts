import type { PairingProvider } from '../../src/index.js'
import { greenApi } from '../../src/providers/green-api.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import {
  type Emulator,
  type MockServer,
  mockGreenApi,
  mockGreenApiSocket,
  mockWasend,
  mockZApi,
} from '../../src/testing.js'

/** The services in the matrix. */
export const services = ['green-api', 'z-api', 'wasend'] as const

export type Service = (typeof services)[number]

/** Options of a provider that differ from the usual. */
export interface ProviderSideOptions {
  /** How long it takes to clear an earlier link, or to start. */
  readonly resettingMs?: number
  /** The session is stopped, if the provider can stop sessions. */
  readonly isStopped?: boolean
  /** False: GREEN-API's WebSocket is not used. */
  readonly pushes?: boolean
}

/** Returns an adapter, and the mock server that it reaches through `connect`. */
export function createProviderSide(
  id: Service,
  emulator: Emulator,
  connect: (mockServer: MockServer) => typeof fetch,
  { resettingMs = 0, isStopped = false, pushes = true }: ProviderSideOptions,
): PairingProvider {
  const common = { dangerouslyAllowBrowser: true }
  switch (id) {
    case 'green-api': {
      const instance = { idInstance: '1101000001', apiTokenInstance: 'token' }
      const mockServer = mockGreenApi(emulator, { ...instance, logoutMs: resettingMs })
      const push = pushes && { webSocket: mockGreenApiSocket(emulator, instance) }
      return greenApi({ ...instance, ...common, ...push, fetch: connect(mockServer) })
    }
    case 'z-api': {
      const instance = { instanceId: '3C0FFEE0', token: 'token' }
      // Returns text instead of a picture, so that this way of drawing a code is tested too.
      const mockServer = mockZApi(emulator, { ...instance, qrCode: 'text' })
      return zApi({ ...instance, ...common, fetch: connect(mockServer) })
    }
    case 'wasend': {
      const session = { apiKey: 'key', sessionId: 'main' }
      const startingMs = resettingMs || undefined
      const mockServer = mockWasend(emulator, { ...session, startingMs, stopped: isStopped })
      return wasend({ ...session, ...common, fetch: connect(mockServer) })
    }
  }
}
