import '../late-modules.js'
import { focusManager, onlineManager, QueryClient } from '@tanstack/react-query'
import { vi } from 'vitest'
import type { PairingProxy } from '../../src/core/connection.js'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import type { PairingSession } from '../../src/core/pairing-session.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  RequestOptions,
} from '../../src/core/provider.js'
import { connectProvider } from '../../src/poller/connect-provider.js'
import { processRegistry } from '../../src/poller/registry.js'
import { loadLaterSession } from '../../src/react/session/load-later-session.js'
import { createEmulator, type Emulator } from '../../src/testing.js'
import { type HooklessSession, openHooklessSession, type UserAction } from '../hookless-session.js'
import { timing } from '../react/scripted-provider.js'
import { advance } from '../time.js'
import { type Machine, startMachine } from './machine.js'

// The module is loaded on demand, which takes real time: fake timers would not wait for it.
await loadLaterSession()

/** The results of requests. */
export interface Conditions {
  /** The time from the provider's read of its state to the arrival of its response. */
  readonly latencyMs: number
  /** Replaces a response: with this error, or with silence. */
  readonly fails?: PairingErrorCode | 'silence' | undefined
}

/** A session as in the hook, without React, and an account without HTTP, so that thousands run in a minute. */
export interface Simulation {
  readonly machine: Machine
  readonly emulator: Emulator
  readonly session: PairingSession | undefined
  conditions: Conditions
  /** Descriptions of the rules broken so far. */
  readonly broken: ReadonlySet<string>
  pass(ms: number): Promise<void>
  open(method?: PairingMethod): void
  close(): void
  /** Performs an action of the user. */
  does(action: UserAction): void
  /** The phone accepts the code on screen. */
  answer(): void
  /** The number of timers and cached sessions that remain. */
  readonly left: number
  end(): void
}

/** The user starts again from these states; no request is sent in them. */
const silentStates: readonly (PairingSession['status'] | undefined)[] = [undefined, 'idle', 'failed']

/** How long after the request about it was due a code is hidden, to leave time for the response. */
const GRACE_MS = 2_000

/** The delay of a timer that was set for less than a millisecond. */
const ROUNDING_MS = 10

/** Timers stop while a machine sleeps; no timer that hides a code is longer than this. */
const LONGEST_TIMER_MS = 2_000

export const phoneNumber = normalizePhoneNumber('5511987654321')

