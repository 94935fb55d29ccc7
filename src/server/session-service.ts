import { PairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import type { PairingMethod } from '../core/provider.js'
import {
  EVENTS_PARAMETER,
  encodeUpdate,
  HAS_PARAMETER,
  METHOD_PARAMETER,
  type PairingAction,
  WANT_PARAMETER,
} from '../core/update.js'
import { performAction } from '../poller/perform-action.js'
import type { Poller } from '../poller/poller.js'
import type { PollerHost } from '../poller/poller-host.js'
import type { PollerRegistry } from '../poller/registry.js'
import { openEventStream } from './event-stream.js'
import { createRateLimit } from './rate-limit.js'
import { eventStream, updateResponse } from './responses.js'
import { sessionTag } from './session-tag.js'
import type { SessionTarget } from './session-target.js'
import type { Shutdown } from './shutdown.js'

/** A typing error or two are mended at once; who needs more waits, since WhatsApp blocks numbers that ask often. */
const CODE_REQUESTS = { size: 3, intervalMs: 30_000 }

/** How long a page that finds no room asks by itself before it tries again. */
const FULL_RETRY_AFTER_MS = 60_000

/** What {@link createSessionService} needs. */
export interface SessionServiceOptions {
  readonly registry: PollerRegistry
  readonly host: PollerHost
  /** Of session tags. */
  readonly secret: string | undefined
  readonly shutdown: Shutdown
  readonly liveEvents: boolean
  readonly allowStart: boolean
  readonly maxWatchersPerSession: number
  readonly maxWatchers: number
  readonly streamLifetimeMs: number
}

/** Answers requests that were let in, for the provider that they may use. */
export interface SessionService {
  /** `GET`: an update, or a stream of them. */
  read(target: SessionTarget, request: Request, signal: AbortSignal): Promise<Response>
  /** `POST`: an action. */
  act(target: SessionTarget, body: unknown, signal: AbortSignal): Promise<Response>
  /** The poller of a session. */
  pollerOf(target: SessionTarget): Poller
}

const actions: readonly string[] = [
  'start',
  'request-pairing-code',
  'reset',
  'unlink',
] satisfies readonly PairingAction[]

function isAction(value: unknown): value is PairingAction {
  return typeof value === 'string' && actions.includes(value)
}

const asMethod = (value: unknown): PairingMethod => (value === 'phone-code' ? value : 'qr')

/** Makes the part of the handler behind its guards. */
export function createSessionService({
  registry,
  host,
  secret,
  shutdown,
  ...options
}: SessionServiceOptions): SessionService {
  const codeRequests = createRateLimit(CODE_REQUESTS)
  let watchers = 0

  const pollerOf = (target: SessionTarget): Poller =>
    registry.of(sessionTag(target, secret), target.provider, host)

  function watch(poller: Poller, query: URLSearchParams, { signal }: Request): Response {
    if (!options.liveEvents)
      throw new PairingError(
        'not-supported',
        'This server does not offer live events. Read the state instead.',
      )
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
      lifetimeMs: options.streamLifetimeMs,
      signal,
      onClose: shutdown.onClose,
      onEnd: () => {
        watchers -= 1
      },
      complete: (update) => update,
    })
    return eventStream(stream)
  }

  function takeCodeRequest(target: SessionTarget): void {
    const retryAfterMs = codeRequests.take(sessionTag(target, secret))
    if (retryAfterMs === 0) return
    throw new PairingError(
      'rate-limited',
      'Too many pairing codes were requested. Wait before the next one, or WhatsApp refuses the number.',
      { retryAfterMs },
    )
  }

  return {
    pollerOf,
    async read(target, request, signal) {
      const query = new URL(request.url).searchParams
      const poller = pollerOf(target)
      if (query.has(EVENTS_PARAMETER)) return watch(poller, query, request)
      const want = query.get(WANT_PARAMETER)
      if (want !== 'code' && want !== 'state') {
        throw new PairingError(
          'invalid-request',
          `A read needs ?${WANT_PARAMETER}=code, ?${WANT_PARAMETER}=state or ?${EVENTS_PARAMETER}.`,
        )
      }
      const has = query.get(HAS_PARAMETER)
      const receivedAt = Date.now()
      const update = await poller.read(want, signal, has)
      return updateResponse(encodeUpdate({ ...update, heldMs: update.at - receivedAt }, has))
    },
    async act(target, body, signal) {
      const { action, phoneNumber, method } = asRecord(body)
      if (!isAction(action)) {
        throw new PairingError(
          'invalid-request',
          'An action needs an "action" of this handler in its JSON body.',
        )
      }
      if (action === 'start' && !options.allowStart)
        throw new PairingError(
          'forbidden',
          'This server does not start sessions. Start it in the console of the provider.',
        )
      if (action === 'request-pairing-code' && target.provider.requestPairingCode) takeCodeRequest(target)
      const poller = pollerOf(target)
      const receivedAt = Date.now()
      await performAction(poller, target.provider, { action, phoneNumber: asText(phoneNumber) }, signal)
      const update = poller.update(asMethod(method))
      return updateResponse(encodeUpdate({ ...update, heldMs: update.at - receivedAt }))
    },
  }
}
