import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMethod, PairingSnapshot, RequestOptions } from '../core/provider.js'
import type { PairingAction, PairingUpdate, PairingWant } from '../core/update.js'
import type { PolledSession, PollerHost } from './poller-host.js'

/** A page that gets each update of a session. */
export interface Watcher {
  /** The method on its screen. A QR code that no page shows is not requested. */
  readonly method: PairingMethod
  /** Called when there is a newer update. Read it with {@link Poller.update}, now or when it can be sent. */
  notify(): void
}

/** Decides what to request from a provider, and when. There is one poller for each session. */
export interface Poller {
  /**
   * Reads the current update. A request is sent to the provider, or joined, only if one is due.
   *
   * @param expired - The `codeId` of a QR code, or `pairing-code`, that has expired on a screen. The state is then read once
   * more, to notice a scan at the last moment: once for each code, for any number of pages.
   * @throws {@link PairingError} `aborted` if `signal` is aborted. A failed request resolves with an update that has an `error`.
   */
  read(want: PairingWant, signal: AbortSignal, expired?: string | null): Promise<PairingUpdate>
  /**
   * Runs a change at the provider. It makes the cached state invalid, even if it fails. One change runs at a time on all
   * replicas. If another page has just made the same change, `run` is not called. Resolves with whether it was called.
   */
  change(
    action: PairingAction,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<void>,
  ): Promise<boolean>
  /** Calls the provider about a passkey ceremony; the cached state stays as it is. */
  call<Value>(
    action: PasskeyAction,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<Value>,
  ): Promise<Value>
  /**
   * Requests the state after the provider announced a change, at most once per minimum interval of the provider. Resolves with
   * the new update.
   */
  refresh(): Promise<PairingUpdate>
  /**
   * Applies a snapshot that was not requested, such as the QR code of a webhook, with its time of arrival (epoch milliseconds).
   */
  receive(snapshot: PairingSnapshot, receivedAt: number): void
  /** Applies a pairing code that the provider issued for a number. Its life counts from the request (epoch milliseconds). */
  receiveCode(snapshot: PairingSnapshot, phoneNumber: string, requestedAt: number): void
  /** Polls the provider until the returned function is called. */
  watch(watcher: Watcher): () => void
  /** The cached update for a page with this method. */
  update(method: PairingMethod): PairingUpdate
  readonly watchers: number
  /**
   * Allows reads to start a pairing, after the user started it, for a provider with `startsOnRead`. Resolves with `false` if
   * another page has just started the session, as {@link Poller.change} does.
   */
  permitStart(signal: AbortSignal): Promise<boolean>
  /** Ends all requests, timers and subscriptions. */
  close(): void
}

/** Options of `createPoller`. */
export interface PollerOptions {
  /** The tag of the session: see {@link PairingUpdate.session}. */
  readonly session: string
  /** The provider and the tenant of this session. It may return a different object at each call. */
  readonly target: () => PolledSession
  /** It may return a different object at each call. */
  readonly host: () => PollerHost
  /** Called when the session is no longer read, watched or changed. Its state should be kept for `keepMs` milliseconds. */
  readonly onIdle: (keepMs: number) => void
}
