import { asRecord, asText, parseJson } from '../core/json.js'
import type { GuardedBus } from './guarded-bus.js'

/** The links that all replicas share, so that each beginning and end is reported once. */
export interface SharedLinks {
  /** The id of the link that was reported last; `null` if it has ended, `undefined` if that is unknown. */
  reported(session: string): Promise<string | null | undefined>
  /** Reports a change, unless another replica has done so. Resolves with `false` if another one is doing it now. */
  report(change: LinkChange): Promise<boolean>
  /** Stores a link again that was lost. */
  note(session: string, linkId: string): void
}

/** The beginning or the end of a link. */
export interface LinkChange {
  readonly session: string
  readonly linkId: string
  readonly isEnd: boolean
  /** Calls the app. If it rejects, the next replica calls again. */
  readonly call: () => Promise<void>
}

/** After a longer downtime a link is reported once more, which is harmless because of its id. In milliseconds. */
const KEEP_MS = 7 * 86_400_000

/** If a replica is killed while it reports, another one may report after this time, in milliseconds. */
const TURN_MS = 60_000

/** Shares links over a bus; `undefined` if the bus does not support it. */
export function createSharedLinks(bus: GuardedBus | undefined): SharedLinks | undefined {
  const { take, last, keep } = bus ?? {}
  if (!take || !last || !keep) return undefined
  const channel = (session: string): string => `link:${session}`

  async function reported(session: string): Promise<string | null | undefined> {
    const text = await last?.(channel(session))
    const { linkId } = asRecord(text === undefined ? undefined : parseJson(text))
    return linkId === null ? null : asText(linkId)
  }

  const note = (session: string, linkId: string | null): Promise<void> | undefined =>
    keep?.(channel(session), JSON.stringify({ linkId }), KEEP_MS)

  return {
    reported,
    async report({ session, linkId, isEnd, call }) {
      const key = `link:${linkId}:${isEnd ? 'end' : 'begin'}`
      if ((await take?.(key, TURN_MS)) === false) return false
      try {
        // Another replica may have reported it before this one got its turn. If that is unknown, this one reports.
        const known = await reported(session)
        const isDone = isEnd ? known === null : known === linkId
        if (!isDone) await call()
        if (!isDone) await note(session, isEnd ? null : linkId)
        return true
      } finally {
        void take?.(key, 0)
      }
    },
    note: (session, linkId) => void note(session, linkId),
  }
}
