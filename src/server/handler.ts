import { PairingError, toPairingError } from '../core/errors.js'
import { printOnce } from '../core/print-error.js'
import type { PairingProvider } from '../core/provider.js'
import { EVENTS_PARAMETER } from '../core/update.js'
import type { PollerHost } from '../poller/poller-host.js'
import { type PollerRegistry, processRegistry } from '../poller/registry.js'
import { createAvatarFilter } from './avatar-hosts.js'
import { createBusLink } from './bus-link.js'
import { type CheckedAuthorization, checkAuthorized } from './check-authorized.js'
import { CrossOriginError, checkedOrigin, checkedOrigins, createOriginCheck } from './check-origin.js'
import { preflightResponse, withCors } from './cors.js'
import { createGuardedBus } from './guarded-bus.js'
import type { PairingHandlerOptions, SingleProviderOptions } from './handler-options.js'
import { createLinkReports } from './link-reports.js'
import type { PairingErrorPlace } from './log.js'
import { readJson } from './read-json.js'
import { createReporter } from './report.js'
import { problem, publicError, received } from './responses.js'
import type { RefusedRequest } from './server-events.js'
import { createSessionEvents } from './session-events.js'
import { type AllowedTarget, createSessionService } from './session-service.js'
import { checkedProvider, checkedTenant, type SessionTarget, withoutStarts } from './session-target.js'
import { createSharedLinks } from './shared-links.js'
import { createShutdown } from './shutdown.js'
import { createWebhookGuard, handleWebhook, isWebhook, MIN_SECRET_CHARACTERS } from './webhook.js'

/** The server side of `proxy`: a function from `Request` to `Response`, for any runtime that has both. */
export interface PairingHandler {
  (request: Request): Promise<Response>
  /**
   * Ends everything when the process stops. Live events end cleanly, so pages reconnect to the next process. Pending and new
   * requests get 503 with `Retry-After`. Requests to the provider are aborted, and its pushes, the subscriptions of the `bus` and
   * all timers end. Resolves when all requests and all calls of `onLinked` and `onUnlinked` have ended (these after 1.5 seconds
   * at the latest). It may be called twice. End the process, and the client of the `bus`, after that.
   */
  close(): Promise<void>
}

/**
 * Keeps the provider's credentials on the server. `GET ?want=code` and `GET ?want=state` read a `PairingUpdate`, `GET ?events`
 * streams them; `POST` with a JSON body `{ "action": "start" | "request-pairing-code" | "reset" | "unlink", "phoneNumber"? }`
 * performs an action. The provider gets the same number of requests for one page as for many. Responses are not cached. An error
 * is problem+json with a code of this package and no text of the provider.
 *
 * Mount it under any path, behind your own sign-in.
 *
 * @throws {@link PairingError} `invalid-options`
 *
 * @example
 * const handler = createPairingHandler({ provider: greenApi({ idInstance, apiTokenInstance }), authorize })
 */
export function createPairingHandler(options: PairingHandlerOptions): PairingHandler {
  return createHandler(options, processRegistry())
}

