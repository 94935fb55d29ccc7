import type { UseQueryOptions } from '@tanstack/react-query'
import type { PairingSource } from '../../core/connection.js'
import { toPairingError } from '../../core/errors.js'
import { linkPauseMs, type PairingLinkStatus } from '../../core/link-status.js'
import { connectionOf } from '../session/send-request.js'
import type { PairingQueryKey, PairingTarget } from '../session/session-stores.js'
import { StatusCell } from './status-cell.js'

/** The cached status of a provider's link. */
export function statusQueryKey({ id, sessionId }: PairingTarget): PairingQueryKey {
  return ['whatsapp-pairing', 'status', id, sessionId]
}

/**
 * Reads only whether a phone is linked, for a badge or a settings page: on mount, on focus and after a failure, and never a code.
 * The query does not reject: after a failed read the status is `unknown`, with the previous state in `last`.
 *
 * @param refetchInterval Milliseconds between two reads while the page is visible. An unclear state is read sooner.
 */
export function pairingStatusQueryOptions(
  provider: PairingSource,
  refetchInterval: number | false = false,
): UseQueryOptions<PairingLinkStatus, Error, PairingLinkStatus, PairingQueryKey> {
  return {
    queryKey: statusQueryKey(provider),
    queryFn: async ({ signal }) => {
      try {
        const connection = await connectionOf(provider)
        return StatusCell.read(await connection.read({ want: 'state', method: 'phone-code', signal }))
      } catch (error) {
        signal.throwIfAborted()
        return StatusCell.of({ error: toPairingError(error), at: Date.now() })
      }
    },
    structuralSharing: StatusCell.folded,
    refetchInterval: ({ state: { data, fetchStatus } }) => {
      // The time of the next read is known only after the response has arrived.
      if (fetchStatus !== 'idle') return false
      const pauseMs = linkPauseMs(StatusCell.factsIn(data), refetchInterval || Number.POSITIVE_INFINITY)
      return Number.isFinite(pauseMs) ? pauseMs : false
    },
    // Set here, because the app's defaults may cause fewer reads.
    staleTime: 0,
    retry: false,
    networkMode: 'online',
    refetchIntervalInBackground: false,
    refetchOnMount: true,
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
    // Not the app's: a stored status is old, and has no account.
    persister: (read, context) => read(context),
    notifyOnChangeProps: ['data'],
  }
}
