'use client'

import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { PairingError, toPairingError } from '../core/errors.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod, PairingProvider } from '../core/provider.js'
import type { PairingRefreshMode, PairingSession, SessionEvent } from '../core/session-state.js'
import { callHost } from './call-host.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { expectedDigits, type PairingMode, pairingSessionQueryOptions } from './query-options.js'
import { unsupported } from './send-request.js'
import { foldEvent, joinSession, pairingSessionQueryKey, recordSession } from './shared-session.js'
import { useOwnPhone } from './use-own-phone.js'
import { usePairingClient } from './use-pairing-client.js'

/** Options of {@link usePairingSession}. */
export interface UsePairingSessionOptions extends PairingCallbacks {
  /** Where to link: `proxy({ url })`, an adapter, or one of your own. May be made anew on every render. */
  readonly provider: PairingProvider
  /** The method, where your app controls it. */
  readonly method?: PairingMethod | undefined
  /**
   * The method to begin with. @default 'phone-code' on a phone's own screen, which no phone can scan
   * itself, where the provider offers it; else 'qr'
   */
  readonly defaultMethod?: PairingMethod | undefined
  /** The user chose another method. */
  readonly onMethodChange?: ((method: PairingMethod) => void) | undefined
  /** Request a code as soon as the component mounts. Otherwise `start` does. @default true */
  readonly autoStart?: boolean | undefined
  /** QR codes that may pass unscanned, the first one included, before the session expires; `Infinity`: any number. @default 3 */
  readonly maxRefreshes?: number | undefined
  /**
   * `manual`: when a QR code has passed, the next one is shown only when the user asks for it, with `retry`; until then the
   * session is `expired`, with the reason `refresh-due`. For people who need more time. May be changed at any time.
   * @default 'auto'
   */
  readonly refreshMode?: PairingRefreshMode | undefined
  /**
   * Whose phone it has to be: an international number, in any spelling. Where another one was linked, the session fails with
   * `wrong-phone-number`, and starting over unlinks it. A provider that does not report the number is trusted.
   * @default anybody's
   */
  readonly expectedPhoneNumber?: string | undefined
  /**
   * `relink`: the phone was linked before, so what the provider kept of that is cleared without asking the user.
   * @default 'link'
   */
  readonly mode?: PairingMode | undefined
  /** Used by `requestPairingCode` where it is called without a number. */
  readonly phoneNumber?: string | undefined
  /** The same, where your app does not control it. */
  readonly defaultPhoneNumber?: string | undefined
  /** The client whose cache keeps the session. @default the one of `QueryClientProvider`, else a private one */
  readonly queryClient?: QueryClient | undefined
}

/** What {@link usePairingSession} returns. */
export interface UsePairingSessionResult {
  /** The state, as one value. */
  readonly session: PairingSession
  /** Begins the first round, where `autoStart` is false. */
  readonly start: () => void
  /**
   * Begins a new round: after `expired`, and after `failed`, where it clears what the provider kept if that was the cause.
   * After `expired` for the reason `refresh-due`, shows the next code of the round.
   */
  readonly retry: () => void
  /** Ends the round; no more requests are sent. */
  readonly cancel: () => void
  /** Chooses the other method; where your app controls it, only `onMethodChange` is called. */
  readonly setMethod: (method: PairingMethod) => void
  /** Requests a code for this number, in any spelling. The session reports a number that cannot be one. */
  readonly requestPairingCode: (phoneNumber?: string) => void
  /** Goes back from the code to the number. */
  readonly changeNumber: () => void
  /** Reports that the QR image cannot be shown: for the `onError` of your own `<img>`. */
  readonly reportBrokenImage: () => void
  /** Reports that the user copied the pairing code: for your own copy button, so that `onEvent` gets the step. */
  readonly reportCopied: () => void
  /** Ends the link at the provider. Rejects with a `PairingError`, also where the provider has no such call. */
  readonly unlink: () => Promise<void>
}

/**
 * A session without markup: the state as one value, and what the user can do. However many components use it, one
 * provider and session id is one session, and is polled once.
 *
 * @throws {@link PairingError} `invalid-options` where `provider` is not a provider
 */
export function usePairingSession(options: UsePairingSessionOptions): UsePairingSessionResult {
  return useSharedSession(options, false)
}

/**
 * As {@link usePairingSession}.
 *
 * @param isReopened Whether a mount means that the user opened the screen: that of a dialog does.
 */
