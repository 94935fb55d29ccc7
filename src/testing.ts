export { describeProvider, type TestRunner } from './testing/describe-provider.js'
export type { EmulatedWebSocket } from './testing/emulated-web-socket.js'
export { createEmulator } from './testing/emulator.js'
export type {
  ActiveFault,
  EmulatedAccount,
  EmulatedPairingCode,
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
export type { ProviderFault } from './testing/provider-rules/faults.js'
export type { ServerAnswer } from './testing/provider-rules/server.js'
export type { ProviderSituation } from './testing/provider-rules/situation.js'
export type {
  ProviderEnvironment,
  ProviderUnderTest,
  ServerAnswers,
} from './testing/provider-rules/subject.js'
export { type PairingStates, pairingStates } from './testing/states.js'
export type { Wire, WireOptions, WireRequest } from './testing/wire.js'
export type {
  EvolutionApiWire,
  EvolutionApiWireOptions,
  EvolutionWebhook,
} from './testing/wires/evolution-api.js'
export { evolutionApiWire } from './testing/wires/evolution-api.js'
export type { GreenApiWireOptions } from './testing/wires/green-api.js'
export { greenApiWire } from './testing/wires/green-api.js'
export type { GreenApiSocketWire, GreenApiSocketWireOptions } from './testing/wires/green-api-socket.js'
export { greenApiSocketWire } from './testing/wires/green-api-socket.js'
export type { OwnServerWireOptions } from './testing/wires/own-server.js'
export { ownServerWire } from './testing/wires/own-server.js'
export type { WahaWire, WahaWireOptions } from './testing/wires/waha.js'
export { wahaWire } from './testing/wires/waha.js'
export type { WasendWireOptions } from './testing/wires/wasend.js'
export { wasendWire } from './testing/wires/wasend.js'
export type { ZApiWireOptions } from './testing/wires/z-api.js'
export { zApiWire } from './testing/wires/z-api.js'
