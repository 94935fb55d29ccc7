'use client'

import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { PairingSource } from '../../core/connection.js'
import { PairingError, toPairingError } from '../../core/errors.js'
import { textOf } from '../../core/json.js'
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
  /** The provider to link with: `proxy({ url })`, an adapter, or your own. You may create it on every render. */
  readonly provider: PairingSource
  /** The controlled method. */
  readonly method?: PairingMethod | undefined
  /**
   * The first method, if it is not controlled. @default 'phone-code' on a phone, which cannot scan its own screen, if the
   * provider supports it; otherwise 'qr'
   */
  readonly defaultMethod?: PairingMethod | undefined
  /** Called when the user chooses another method. */
  readonly onMethodChange?: ((method: PairingMethod) => void) | undefined
  /** Whether to request a code as soon as the component mounts. If `false`, `start` does that. @default true */
  readonly autoStart?: boolean | undefined
  /**
   * How many QR codes, including the first, may expire unscanned before the session expires. `Infinity` means no limit. @default
   * 3
   */
  readonly maxRefreshes?: number | undefined
  /**
   * `manual`: after a QR code has expired, the next one is shown only when the user requests it with `retry`. Until then the
   * session is `expired`, with the reason `refresh-due`. This is for users who need more time. You may change it at any time.
   * @default 'auto'
   */
  readonly refreshMode?: PairingRefreshMode | undefined
  /**
   * The number of the phone that has to be linked. It begins with `+`, in any spelling. A number without `+` is compared by its
   * digits, with a warning in development. If another phone is linked, the session fails with `wrong-phone-number`, and starting
   * over unlinks it. If the linked number is probably the same phone, for example after a change of the numbering plan, the user
   * has to confirm it first. If the provider does not report the number, the link is accepted.
   * @default any phone
   */
  readonly expectedPhoneNumber?: string | undefined
  /**
   * `relink`: the phone was linked before, so leftovers of that link at the provider are cleared without a confirmation.
   * @default 'link'
   */
  readonly mode?: PairingMode | undefined
  /** The controlled number, which `requestPairingCode` uses if it is called without one. */
  readonly phoneNumber?: string | undefined
  /** The same number, if it is not controlled. */
  readonly defaultPhoneNumber?: string | undefined
  /**
   * Signs with the user's passkey when WhatsApp demands one. The server forwards the answer only with `allowPasskeyAnswers` of
   * `createPairingHandler`, which documents the risk. Your page cannot sign; only code that runs on `https://web.whatsapp.com`
   * can. Called when the user presses the button. If it rejects, the session stays at its step and says so. The error goes to
   * `onError` (`in: 'signPasskey'`), unless it is a `NotAllowedError` or an `AbortError`.
   * @default the provider's own procedure, or an explanation
   */
  readonly signPasskey?: SignPasskey | undefined
  /** The client that caches the session. @default the client of `QueryClientProvider`, or a private one */
  readonly queryClient?: QueryClient | undefined
}

/** Result of {@link usePairingSession}. */
export interface UsePairingSessionResult extends Partial<PasskeyActions> {
  /** The state, as one value. */
  readonly session: PairingSession
  /** Begins the first round if `autoStart` is false. */
  readonly start: () => void
  /**
   * Begins a new round after `expired` or `failed`. If leftovers at the provider caused the failure, it clears them first. After
   * `expired` with the reason `refresh-due`, it shows the next code of the round. In a wait with `isSlow`, it restarts the round.
   */
  readonly retry: () => void
  /**
   * Clears the session at the provider and continues the round. Works in a wait and in a passkey ceremony with `canStartOver`.
   * After `failed`, use `retry`.
   */
  readonly startOver: () => void
  /** Ends the round. No more requests are sent. */
  readonly cancel: () => void
  /** Chooses a method. If the method is controlled, this only calls `onMethodChange`. */
  readonly setMethod: (method: PairingMethod) => void
  /** Requests a code for this number, in any spelling. An invalid number becomes an error in the session. */
  readonly requestPairingCode: (phoneNumber?: string) => void
  /** Goes back to the number, from the code or from a request for one. */
  readonly changeNumber: () => void
  /** Confirms or denies that the linked phone is the expected one, while the session is `confirming-number`. */
  readonly confirmNumber: (isOwn: boolean) => void
  /** Shows the pairing code of another page: `otherCode`, while the session is `awaiting-number`. */
  readonly showOtherCode: () => void
  /** Reports that the QR image cannot be shown: for the `onError` of your own `<img>`. */
  readonly reportBrokenImage: () => void
  /** Reports an action of the user to `onEvent`: for your own copy button, enlarged code or list of the phone's messages. */
  readonly report: (did: PairingUserStep) => void
  /** Ends the link at the provider. Rejects with a `PairingError`, also if the provider cannot end a link. */
  readonly unlink: () => Promise<void>
}

