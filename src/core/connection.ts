import type { PasskeyAction, PasskeyReply } from './passkey.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod, PairingProvider, RequestOptions } from './provider.js'
import type { PairingAction, PairingUpdate, PairingWant } from './update.js'

/** Options of {@link PairingConnection.read}. */
export interface PairingRead extends RequestOptions {
  readonly want: PairingWant
  /** The method on screen. */
  readonly method: PairingMethod
  /**
   * `codeId` of the QR code that the page already has, so that it is not sent again. With `want: 'state'`: the expired code, as
   * its `codeId` or `pairing-code`. The provider is then polled once more, to notice a scan at the last moment.
   */
  readonly has?: string | undefined
}

/** Options of {@link PairingConnection.act}. */
export interface PairingActOptions extends RequestOptions {
  readonly method: PairingMethod
  /** Of `request-pairing-code`. */
  readonly phoneNumber?: PhoneNumber | undefined
}

/** Options of {@link PairingConnection.subscribe}. */
export interface PairingStream {
  readonly method: PairingMethod
  /** Returns the `codeId` of the page's current QR code. */
  readonly has: () => string | undefined
  /** Called when the stream is interrupted: the page has to poll. */
  readonly onGap: () => void
}

/** The body of a passkey request. */
export interface PasskeyBody {
  /** Of `passkey-answer`: `PublicKeyCredential.toJSON()`. */
  readonly assertion?: unknown
  /** Of `passkey-confirm`: the code that was on the screen when the user confirmed it. */
  readonly code?: string | undefined
}

/** A page's way to one session: over HTTP to a server handler, or directly to an adapter in the same process. */
export interface PairingConnection {
  /** Reads; never starts, restarts or ends a pairing. Rejects with `PairingError` only. */
  read(options: PairingRead): Promise<PairingUpdate>
  /** Performs an action, and resolves with the state after it. Rejects with `PairingError` only. */
  act(action: PairingAction, options: PairingActOptions): Promise<PairingUpdate>
  /** Sends a request about a passkey ceremony. Rejects with `PairingError` only. It is never retried automatically. */
  passkey?(action: PasskeyAction, body: PasskeyBody, options: RequestOptions): Promise<PasskeyReply>
  /** Streams updates until the returned function is called; never throws. */
  subscribe?(listener: (update: PairingUpdate) => void, options: PairingStream): () => void
}

/** The result of `proxy`: the session's id and the connection to it. */
export interface PairingProxy extends Pick<PairingProvider, 'id' | 'sessionId'> {
  readonly connection: PairingConnection
}

/** The `provider` of a component: `proxy({ url })`, or a provider that may be used in a browser. */
export type PairingSource = PairingProvider | PairingProxy
