'use client'

import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { PairingError, toPairingError } from '../core/errors.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod, PairingProvider } from '../core/provider.js'
import type { PairingSession, SessionEvent } from '../core/session-state.js'
import { foldEvent, pairingSessionQueryKey, pairingSessionQueryOptions } from './query-options.js'
import { usePairingClient } from './use-pairing-client.js'
import { type PairingCallbacks, useSessionCallbacks } from './use-session-callbacks.js'
import { watchDeadlines } from './watch-deadlines.js'

/** Options of {@link usePairingSession}. */
export interface UsePairingSessionOptions extends PairingCallbacks {
  /** Where to link: `proxy({ url })`, an adapter, or one of your own. May be made anew on every render. */
  readonly provider: PairingProvider
  /** The method, where the host controls it. */
  readonly method?: PairingMethod | undefined
  /** The method to begin with. @default 'qr' */
  readonly defaultMethod?: PairingMethod | undefined
  /** The user chose another method. */
  readonly onMethodChange?: ((method: PairingMethod) => void) | undefined
  /** Ask for a code as soon as the component mounts. Otherwise `start` does. @default true */
  readonly autoStart?: boolean | undefined
  /** QR codes that may pass unscanned, the first one included, before the session expires. @default 3 */
  readonly maxRefreshes?: number | undefined
  /** Used by `requestPairingCode` where it is called without a number. */
  readonly phoneNumber?: string | undefined
  /** The same, where the host does not control it. */
  readonly defaultPhoneNumber?: string | undefined
  /** The client whose cache keeps the session. @default the one of `QueryClientProvider`, else a private one */
  readonly queryClient?: QueryClient | undefined
}

/** What {@link usePairingSession} returns. */
export interface UsePairingSessionResult {
  readonly session: PairingSession
  /** Begins the first round, where `autoStart` is false. */
  readonly start: () => void
  /** Begins a new round: after `expired`, and after `failed`, where it also clears leftovers at the provider. */
  readonly retry: () => void
  /** Ends the round; nothing is asked any more. */
  readonly cancel: () => void
  readonly setMethod: (method: PairingMethod) => void
  /** Asks for a code for this number, in any spelling; a number that cannot be one is told in the session. */
  readonly requestPairingCode: (phoneNumber?: string) => void
  /** Goes back from the code to the number. */
  readonly changeNumber: () => void
  /** Tells that the QR image cannot be shown: for the `onError` of one's own `<img>`. */
  readonly reportBrokenImage: () => void
  /** Ends the link at the provider. Rejects with a `PairingError`, also where the provider has no such call. */
  readonly unlink: () => Promise<void>
}

/**
 * A session without markup: the state as one value, and what the user can do. Components with the same provider and
 * session id share one session and one set of requests.
 */
export function usePairingSession(options: UsePairingSessionOptions): UsePairingSessionResult {
  const { provider, method, queryClient, phoneNumber, defaultPhoneNumber } = options
  const client = usePairingClient(queryClient)
  const query = pairingSessionQueryOptions({
    ...options,
    defaultMethod: method ?? options.defaultMethod,
    queryClient: client,
  })
  const { data: session } = useQuery(query, client)

  const latest = useRef({ ...options, knownNumber: phoneNumber ?? defaultPhoneNumber })
  useEffect(() => {
    latest.current = { ...options, knownNumber: phoneNumber ?? defaultPhoneNumber }
  })
  const { id, sessionId } = provider
  useEffect(() => watchDeadlines(client, { id, sessionId }), [client, id, sessionId])
  useSessionCallbacks(session, options)

  /** Folds what the user did and lets the query see at once whether there is something to ask. */
  const fold = useCallback(
    (event: SessionEvent, { interrupt = false } = {}) => {
      const target = { id, sessionId }
      // What changes nothing, like a second click, must not cut off what the first one asked for.
      if (!foldEvent(client, target, event)) return
      void client.invalidateQueries(
        { queryKey: pairingSessionQueryKey(target) },
        { cancelRefetch: interrupt },
      )
    },
    [client, id, sessionId],
  )

  useEffect(() => {
    if (method && method !== session.method) fold({ type: 'method-chosen', method, at: Date.now() })
  }, [method, session.method, fold])

  const actions = useMemo(
    () => ({
      start: () => fold({ type: 'started', at: Date.now() }, { interrupt: true }),
      retry: () => fold({ type: 'started', at: Date.now() }, { interrupt: true }),
      cancel: () => fold({ type: 'cancelled', at: Date.now() }, { interrupt: true }),
      setMethod: (chosen: PairingMethod) => {
        latest.current.onMethodChange?.(chosen)
        // A pairing code that is on its way must not be cut off: the provider would have issued it for nobody.
        if (!latest.current.method) fold({ type: 'method-chosen', method: chosen, at: Date.now() })
      },
      requestPairingCode: (typed = latest.current.knownNumber ?? '') => {
        const at = Date.now()
        try {
          fold(
            { type: 'number-submitted', phoneNumber: normalizePhoneNumber(typed), at },
            { interrupt: true },
          )
        } catch (error) {
          fold({ type: 'number-rejected', error: toPairingError(error), at })
        }
      },
      changeNumber: () => fold({ type: 'number-withdrawn', at: Date.now() }),
      reportBrokenImage: () => fold({ type: 'image-broken', at: Date.now() }),
      unlink: async () => {
        const { provider: current } = latest.current
        if (!current.unlink)
          throw new PairingError(
            'not-supported',
            'The provider of this session cannot end a link: use its console.',
          )
        await current.unlink({})
        fold({ type: 'cancelled', at: Date.now() }, { interrupt: true })
      },
    }),
    [fold],
  )
  return { session, ...actions }
}
