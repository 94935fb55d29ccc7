import type { PairingSource } from '../../core/connection.js'
import { later } from '../../core/later.js'
import type { PairingMethod } from '../../core/provider.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { SessionFacts } from '../../core/session-state.js'
import { afterFirstCode } from '../first-code.js'
import { passkeyActions } from './passkey-actions.js'
import { connectionOf } from './send-request.js'

/** Everything that no session needs before its first QR code. */
export const laterSession: typeof later & {
  readonly createStream: typeof createStream
  readonly keepNumber: typeof keepNumber
  readonly passkeyActions: typeof passkeyActions
} = { ...later, createStream, keepNumber, passkeyActions }

/** What a stream needs from its session. */
interface StreamOptions {
  /** The current source. */
  readonly source: () => PairingSource | undefined
  /** `codeId` of the page's QR code. */
  readonly has: () => string | undefined
  readonly fold: (event: SessionEvent) => void
}

/** Returns a function that replaces the stream of updates by one for another method; `undefined` ends it. */
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
    // If the module does not load, the page polls.
    const begin = () => void subscribe().catch(() => {})
    // A code that has already arrived is drawn first. An adapter that is used directly is already loaded.
    if ('connection' in source) stop = afterFirstCode(begin)
    else begin()
  }
}

// A user who links the same phone leaves the page for WhatsApp, and the browser may reload the page. So this tab keeps the number
// until its code expires. The server sends only its last four digits.

/** Stores the number of a live pairing code under this key, and removes it when the code is no longer live. */
function keepNumber(key: string, before: SessionFacts['code'], code: SessionFacts['code']): void {
  try {
    if (code.name === 'live' && code.phoneNumber) {
      const { phoneNumber } = code
      sessionStorage.setItem(key, JSON.stringify({ phoneNumber, until: code.code.expiresAt }))
    } else if (before.name === 'live') sessionStorage.removeItem(key)
  } catch {
    // If storage is not allowed, even reading the property throws.
  }
}
