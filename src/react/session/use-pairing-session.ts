'use client'

import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { PairingSource } from '../../core/connection.js'
import { PairingError, toPairingError } from '../../core/errors.js'
import type { PairingUserStep } from '../../core/pairing-event.js'
import type { PairingRefreshMode, PairingSession } from '../../core/pairing-session.js'
import type { PairingMethod } from '../../core/provider.js'
import type { SessionEvent } from '../../core/session-event.js'
import { callHost } from './call-host.js'
import { loadedSession } from './load-later-session.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import type { PasskeyActions, SignPasskey } from './passkey-actions.js'
import { firstSession, firstState, type PairingMode, pairingSessionQueryOptions } from './query-options.js'
import { connectionOf } from './send-request.js'
import { sessionStoreOf } from './session-store.js'
import { useOwnPhone } from './use-own-phone.js'
import { usePairingClient } from './use-pairing-client.js'

/** Options of {@link usePairingSession}. */
export interface UsePairingSessionOptions extends PairingCallbacks {
  /** Where to link: `proxy({ url })`, an adapter, or one of your own. May be made anew on every render. */
  readonly provider: PairingSource
  /** The method, where the host controls it. */
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
   * `manual`: when a QR code has passed, the next one is shown only when the user requests it, with `retry`; until then
   * the session is `expired`, with the reason `refresh-due`. For people who need more time. May be changed at any time.
   * @default 'auto'
   */
  readonly refreshMode?: PairingRefreshMode | undefined
  /**
   * Whose phone it has to be: an international number that begins with `+`, in any spelling. A number without `+` is
   * compared by the digits it has, with a warning in development. Where another phone was linked, the session fails
   * with `wrong-phone-number`, and starting over unlinks it. Where the number is probably that of the same phone, as
   * after a change of the numbering plan, the user has to confirm it, and the link counts only then. If the provider
   * does not report the number, the link counts.
   * @default any phone
   */
  readonly expectedPhoneNumber?: string | undefined
  /**
   * `relink`: the phone was linked before, so what the provider kept of that is cleared without a confirmation.
   * @default 'link'
   */
  readonly mode?: PairingMode | undefined
  /** Used by `requestPairingCode` where it is called without a number. */
  readonly phoneNumber?: string | undefined
  /** The same, where the host does not control it. */
  readonly defaultPhoneNumber?: string | undefined
  /**
   * Signs with the user's passkey, where WhatsApp wants one and the server passes the answer on: `allowPasskeyAnswers` of
   * `createPairingHandler`, whose costs are documented there. A page of yours cannot do that itself; only what runs on
   * `https://web.whatsapp.com` can. Called after a press of the user. Where it rejects, the session stays at its step and says so;
   * what it rejects with goes to `onError` (`in: 'signPasskey'`), unless that is a `NotAllowedError` or an `AbortError`.
   * @default the provider's own way, or an explanation
   */
  readonly signPasskey?: SignPasskey | undefined
  /** The client whose cache keeps the session. @default the one of `QueryClientProvider`, else a private one */
  readonly queryClient?: QueryClient | undefined
}

/** What {@link usePairingSession} returns. */
export interface UsePairingSessionResult extends Partial<PasskeyActions> {
  /** The state, as one value. */
  readonly session: PairingSession
  /** Begins the first round, where `autoStart` is false. */
  readonly start: () => void
  /**
   * Begins a new round: after `expired`, and after `failed`, where it clears what the provider kept if that was the cause.
   * After `expired` for the reason `refresh-due`, shows the next code of the round. In a wait with `isSlow`, begins it again.
   */
  readonly retry: () => void
  /**
   * Clears what the provider keeps and goes on with the round. Works in a wait and in a passkey ceremony with
   * `canStartOver`; after `failed`, `retry` does it.
   */
  readonly startOver: () => void
  /** Ends the round; no request is sent any more. */
  readonly cancel: () => void
  /** Chooses the other method; where the host controls it, only `onMethodChange` is called. */
  readonly setMethod: (method: PairingMethod) => void
  /** Requests a code for this number, in any spelling; a number that cannot be one is an error in the session. */
  readonly requestPairingCode: (phoneNumber?: string) => void
  /** Goes back to the number, from the code or from a request for one. */
  readonly changeNumber: () => void
  /** Says whether the linked phone is the expected one, while the session is `confirming-number`. */
  readonly confirmNumber: (isOwn: boolean) => void
  /** Shows the pairing code that another page requested: that of `otherCode` while the session is `awaiting-number`. */
  readonly showOtherCode: () => void
  /** Reports that the QR image cannot be shown: for the `onError` of your own `<img>`. */
  readonly reportBrokenImage: () => void
  /** Reports what the user did, so that `onEvent` gets it: for a copy button, an enlarged code or a list of your own. */
  readonly report: (did: PairingUserStep) => void
  /** Ends the link at the provider. Rejects with a `PairingError`, also where the provider has no such call. */
  readonly unlink: () => Promise<void>
}

/**
 * A session without markup: the state as one value, and what the user can do. However many components use it, one
 * provider and session id is one session with one stream of requests.
 *
 * @throws {@link PairingError} `invalid-options` where `provider` is not a provider
 */
export function usePairingSession(options: UsePairingSessionOptions): UsePairingSessionResult {
  return useSharedSession(options, false)
}

