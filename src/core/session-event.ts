import type { PhoneComparison } from './compare-digits.js'
import type { PairingError } from './errors.js'
import type { PairingRefreshMode, PasskeyDeed } from './pairing-session.js'
import type { PasskeyHandoff } from './passkey.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod } from './provider.js'
import type { PairingUpdate } from './update.js'

/** A request of the page, or of the poller behind it. */
export type SessionRequestKind = 'read' | 'start' | 'reset' | 'unlink' | 'request-pairing-code'

/** An event of a session. `at` is epoch milliseconds, because `core` has no clock. */
export type SessionEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  /** The user chose to start over: the session at the provider is cleared. */
  | { readonly type: 'reset-requested' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'method-chosen'; readonly method: PairingMethod }
  /** In any spelling. */
  | { readonly type: 'number-submitted'; readonly phoneNumber: string }
  | { readonly type: 'number-withdrawn' }
  /** The user wants to see the code that another page requested. */
  | { readonly type: 'other-code-shown' }
  /** The page submitted this number before a reload. Its code may still be live. */
  | { readonly type: 'number-remembered'; readonly phoneNumber: PhoneNumber }
  /** What the app expects of the link. Missing fields stay unchanged. */
  | {
      readonly type: 'expected'
      readonly phoneNumber?: string | undefined
      readonly clearsLeftovers?: boolean | undefined
      readonly refreshMode?: PairingRefreshMode | undefined
    }
  | {
      readonly type: 'updated'
      readonly update: PairingUpdate
      /** When the update was requested or, for a pushed one, sent. Its durations count from this time. */
      readonly sentAt: number
      /** Another update will be pushed. */
      readonly isPushed?: boolean | undefined
      /** The update is the response to this action of the page. It confirms no other action. */
      readonly request?: Exclude<SessionRequestKind, 'read'> | undefined
    }
  /** An action was performed. */
  | { readonly type: 'request-done'; readonly request: SessionRequestKind }
  | {
      readonly type: 'request-failed'
      /** `rules`: the rules for the next state did not load. */
      readonly request: SessionRequestKind | 'rules'
      readonly error: PairingError
      /** Random, from 0 to 1: pages that failed at the same time must not retry at the same time. */
      readonly jitter?: number | undefined
    }
  /** The push has ended: the next update has to be read. */
  | { readonly type: 'push-ended' }
  | { readonly type: 'image-broken' }
  /** The user has confirmed or denied that the linked phone is the expected one. */
  | { readonly type: 'number-compared'; readonly result: PhoneComparison }
  /** The page was hidden or went offline, or became visible and online again. */
  | { readonly type: 'watched'; readonly isWatched: boolean }
  /** The first component with this session was mounted. `isReopened`: the user opened a dialog. */
  | { readonly type: 'entered'; readonly isReopened?: boolean | undefined }
  /** The last component with this session was unmounted. */
  | { readonly type: 'left' }
  /** The user started an action of a passkey ceremony. Only one is in progress at a time. */
  | { readonly type: 'passkey-begun'; readonly deed: PasskeyDeed }
  /** That action failed. `cancelled`: the user cancelled, or this device has no passkey. */
  | {
      readonly type: 'passkey-failed'
      readonly deed: PasskeyDeed
      readonly problem: PairingError | 'cancelled' | undefined
    }
  /** The answer of the passkey was sent. */
  | { readonly type: 'passkey-answered' }
  /** The confirmation that the phone shows this code too was sent. */
  | { readonly type: 'passkey-confirmed'; readonly code: string }
  | { readonly type: 'passkey-handed'; readonly handoff: PasskeyHandoff }
  /** The user reported that the phone shows another code. */
  | { readonly type: 'passkey-denied' }
  | { readonly type: 'time-passed' }
)
