import type {
  DemandPasskeyOptions,
  Emulator,
  EmulatorFault,
  EmulatorState,
  MockServer,
  MockServerRequest,
} from '../../src/testing.js'

/** The texts for how WhatsApp continues after it demands a passkey. */
const ceremonies = {
  'without a code to compare': {},
  'with a code to compare': { comparesCode: true },
  'without a response after the answer': { isSilent: true },
  'for a minute only': { lifetimeMs: 60_000 },
} as const satisfies Readonly<Record<string, DemandPasskeyOptions>>

export type PasskeyKind = keyof typeof ceremonies

const isPasskeyKind = (name: string): name is PasskeyKind => name in ceremonies

export const passkeyKinds: readonly PasskeyKind[] = Object.keys(ceremonies).filter(isPasskeyKind)

/** The actions on the simulated phone and its provider. None of them acts on the component. */
export type PhoneAction =
  | {
      readonly type:
        | 'scan'
        | 'rotate'
        | 'solve-passkey'
        | 'refuse-passkey'
        | 'log-out'
        | 'leave-stale-session'
    }
  | { readonly type: 'demand-passkey'; readonly kind: PasskeyKind }
  | { readonly type: 'type-code'; readonly code: string }
  | { readonly type: 'fault'; readonly fault: EmulatorFault | null }

/** What the panel shows. */
export interface PhoneView {
  readonly state: EmulatorState
  readonly fault: EmulatorFault | null
  readonly now: number
  /** The last requests that reached the provider, newest first. */
  readonly requests: readonly (MockServerRequest & { readonly number: number })[]
  readonly requestCount: number
}

/** Performs an action of the panel. Returns the reason if it failed. */
export async function act(emulator: Emulator, action: PhoneAction): Promise<string | undefined> {
  switch (action.type) {
    case 'scan':
      return reason(emulator.scan())
    case 'type-code':
      return reason(emulator.typeCode(action.code))
    case 'rotate':
      return reason(emulator.rotate())
    case 'demand-passkey':
      return emulator.demandPasskey(ceremonies[action.kind]) ?? undefined
    case 'solve-passkey':
      return reason(emulator.solvePasskey())
    case 'refuse-passkey':
      return reason(emulator.refusePasskey())
    case 'log-out':
      return reason(emulator.disconnect())
    case 'leave-stale-session':
      return emulator.leaveStaleAuth() ?? undefined
    case 'fault':
      // Most faults do not affect an open connection. So it is closed, and the fault affects the next one.
      if (action.fault) {
        emulator.fail('network')
        await new Promise((resolve) => setTimeout(resolve))
      }
      return emulator.fail(action.fault) ?? undefined
  }
}

export function view({ emulator, mockServer }: { emulator: Emulator; mockServer: MockServer }): PhoneView {
  return {
    state: emulator.state,
    fault: emulator.fault?.fault ?? null,
    now: emulator.now(),
    requests: mockServer.requests
      .map((request, index) => ({ ...request, number: index + 1 }))
      .slice(-6)
      .reverse(),
    requestCount: mockServer.requests.length,
  }
}

function reason(result: { ok: true } | { ok: false; reason: string }): string | undefined {
  return result.ok ? undefined : result.reason
}
