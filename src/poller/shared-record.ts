import { isSame } from '../core/is-same.js'
import type { PairingMemory, ProviderTiming } from '../core/provider.js'
import type { PollState } from './poll-state.js'
import type { Replicas, SessionRecord } from './poller-host.js'
import type { SessionChanges } from './session-changes.js'

/** The part of a record that the poller keeps. */
export type RecordState = Omit<SessionRecord, 'savedAt' | 'memory'>

/** What this process knows, for the record. The whole number of a pairing code is only known to the page that sent it. */
export function recordStateOf(
  { issued, isStarted }: PollState,
  { revision = 0, action, startedAt }: SessionChanges,
): RecordState {
  const code = issued && { ...issued, phoneNumber: issued.phoneNumber.slice(-4) }
  return { revision, action, startedAt, isStarted, issued: code }
}

/** The state of this process after a record of the same change: the same object where that says nothing new. */
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

/** What all replicas know of a session, and the memory of its provider. */
export interface SharedRecord {
  /** What adapters that are made anew for each request keep of this session. */
  readonly memory: PairingMemory
  /** Takes in what other replicas have saved. Before each request to the provider. */
  load(): Promise<void>
  /** Saves what has changed in this process. After each request to the provider. */
  save(): Promise<void>
}

/** What {@link createSharedRecord} needs. */
export interface SharedRecordOptions {
  readonly replicas: Replicas
  /** The state of this process. */
  readonly read: () => RecordState
  /** Takes in the state of another replica. */
  readonly receive: (state: RecordState) => void
}

/** Where nothing changes, the record is saved again so often, because it is kept for ten times as long. In milliseconds. */
const REFRESH_MS = 60_000

/** Makes the record of one session. Without a bus that keeps one, it is that of this process. */
export function createSharedRecord({ replicas, read, receive }: SharedRecordOptions): SharedRecord {
  const memory: PairingMemory = {}
  /** What the other replicas have, as text by field, to find what this one changes. */
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
      // Of a forged record: it would replace the prototype.
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

/** What JSON keeps of each field. */
function fieldsOf(memory: PairingMemory): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(memory)) {
    try {
      const text: string | undefined = JSON.stringify(value)
      if (text !== undefined) fields[name] = text
    } catch {
      // A cycle: this process alone has it.
    }
  }
  return fields
}
