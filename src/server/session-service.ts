import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { isSamePhone, normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingSnapshot, RequestOptions } from '../core/provider.js'
import {
  ASK_PARAMETER,
  decodeSnapshot,
  encodeSnapshot,
  METHOD_PARAMETER,
  type WireAction,
} from '../core/wire.js'
import { createChanges } from './changes.js'
import type { Channels } from './channels.js'
import type { CheckedAuthorization } from './check-authorized.js'
import { openEventStream } from './event-stream.js'
import type { LinkReports } from './link-reports.js'
import { eventStream, noContent, snapshotAnswer } from './responses.js'
import { sessionTag } from './session-tag.js'
import type { SessionTarget } from './session-target.js'
import type { Shutdown } from './shutdown.js'

/** How long a page that finds no room asks by itself before it tries again. */
const FULL_RETRY_AFTER_MS = 60_000

/** What {@link createSessionService} needs. */
export interface SessionServiceOptions {
  readonly channels: Channels
  readonly links: LinkReports
  readonly shutdown: Shutdown
  readonly secret: string | undefined
  readonly liveEvents: boolean
  readonly maxWatchersPerSession: number
  readonly maxWatchers: number
  readonly streamLifetimeMs: number
}

/** A session, and what the request may do with it. */
export interface AllowedTarget extends SessionTarget, CheckedAuthorization {}

/** Answers requests that were let in, for the provider that they may use. */
export interface SessionService {
  /** `GET`: the state, the code, or a stream of both. */
  ask(target: AllowedTarget, request: Request, signal: AbortSignal): Promise<Response>
  /** `POST`: a pairing code, a reset, the end of the link. */
  change(target: AllowedTarget, body: unknown, signal: AbortSignal): Promise<Response>
}

/** Makes the part of the handler behind its guards. */
export function createSessionService({
  channels,
  links,
  shutdown,
  ...options
}: SessionServiceOptions): SessionService {
  const changes = createChanges()
  let watchers = 0

  function watch(target: AllowedTarget, session: string, { url, headers, signal }: Request): Response {
    if (!options.liveEvents) throw unsupported('live events')
    if (watchers >= options.maxWatchers || channels.watchersOf(target) >= options.maxWatchersPerSession) {
      throw new PairingError('rate-limited', 'Too many pages watch already. Ask for the state instead.', {
        retryAfterMs: FULL_RETRY_AFTER_MS,
      })
    }
    const channel = channels.of(target)
    watchers += 1
    const method = new URL(url).searchParams.get(METHOD_PARAMETER)
    const stream = openEventStream({
      channel,
      session,
      method: method === 'phone-code' ? method : 'qr',
      lastEventId: headers.get('last-event-id'),
      lifetimeMs: Math.min(
        options.streamLifetimeMs,
        (target.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now(),
      ),
      signal,
      onClose: shutdown.onClose,
      onEnd: () => {
        watchers -= 1
      },
    })
    return eventStream(stream)
  }

  /** Calls the provider for all requests that want the same at the same time. */
  function make(
    target: SessionTarget,
    action: WireAction,
    signal: AbortSignal,
    call: (options: RequestOptions) => Promise<PairingSnapshot | undefined>,
    phoneNumber?: string,
  ): Promise<PairingSnapshot | undefined> {
    const run = (joined: AbortSignal) => channels.of(target).change(action, joined, call)
    return changes.make({ target, action, phoneNumber, signal, run })
  }

  return {
    async ask(target, request, signal) {
      const question = new URL(request.url).searchParams.get(ASK_PARAMETER)
      const session = sessionTag(target, options.secret)
      if (question === 'events') return watch(target, session, request)
      if (question === 'status' || question === 'qr-code') {
        const snapshot = await channels.of(target).read(question, signal)
        return snapshotAnswer(encodeSnapshot(snapshot, target.provider, session))
      }
      throw new PairingError(
        'invalid-request',
        `A read needs ?${ASK_PARAMETER}=status, ?${ASK_PARAMETER}=qr-code or ?${ASK_PARAMETER}=events.`,
      )
    },
    async change(target, body, signal) {
      const { provider } = target
      const { action, phoneNumber } = asRecord(body)
      const { requestPairingCode, reset, unlink } = provider
      switch (action) {
        case 'request-pairing-code': {
          if (!requestPairingCode) throw unsupported('pairing codes')
          const number = normalizePhoneNumber(asText(phoneNumber) ?? '')
          const { expectedPhoneNumber } = target
          if (expectedPhoneNumber && !isSamePhone(expectedPhoneNumber, number)) {
            throw new PairingError(
              'wrong-phone-number',
              'The app expects another phone here, so no pairing code was requested for this number.',
            )
          }
          const snapshot = await make(
            target,
            action,
            signal,
            async (call) => decodeSnapshot(await requestPairingCode.call(provider, number, call)),
            number,
          )
          return snapshot
            ? snapshotAnswer(encodeSnapshot(snapshot, provider, sessionTag(target, options.secret)))
            : noContent()
        }
        case 'reset':
          if (!reset) throw unsupported('a reset')
          await make(target, action, signal, async (call) => void (await reset.call(provider, call)))
          return noContent()
        case 'unlink':
          if (!unlink) throw unsupported('ending a link')
          await make(target, action, signal, async (call) => void (await unlink.call(provider, call)))
          links.unlinked(target)
          return noContent()
        default:
          throw new PairingError(
            'invalid-request',
            'A change needs an "action" of this handler in its JSON body.',
          )
      }
    },
  }
}

function unsupported(ability: string): PairingError {
  return new PairingError('not-supported', `The provider of this session does not offer ${ability}.`)
}
