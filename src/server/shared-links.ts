import { asRecord, asText, parseJson } from '../core/json.js'
import type { GuardedBus } from './guarded-bus.js'

/** What all replicas know of the links of sessions, so that each begins and ends once. */
export interface SharedLinks {
  /** Of the link that was reported last: its id, `null` where it has ended; `undefined` where that is not known. */
  reported(session: string): Promise<string | null | undefined>
  /** Reports, where no other replica does or did. Resolves with `false` where another one is at it. */
  report(change: LinkChange): Promise<boolean>
  /** Notes again what was forgotten. */
  note(session: string, linkId: string): void
}

/** The beginning or the end of a link. */
export interface LinkChange {
  readonly session: string
  readonly linkId: string
  readonly isEnd: boolean
  /** Calls the app. What it rejects with makes the next replica call again. */
  readonly call: () => Promise<void>
}

/** A restart after a longer time reports a link once more, which its id makes harmless. In milliseconds. */
const KEEP_MS = 7 * 86_400_000

/** A replica that is killed while it reports leaves that to the others after this time, in milliseconds. */
const TURN_MS = 60_000

/** Shares links over a bus; `undefined` where it cannot. */
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
        // Another replica may have done it before this one took its turn. What is not known is reported.
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
