import type { PairingError } from './errors.js'
import type { PasskeyAssertion, PasskeyChallenge, PasskeyHandoff } from './passkey.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PhoneNumber } from './phone-number.js'
import type { QrPayload } from './qr-payload.js'

/** The two ways to link a phone. */
export type PairingMethod = 'qr' | 'phone-code'

/** The linked account, as far as the provider reports it. */
export interface PairingAccount {
  /** International number, digits only. */
  readonly phoneNumber?: string | undefined
  /** The name the account shows to others. */
  readonly name?: string | undefined
  /** An `https:` address of the profile picture; it may expire. */
  readonly avatarUrl?: string | undefined
  /** The provider's id of the account. */
  readonly id?: string | undefined
}

/** How often to poll a provider. All in milliseconds. */
export interface ProviderTiming {
  /** Lifetime of a QR code after the first of a round. WhatsApp: 20,000. */
  readonly qrLifetimeMs: number
  /** Time between two requests for a QR code while the rotation is not known yet. */
  readonly qrIntervalMs: number
  /** Shortest time between two requests for a QR code. */
  readonly qrMinIntervalMs: number
  /** Time from the last response to the next read of the state. */
  readonly statusIntervalMs: number
  /** Lifetime of a pairing code. */
  readonly pairingCodeLifetimeMs: number
  /** After this time without a response a request is cancelled. */
  readonly requestTimeoutMs: number
  /**
   * How long the provider may take until its first code, if it documents that. After 30 seconds the screen shows this time, and
   * after this time the session fails with `session-stale`.
   * @default not shown; the session fails after ten minutes
   */
  readonly startMs?: number | undefined
}

/** Options of every method of a provider. */
export interface RequestOptions {
  /** Aborts the request, also while it waits for its turn. */
  readonly signal?: AbortSignal | undefined
  /**
   * One record for each session, for facts that the provider's server does not report. Use it for the history if your app creates
   * a new adapter for each request. The poller keeps it as long as the session is used. If the `bus` of the handler has `last`,
   * all replicas share it; otherwise each process has a separate record. It may contain any JSON value. Use small fields: if two
   * replicas write at the same time, the last write of each field wins. Write times as epoch milliseconds.
   */
  readonly memory?: PairingMemory | undefined
}

/** See {@link RequestOptions.memory}. The adapter defines its fields. */
export type PairingMemory = Record<string, unknown>

/** Options of {@link PairingProvider.subscribe}. */
export interface SubscribeOptions extends RequestOptions {
  /**
   * The method on the screen. With `phone-code` the provider pushes the state only, because every QR code that it
   * requests counts against WhatsApp's limit, displayed or not.
   * @default 'qr'
   */
  readonly method?: PairingMethod | undefined
  /**
   * Called when the provider refuses a request. `nextInMs` is the time in milliseconds until the subscription retries.
   * A lost connection is not an error: it calls `onGap`, and the subscriber polls until the next snapshot.
   */
  readonly onError?: ((error: PairingError, nextInMs?: number) => void) | undefined
  /** Called when the connection is lost. The subscription recovers with the next snapshot. */
  readonly onGap?: (() => void) | undefined
}

/**
 * The current state at the provider. All reads resolve with this union: a QR request that returns "already logged in" and a
 * status request that returns `authorized` give the same value.
 */
export type PairingSnapshot = SnapshotDetails &
  (
    | {
        /** Starting up, or between two states. Poll again. */
        readonly status: 'preparing'
      }
    | {
        /** No phone is linked, and a code can be requested. */
        readonly status: 'unlinked'
      }
    | {
        /** Stopped, or all codes have expired: `reset` starts it again and loses nothing. */
        readonly status: 'stopped'
        /** The last link was ended on the phone or by WhatsApp. */
        readonly reason?: 'unlinked' | undefined
      }
    | {
        /** Leftovers of an earlier link block a new one. Only `reset` helps, and the user should decide that. */
        readonly status: 'stale'
      }
    | {
        readonly status: 'qr'
        readonly qrCode: QrPayload
        /** How long the code is still valid, from the request on, where the provider reports it. */
        readonly expiresInMs?: number | undefined
        /** Of a pushed code: it counts as expired unless it is confirmed or replaced within this time. */
        readonly confirmInMs?: number | undefined
      }
    | {
        readonly status: 'pairing-code'
        /** Letters and digits, in any spelling. */
        readonly pairingCode: string
        /** How long the code is still valid, from the request on, where the provider reports it. */
        readonly expiresInMs?: number | undefined
      }
    | {
        /** The phone has scanned or entered a code, and the link is being completed. */
        readonly status: 'linking'
      }
    | {
        readonly status: 'linked'
        readonly account: PairingAccount
        /** See `syncProgress` of {@link PairingSession}. */
        readonly syncProgress?: number | undefined
      }
    | {
        /** WhatsApp demands a passkey, which only WhatsApp's own page can request. */
        readonly status: 'passkey-required'
        /** The step of the ceremony; missing if the provider reports only the demand. */
        readonly step?: PasskeyStep | undefined
        /** Of `confirm`: the code that the phone shows too. It is never published to other replicas, logged or stored. */
        readonly code?: string | undefined
        /** Milliseconds until the ceremony expires, if the provider reports it. */
        readonly expiresInMs?: number | undefined
        /** The provider's instructions for the user. */
        readonly helpUrl?: string | undefined
      }
  )

