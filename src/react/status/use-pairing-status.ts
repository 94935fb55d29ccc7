'use client'

import { focusManager, onlineManager, type QueryClient, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { PairingConnection, PairingSource } from '../../core/connection.js'
import { toPairingError } from '../../core/errors.js'
import { type PairingLinkStatus, unknownLink, viewLinkStatus } from '../../core/link-status.js'
import type { PairingUpdate } from '../../core/update.js'
import { callHost } from '../session/call-host.js'
import type { PairingCallbacks } from '../session/pairing-callbacks.js'
import { connectionOf, offersStream } from '../session/send-request.js'
import { usePairingClient } from '../session/use-pairing-client.js'
import { useLatest } from '../use-latest.js'
import { shareStatus } from './share-status.js'
import { StatusCell } from './status-cell.js'
import { pairingStatusQueryOptions, statusQueryKey } from './status-query.js'

/**
 * The usual pause between reads. It is long because links rarely end, and a page that gets the focus reads immediately. In
 * milliseconds.
 */
const USUAL_INTERVAL_MS = 300_000

/** Options of {@link usePairingStatus}. */
export interface UsePairingStatusOptions extends Pick<PairingCallbacks, 'onError'> {
  /**
   * Milliseconds between two reads while the page is visible; `false`: only on mount and on focus. An unclear state, for example
   * after a failed read, is read sooner.
   * @default 300_000 (5 minutes)
   */
  readonly refetchInterval?: number | false | undefined
  /**
   * Also receives the live events of the server, if it has any. Each visible status then keeps one request open, and the server
   * reads the state at the provider's pace.
   * @default false
   */
  readonly liveEvents?: boolean | undefined
  /** The client that caches the status. @default the client of `QueryClientProvider`, or a private one */
  readonly queryClient?: QueryClient | undefined
  /** Called when the shown link has ended: by `unlink`, on the phone, at the provider, or by another page. */
  readonly onUnlinked?: PairingCallbacks['onUnlinked']
}

/** Result of {@link usePairingStatus}. */
export interface UsePairingStatusResult {
  /** Whether a phone is linked. */
  readonly link: PairingLinkStatus
  /** Reads the state now. */
  readonly refresh: () => void
  /** Ends the link at the provider. Rejects with a `PairingError`, also if the provider cannot end a link. */
  readonly unlink: () => Promise<void>
  /** `unlink` is in progress. */
  readonly isUnlinking: boolean
}

const unread: PairingLinkStatus = viewLinkStatus(unknownLink)

/**
 * Whether a phone is linked, for a settings page. It reads the state every few minutes and when the page gets the focus. It never
 * requests a code and starts no pairing. It shares its cache with the pairing screens of the page, so it shows their links
 * immediately.
 *
 * @example
 * ```tsx
 * const { link, unlink } = usePairingStatus(proxy({ url: '/api/pairing' }))
 * ```
 */
export function usePairingStatus(
  provider: PairingSource,
  options: UsePairingStatusOptions = {},
): UsePairingStatusResult {
  const { refetchInterval = USUAL_INTERVAL_MS, liveEvents = false, queryClient } = options
  const client = usePairingClient(queryClient)
  const { data: link = unread } = useQuery(pairingStatusQueryOptions(provider, refetchInterval), client)
  const latest = useLatest({ provider, options })
  useEffect(() => shareStatus(client), [client])
  const { id, sessionId } = provider
  const take = useCallback(
    (update: PairingUpdate) => {
      client.setQueryData(statusQueryKey({ id, sessionId }), StatusCell.read(update))
    },
    [client, id, sessionId],
  )
  const isLive = liveEvents && offersStream(provider)
  useEffect(
    () => (isLive ? watch(() => connectionOf(latest.current.provider), take) : undefined),
    [isLive, take, latest],
  )
  const ended = useRef<PairingLinkStatus>(undefined)
  useEffect(() => {
    const before = ended.current
    if (link.status !== 'unknown') ended.current = link
    if (before?.status !== 'linked' || !isEnd(link)) return
    const { onUnlinked, onError } = latest.current.options
    callHost('onUnlinked', () => onUnlinked?.(before.account ?? {}), onError)
  }, [link, latest])
  const [isUnlinking, setUnlinking] = useState(false)
  const refresh = useCallback(
    () => void client.refetchQueries({ queryKey: statusQueryKey({ id, sessionId }), exact: true }),
    [client, id, sessionId],
  )
  const unlink = useCallback(async () => {
    setUnlinking(true)
    try {
      const connection = await connectionOf(latest.current.provider)
      take(await connection.act('unlink', { method: 'phone-code' }))
    } catch (error) {
      throw toPairingError(error)
    } finally {
      setUnlinking(false)
    }
  }, [take, latest])
  return { link, refresh, unlink, isUnlinking }
}

const isEnd = ({ status, reason }: PairingLinkStatus): boolean =>
  status === 'not-linked' || reason === 'unlinked-on-phone'

/** Receives live events while the page is visible and online. */
function watch(
  connect: () => PairingConnection | Promise<PairingConnection>,
  take: (update: PairingUpdate) => void,
): () => void {
  let stop: (() => void) | undefined
  const open = (): (() => void) => {
    let isOver = false
    let close: (() => void) | undefined
    const begin = async (): Promise<void> => {
      const connection = await connect()
      if (isOver) return
      // With the method `qr` the server would read codes. Between two connections the page reads at its usual pace.
      close = connection.subscribe?.(take, { method: 'phone-code', has: () => undefined, onGap: () => {} })
    }
    // If the module does not load, the page polls.
    void begin().catch(() => {})
    return () => {
      isOver = true
      close?.()
    }
  }
  const follow = (): void => {
    const isWatched = focusManager.isFocused() && onlineManager.isOnline()
    if (isWatched) stop ??= open()
    else {
      stop?.()
      stop = undefined
    }
  }
  const leave = [focusManager.subscribe(follow), onlineManager.subscribe(follow)]
  follow()
  return () => {
    for (const end of leave) end()
    stop?.()
  }
}
