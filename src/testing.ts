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
export { type PairingStates, pairingStates } from './testing/states.js'
export type { Wire, WireOptions, WireRequest } from './testing/wire.js'
export type { GreenApiWireOptions } from './testing/wires/green-api.js'
export { greenApiWire } from './testing/wires/green-api.js'
export type { WasendWireOptions } from './testing/wires/wasend.js'
export { wasendWire } from './testing/wires/wasend.js'
export type { ZApiWireOptions } from './testing/wires/z-api.js'
export { zApiWire } from './testing/wires/z-api.js'