/** Optional details of a snapshot. Some describe the provider behind a server. */
export interface SnapshotDetails {
  /** `id` of the provider behind the server. */
  readonly provider?: string | undefined
  /** Of a pushed snapshot: the next one comes within this time, without a request. */
  readonly nextInMs?: number | undefined
  /** The methods the provider offers. */
  readonly methods?: readonly PairingMethod[] | undefined
  /** The provider's timing. */
  readonly timing?: ProviderTiming | undefined
}

/**
 * One target (instance, session) on one provider. You can write one for any server. If an optional method is missing, the screen
 * does not offer that action. Two objects with the same `id` and `sessionId` are the same provider.
 *
 * All methods reject with `PairingError` only, and abort with `signal`.
 */
export interface PairingProvider {
  /** Which provider, in kebab-case: `green-api`. */
  readonly id: string
  /** Which target on that provider. Not a secret: it is part of query keys. */
  readonly sessionId: string
  /** How often to poll it. */
  readonly timing: ProviderTiming
  /** The methods that it offers. @default `qr`, and `phone-code` if `requestPairingCode` exists */
  readonly methods?: readonly PairingMethod[]
  /**
   * Whether `getQrCode` may start a pairing. If so, it is called only after the user has started the pairing, or when the last
   * code has been expired for a second.
   * @default false
   */
  readonly startsOnRead?: boolean | undefined
  /** Reads the state, without side effects. */
  getStatus(options: RequestOptions): Promise<PairingSnapshot>
  /** Reads the current QR code, or the state if there is no code. */
  getQrCode(options: RequestOptions): Promise<PairingSnapshot>
  /** Requests a code for the phone with this number. Ends any earlier code. */
  requestPairingCode?(phoneNumber: PhoneNumber, options: RequestOptions): Promise<PairingSnapshot>
  /** Clears the session for a new pairing, for example by a logout or a restart. */
  reset?(options: RequestOptions): Promise<void>
  /** Ends the link, when the user requests it. */
  unlink?(options: RequestOptions): Promise<void>
  /** Reads the challenge of the current passkey ceremony. It is a secret, and therefore in no snapshot. */
  getPasskeyChallenge?(options: RequestOptions): Promise<PasskeyChallenge>
  /** Forwards the answer of the passkey. Resolves when it was sent. A later state reports the result. */
  answerPasskey?(assertion: PasskeyAssertion, options: RequestOptions): Promise<void>
  /** Confirms that the phone shows this code too. */
  confirmPasskey?(code: string, options: RequestOptions): Promise<void>
  /** Requests the provider's own procedure for the ceremony: a code for its extension, or a link. */
  getPasskeyHandoff?(options: RequestOptions): Promise<PasskeyHandoff>
  /** Ends the ceremony, so that a new QR code comes. If it is missing, `reset` is called. */
  resetPasskey?(options: RequestOptions): Promise<void>
  /**
   * Pushes snapshots until the returned function is called or `signal` is aborted; never throws. Each may say when the next one
   * is due (`nextInMs`). Until then the poller sends no request; if none arrives, it polls.
   */
  subscribe?(listener: (snapshot: PairingSnapshot) => void, options: SubscribeOptions): () => void
  /**
   * Reads the state of this session from a webhook of the provider; `undefined` if the webhook is about something else. The
   * argument is the parsed body.
   */
  readWebhook?(body: unknown): PairingSnapshot | undefined
  /**
   * When the provider sent this webhook, in epoch milliseconds of its clock; `undefined` if the body does not contain it. The
   * server handler drops webhooks older than a minute. It shows the QR code of a webhook only if it is known to be younger than
   * ten seconds.
   */
  webhookSentAt?(body: unknown): number | undefined
}

/** The methods a provider offers. */
export function methodsOf(provider: PairingProvider): readonly PairingMethod[] {
  return provider.methods ?? (provider.requestPairingCode ? ['qr', 'phone-code'] : ['qr'])
}

/** A call of a provider may take two requests, the QR code and the state, so its time limit is twice `requestTimeoutMs`. */
export const REQUESTS_PER_CALL = 2
