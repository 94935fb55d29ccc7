import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMethod, PairingSnapshot, RequestOptions } from '../core/provider.js'
import type { PairingAction, PairingUpdate, PairingWant } from '../core/update.js'
import type { PolledSession, PollerHost } from './poller-host.js'

/** A page that gets each update of a session. */
export interface Watcher {
  /** What its user sees: a QR code that no page shows is not requested. */
  readonly method: PairingMethod
  /** There is a newer update. Read it with {@link Poller.update}, now or as soon as there is room for it. */
  notify(): void
}

/** The only place that decides what to request from a provider, and when. One for each session. */
export interface Poller {
  /**
   * The update of this moment. A request is sent to the provider, or joined, only where one is due.
   *
   * @param expired - The `codeId` of a QR code, or `pairing-code`, that has expired in front of a user: the state is read once
   * more, so that a scan in its last moment is seen. Once for each code, however many pages say so.
   * @throws {@link PairingError} `aborted` when `signal` is; a failed request is an update with an `error`.
   */
  read(want: PairingWant, signal: AbortSignal, expired?: string | null): Promise<PairingUpdate>
  /**
   * Changes something at the provider; the cached state from before is invalid, also where the change fails. One change runs at a
   * time, on all replicas. `run` is not called where another page has made the same change in the meantime; resolves with whether
   * it was.
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
   * Requests the state because the provider says that something has changed: at most one request for each minimum interval of
   * the provider. Resolves with the update after it.
   */
  refresh(): Promise<PairingUpdate>
  /** Takes in a snapshot that was not requested, the QR code of a webhook, and when it came (epoch milliseconds). */
  receive(snapshot: PairingSnapshot, receivedAt: number): void
  /** Takes in a pairing code that the provider issued for a number; its life counts from the request (epoch milliseconds). */
  receiveCode(snapshot: PairingSnapshot, phoneNumber: string, requestedAt: number): void
  /** Polls the provider until the returned function is called. */
  watch(watcher: Watcher): () => void
  /** The cached update, as a page with this method gets it. */
  update(method: PairingMethod): PairingUpdate
  readonly watchers: number
  /**
   * The user started a pairing, at a provider whose reads start one. Resolves with whether reads may do so now: as for
   * {@link Poller.change}, not where another page has just started the session.
   */
  permitStart(signal: AbortSignal): Promise<boolean>
  /** Ends all requests, timers and subscriptions. */
  close(): void
}

/** What `createPoller` needs. */
export interface PollerOptions {
  /** Names the session; see {@link PairingUpdate.session}. */
  readonly session: string
  /** The provider of this session, which may be another object at each call, and whose it is. */
  readonly target: () => PolledSession
  /** May be another object at each call. */
  readonly host: () => PollerHost
  /** Nothing reads, watches or changes the session any more; its state is worth keeping for so many milliseconds. */
  readonly onIdle: (keepMs: number) => void
}
