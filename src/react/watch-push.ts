import { focusManager, onlineManager, type QueryClient } from '@tanstack/react-query'
import { toPairingError } from '../core/errors.js'
import { wantedPush } from '../core/next-question.js'
import type { PairingMethod, PairingProvider, PairingSnapshot } from '../core/provider.js'
import { answerEvent } from './ask.js'
import { foldEvent, type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { SessionCell } from './session-cell.js'

/**
 * Lets the provider push into the cached session, while there is something to be told and somebody to look at it.
 * Returns what stops it.
 */
export function watchPush(
  client: QueryClient,
  target: PairingTarget,
  provider: () => PairingProvider,
): () => void {
  const queryKey = pairingSessionQueryKey(target)
  let method: PairingMethod | undefined
  let end: (() => void) | undefined
  const update = () => {
    const state = SessionCell.stateIn(client.getQueryData(queryKey))
    const isWatched = focusManager.isFocused() && onlineManager.isOnline()
    const wanted = state && isWatched ? wantedPush(state.facts) : undefined
    if (wanted === method) return
    method = wanted
    end?.()
    end = undefined
    const stop = wanted && subscribe(client, target, provider(), wanted)
    // What it pushed at once may have changed what is wanted.
    if (method === wanted && !end) end = stop
    else stop?.()
  }
  const ends = [
    client.getQueryCache().subscribe(({ query }) => {
      if (query.queryKey[0] === queryKey[0]) update()
    }),
    focusManager.subscribe(update),
    onlineManager.subscribe(update),
  ]
  update()
  return () => {
    for (const stop of ends) stop()
    end?.()
  }
}

function subscribe(
  client: QueryClient,
  target: PairingTarget,
  provider: PairingProvider,
  method: PairingMethod,
): (() => void) | undefined {
  const controller = new AbortController()
  const { signal } = controller
  const fold = (event: Parameters<typeof foldEvent>[2]) => {
    if (!signal.aborted) foldEvent(client, target, event)
  }
  const stop = provider.subscribe?.(
    (snapshot: PairingSnapshot) => {
      const question = snapshot?.status === 'qr' ? 'qr-code' : 'status'
      fold(answerEvent(question, snapshot, Date.now()))
    },
    {
      method,
      signal,
      onError: (error, nextInMs) =>
        fold({ type: 'errored', question: 'status', error: toPairingError(error), nextInMs, at: Date.now() }),
      onGap: () => fold({ type: 'push-ended', at: Date.now() }),
    },
  )
  return () => {
    controller.abort()
    stop?.()
  }
}
