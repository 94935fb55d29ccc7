import { comparePhoneNumbers } from '../core/compare-phone-numbers.js'
import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import type { PairingBus } from '../core/pairing-bus.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import type { PairingMethod } from '../core/provider.js'
import {
  EVENTS_PARAMETER,
  encodeUpdate,
  HAS_PARAMETER,
  METHOD_PARAMETER,
  type PairingUpdate,
  WANT_PARAMETER,
} from '../core/update.js'
import { isAction, performAction } from '../poller/perform-action.js'
import type { Poller } from '../poller/poller.js'
import type { PollerHost } from '../poller/poller-host.js'
import type { PollerRegistry } from '../poller/registry.js'
import { createChanges } from './changes.js'
import type { CheckedAuthorization } from './check-authorized.js'
import { openEventStream } from './event-stream.js'
import type { LinkReports } from './link-reports.js'
import { createPasskeyService, isPasskeyAction } from './passkey-service.js'
import { eventStream, jsonResponse } from './responses.js'
import type { SessionEvents } from './session-events.js'
import { sessionTag } from './session-tag.js'
import type { SessionTarget } from './session-target.js'
import type { Shutdown } from './shutdown.js'

/** How long a page polls before it tries to open a stream again, if there were too many watchers. */
const FULL_RETRY_AFTER_MS = 60_000

/** Options of {@link createSessionService}. */
export interface SessionServiceOptions {
  readonly registry: PollerRegistry
  readonly host: PollerHost
  readonly bus: PairingBus | undefined
  readonly links: LinkReports
  readonly events: SessionEvents | undefined
  readonly shutdown: Shutdown
  /** The secret for session tags. */
  readonly secret: string | undefined
  readonly liveEvents: boolean
  readonly allowStart: boolean
  readonly allowPasskeyAnswers: boolean
  readonly maxWatchersPerSession: number
  readonly maxWatchers: number
  readonly streamLifetimeMs: number
  /** Removes the picture of an account, if the app does not allow its host. */
  readonly filterAvatar: (update: PairingUpdate) => PairingUpdate
}

/** A session, and the permissions of the request. */
export interface AllowedTarget extends SessionTarget, CheckedAuthorization {}

/** Responds to allowed requests. */
export interface SessionService {
  /** `GET`: an update, or a stream of them. */
  read(target: AllowedTarget, request: Request, signal: AbortSignal): Promise<Response>
  /** `POST`: an action. */
  act(target: AllowedTarget, body: unknown, signal: AbortSignal): Promise<Response>
  /** The poller of a session. */
  pollerOf(target: SessionTarget): Poller
}

const asMethod = (value: unknown): PairingMethod => (value === 'phone-code' ? value : 'qr')

/** Creates the part of the handler that runs after its checks. */
export function createSessionService({
  registry,
  host,
  bus,
  links,
  events,
  shutdown,
  secret,
  ...options
}: SessionServiceOptions): SessionService {
  const changes = createChanges(bus)
  const passkeys = createPasskeyService(options)
  let watchers = 0

  const tagOf = (target: SessionTarget): string => sessionTag(target, secret)

  const pollerOf = (target: SessionTarget): Poller => {
    const { provider, tenant } = target
    return registry.of(tagOf(target), { provider, tenant }, host)
  }

  /** How long the permission of a request still lasts. */
  const leftMs = ({ expiresAt }: AllowedTarget): number =>
    (expiresAt ?? Number.POSITIVE_INFINITY) - Date.now()

  /** Adds the fields to an update that are specific to one request. */
  function complete(update: PairingUpdate, target: AllowedTarget, receivedAt?: number): PairingUpdate {
    const authorizedForMs = leftMs(target)
    return {
      ...options.filterAvatar(passkeys.allowed(update)),
      ...(receivedAt !== undefined && { heldMs: update.at - receivedAt }),
      ...(Number.isFinite(authorizedForMs) && { authorizedForMs: Math.max(authorizedForMs, 0) }),
    }
  }

  function watch(target: AllowedTarget, query: URLSearchParams, request: Request): Response {
    if (!options.liveEvents)
      throw new PairingError(
        'not-supported',
        'This server does not offer live events. Read the state instead.',
      )
    const poller = pollerOf(target)
    if (watchers >= options.maxWatchers || poller.watchers >= options.maxWatchersPerSession) {
      throw new PairingError('rate-limited', 'Too many pages watch already. Read the state instead.', {
        retryAfterMs: FULL_RETRY_AFTER_MS,
      })
    }
    watchers += 1
    const stream = openEventStream({
      poller,
      method: asMethod(query.get(METHOD_PARAMETER)),
      has: query.get(HAS_PARAMETER),
      lifetimeMs: Math.min(options.streamLifetimeMs, leftMs(target)),
      request,
      onClose: shutdown.onClose,
      onEnd: () => {
        watchers -= 1
      },
      complete: (update) => complete(update, target),
    })
    return eventStream(stream)
  }

  function checkNumber({ provider, expectedPhoneNumber }: AllowedTarget, phoneNumber: unknown): PhoneNumber {
    if (!provider.requestPairingCode)
      throw new PairingError('not-supported', 'The provider of this session does not offer pairing codes.')
    const number = normalizePhoneNumber(asText(phoneNumber) ?? '')
    if (expectedPhoneNumber && comparePhoneNumbers(expectedPhoneNumber, number) === 'different') {
      throw new PairingError(
        'wrong-phone-number',
        'The app expects another phone here, so no pairing code was requested for this number.',
      )
    }
    return number
  }

  return {
    pollerOf,
    async read(target, request, signal) {
      const query = new URL(request.url).searchParams
      if (query.has(EVENTS_PARAMETER)) return watch(target, query, request)
      const want = query.get(WANT_PARAMETER)
      if (want !== 'code' && want !== 'state') {
        throw new PairingError(
          'invalid-request',
          `A read needs ?${WANT_PARAMETER}=code, ?${WANT_PARAMETER}=state or ?${EVENTS_PARAMETER}.`,
        )
      }
      const has = query.get(HAS_PARAMETER)
      const receivedAt = Date.now()
      const update = await pollerOf(target).read(want, signal, has)
      return jsonResponse(encodeUpdate(complete(update, target, receivedAt), has))
    },
    async act(target, body, signal) {
      const { action, phoneNumber, method } = asRecord(body)
      if (isPasskeyAction(action)) {
        const reply = await passkeys.perform(pollerOf(target), target, action, body, signal)
        return jsonResponse(JSON.stringify(reply))
      }
      if (!isAction(action))
        throw new PairingError(
          'invalid-request',
          'An action needs an "action" of this handler in its JSON body.',
        )
      if (action === 'start' && !options.allowStart) {
        throw new PairingError(
          'forbidden',
          'This server starts no sessions. Start the session in the console of the provider.',
        )
      }
      const { provider } = target
      const number = action === 'request-pairing-code' ? checkNumber(target, phoneNumber) : undefined
      const poller = pollerOf(target)
      const receivedAt = Date.now()
      const run = (joined: AbortSignal): Promise<boolean> => {
        const done = performAction(poller, provider, { action, phoneNumber: number }, joined)
        return events ? events.act(target, action, done) : done
      }
      await changes.make({ session: tagOf(target), action, phoneNumber: number, signal, run })
      if (action === 'unlink') links.unlinked(target)
      return jsonResponse(encodeUpdate(complete(poller.update(asMethod(method)), target, receivedAt)))
    },
  }
}
