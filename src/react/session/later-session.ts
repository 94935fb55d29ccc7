import type { PairingSource } from '../../core/connection.js'
import { later } from '../../core/later.js'
import type { PairingMethod } from '../../core/provider.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { SessionFacts } from '../../core/session-state.js'
import { afterFirstCode } from '../first-code.js'
import { passkeyActions } from './passkey-actions.js'
import { connectionOf } from './send-request.js'

/** What no session needs before its first QR code. */
export const laterSession: typeof later & {
  readonly createStream: typeof createStream
  readonly keepNumber: typeof keepNumber
  readonly passkeyActions: typeof passkeyActions
} = { ...later, createStream, keepNumber, passkeyActions }

/** What a stream needs of the session that it serves. */
interface StreamOptions {
  /** The source of this moment. */
  readonly source: () => PairingSource | undefined
  /** `codeId` of the QR code that the page holds. */
  readonly has: () => string | undefined
  readonly fold: (event: SessionEvent) => void
}

/** Returns what opens a stream of updates for a method in place of the one before; `undefined` opens none. */
function createStream({
  source: sourceNow,
  has,
  fold,
}: StreamOptions): (method: PairingMethod | undefined) => void {
  let endStream: (() => void) | undefined
  return (method) => {
    endStream?.()
    endStream = undefined
    const source = method && sourceNow()
    if (!method || !source) return
    let isOver = false
    let stop: (() => void) | undefined
    endStream = () => {
      isOver = true
      stop?.()
    }
    const subscribe = async (): Promise<void> => {
      const connection = await connectionOf(source)
      if (isOver) return
      stop = connection.subscribe?.(
        (update) => {
          const at = Date.now()
          if (!isOver) fold({ type: 'updated', update, sentAt: at, isPushed: true, at })
        },
        {
          method,
          has,
          onGap: () => {
            if (!isOver) fold({ type: 'push-ended', at: Date.now() })
          },
        },
      )
      if (isOver) stop?.()
    }
    // Without the module, the page reads.
    const begin = () => void subscribe().catch(() => {})
    // The code that is there by now is drawn first. An adapter that is used directly is loaded already.
    if ('connection' in source) stop = afterFirstCode(begin)
    else begin()
  }
}

// A phone that links itself leaves the page for WhatsApp, and its browser may load the page again. The number is kept until
// its code expires, in this tab alone: the server names no more of it than the last four digits.

/** Keeps the number of a live pairing code under this key of the storage, until the code is not live any more. */
function keepNumber(key: string, before: SessionFacts['code'], code: SessionFacts['code']): void {
  try {
    if (code.name === 'live' && code.phoneNumber) {
      const { phoneNumber } = code
      sessionStorage.setItem(key, JSON.stringify({ phoneNumber, until: code.code.expiresAt }))
    } else if (before.name === 'live') sessionStorage.removeItem(key)
  } catch {
    // Where storage is not allowed, even reading the property throws.
  }
}
