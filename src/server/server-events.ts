import { type PairingErrorCode, toPairingError } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMethod, PairingSnapshot } from '../core/provider.js'
import { qrPayloadKey } from '../core/qr-payload.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import type { PairingErrorPlace, PairingLogEntry, PairingLogTarget } from './log.js'
import { publicError } from './responses.js'
import { tagOf } from './session-tag.js'
import { type SessionTarget, sessionKey } from './session-target.js'

/** What a refused request was for. */
export type RefusedRequest = 'read' | 'events' | 'action' | 'webhook' | 'other'

/** A session, and whose it is. */
export interface ServerEventSession extends PairingLogTarget {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
}

/**
 * What happens in a handler, for a dashboard and for alerts. `type` tells the events apart. None of them holds a token, a phone
 * number, a name, a code or a URL. Durations are milliseconds.
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

/** Notices what changes in sessions. */
export interface SessionEvents {
  /** Takes a response or a push of the provider. */
  observe(session: SessionTarget, snapshot: PairingSnapshot): void
  /** Takes an action that is under way. Settles as it does. */
  act(session: SessionTarget, action: PairingAction, done: Promise<boolean>): Promise<boolean>
}

/** A session that is forgotten is as one that a new process sees for the first time. */
const MAX_SESSIONS = 10_000

interface KnownSession {
  readonly status?: 'waiting' | 'linking' | 'linked' | 'passkey-required' | undefined
  /** Of the QR code that was seen last: a hash, because a picture is large. */
  readonly code?: string | undefined
}

const steps: Readonly<Partial<Record<PairingSnapshot['status'], KnownSession['status']>>> = {
  unlinked: 'waiting',
  stale: 'waiting',
  qr: 'waiting',
  linking: 'linking',
  linked: 'linked',
  'passkey-required': 'passkey-required',
}

/** Makes the events of the sessions of one handler. */
export function createSessionEvents(emit: PairingServerListener): SessionEvents {
  const sessions = new Map<string, KnownSession>()

  function remember(key: string, session: KnownSession): void {
    // The one that was seen last is forgotten last.
    sessions.delete(key)
    sessions.set(key, session)
    if (sessions.size <= MAX_SESSIONS) return
    for (const oldest of sessions.keys()) {
      sessions.delete(oldest)
      return
    }
  }

  return {
    observe(target, snapshot) {
      const key = sessionKey(target)
      const known = sessions.get(key) ?? {}
      const session = named(target)
      // The other states, such as a restart, say nothing about a link.
      const status = steps[snapshot.status] ?? known.status
      const code = snapshot.status === 'qr' ? tagOf([qrPayloadKey(snapshot.qrCode)], undefined) : known.code
      remember(key, { status, code })
      if (code !== known.code) emit({ type: 'code', method: 'qr', ...session })
      if (status === known.status) return
      if (known.status === 'linked') emit({ type: 'unlinked', ...session })
      if (status === 'linking' || (status === 'linked' && known.status === 'waiting'))
        emit({ type: 'login', ...session })
      if (status === 'linked' || status === 'passkey-required') emit({ type: status, ...session })
    },
    async act(target, action, done) {
      const session = named(target)
      const startedAt = Date.now()
      const ended = () =>
        ({ type: 'action', action, durationMs: Date.now() - startedAt, ...session }) as const
      let isMade: boolean
      try {
        isMade = await done
      } catch (error) {
        emit({ ...ended(), code: publicError(toPairingError(error)).code })
        throw error
      }
      emit(ended())
      if (action === 'request-pairing-code') emit({ type: 'code', method: 'phone-code', ...session })
      const key = sessionKey(target)
      if (action !== 'unlink' || sessions.get(key)?.status !== 'linked') return isMade
      remember(key, { status: 'waiting' })
      emit({ type: 'unlinked', ...session })
      return isMade
    },
  }
}

function named({ provider: { id, sessionId }, tenant }: SessionTarget): ServerEventSession {
  return { provider: id, sessionId, tenant }
}
