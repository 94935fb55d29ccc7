import type { PairingError } from '../../core/errors.js'
import type { PairingEvent } from '../../core/pairing-event.js'
import type { PairingAccount } from '../../core/provider.js'

/** A function of the app that a component calls. */
export type HostFunction =
  | keyof PairingCallbacks
  | 'onMethodChange'
  | 'onOpenChange'
  | 'onLink'
  | 'onDone'
  | 'signPasskey'

/** The callbacks of your app. */
export interface PairingCallbacks {
  /**
   * Called when the phone is linked: once per link, also after a remount and with several components. After a reload it is called
   * again for the same link, so make it idempotent.
   */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /**
   * Called when a link that was reported to `onLinked` has ended: on the phone, at the provider, or by another page. Called once
   * for each link that ends while a component shows it, with its account. A new round begins, and its `notice` says why. Not
   * called for `unlink` of this page, whose promise resolves instead.
   */
  readonly onUnlinked?: ((account: PairingAccount) => void) | undefined
  /**
   * Called once when the session fails. If the component itself threw, the code is `component-failed`, and the exception is the
   * `cause`. If one of your callbacks threw or rejected, there is a second argument, `{ in }`, and its exception is the `cause`.
   * The pairing then continues, and the exception is also reported as an uncaught one.
   */
  readonly onError?: ((error: PairingError, info?: { readonly in: HostFunction }) => void) | undefined
  /**
   * Called with each step of an attempt, in order, for statistics: once per step, for any number of components with this session.
   */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}
