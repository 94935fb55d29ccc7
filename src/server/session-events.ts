import { toPairingError } from '../core/errors.js'
import type { PairingSnapshot } from '../core/provider.js'
import { qrPayloadKey } from '../core/qr-payload.js'
import type { PairingAction } from '../core/update.js'
import { publicError } from './responses.js'
import type { PairingServerListener, ServerEventSession } from './server-events.js'
import { tagOf } from './session-tag.js'
import { type SessionTarget, sessionKey } from './session-target.js'

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
