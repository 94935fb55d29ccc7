import type { EvolutionInstanceOptions, EvolutionListEntry } from './evolution-types.js'

/** The database entries and webhooks of the server. */
export interface EvolutionRecords {
  /** The entry of the instance. `undefined` if the instance does not exist. */
  readonly entry: EvolutionListEntry | undefined
  /** Changes fields of the entry, if it exists. */
  write(fields: Partial<EvolutionListEntry>): void
  /** The instance was created, with this state. */
  create(fields?: Partial<EvolutionListEntry>): void
  /** The instance was deleted. */
  remove(): void
  send(event: string, data?: unknown): void
  /** Sends `connection.update`. */
  update(fields: Readonly<Record<string, unknown>>): void
  /** Writes and sends the end of a connection that the server does not reopen. */
  disconnected(reason: number, events: readonly string[]): void
}

/** The values of an instance that was never linked. */
const unlinked: EvolutionListEntry = {
  connectionStatus: 'close',
  ownerJid: null,
  disconnectionReasonCode: null,
  updatedAt: 0,
}

/** Creates the records of an existing instance. */
export function createEvolutionRecords(
  now: () => number,
  { instanceName, version, onEvent }: Pick<EvolutionInstanceOptions, 'instanceName' | 'version' | 'onEvent'>,
): EvolutionRecords {
  let entry: EvolutionListEntry | undefined = unlinked

  function write(fields: Partial<EvolutionListEntry>): void {
    if (entry) entry = { ...entry, ...fields, updatedAt: now() }
  }

  function send(event: string, data: unknown = null): void {
    // 2.4 sends nothing for a deleted instance, even if its sockets are still active.
    const isMuted = version === '2.4' && entry === undefined && event !== 'remove.instance'
    if (!isMuted) onEvent?.({ event, data })
  }

  const update: EvolutionRecords['update'] = (fields) =>
    send('connection.update', { instance: instanceName, ...fields })

  return {
    get entry() {
      return entry
    },
    write,
    create(fields) {
      entry = { ...unlinked, ...fields }
    },
    remove() {
      entry = undefined
    },
    send,
    update,
    disconnected(reason, events) {
      write({ connectionStatus: 'close', disconnectionReasonCode: reason })
      for (const event of events) {
        if (event === 'connection.update') update({ state: 'close', statusReason: reason })
        else if (event === 'logout.instance') send(event)
        else send(event, { instance: instanceName, status: 'closed', disconnectionReasonCode: reason })
      }
    },
  }
}
