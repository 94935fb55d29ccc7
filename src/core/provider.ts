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
  /** The provider's own identifier of the account. */
  readonly id?: string | undefined
}

/** How often a provider may and must be polled. All in milliseconds. */
export interface ProviderTiming {
  /** How long a QR code lives once codes rotate. WhatsApp: 20,000. */
  readonly qrLifetimeMs: number
  /** Time between two requests for a QR code while the rotation is not known yet. */
  readonly qrIntervalMs: number
  /** Requests for a QR code are never closer together than this. */
  readonly qrMinIntervalMs: number
  /** Time from the last response to the next read of the state. */
  readonly statusIntervalMs: number
  /** How long a pairing code may be entered. */
  readonly pairingCodeLifetimeMs: number
  /** After this time without a response a request is cancelled. */
  readonly requestTimeoutMs: number
  /**
   * How long the provider may take until its first code, where it documents that. The screen says so after 30 seconds, and the
   * session fails with `session-stale` after this time.
   * @default not said on screen; fails after ten minutes
   */
  readonly startMs?: number | undefined
}

/** What every call of a provider takes. */
export interface RequestOptions {
  /** Ends the request, and with it whatever waits for its turn. */
  readonly signal?: AbortSignal | undefined
  /**
   * One record for each session, for what the provider's server does not report: an adapter that is made anew for each
   * request keeps its history here. The poller keeps it as long as the session is used. All replicas have the same one
   * where the `bus` of the handler has `last`; each process has its own otherwise. Put in it what JSON can hold, in
   * small fields: where two replicas write at the same time, each field has the value that was written last. Times in
   * it are epoch milliseconds.
   */
  readonly memory?: PairingMemory | undefined
}

/** See {@link RequestOptions.memory}. What is in it is the adapter's own. */
export type PairingMemory = Record<string, unknown>

/** What {@link PairingProvider.subscribe} takes. */
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
  /** Called when the connection is lost. Nothing is pushed until the next snapshot. */
  readonly onGap?: (() => void) | undefined
}

/**
 * What a provider knows at this moment. Every call returns this union, so that a QR call which
 * reports "already logged in" and a status call which reports `authorized` are the same value.
 */
export type PairingSnapshot = SnapshotDetails &
  (
    | {
        /** Starting up, or between two states. Poll again. */
        readonly status: 'preparing'
      }
    | {
        /** Ready: no phone is linked, and a code can be requested. */
        readonly status: 'unlinked'
      }
    | {
        /** Asleep, or out of codes: `reset` wakes it and loses nothing. */
        readonly status: 'stopped'
        /** The link before was ended on the phone, or by WhatsApp. */
        readonly reason?: 'unlinked' | undefined
      }
    | {
        /** Leftovers of an earlier link are in the way: only `reset` helps, and the user should decide on it. */
        readonly status: 'stale'
      }
    | {
        readonly status: 'qr'
        readonly qrCode: QrPayload
        /** How long the code is still valid, from the request on, where the provider reports it. */
        readonly expiresInMs?: number | undefined
        /** Of a pushed code: unless it is confirmed or replaced within this time, it is not to be trusted. */
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
        /** The phone answered; the link is being finished. */
        readonly status: 'linking'
      }
    | {
        readonly status: 'linked'
        readonly account: PairingAccount
        /** How much of the account's chats the provider has copied, in percent. Missing where it does not say. */
        readonly syncProgress?: number | undefined
      }
    | {
        /** WhatsApp demands a passkey, which only its own page can request. */
        readonly status: 'passkey-required'
        /** Where the ceremony is; missing where the provider only signals it. */
        readonly step?: PasskeyStep | undefined
        /** Of `confirm`: the code that the phone shows too. It is never published to other replicas, logged or stored. */
        readonly code?: string | undefined
        /** Milliseconds until WhatsApp gives up, where the provider says so. */
        readonly expiresInMs?: number | undefined
        /** The provider's instructions for the user. */
        readonly helpUrl?: string | undefined
      }
  )