/**
 * A session without markup: the state as one value, and the actions of the user. All components with the same provider and
 * session id share one session and its requests.
 *
 * @throws {@link PairingError} `invalid-options` if `provider` is not a provider
 */
export function usePairingSession(options: UsePairingSessionOptions): UsePairingSessionResult {
  return useSharedSession(options, false)
}

/**
 * The same for the components of this package.
 *
 * @param isReopened Whether a mount means that the user opened the screen, as in a dialog.
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
    // An option may be known only after the session has begun, or another component may have begun it without the option.
    store.fold({
      type: 'expected',
      phoneNumber: textOf(expectedPhoneNumber) || undefined,
      clearsLeftovers: mode && mode === 'relink',
      // An option that the last render had (`latest`) and this one lacks gets its default again. A component that never had the
      // option does not change it for the others.
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
    /** Applies an action of the user, and lets the query check immediately whether a request is due. */
    const fold = (event: UserEvent) => {
      // Switching tabs must not abort a request: the provider may already have issued its pairing code.
      const cancelRefetch = event.type !== 'method-chosen'
      // An action without effect, such as a second click, must not abort it either.
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
          phoneNumber: String(typed ?? phoneNumber ?? defaultPhoneNumber ?? ''),
        })
      },
      changeNumber: () => fold({ type: 'number-withdrawn' }),
      showOtherCode: () => fold({ type: 'other-code-shown' }),
      reportBrokenImage: () => fold({ type: 'image-broken' }),
      confirmNumber: (isOwn: boolean) =>
        fold({ type: 'number-compared', result: isOwn ? 'same' : 'different' }),
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
  // The last component may have left the session idle. This runs only on mount, so that a cancelled session stays cancelled.
  const { start } = rest
  useEffect(() => {
    if (autoStart && store.read()?.session.status === 'idle') start()
  }, [autoStart, start, store])
  const wasOwnPhone = useRef(isOwnPhone)
  useEffect(() => {
    // A server does not know the device, so it began with the QR code. No request was sent yet.
    if (isPhoneFirst && !wasOwnPhone.current) choose('phone-code')
    wasOwnPhone.current = isOwnPhone
  }, [isPhoneFirst, isOwnPhone, choose])
  useEffect(() => {
    if (method && method !== session.method) choose(method)
  }, [method, session.method, choose])
  // This module is loaded before a passkey can be demanded.
  return { session, ...rest, ...loadedSession()?.passkeyActions(client, store, () => latest.current) }
}

/** JavaScript checks no types: accepts a `proxy`, or an object with the methods of a provider. */
function isSource(source: PairingSource | undefined): source is PairingSource {
  if (typeof source !== 'object' || source === null) return false
  return 'connection' in source || typeof source.getStatus === 'function'
}

const byPhoneFirst = (one: PairingMethod, other: PairingMethod) =>
  Number(other === 'phone-code') - Number(one === 'phone-code')

/** An event of the user, without its time, which is added. */
type UserEvent = SessionEvent extends infer Event
  ? Event extends SessionEvent
    ? Omit<Event, 'at'>
    : never
  : never