export function createSimulation(): Simulation {
  const machine = startMachine()
  const emulator = createEmulator({ now: machine.now, seed: 7 })
  const broken = new Set<string>()
  /** When each code expires, and how much time this machine had missed when the code was issued. */
  const ends = new Map<string, { readonly at: number; readonly unseenMs: number }>()
  const underWay = new Map<string, number>()
  let slowestMs = 0
  let shown: string | undefined
  /** The session of the last read after an expiry. */
  let lookedAfter: PairingSession | undefined
  let open: HooklessSession | undefined
  const client = new QueryClient()

  async function ask(
    kind: string,
    answer: () => PairingSnapshot,
    { signal }: RequestOptions,
  ): Promise<PairingSnapshot> {
    const { session } = setup
    if (silentStates.includes(session?.status)) broken.add(`asked for ${kind} while ${session?.status}`)
    if (session?.status === 'expired') {
      if (kind !== 'status' || lookedAfter === session) broken.add(`asked for ${kind} after the last look`)
      lookedAfter = session
    }
    const count = (underWay.get(kind) ?? 0) + 1
    underWay.set(kind, count)
    if (count > 1) broken.add(`asked for ${kind} twice at the same time`)
    const { latencyMs, fails } = setup.conditions
    slowestMs = Math.max(slowestMs, latencyMs)
    const snapshot = answer()
    const arrival = new Promise<void>((resolve, reject) => {
      // The clock is not read again for a response that arrives immediately.
      const timer = fails === 'silence' ? undefined : setTimeout(resolve, latencyMs)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    })
    let isUnderWay = true
    const end = (): void => {
      if (isUnderWay) underWay.set(kind, (underWay.get(kind) ?? 0) - 1)
      isUnderWay = false
    }
    signal?.addEventListener('abort', end)
    await arrival.finally(end)
    if (fails && fails !== 'silence') throw new PairingError(fails, 'It did not work.')
    return snapshot
  }

  function note(code: string, at: number): void {
    ends.set(code, { at, unseenMs: ends.get(code)?.unseenMs ?? machine.unseenMs })
  }

  /** Returns the state of the account, and records the current codes. */
  function look(): PairingSnapshot {
    const { state } = emulator
    switch (state.status) {
      case 'stale-auth':
        return { status: 'stale' }
      case 'linked':
        return { status: 'linked', account: { phoneNumber: state.account.phoneNumber } }
      case 'linking':
      case 'passkey-required':
        return { status: state.status }
      case 'pairing':
        note(state.qrText, state.qrExpiresAt)
        return { status: 'qr', qrCode: normalizeQrPayload(state.qrText) }
      default:
        return { status: 'unlinked' }
    }
  }

  const provider: PairingProvider = {
    id: 'small',
    sessionId: 'main',
    timing,
    getQrCode: (options) =>
      ask(
        'qr-code',
        () => {
          emulator.start()
          return look()
        },
        options,
      ),
    getStatus: (options) =>
      ask(
        'status',
        () => {
          const snapshot = look()
          return snapshot.status === 'qr' ? { status: 'unlinked' } : snapshot
        },
        options,
      ),
    requestPairingCode: (number, options) =>
      ask(
        'pairing-code',
        () => {
          const result = emulator.requestPairingCode(number)
          if (!result.ok) return look()
          const { value, expiresAt } = result.pairingCode
          note(value, expiresAt)
          return { status: 'pairing-code', pairingCode: value }
        },
        options,
      ),
    async reset(options) {
      await ask(
        'reset',
        () => {
          emulator.logout()
          return { status: 'unlinked' }
        },
        options,
      )
    },
  }
  const { id, sessionId } = provider
  // As in direct use of an adapter; modules load in real time, so this one is already loaded.
  const source: PairingProxy = { id, sessionId, connection: connectProvider(provider) }

  function sample(): void {
    const end = shown === undefined ? undefined : ends.get(shown)
    if (end !== undefined) {
      // What the last look showed has been on screen until now. A page cannot count time that it cannot see.
      const overdueMs = machine.now() - Math.max(end.at + machine.unseenMs - end.unseenMs, machine.wokeAt)
      if (overdueMs > timing.qrLifetimeMs + GRACE_MS + LONGEST_TIMER_MS + ROUNDING_MS + slowestMs)
        broken.add(`a dead code was up for ${overdueMs} ms`)
    }
    shown = codeOf(setup.session)
  }

  const setup: Simulation = {
    machine,
    emulator,
    conditions: { latencyMs: 0 },
    broken,
    get session() {
      return open?.session
    },
    pass: (ms) => advance(ms, sample),
    open(method = 'qr') {
      open = openHooklessSession(source, client, method)
    },
    close() {
      open?.close()
      open = undefined
      shown = undefined
    },
    does: (action) => open?.does(action),
    answer() {
      const code = codeOf(setup.session)
      if (code === undefined) return
      if (setup.session?.status === 'awaiting-scan') emulator.scan(code)
      else emulator.typeCode(code)
    },
    get left() {
      return vi.getTimerCount() + client.getQueryCache().getAll().length
    },
    end() {
      setup.close()
      processRegistry().close()
      onlineManager.setOnline(true)
      focusManager.setFocused(undefined)
      vi.useRealTimers()
      vi.restoreAllMocks()
    },
  }
  return setup
}

function codeOf(session: PairingSession | undefined): string | undefined {
  if (session?.status === 'awaiting-code') return session.pairingCode.value
  if (session?.status !== 'awaiting-scan') return undefined
  const { payload } = session.qrCode
  return payload.kind === 'text' ? payload.value : payload.src
}
