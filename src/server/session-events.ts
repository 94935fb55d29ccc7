import { toPairingError } from '../core/errors.js'
import type { PairingSnapshot } from '../core/provider.js'
import { qrPayloadKey } from '../core/qr-payload.js'
import type { PairingAction } from '../core/update.js'
import { publicError } from './responses.js'
import type { PairingServerListener, ServerEventSession } from './server-events.js'
import { tagOf } from './session-tag.js'
import { rememberSession, type SessionTarget, sessionKey } from './session-target.js'

/** Derives events from the changes of sessions. */
export interface SessionEvents {
  /** Handles a response or a push of the provider. */
  observe(session: SessionTarget, snapshot: PairingSnapshot): void
  /** Handles an action in progress. Settles with its result. */
  act(session: SessionTarget, action: PairingAction, done: Promise<boolean>): Promise<boolean>
}

interface LoggedSession {
  readonly status?: 'waiting' | 'linking' | 'linked' | 'passkey-required' | undefined
  /** A hash of the last QR code, because a picture is large. */
  readonly code?: string | undefined
}

const steps: Readonly<Partial<Record<PairingSnapshot['status'], LoggedSession['status']>>> = {
  unlinked: 'waiting',
  stale: 'waiting',
  qr: 'waiting',
  linking: 'linking',
  linked: 'linked',
  'passkey-required': 'passkey-required',
}

/** Creates the events for the sessions of one handler. */
export function createSessionEvents(emit: PairingServerListener): SessionEvents {
  const sessions = new Map<string, LoggedSession>()

  return {
    observe(target, snapshot) {
      const key = sessionKey(target)
      const previous = sessions.get(key) ?? {}
      const session = named(target)
      // The other states, such as a restart, say nothing about a link.
      const status = steps[snapshot.status] ?? previous.status
      const code =
        snapshot.status === 'qr' ? tagOf([qrPayloadKey(snapshot.qrCode)], undefined) : previous.code
      rememberSession(sessions, key, { status, code })
      if (code !== previous.code) emit({ type: 'code', method: 'qr', ...session })
      if (status === previous.status) return
      if (previous.status === 'linked') emit({ type: 'unlinked', ...session })
      if (status === 'linking' || (status === 'linked' && previous.status === 'waiting'))
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
      rememberSession(sessions, key, { status: 'waiting' })
      emit({ type: 'unlinked', ...session })
      return isMade
    },
  }
}

function named({ provider: { id, sessionId }, tenant }: SessionTarget): ServerEventSession {
  return { provider: id, sessionId, tenant }
}
