import { focusManager, type QueryClient } from '@tanstack/react-query'
import { asRecord } from '../core/json.js'
import { nextQuestion } from '../core/next-question.js'
import type { PairingSnapshot } from '../core/provider.js'
import { qrDeadAt, qrQuestionAt } from '../core/qr-lifetime.js'
import type { SessionState } from '../core/session-state.js'
import { decodeSnapshot } from '../core/wire.js'
import { answerEvent } from './ask.js'
import { foldEvent, type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { SessionCell } from './session-cell.js'
import { onTransition } from './transitions.js'

/** What goes from tab to tab. */
type TabMessage =
  | { readonly type: 'answer'; readonly method: string; readonly snapshot: PairingSnapshot }
  /** Somebody has just opened the same screen and asks what is known. */
  | { readonly type: 'hello' }

/**
 * Tells the other tabs of this browser what this one learns, and when it will ask again: until then they need not, so that
 * one tab asks and all show. Where that one is closed or hidden, its promise lapses and another one goes on. Returns what
 * stops it.
 */
export function shareTabs(client: QueryClient, target: PairingTarget): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {}
  const queryKey = pairingSessionQueryKey(target)
  const channel = new BroadcastChannel(JSON.stringify(queryKey))
  let last: PairingSnapshot | undefined
  const post = (message: TabMessage) => {
    try {
      channel.postMessage(message)
    } catch {
      // What a provider of one's own adds to an answer may be of a kind that cannot be sent: each tab asks for itself.
    }
  }
  const postAnswer = (snapshot: PairingSnapshot, state: SessionState) =>
    post({ type: 'answer', method: state.facts.method, snapshot: withPromise(snapshot, state) })

  const unsubscribe = onTransition(client, target, ({ event, isOwnAnswer, after }) => {
    if (!isOwnAnswer) return
    const isRead = event.type === 'answered' && (event.question === 'status' || event.question === 'qr-code')
    last = isRead ? event.snapshot : undefined
    if (last) postAnswer(last, after)
  })

  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const { type, method, snapshot: sent } = asRecord(data)
    const state = SessionCell.stateIn(client.getQueryData(queryKey))
    if (!state) return
    if (type === 'hello') {
      // A hidden tab asks nothing, so it has nothing to promise.
      if (last && focusManager.isFocused()) postAnswer(last, state)
      return
    }
    const snapshot = snapshotIn(sent)
    if (type !== 'answer' || !snapshot) return
    // A code that nobody sees must not count as one that nobody scanned.
    if (snapshot.status === 'qr' && !focusManager.isFocused()) return
    const question = snapshot.status === 'qr' ? 'qr-code' : 'status'
    // Who looks at the other way to link asks other questions: what it promises is no help here.
    const heard = method === state.facts.method ? snapshot : { ...snapshot, nextInMs: undefined }
    foldEvent(client, target, answerEvent(question, heard, Date.now()))
  }
  post({ type: 'hello' })

  return () => {
    unsubscribe()
    channel.close()
  }
}

/** The answer with what is known of the time: when this tab asks next, and how long it trusts the code. */
function withPromise(snapshot: PairingSnapshot, { facts }: SessionState): PairingSnapshot {
  const now = Date.now()
  const until = (at: number) => Math.max(at - now, 0)
  const next = nextQuestion(facts)
  const {
    qr: { code: qr, askedAt: qrAskedAt, isInvited: qrInvited },
    setup: { timing },
  } = facts
  const promise = next && { nextInMs: until(next.at) }
  if (snapshot.status !== 'qr' || !qr) return { ...snapshot, ...promise }
  return {
    ...snapshot,
    ...promise,
    confirmInMs: until(qrQuestionAt(qr, { qrAskedAt, qrInvited }, timing)),
    expiresInMs: until(qrDeadAt(qr, timing)),
  }
}

/** A page of another version may send anything. */
function snapshotIn(sent: unknown): PairingSnapshot | undefined {
  try {
    return decodeSnapshot(sent)
  } catch {
    return undefined
  }
}