/**
 * The same for the components of this package.
 *
 * @param isReopened Whether a mount means that the user opened the screen: that of a dialog does.
 */
export function useSharedSession(
  options: UsePairingSessionOptions,
  isReopened: boolean,
): UsePairingSessionResult {
  const { provider, method, autoStart = true, expectedPhoneNumber, mode, refreshMode } = options
  if (!isSource(provider))
    throw new PairingError('invalid-options', '"provider" is no provider. Use proxy({ url }).')
  const { id, sessionId } = provider
  const client = usePairingClient(options.queryClient)
  const store = useMemo(() => sessionStoreOf(client, { id, sessionId }), [client, id, sessionId])
  const isOwnPhone = useOwnPhone()
  const isPhoneFirst = isOwnPhone && !method && !options.defaultMethod
  const input = {
    ...options,
    defaultMethod: method ?? options.defaultMethod ?? (isPhoneFirst ? 'phone-code' : undefined),
    queryClient: client,
  }
  const { data } = useQuery(pairingSessionQueryOptions(input), client)
  const found = data ?? firstSession(input)
  const session = useMemo(
    () => (isPhoneFirst ? { ...found, methods: [...found.methods].sort(byPhoneFirst) } : found),
    [found, isPhoneFirst],
  )
  const latest = useRef({ ...options, session })
  const latestInput = useRef(input)
  useEffect(() => {
    // Known later than the session was begun, or begun by a component that does not know it.
    store.fold({
      type: 'expected',
      phoneNumber: expectedPhoneNumber || undefined,
      clearsLeftovers: mode && mode === 'relink',
      // An option of the last render, which `latest` still holds, that is missing now has its default again. A component
      // that never had it leaves it to the others with this session.
      refreshMode: refreshMode ?? (latest.current.refreshMode && 'auto'),
      at: Date.now(),
    })
  }, [store, expectedPhoneNumber, mode, refreshMode])
  useEffect(() => {
    latest.current = { ...options, session }
    latestInput.current = input
  })
  useEffect(
    () =>
      store.mount(
        () => latest.current,
        () => firstState(latestInput.current),
        isReopened,
      ),
    [store, isReopened],
  )

  const wantsSteps = options.onEvent !== undefined
  useEffect(() => {
    if (wantsSteps) store.report()
  }, [store, wantsSteps])

  const actions = useMemo(() => {
    /** Folds what the user did and lets the query see at once whether a request is due. */
    const fold = (event: UserEvent) => {
      // A look at the other tab must not cut off a request: the provider would have issued its pairing code for nothing.
      const cancelRefetch = event.type !== 'method-chosen'
      // Nor may what changes nothing, like a second click.
      store.fold(
        { ...event, at: Date.now() },
        () => void client.invalidateQueries({ queryKey: store.queryKey }, { cancelRefetch }),
      )
    }
    const choose = (chosen: PairingMethod) => fold({ type: 'method-chosen', method: chosen })
    const start = () => fold({ type: 'started' })
    return {
      start,
      retry: start,
      startOver: () => fold({ type: 'reset-requested' }),
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
        fold({
          type: 'number-submitted',
          phoneNumber: typed ?? phoneNumber ?? defaultPhoneNumber ?? '',
        })
      },
      changeNumber: () => fold({ type: 'number-withdrawn' }),
      showOtherCode: () => fold({ type: 'other-code-shown' }),
      reportBrokenImage: () => fold({ type: 'image-broken' }),
      confirmNumber: (isOwn: boolean) =>
        fold({ type: 'number-judged', result: isOwn ? 'same' : 'different' }),
      report: store.report,
      unlink: async () => {
        const connection = await connectionOf(latest.current.provider)
        try {
          await connection.act('unlink', { method: latest.current.session.method })
        } catch (error) {
          throw toPairingError(error)
        }
        fold({ type: 'cancelled' })
      },
    }
  }, [client, store])

  const { choose, ...rest } = actions
  // The last component may have left the session idle; only on arrival, so that `cancel` stays cancelled.
  const { start } = rest
  useEffect(() => {
    if (autoStart && store.read()?.session.status === 'idle') start()
  }, [autoStart, start, store])
  const wasOwnPhone = useRef(isOwnPhone)
  useEffect(() => {
    // A server, which does not know the screen, began with the QR code; no request was sent yet.
    if (isPhoneFirst && !wasOwnPhone.current) choose('phone-code')
    wasOwnPhone.current = isOwnPhone
  }, [isPhoneFirst, isOwnPhone, choose])
  useEffect(() => {
    if (method && method !== session.method) choose(method)
  }, [method, session.method, choose])
  // Loaded before a passkey is wanted.
  return { session, ...rest, ...loadedSession()?.passkeyActions(client, store, () => latest.current) }
}

/** From JavaScript, which checks no types: a `proxy`, or an object with the methods of a provider. */
function isSource(source: PairingSource | undefined): source is PairingSource {
  if (typeof source !== 'object' || source === null) return false
  return 'connection' in source || typeof source.getStatus === 'function'
}

const byPhoneFirst = (one: PairingMethod, other: PairingMethod) =>
  Number(other === 'phone-code') - Number(one === 'phone-code')

/** What the user can do; the moment is added. */
type UserEvent = SessionEvent extends infer Event
  ? Event extends SessionEvent
    ? Omit<Event, 'at'>
    : never
  : never
