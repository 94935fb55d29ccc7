import type { PhoneComparison } from './compare-digits.js'
import type { PairingError } from './errors.js'
import type { PairingRefreshMode, PasskeyDeed } from './pairing-session.js'
import type { PasskeyHandoff } from './passkey.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod } from './provider.js'
import type { PairingUpdate } from './update.js'

/** A request of the page, or of the poller behind it. */
export type SessionRequestKind = 'read' | 'start' | 'reset' | 'unlink' | 'request-pairing-code'

/** All that happens to a session. `at` is epoch milliseconds: `core` has no clock of its own. */
export type SessionEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  /** The user does not want to wait any longer: what the provider keeps is cleared. */
  | { readonly type: 'reset-requested' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'method-chosen'; readonly method: PairingMethod }
  /** In any spelling. */
  | { readonly type: 'number-submitted'; readonly phoneNumber: string }
  | { readonly type: 'number-withdrawn' }
  /** The user wants to see the code that another page requested. */
  | { readonly type: 'other-code-shown' }
  /** The page has submitted this number before it was loaded again; its code may still be live. */
  | { readonly type: 'number-remembered'; readonly phoneNumber: PhoneNumber }
  /** What the app expects of the link; what it leaves out stays as it was. */
  | {
      readonly type: 'expected'
      readonly phoneNumber?: string | undefined
      readonly clearsLeftovers?: boolean | undefined
      readonly refreshMode?: PairingRefreshMode | undefined
    }
  | {
      readonly type: 'updated'
      readonly update: PairingUpdate
      /** When the update was requested, or for one that was pushed, when it was sent: its durations count from there. */
      readonly sentAt: number
      /** Another update comes by itself. */
      readonly isPushed?: boolean | undefined
      /** The update is the response to this action of the page, which changes no more than that action. */
      readonly request?: Exclude<SessionRequestKind, 'read'> | undefined
    }
  /** An action was carried out. */
  | { readonly type: 'request-done'; readonly request: SessionRequestKind }
  | {
      readonly type: 'request-failed'
      /** `rules`: those of the state that comes next did not load. */
      readonly request: SessionRequestKind | 'rules'
      readonly error: PairingError
      /** From 0 to 1, at random: pages that failed at the same moment must not come back together. */
      readonly jitter?: number | undefined
    }
  /** Nothing is pushed any more: the next update has to be read. */
  | { readonly type: 'push-ended' }
  | { readonly type: 'image-broken' }
  /** The user has said whether the linked phone is the expected one. */
  | { readonly type: 'number-judged'; readonly result: PhoneComparison }
  /** The page was hidden or lost its network, or the opposite. */
  | { readonly type: 'watched'; readonly isWatched: boolean }
  /** A component with this session was mounted, when there was none; a dialog because the user opened it. */
  | { readonly type: 'entered'; readonly isReopened?: boolean | undefined }
  /** The last component with this session was unmounted. */
  | { readonly type: 'left' }
  /** The user does something in a passkey ceremony. One thing at a time. */
  | { readonly type: 'passkey-begun'; readonly deed: PasskeyDeed }
  /** Nothing came of it. `cancelled`: by the user, or there is no passkey on this device. */
  | {
      readonly type: 'passkey-failed'
      readonly deed: PasskeyDeed
      readonly problem: PairingError | 'cancelled' | undefined
    }
  /** The answer of the passkey was sent. */
  | { readonly type: 'passkey-answered' }
  /** It was sent that the phone shows this code too. */
  | { readonly type: 'passkey-confirmed'; readonly code: string }
  | { readonly type: 'passkey-handed'; readonly handoff: PasskeyHandoff }
  /** The user says that the phone shows another code. */
  | { readonly type: 'passkey-denied' }
  | { readonly type: 'time-passed' }
)
