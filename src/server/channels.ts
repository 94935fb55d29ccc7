import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import type { PairingBus } from './bus.js'
import { type Channel, createChannel } from './channel.js'
import type { PairingLogger } from './log.js'
import type { Report } from './report.js'
import { type SessionTarget, sessionKey } from './session-target.js'

/** The sessions that somebody asks for or watches at this moment. */
export interface Channels {
  /** The channel of a session: the same for all who share it. */
  of(target: SessionTarget): Channel
  /** How many watch a session. */
  watchersOf(target: SessionTarget): number
  /** Lets go of all of them. From then on none is kept. */
  close(): void
}

interface OpenChannel {
  readonly channel: Channel
  /** From now on this object is asked: made anew for a request, it may hold newer credentials. */
  use(provider: PairingProvider): void
  /** Lets go of it at once. */
  end(): void
}

/** A page asks first and watches then: what was just learnt is not asked for again. */
const IDLE_MS = 5_000

/** Makes channels as they are needed, and lets go of those that are idle. */
export function createChannels(options: {
  readonly bus: PairingBus | undefined
  readonly log: PairingLogger
  readonly report: Report
  /** Called with each response and push of a provider. */
  readonly onSnapshot: (target: SessionTarget, snapshot: PairingSnapshot) => void
}): Channels {
  const open = new Map<string, OpenChannel>()
  let isClosed = false

  return {
    of(target) {
      const { provider } = target
      const key = sessionKey(target)
      const known = open.get(key)
      if (known) {
        known.use(provider)
        return known.channel
      }
      let newest = provider
      let timer: ReturnType<typeof setTimeout> | undefined
      const channel = createChannel({
        ...options,
        onSnapshot: (snapshot) => options.onSnapshot(target, snapshot),
        name: key,
        provider: () => newest,
        onIdle: () => {
          clearTimeout(timer)
          if (!isClosed) timer = setTimeout(() => open.delete(key), IDLE_MS)
        },
      })
      open.set(key, {
        channel,
        use: (used) => {
          newest = used
          clearTimeout(timer)
        },
        end: () => clearTimeout(timer),
      })
      return channel
    },
    watchersOf: (target) => open.get(sessionKey(target))?.channel.watchers ?? 0,
    close() {
      isClosed = true
      for (const { end } of open.values()) end()
      open.clear()
    },
  }
}
