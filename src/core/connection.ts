import type { PasskeyAction, PasskeyReply } from './passkey.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod, PairingProvider, RequestOptions } from './provider.js'
import type { PairingAction, PairingUpdate, PairingWant } from './update.js'

/** What {@link PairingConnection.read} takes. */
export interface PairingRead extends RequestOptions {
  readonly want: PairingWant
  /** What the user sees. */
  readonly method: PairingMethod
  /**
   * `codeId` of the QR code that the page holds, which is not sent again. With `want: 'state'`: the code that has
   * expired, by its `codeId` or `pairing-code`; the provider is polled once more then, so that a scan in the last
   * moment is seen.
   */
  readonly has?: string | undefined
}

/** What {@link PairingConnection.act} takes. */
export interface PairingActOptions extends RequestOptions {
  readonly method: PairingMethod
  /** Of `request-pairing-code`. */
  readonly phoneNumber?: PhoneNumber | undefined
}

/** What {@link PairingConnection.subscribe} takes. */
export interface PairingStream {
  readonly method: PairingMethod
  /** `codeId` of the QR code that the page holds now. */
  readonly has: () => string | undefined
  /** Nothing comes any more for the moment: the page has to read. */
  readonly onGap: () => void
}

/** What a passkey request carries. */
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
  /** Carries an action out, and resolves with the state after it. Rejects with `PairingError` only. */
  act(action: PairingAction, options: PairingActOptions): Promise<PairingUpdate>
  /** Sends a request about a passkey ceremony. Rejects with `PairingError` only, and is never repeated by itself. */
  passkey?(action: PasskeyAction, body: PasskeyBody, options: RequestOptions): Promise<PasskeyReply>
  /** Streams updates until the returned function is called; never throws. */
  subscribe?(listener: (update: PairingUpdate) => void, options: PairingStream): () => void
}

/** What `proxy` makes: the name of a session, and the way to it. */
export interface PairingProxy extends Pick<PairingProvider, 'id' | 'sessionId'> {
  readonly connection: PairingConnection
}

/** What a component links with: `proxy({ url })`, or a provider that may be used in a browser. */
export type PairingSource = PairingProvider | PairingProxy
