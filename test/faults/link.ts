import type { Interference } from './interference.js'

/** A way over a network, and what may go wrong on it. */
export interface Link {
  /** How long a response is under way; called for each of them. */
  delayMs: () => number
  /** Stands in the way of every request. */
  interfere: Interference | undefined
  /** Called with the kind of every request before it is sent. */
  onSend: (kind: string) => void
  /** Requests so far, also those that got nowhere. */
  readonly sent: number
  /** Requests under way at this moment. */
  readonly underWay: number
  /** The most requests of one kind that were under way at one moment. */
  readonly mostOfOneKind: number
  /** The longest that an answer was under way. */
  readonly slowestMs: number
  /** `fetch` over this link. */
  readonly fetch: typeof fetch
  /** Nothing goes wrong any more. */
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
      // The connection is closed, and with it all that was not read.
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
