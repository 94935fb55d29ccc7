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

/** The host's callbacks. */
export interface PairingCallbacks {
  /**
   * The phone is linked. Called once for a link, whatever is mounted, remounted or mounted twice. It is called again
   * for the same link when the page is loaded again, so make it idempotent.
   */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /**
   * A link that `onLinked` was called for has ended: on the phone, at the provider, or by another page. Called once for each link
   * that ends while a component shows it, with who was linked. A new round begins, which says why in its `notice`. Not called for
   * `unlink` of this page, whose promise says so.
   */
  readonly onUnlinked?: ((account: PairingAccount) => void) | undefined
  /**
   * The session failed. Called once for a failure. Called with the code `component-failed` where the component itself threw an
   * exception, which is the `cause`. Called with a second argument, `{ in }`, where one of your callbacks threw
   * or rejected: its exception is the `cause`, the pairing goes on, and the exception is also reported as an uncaught one.
   */
  readonly onError?: ((error: PairingError, info?: { readonly in: HostFunction }) => void) | undefined
  /** Each step of an attempt, in order, for statistics. Called once for a step, however many components show the session. */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}
