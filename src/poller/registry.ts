import { createPoller } from './create-poller.js'
import type { Poller } from './poller.js'
import type { PolledSession, PollerHost } from './poller-host.js'

/** The pollers of the sessions in use. */
export interface PollerRegistry {
  /** The poller of a session, the same for all callers. It uses the latest provider and host. */
  of(session: string, target: PolledSession, host: PollerHost): Poller
  /** The poller of a session, if one exists. */
  get(session: string): Poller | undefined
  /** Closes pollers: all, or those that this host used last and that no page of another host watches. */
  close(host?: PollerHost): void
}

interface Entry {
  readonly poller: Poller
  target: PolledSession
  host: PollerHost
  timer: ReturnType<typeof setTimeout> | undefined
  /** Its host was closed while a page of another host was watching. The poller ends with that page. */
  isOrphan: boolean
}

/** Creates pollers on demand, and removes idle ones. */
export function createPollerRegistry(): PollerRegistry {
  const entries = new Map<string, Entry>()

  function forget(session: string, entry: Entry): void {
    if (entries.get(session) === entry) entries.delete(session)
  }

  function end(session: string, entry: Entry): void {
    clearTimeout(entry.timer)
    forget(session, entry)
    entry.poller.close()
  }

  function create(session: string, target: PolledSession, host: PollerHost): Entry {
    const entry: Entry = {
      poller: createPoller({
        session,
        target: () => entries.get(session)?.target ?? target,
        host: () => entries.get(session)?.host ?? host,
        onIdle: (keepMs) => {
          clearTimeout(entry.timer)
          if (entry.isOrphan) end(session, entry)
          else entry.timer = setTimeout(() => forget(session, entry), keepMs)
        },
      }),
      target,
      host,
      timer: undefined,
      isOrphan: false,
    }
    entries.set(session, entry)
    return entry
  }

  return {
    of(session, target, host) {
      const entry = entries.get(session) ?? create(session, target, host)
      entry.target = target
      entry.host = host
      entry.isOrphan = false
      clearTimeout(entry.timer)
      return entry.poller
    },
    get: (session) => entries.get(session)?.poller,
    close(host) {
      for (const [session, entry] of entries) {
        if (host && entry.host !== host) continue
        if (host && entry.poller.watchers > 0) entry.isOrphan = true
        else end(session, entry)
      }
    },
  }
}

// On the global object: a bundler or a dev server may load this module twice, and a route for webhooks may be another bundle.
const REGISTRY = Symbol.for('whatsapp-pairing.pollers')

function isRegistry(value: unknown): value is PollerRegistry {
  return typeof value === 'object' && value !== null && 'of' in value && 'close' in value
}

/** The registry of this process. */
export function processRegistry(): PollerRegistry {
  const kept: unknown = Reflect.get(globalThis, REGISTRY)
  if (isRegistry(kept)) return kept
  const registry = createPollerRegistry()
  Reflect.set(globalThis, REGISTRY, registry)
  return registry
}