export function useSharedSession(
  options: UsePairingSessionOptions,
  isReopened: boolean,
): UsePairingSessionResult {
  const { provider, method, autoStart = true, expectedPhoneNumber, mode, refreshMode } = options
  if (typeof provider?.getStatus !== 'function')
    throw new PairingError('invalid-options', '"provider" is no provider. Use proxy({ url }).')
  const { id, sessionId } = provider
  const client = usePairingClient(options.queryClient)
  const isOwnPhone = useOwnPhone()
  const isPhoneFirst = isOwnPhone && !method && !options.defaultMethod
  const { data: found } = useQuery(
    pairingSessionQueryOptions({
      ...options,
      defaultMethod: method ?? options.defaultMethod ?? (isPhoneFirst ? 'phone-code' : undefined),
      queryClient: client,
    }),
    client,
  )
  const session = useMemo(
    () => (isPhoneFirst ? { ...found, methods: [...found.methods].sort(byPhoneFirst) } : found),
    [found, isPhoneFirst],
  )
  const latest = useRef({ ...options, session })
  useEffect(() => {
    // These options may be known later than the session began, or another component may have begun it.
    const phoneNumber = expectedDigits(expectedPhoneNumber)
    const clearsLeftovers = mode && mode === 'relink'
    const event = {
      type: 'expected',
      phoneNumber,
      clearsLeftovers,
      // An option that was given at the last render, which `latest` still holds, and is not any more, is the default again. A
      // component that never gave it leaves it to the others with this session.
      refreshMode: refreshMode ?? (latest.current.refreshMode && 'auto'),
      at: Date.now(),
    } as const
    foldEvent(client, { id, sessionId }, event)
  }, [client, id, sessionId, expectedPhoneNumber, mode, refreshMode])
  useEffect(() => {
    latest.current = { ...options, session }
  })
  useEffect(
    () => joinSession(client, { id, sessionId }, () => latest.current, isReopened),
    [client, id, sessionId, isReopened],
  )
  const wantsSteps = options.onEvent !== undefined
  useEffect(() => {
    if (wantsSteps) recordSession(client, { id, sessionId })
  }, [client, id, sessionId, wantsSteps])

  const actions = useMemo(() => {
    const target = { id, sessionId }
    /** Folds what the user did and lets the query see at once whether a request is due. */
    const fold = (event: UserEvent) => {
      // What changes nothing, like a second click, must not cut off the request of the first one.
      if (!foldEvent(client, target, { ...event, at: Date.now() })) return
      // Nor may a look at the other tab: the pairing code that is being requested would be lost.
      const cancelRefetch = event.type !== 'method-chosen'
      void client.invalidateQueries({ queryKey: pairingSessionQueryKey(target) }, { cancelRefetch })
    }
    const choose = (chosen: PairingMethod) => fold({ type: 'method-chosen', method: chosen })
    const start = () => fold({ type: 'started' })
    return {
      start,
      retry: start,
      cancel: () => fold({ type: 'cancelled' }),
      choose,
      setMethod: (chosen: PairingMethod) => {
        if (chosen === latest.current.session.method) return
        const { onMethodChange, onError } = latest.current
        callHost('onMethodChange', () => onMethodChange?.(chosen), onError)
        if (!latest.current.method) choose(chosen)
      },
      requestPairingCode: (typed?: string) => {
        const { phoneNumber, defaultPhoneNumber } = latest.current
        try {
          fold({
            type: 'number-submitted',
            phoneNumber: normalizePhoneNumber(typed ?? phoneNumber ?? defaultPhoneNumber ?? ''),
          })
        } catch (error) {
          fold({ type: 'number-rejected', error: toPairingError(error) })
        }
      },
      changeNumber: () => fold({ type: 'number-withdrawn' }),
      reportBrokenImage: () => fold({ type: 'image-broken' }),
      reportCopied: () => void foldEvent(client, target, { type: 'copied', at: Date.now() }),
      unlink: async () => {
        const current = latest.current.provider
        if (!current.unlink) throw unsupported()
        try {
          await current.unlink({})
        } catch (error) {
          throw toPairingError(error)
        }
        fold({ type: 'cancelled' })
      },
    }
  }, [client, id, sessionId])

  const { choose, ...rest } = actions
  // An earlier component may have left the session idle. Only on mount, so that `cancel` stays cancelled.
  const { start } = rest
  useEffect(() => {
    if (autoStart && latest.current.session.status === 'idle') start()
  }, [autoStart, start])
  const wasOwnPhone = useRef(isOwnPhone)
  useEffect(() => {
    // A server, which cannot know the screen, began with the QR code; no request has been sent yet.
    if (isPhoneFirst && !wasOwnPhone.current) choose('phone-code')
    wasOwnPhone.current = isOwnPhone
  }, [isPhoneFirst, isOwnPhone, choose])
  useEffect(() => {
    if (method && method !== session.method) choose(method)
  }, [method, session.method, choose])
  return { session, ...rest }
}

const byPhoneFirst = (one: PairingMethod, other: PairingMethod) =>
  Number(other === 'phone-code') - Number(one === 'phone-code')

/** What the user can do; the moment is added. */
type UserEvent = SessionEvent extends infer Event
  ? Event extends SessionEvent
    ? Omit<Event, 'at'>
    : never
  : never