/** The same with separate pollers, as in another process. */
export function createHandler(options: PairingHandlerOptions, registry: PollerRegistry): PairingHandler {
  warnOfUnknown(options)
  const { provider, tenant, authorize, webhookSecret, secret, liveEvents = true, allowStart = true } = options
  const { allowPasskeyAnswers = false, trustProxy = false } = options
  const { maxWatchersPerSession = 50, maxWatchers = 10_000, streamLifetimeMs = 300_000 } = options
  checkAmounts({ maxWatchersPerSession, maxWatchers, streamLifetimeMs })
  checkFlags({ allowStart, allowPasskeyAnswers, liveEvents, trustProxy })
  // `authorize` is required: fail early for callers in JavaScript, which no compiler checks.
  if (!provider || typeof authorize !== 'function') {
    throw new PairingError(
      'invalid-options',
      'createPairingHandler() needs a "provider" and an "authorize" function.',
    )
  }
  if (typeof provider === 'function' && typeof tenant !== 'function') {
    throw new PairingError(
      'invalid-options',
      'createPairingHandler() needs a "tenant" function where "provider" is a function: without the id of the tenant, one ' +
        'tenant could be shown the session of another. Return the id of the signed-in tenant.',
    )
  }
  if (typeof provider !== 'function') checkedProvider(provider)
  if (secret !== undefined && !(typeof secret === 'string' && secret.length >= MIN_SECRET_CHARACTERS)) {
    throw new PairingError(
      'invalid-options',
      `"secret" of createPairingHandler() must have at least ${MIN_SECRET_CHARACTERS} characters. An environment variable that is not ` +
        'set is the usual cause.',
    )
  }
  const allowedOrigins = checkedOrigins(options.allowedOrigins ?? [])
  const origin = options.origin === undefined ? undefined : checkedOrigin(options.origin, 'origin')
  const { onError, onEvent } = options
  const { log, report, emit } = createReporter({ onError, onEvent, log: options.log })
  const events = onEvent && createSessionEvents(emit)
  const checkOrigin = createOriginCheck({ origin, trustProxy, allowedOrigins, report })
  const bus = options.bus && createGuardedBus(options.bus, { log, report })
  const links = createLinkReports({
    onLinked: options.onLinked,
    onUnlinked: options.onUnlinked,
    secret,
    shared: createSharedLinks(bus),
    report,
  })
  const host: PollerHost = {
    log: (event, { id, sessionId }) => log({ ...event, provider: id, sessionId }),
    report,
    observe(session, snapshot) {
      links.observe(session, snapshot)
      events?.observe(session, snapshot)
    },
    readPicture: async (src) => (await import('./read-picture.js')).readPicture(src),
    connect: (session, receive) => createBusLink({ bus, name: session, receive }),
  }
  const webhooks = webhookSecret === undefined ? undefined : createWebhookGuard(webhookSecret, report)
  const shutdown = createShutdown()
  const sessions = createSessionService({
    registry,
    host,
    bus,
    links,
    events,
    shutdown,
    secret,
    liveEvents,
    allowStart,
    allowPasskeyAnswers,
    maxWatchersPerSession,
    maxWatchers,
    streamLifetimeMs,
    filterAvatar: createAvatarFilter(options.avatarHosts),
  })

  const bounded = (given: PairingProvider): PairingProvider => (allowStart ? given : withoutStarts(given))

  async function targetOf(request: Request): Promise<SessionTarget> {
    // A single provider has no tenants.
    if (typeof provider !== 'function') return { provider: bounded(provider), tenant: '' }
    return {
      provider: bounded(await reported('provider', async () => checkedProvider(await provider(request)))),
      tenant: await reported('tenant', async () => checkedTenant(await tenant?.(request))),
    }
  }

  async function allowed(request: Request, authorization: CheckedAuthorization): Promise<AllowedTarget> {
    const target = await targetOf(request)
    const { expectedPhoneNumber, expiresAt = Number.POSITIVE_INFINITY } = authorization
    if (expectedPhoneNumber) links.expect(target, expectedPhoneNumber, expiresAt)
    return { ...target, ...authorization }
  }

  /** Runs a function of the app, and reports its exceptions. */
  async function reported<Value>(place: PairingErrorPlace, run: () => Promise<Value>): Promise<Value> {
    try {
      return await run()
    } catch (error) {
      report(error, place)
      throw toPairingError(error)
    }
  }

  async function respond(request: Request, signal: AbortSignal): Promise<Response> {
    const { method } = request
    if (webhooks && isWebhook(request)) {
      const text = await webhooks.check(request)
      await handleWebhook(request, await targetOf(request), {
        text,
        pollerOf: sessions.pollerOf,
        log,
        report,
      })
      return received()
    }
    const authorization = await checkAuthorized(authorize, request, report)
    if (method !== 'GET' && method !== 'POST')
      return refuse(request, new PairingError('invalid-request', 'Use GET or POST.'), 405)
    checkOrigin(request)
    if (method === 'GET') return sessions.read(await allowed(request, authorization), request, signal)
    const body = await readJson(request, report)
    return sessions.act(await allowed(request, authorization), body, signal)
  }

  function refuse(request: Request, error: PairingError, expectedStatus?: number): Response {
    const response = problem(error, expectedStatus)
    const { status } = response
    const code = error instanceof CrossOriginError ? 'cross-origin' : publicError(error).code
    log({ event: 'refused', status, code })
    emit({ type: 'refused', request: purposeOf(request), status, code })
    return response
  }

  function purposeOf(request: Request): RefusedRequest {
    if (webhooks && isWebhook(request)) return 'webhook'
    if (request.method === 'POST') return 'action'
    if (request.method !== 'GET') return 'other'
    return new URL(request.url).searchParams.has(EVENTS_PARAMETER) ? 'events' : 'read'
  }

  async function handle(request: Request): Promise<Response> {
    const response =
      preflightResponse(request, allowedOrigins) ??
      (await shutdown
        .run(request.signal, (signal) => respond(request, signal))
        .catch((error: unknown) => {
          // Exceptions of the app and the provider were already reported where they happened.
          if (!PairingError.isInstance(error)) report(error, 'request')
          return refuse(request, toPairingError(error))
        }))
    return withCors(request, response, allowedOrigins)
  }

  let closed: Promise<void> | undefined

  async function close(): Promise<void> {
    const ended = shutdown.close()
    registry.close(host)
    await Promise.all([ended, links.settled()])
    bus?.close()
  }

  handle.close = (): Promise<void> => {
    closed ??= close()
    return closed
  }
  return handle
}

const optionNames: Readonly<Record<keyof SingleProviderOptions, true>> = {
  provider: true,
  tenant: true,
  secret: true,
  authorize: true,
  origin: true,
  trustProxy: true,
  allowedOrigins: true,
  webhookSecret: true,
  allowStart: true,
  allowPasskeyAnswers: true,
  bus: true,
  liveEvents: true,
  maxWatchersPerSession: true,
  maxWatchers: true,
  streamLifetimeMs: true,
  avatarHosts: true,
  onLinked: true,
  onUnlinked: true,
  onError: true,
  onEvent: true,
  log: true,
}

/** Prints options with a wrong name, which JavaScript ignores. */
function warnOfUnknown(options: PairingHandlerOptions): void {
  for (const name of Object.keys(options)) {
    const message = `createPairingHandler() has no option "${name}". It has: ${Object.keys(optionNames).join(', ')}.`
    if (!Object.hasOwn(optionNames, name)) printOnce(message, message)
  }
}

/** JavaScript code may pass any value, such as the text of an environment variable. With NaN a limit would never be reached. */
function checkAmounts(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number' && value >= 0) continue
    throw new PairingError(
      'invalid-options',
      `${name} of createPairingHandler() must be a number of 0 or more, so that the limit holds.`,
    )
  }
}

/** The text 'false' of an environment variable would count as true. */
function checkFlags(options: Readonly<Record<string, boolean>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'boolean') continue
    throw new PairingError(
      'invalid-options',
      `${name} of createPairingHandler() must be true or false, and no text: 'false' would count as true.`,
    )
  }
}