/** What a response may say about itself and, where it went through a server, about the provider behind it. */
export interface SnapshotDetails {
  /** `id` of the provider that gave it, where it went through a server. */
  readonly provider?: string | undefined
  /** Of a pushed snapshot: the next one comes within this time, without a request. */
  readonly nextInMs?: number | undefined
  /** The methods the provider offers. */
  readonly methods?: readonly PairingMethod[] | undefined
  /** The provider's timing. */
  readonly timing?: ProviderTiming | undefined
}

/**
 * One target (instance, session) on one provider. Write one for any server: a missing method is a missing
 * ability. Two objects with the same `id` and `sessionId` are the same provider.
 *
 * All methods reject with `PairingError` only, and honour `signal`.
 */
export interface PairingProvider {
  /** Which provider, in kebab-case: `green-api`. */
  readonly id: string
  /** Which target on that provider. Not a secret: it is part of query keys. */
  readonly sessionId: string
  /** How often it may and must be polled. */
  readonly timing: ProviderTiming
  /**
   * What it offers, where its own methods do not show it: `proxy` has all of them and gives `[]` until the server
   * answers. By default: `qr`, and `phone-code` where `requestPairingCode` exists.
   */
  readonly methods?: readonly PairingMethod[]
  /**
   * Whether `getQrCode` starts a pairing where none is under way. It is called then when the user started the pairing,
   * and when the code before has been over for a second; never on a guess.
   * @default false
   */
  readonly startsOnRead?: boolean | undefined
  /** The state, without any effect on it. */
  getStatus(options: RequestOptions): Promise<PairingSnapshot>
  /** The QR code of this moment, or the state that stands in its way. */
  getQrCode(options: RequestOptions): Promise<PairingSnapshot>
  /** A code to be entered on the phone with this number. Ends any earlier code. */
  requestPairingCode?(phoneNumber: PhoneNumber, options: RequestOptions): Promise<PairingSnapshot>
  /** Whatever makes a fresh start possible: log out, restart. */
  reset?(options: RequestOptions): Promise<void>
  /** Ends the link, on the user's demand. */
  unlink?(options: RequestOptions): Promise<void>
  /** The challenge of the passkey ceremony that is under way, by a request of its own: it is a secret, and in no snapshot. */
  getPasskeyChallenge?(options: RequestOptions): Promise<PasskeyChallenge>
  /** Passes the answer of the passkey on. Resolves when it was sent; what becomes of it is a state. */
  answerPasskey?(assertion: PasskeyAssertion, options: RequestOptions): Promise<void>
  /** The user says that the phone shows this code too. */
  confirmPasskey?(code: string, options: RequestOptions): Promise<void>
  /** The provider's own way through the ceremony: a code for its extension, or a link. */
  getPasskeyHandoff?(options: RequestOptions): Promise<PasskeyHandoff>
  /** Ends the ceremony, so that a new QR code comes. `reset` is called where it is missing. */
  resetPasskey?(options: RequestOptions): Promise<void>
  /**
   * Pushes snapshots until the returned function is called or `signal` is aborted; never throws. Each may say when the
   * next one is due (`nextInMs`): until then the poller sends no request, and where none came, it polls.
   */
  subscribe?(listener: (snapshot: PairingSnapshot) => void, options: SubscribeOptions): () => void
  /**
   * What a webhook of the provider's says about this session; `undefined` for one about something else. Reads its
   * argument, the parsed body, and nothing more.
   */
  readWebhook?(body: unknown): PairingSnapshot | undefined
  /**
   * When the provider sent this webhook, in epoch milliseconds, by its own clock; `undefined` where the body does not say. The
   * server handler drops what is older than a minute, and shows a QR code of a webhook only where it is known to be younger
   * than ten seconds.
   */
  webhookSentAt?(body: unknown): number | undefined
}

/** The methods a provider offers. */
export function methodsOf(provider: PairingProvider): readonly PairingMethod[] {
  return provider.methods ?? (provider.requestPairingCode ? ['qr', 'phone-code'] : ['qr'])
}
