import { laterRules } from '../../src/core/later-rules.js'
import type { SessionOptions } from '../../src/core/session.js'
import { initialState, transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-event.js'
import type { SessionState } from '../../src/core/session-state.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { timing } from '../server/spy-provider.js'

/** The time at which each session of these tests begins. */
export const T = 1_800_000_000_000

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never

/** An event, and how long after the beginning it happens. */
export type Step = readonly [atMs: number, event: WithoutTime<SessionEvent>]

export type Fields = Partial<PairingUpdate>

let seq = 0

/** An update that was read at `atMs`. */
export function updateAt(atMs: number, status: PairingUpdate['status'], fields: Fields = {}): PairingUpdate {
  seq += 1
  return {
    v: 1,
    session: 'session-a',
    origin: 'process-1',
    seq,
    at: T + atMs,
    status,
    provider: 'green-api',
    methods: ['qr', 'phone-code'],
    abilities: ['reset', 'unlink'],
    timing,
    nextInMs: 3_000,
    ...fields,
  }
}

/** Creates a session that begins at {@link T}. */
export function beginning(options: Partial<SessionOptions> = {}): SessionState {
  return initialState(
    {
      autoStart: true,
      method: 'qr',
      maxRefreshes: 3,
      refreshMode: 'auto',
      clearsLeftovers: false,
      expectedPhoneNumber: undefined,
      attemptSeed: 'seed',
      offer: { provider: 'proxy', methods: [], abilities: [], timing: undefined },
      ...options,
    },
    T,
  )
}

/** Returns the session after these steps. */
export function run(options: Partial<SessionOptions>, steps: readonly Step[]): SessionState {
  return steps.reduce(
    (state, [atMs, event]) => transition(state, { ...event, at: T + atMs }, laterRules),
    beginning(options),
  )
}
