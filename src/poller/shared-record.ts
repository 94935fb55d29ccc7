import { isSame } from '../core/is-same.js'
import type { PairingMemory, ProviderTiming } from '../core/provider.js'
import type { PollState } from './poll-state.js'
import type { Replicas, SessionRecord } from './poller-host.js'
import type { SessionChanges } from './session-changes.js'

/** The part of a record that the poller keeps. */
export type RecordState = Omit<SessionRecord, 'savedAt' | 'memory'>

/** The state of this process for the record. Only the page that sent a phone number knows all of it. */
export function recordStateOf(
  { issued, isStarted }: PollState,
  { revision = 0, action, startedAt }: SessionChanges,
): RecordState {
  const code = issued && { ...issued, phoneNumber: issued.phoneNumber.slice(-4) }
  return { revision, action, startedAt, isStarted, issued: code }
}

/** The state of this process after a record of the same change; the same object if nothing is new. */
export function afterRecord(
  poll: PollState,
  { isStarted, issued }: RecordState,
  at: number,
  { pairingCodeLifetimeMs }: ProviderTiming,
): PollState {
  const isNew = issued && issued.value !== poll.issued?.value && at < issued.expiresAt
  if (!isNew && isStarted === poll.isStarted) return poll
  const expiresAt = Math.min(issued?.expiresAt ?? 0, at + pairingCodeLifetimeMs)
  return { ...poll, isStarted, issued: isNew ? { ...issued, expiresAt } : poll.issued }
}

/** The shared state of a session, and the memory of its provider. */
export interface SharedRecord {
  /** The memory for adapters that are created for each request. */
  readonly memory: PairingMemory
  /** Loads what other replicas have saved. Called before each request to the provider. */
  load(): Promise<void>
  /** Saves the changes of this process. Called after each request to the provider. */
  save(): Promise<void>
}

/** Options of {@link createSharedRecord}. */
export interface SharedRecordOptions {
  readonly replicas: Replicas
  /** The state of this process. */
  readonly read: () => RecordState
  /** Applies the state of another replica. */
  readonly receive: (state: RecordState) => void
}

/** How often an unchanged record is saved again. The bus keeps it for ten times as long. In milliseconds. */
const REFRESH_MS = 60_000

/** Creates the record of one session. Without a bus that stores it, it belongs to this process only. */
export function createSharedRecord({ replicas, read, receive }: SharedRecordOptions): SharedRecord {
  const memory: PairingMemory = {}
  /** The last shared fields as text, to find the changes of this process. */
  let shared: Readonly<Record<string, string>> = {}
  let sharedState: RecordState = read()
  let savedAt = 0

  async function load(): Promise<void> {
    const record = await replicas.load?.()
    if (!record || record.savedAt <= savedAt) return
    savedAt = record.savedAt
    const own = changedFields()
    for (const name of Object.keys(shared))
      if (!(name in record.memory) && !own.includes(name)) delete memory[name]
    for (const [name, value] of Object.entries(record.memory)) {
      // A forged record could replace the prototype.
      if (name !== '__proto__' && !own.includes(name)) memory[name] = value
    }
    shared = fieldsOf(record.memory)
    const { savedAt: _at, memory: _memory, ...state } = record
    sharedState = state
    receive(state)
  }

  function changedFields(): readonly string[] {
    const now = fieldsOf(memory)
    return [...new Set([...Object.keys(now), ...Object.keys(shared)])].filter(
      (name) => now[name] !== shared[name],
    )
  }

  async function save(): Promise<void> {
    if (!replicas.save) return
    const isChanged = changedFields().length > 0 || !isSame(read(), sharedState)
    if (!isChanged && (savedAt === 0 || Date.now() - savedAt < REFRESH_MS)) return
    // Another replica may have saved since: its fields stay.
    if (isChanged) await load()
    savedAt = Math.max(Date.now(), savedAt + 1)
    shared = fieldsOf(memory)
    sharedState = read()
    await replicas.save({
      ...sharedState,
      savedAt,
      memory: Object.fromEntries(Object.keys(shared).map((name) => [name, memory[name]])),
    })
  }

  return { memory, load, save }
}

/** Each field as JSON. */
function fieldsOf(memory: PairingMemory): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(memory)) {
    try {
      const text: string | undefined = JSON.stringify(value)
      if (text !== undefined) fields[name] = text
    } catch {
      // A cyclic value is not shared.
    }
  }
  return fields
}
