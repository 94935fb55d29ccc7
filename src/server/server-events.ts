import type { PairingErrorCode } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMethod } from '../core/provider.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import type { PairingErrorPlace, PairingLogEntry, PairingLogTarget } from './log.js'

/** What a refused request was for. */
export type RefusedRequest = 'read' | 'events' | 'action' | 'webhook' | 'other'

/** A session, and whose it is. */
export interface ServerEventSession extends PairingLogTarget {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
}

/**
 * What happens in a handler, for a dashboard and for alerts. `type` distinguishes the events. None of them holds a
 * token, a phone number, a name, a code or a URL. Durations are milliseconds.
 */
export type PairingServerEvent =
  /**
   * An action of a page was let in and carried out, or failed with `code`: once for pages that were joined. Where the session was
   * awake, a `start` sends nothing; `call` says what was sent.
   */
  | ({
      readonly type: 'action'
      readonly action: PairingAction
      readonly durationMs: number
      readonly code?: PairingErrorCode | undefined
    } & ServerEventSession)
  /** The provider issued a code that this process has not seen. */
  | ({ readonly type: 'code'; readonly method: PairingMethod } & ServerEventSession)
  /**
   * The provider says that a phone has scanned or entered a code: WhatsApp has seen a login. Many without `linked` lead to a ban of the
   * number.
   */
  | ({ readonly type: 'login' } & ServerEventSession)
  /** The provider says that a phone is linked. Also for the first response of a process, where the link was there before. */
  | ({ readonly type: 'linked' } & ServerEventSession)
  /** A link that this process knew has ended: on the phone, at the provider, or by the action `unlink`. */
  | ({ readonly type: 'unlinked' } & ServerEventSession)
  /** WhatsApp wants a passkey. */
  | ({ readonly type: 'passkey-required' } & ServerEventSession)
  /** A request was refused or failed. `cross-origin`: a page of another origin sent it, or could have. */
  | {
      readonly type: 'refused'
      readonly request: RefusedRequest
      readonly status: number
      readonly code: PairingErrorCode | 'cross-origin'
    }
  /** A call of the provider has ended, with `code` where it failed. */
  | ({
      readonly type: 'call'
      readonly call: PairingWant | PairingAction | PasskeyAction
      readonly durationMs: number
      readonly code?: PairingErrorCode | undefined
    } & PairingLogTarget)
  /** The number of pages that watch the session changed. */
  | ({ readonly type: 'watchers'; readonly watchers: number } & PairingLogTarget)
  /** A webhook of the provider was taken. */
  | ({ readonly type: 'webhook' } & PairingLogTarget)
  /** The bus failed: this process goes on by itself. Once for each outage. */
  | { readonly type: 'bus-failed' }
  /** Something failed that you can repair. `onError` got the error itself. */
  | { readonly type: 'error'; readonly in: PairingErrorPlace; readonly code: PairingErrorCode }

/** Takes the events of a handler. What it throws or rejects with goes to `onError`, and has no other effect. */
export type PairingServerListener = (event: PairingServerEvent) => void | Promise<void>

/** The event of a log entry; `undefined` for a refusal, whose event says more. */
export function eventOf(entry: PairingLogEntry): PairingServerEvent | undefined {
  switch (entry.event) {
    case 'upstream': {
      const { event: _, ...call } = entry
      return { type: 'call', ...call }
    }
    case 'watchers': {
      const { event: type, ...session } = entry
      return { type, ...session }
    }
    case 'webhook': {
      const { event: type, ...session } = entry
      return { type, ...session }
    }
    case 'error':
      return { type: 'error', in: entry.in, code: entry.code }
    case 'bus-failed':
      return { type: 'bus-failed' }
    case 'refused':
      return undefined
  }
}
