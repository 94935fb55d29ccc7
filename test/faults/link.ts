import type { Interference } from './interference.js'

/** A network connection, and the faults on it. */
export interface Link {
  /** Returns the travel time of a response; called for each of them. */
  delayMs: () => number
  /** Intercepts every request. */
  interfere: Interference | undefined
  /** Called with the kind of each request before it is sent. */
  onSend: (kind: string) => void
  /** The number of requests, including failed ones. */
  readonly sent: number
  /** The number of pending requests. */
  readonly underWay: number
  /** The highest number of concurrent requests of one kind. */
  readonly mostOfOneKind: number
  /** The longest travel time of a response. */
  readonly slowestMs: number
  /** `fetch` over this link. */
  readonly fetch: typeof fetch
  /** Ends all faults of the link. */
  mend(): void
}

/** @param kindOf Requests of one kind must not overlap. */
export function createLink(
  fetch: typeof globalThis.fetch,
  kindOf: (url: string, body: unknown) => string,
): Link {
  const underWay = new Map<string, number>()
  const add = (kind: string, count: number): number => {
    const total = (underWay.get(kind) ?? 0) + count
    underWay.set(kind, total)
    return total
  }
  let sent = 0
  let mostOfOneKind = 0
  let slowestMs = 0

  const send: typeof globalThis.fetch = async (input, init) => {
    const signal = init?.signal
    const kind = kindOf(String(input), init?.body)
    sent += 1
    link.onSend(kind)
    signal?.throwIfAborted()
    mostOfOneKind = Math.max(mostOfOneKind, add(kind, 1))
    let isUnderWay = true
    // A caller that gives up may send the next request in the same turn.
    const end = (): void => {
      if (isUnderWay) add(kind, -1)
      isUnderWay = false
    }
    const aborted = new Promise<never>((_, reject) => {
      const abort = (): void => {
        end()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort)
    })
    const delayMs = link.delayMs()
    slowestMs = Math.max(slowestMs, delayMs)
    const answer = async (): Promise<Response> => {
      const response = await (link.interfere?.(() => fetch(input, init), String(input)) ?? fetch(input, init))
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      // The connection is closed, and its unread data is dropped.
      if (signal?.aborted) await response.body?.cancel()
      return response
    }
    return Promise.race([answer(), aborted]).finally(end)
  }

  const link: Link = {
    delayMs: () => 0,
    interfere: undefined,
    onSend: () => {},
    get sent() {
      return sent
    },
    get underWay() {
      return [...underWay.values()].reduce((sum, count) => sum + count, 0)
    },
    get mostOfOneKind() {
      return mostOfOneKind
    },
    get slowestMs() {
      return slowestMs
    },
    fetch: send,
    mend() {
      link.delayMs = () => 0
      link.interfere = undefined
    },
  }
  return link
}
