export type { EmulatedWebSocket } from './testing/emulated-web-socket.js'
export { createEmulator } from './testing/emulator.js'
export type {
  ActiveFault,
  AnswerPasskeyRefusal,
  ConfirmPasskeyRefusal,
  DemandPasskeyOptions,
  EmulatedAccount,
  EmulatedPairingCode,
  EmulatedPasskey,
  Emulator,
  EmulatorAction,
  EmulatorEvent,
  EmulatorFault,
  EmulatorOptions,
  EmulatorResult,
  EmulatorState,
  FailOptions,
  PairingCodeRefusal,
  PairingCodeResult,
  ScanRefusal,
  TypeCodeRefusal,
} from './testing/emulator-types.js'
export { type LinkAutomaticallyOptions, linkAutomatically } from './testing/link-automatically.js'
export type {
  MockServer,
  MockServerOptions,
  MockServerRequest,
} from './testing/mock-servers/create-mock-server.js'
export type {
  EvolutionWebhook,
  MockEvolutionApi,
  MockEvolutionApiOptions,
} from './testing/mock-servers/mock-evolution-api.js'
export { mockEvolutionApi } from './testing/mock-servers/mock-evolution-api.js'
export type { MockGreenApiOptions } from './testing/mock-servers/mock-green-api.js'
export { mockGreenApi } from './testing/mock-servers/mock-green-api.js'
export type {
  MockGreenApiSocket,
  MockGreenApiSocketOptions,
} from './testing/mock-servers/mock-green-api-socket.js'
export { mockGreenApiSocket } from './testing/mock-servers/mock-green-api-socket.js'
export type { MockOwnServerOptions } from './testing/mock-servers/mock-own-server.js'
export { mockOwnServer } from './testing/mock-servers/mock-own-server.js'
export type { MockWaha, MockWahaOptions } from './testing/mock-servers/mock-waha.js'
export { mockWaha } from './testing/mock-servers/mock-waha.js'
export type { MockWasendOptions } from './testing/mock-servers/mock-wasend.js'
export { mockWasend } from './testing/mock-servers/mock-wasend.js'
export type { MockZApiOptions } from './testing/mock-servers/mock-z-api.js'
export { mockZApi } from './testing/mock-servers/mock-z-api.js'
export type { ProviderFault } from './testing/provider-rules/faults.js'
export type {
  ProviderEnvironment,
  ProviderState,
  Responder,
} from './testing/provider-rules/set-up-provider.js'
export {
  type PairingRoute,
  type RoutablePage,
  type RoutePairingOptions,
  routePairing,
} from './testing/route-pairing.js'
export { type PairingStates, pairingStates } from './testing/states.js'
export { testProvider } from './testing/test-provider.js'
export type {
  DescribeFunction,
  ExpectedFault,
  ItFunction,
  TestProviderOptions,
} from './testing/test-provider-options.js'
