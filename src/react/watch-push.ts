import { focusManager, onlineManager } from '@tanstack/react-query'
import { toPairingError } from '../core/errors.js'
import { wantedPush } from '../core/next-request.js'
import type { PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import type { SessionEvent, SessionState } from '../core/session-state.js'
import { responseEvent } from './send-request.js'

/** The cached session that a provider pushes into. */
export interface PushTarget {
  readonly state: () => SessionState | undefined
  readonly fold: (event: SessionEvent, from: PairingProvider) => void
  /** The provider of this moment. */
  readonly provider: () => PairingProvider | undefined
}

/** A subscription that follows the session: `update` opens and closes it, `stop` ends it. */
export interface PushWatch {
  readonly update: () => void
  readonly stop: () => void
}

/** Lets the provider push into the cached session while the session would poll and the page is visible and online. */
export function watchPush(target: PushTarget): PushWatch {
  let method: PairingMethod | undefined
  let end: (() => void) | undefined
  const change = (wanted: PairingMethod | undefined) => {
    if (wanted === method) return
    method = wanted
    end?.()
    end = undefined
    const provider = wanted && target.provider()
    const stop = provider && subscribe(target, provider, wanted)
    // What it pushed at once may have changed what is wanted.
    if (method === wanted && !end) end = stop
    else stop?.()
  }
  return {
    update: () => {
      const state = target.state()
      const isWatched = focusManager.isFocused() && onlineManager.isOnline()
      change(state && isWatched ? wantedPush(state.facts) : undefined)
    },
    stop: () => change(undefined),
  }
}

function subscribe(
  target: PushTarget,
  provider: PairingProvider,
  method: PairingMethod,
): (() => void) | undefined {
  const controller = new AbortController()
  const { signal } = controller
  const fold = (event: SessionEvent) => {
    if (!signal.aborted) target.fold(event, provider)
  }
  const stop = provider.subscribe?.(
    (snapshot: PairingSnapshot) => {
      const request = snapshot?.status === 'qr' ? 'qr-code' : 'status'
      fold(responseEvent(request, snapshot, Date.now()))
    },
    {
      method,
      signal,
      onError: (error, nextInMs) =>
        fold({
          type: 'request-failed',
          request: 'status',
          error: toPairingError(error),
          nextInMs,
          at: Date.now(),
        }),
      onGap: () => fold({ type: 'push-ended', at: Date.now() }),
    },
  )
  return () => {
    controller.abort()
    stop?.()
  }
}
