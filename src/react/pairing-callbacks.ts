import type { PairingError } from '../core/errors.js'
import type { PairingEvent } from '../core/pairing-event.js'
import type { PairingAccount } from '../core/provider.js'

/** Functions of your app that the session calls. They belong to the session: of several components, one is called. */
export interface PairingCallbacks {
  /**
   * The phone is linked. Called once for a link, whatever is mounted, remounted or mounted twice. After a reload it is also
   * called for a link that was there before, so make it idempotent.
   */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /**
   * The session failed. Called once for a failure. Called with the code `component-failed` where the component itself threw an
   * exception, which is the `cause`. Called with a second argument, `{ in }`, where one of your callbacks threw
   * or rejected: its exception is the `cause`, the pairing goes on, and the exception is also reported as an uncaught one.
   */
  readonly onError?:
    | ((
        error: PairingError,
        info?: { readonly in: keyof PairingCallbacks | 'onMethodChange' | 'onOpenChange' },
      ) => void)
    | undefined
  /** Each step of an attempt, in order, for statistics. Called once for a step, however many components show the session. */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}
