import type { PairingErrorCode } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMethod } from '../core/provider.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import type { PairingErrorPlace, PairingLogEntry, PairingLogTarget } from './log.js'

/** The kind of a refused request. */
export type RefusedRequest = 'read' | 'events' | 'action' | 'webhook' | 'other'

/** A session and its tenant. */
export interface ServerEventSession extends PairingLogTarget {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
}

/**
 * An event of a handler, for dashboards and alerts. `type` distinguishes the events. None of them contains a token, a phone
 * number, a name, a code or a URL. Durations are milliseconds.
 */
export type PairingServerEvent =
  /**
   * An allowed action of a page was performed, or failed with `code`. Reported once for joined requests. If the session was not
   * stopped, a `start` sends nothing; the `call` events show what was sent.
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
   * The provider reports that a phone has scanned or entered a code, which is a login for WhatsApp. Many logins without `linked`
   * lead to a ban of the number.
   */
  | ({ readonly type: 'login' } & ServerEventSession)
  /** The provider reports that a phone is linked. Also in the first response after a process starts, for an existing link. */
  | ({ readonly type: 'linked' } & ServerEventSession)
  /** A link that this process knew has ended: on the phone, at the provider, or by the action `unlink`. */
  | ({ readonly type: 'unlinked' } & ServerEventSession)
  /** WhatsApp demands a passkey. */
  | ({ readonly type: 'passkey-required' } & ServerEventSession)
  /** A request was refused or failed. `cross-origin`: a page of another origin sent it, or could have. */
  | {
      readonly type: 'refused'
      readonly request: RefusedRequest
      readonly status: number
      readonly code: PairingErrorCode | 'cross-origin'
    }
  /** A request to the provider has ended, with `code` if it failed. */
  | ({
      readonly type: 'call'
      readonly call: PairingWant | PairingAction | PasskeyAction
      readonly durationMs: number
      readonly code?: PairingErrorCode | undefined
    } & PairingLogTarget)
  /** The number of pages that watch the session changed. */
  | ({ readonly type: 'watchers'; readonly watchers: number } & PairingLogTarget)
  /** A webhook of the provider was accepted. */
  | ({ readonly type: 'webhook' } & PairingLogTarget)
  /** The bus failed: this process continues alone. Once for each outage. */
  | { readonly type: 'bus-failed' }
  /** Something failed that you can repair. `onError` got the error itself. */
  | { readonly type: 'error'; readonly in: PairingErrorPlace; readonly code: PairingErrorCode }

/** Called with each event of a handler. Its exceptions go to `onError`, and have no other effect. */
export type PairingServerListener = (event: PairingServerEvent) => void | Promise<void>

/** The event of a log entry; `undefined` for a refusal, which has a more detailed event. */
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
