import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingProvider } from '../core/provider.js'
import type { PollerHost } from '../poller/poller-host.js'
import { type PollerRegistry, processRegistry } from '../poller/registry.js'
import type { PairingBus } from './bus.js'
import { createBusLink } from './bus-link.js'
import { type Authorize, checkAuthorized } from './check-authorized.js'
import { CrossOriginError, checkedOrigin, createOriginCheck } from './check-origin.js'
import { preflightAnswer, withCors } from './cors.js'
import type { PairingErrorPlace, PairingLogger } from './log.js'
import { readJson } from './read-json.js'
import { createReporter, type PairingErrorListener } from './report.js'
import { problem, received } from './responses.js'
import { createSessionService } from './session-service.js'
import { checkedProvider, checkedTenant, type SessionTarget } from './session-target.js'
import { createShutdown } from './shutdown.js'
import { checkWebhookSecret, isWebhook, takeWebhook, type WebhookSecret } from './webhook.js'

/** Options of {@link createPairingHandler}. */
export interface PairingHandlerOptions {
  /**
   * The provider to link at, or a function that gives the one of this request: one instance per tenant. Make each provider
   * once and keep it: one object is one session, and its requests never overlap.
   */
  readonly provider: PairingProvider | ((request: Request) => PairingProvider | Promise<PairingProvider>)
  /**
   * Whose request this is, for a `provider` function that makes its objects anew, and for one behind several replicas: the
   * id of the tenant. Pages of one tenant with one `id` and `sessionId` share what is learnt, webhooks and the `bus` included.
   * Without it nobody shares by name: whoever enters another's instance must not see its codes.
   * @default none: only one provider object is one session
   */
  readonly tenant?: ((request: Request) => string | Promise<string>) | undefined
  /**
   * Decides who may link. Called before anything else, for every request but webhooks. `true` lets the request in, `false`
   * answers 403, and `throw new PairingError('sign-in-required')` answers 401. Any other exception is a fault of the app: it
   * answers 500 and is reported to `onError`. The page gets a code and no detail. Where `authorize` needs the body, it reads
   * that of `request.clone()`.
   */
  readonly authorize: Authorize
  /**
   * The origin under which browsers see this handler: `https://app.example`. Set it where a proxy changes the scheme or
   * the host of requests, as nginx does by default; otherwise the handler refuses changes of its own pages with 403.
   * @default scheme and host of each request
   */
  readonly origin?: string | undefined
  /**
   * Whether the handler takes its own origin from `Forwarded`, `X-Forwarded-Proto`, `X-Forwarded-Host` and
   * `X-Forwarded-Port`. For servers that only a proxy can reach which sets these headers itself. `origin` goes before it.
   * @default false
   */
  readonly trustProxy?: boolean | undefined
  /**
   * Other origins whose pages may use the handler, cookies included: `https://app.example`, as a browser writes it, in
   * lower case and without a path. Only they get CORS headers.
   * @default none
   */
  readonly allowedOrigins?: readonly string[] | undefined
  /**
   * Takes the provider's webhooks at `POST …/webhook`, so that a scan shows without waiting for the next question; that
   * path is for nothing else then. The provider sends it as `Authorization: Bearer …`, or as `?secret=…` where it can set
   * no header.
   * @default no webhooks
   */
  readonly webhookSecret?: WebhookSecret | undefined
  /**
   * Makes the `session` tags of updates unguessable: 16 characters or more, the same on every replica. Without it they are
   * plain digests of tenant, provider and session id. A tag authorises nothing.
   * @default none
   */
  readonly secret?: string | undefined
  /**
   * Whether pages may start a session that sleeps. With `false` the handler sends nothing that starts a pairing by itself.
   * @default true
   */
  readonly allowStart?: boolean | undefined
  /**
   * Shares updates between several replicas.
   * @default each replica for itself
   */
  readonly bus?: PairingBus | undefined
  /**
   * Whether pages may watch a session over `text/event-stream`. Where the runtime cannot hold an answer open, say
   * `false`; pages ask again and again then, which they also do by themselves where a stream does not come through.
   * @default true
   */
  readonly liveEvents?: boolean | undefined
  /**
   * Pages that may watch one session at the same time.
   * @default 50
   */
  readonly maxWatchersPerSession?: number | undefined
  /**
   * Pages that may watch at the same time, all sessions together. Each takes a connection and some kilobytes.
   * @default 10_000
   */
  readonly maxWatchers?: number | undefined
  /**
   * After this time a page has to open its stream anew, and is authorized again. In milliseconds.
   * @default 300_000
   */
  readonly streamLifetimeMs?: number | undefined
  /**
   * Called with each error that the people who run the app can mend, as it was thrown, and with the option or the method of
   * the provider in which it happened: an exception in `authorize`, `provider`, `tenant`, `webhookSecret` or `log`, a call
   * that the provider refuses or that fails by a mistake, a package that is not installed, a body that was read before the
   * handler got it. Errors that pass (`timeout`, `provider-unavailable`, `rate-limited`) and those of the user are not
   * reported. An error of your own code may hold a secret, so treat it as any exception of your app.
   *
   * Outside production (`process.env.NODE_ENV`) the handler also prints each code once for each place with `console.error`.
   * @default errors are only printed
   */
  readonly onError?: PairingErrorListener | undefined
  /** Takes facts for the host's own log. None of them holds a secret. */
  readonly log?: PairingLogger | undefined
}

/** The server side of `proxy`: a function from `Request` to `Response`, for any runtime that has these two. */
export interface PairingHandler {
  (request: Request): Promise<Response>
  /**
   * Ends everything, for a process that stops: live events end cleanly, so that pages come back to the process that takes
   * over, requests under way and new ones get 503 with `Retry-After`, calls of the provider are aborted, and its pushes, the
   * subscriptions at the `bus` and all timers end. Resolves when no request is under way any more; a second call does no harm.
   */
  close(): Promise<void>
}

/** In base64 that is 96 bits. */
const MIN_SECRET_CHARACTERS = 16

/**
 * Keeps the provider's credentials on the server. `GET ?want=code` and `GET ?want=state` read a `PairingUpdate`, `GET ?events`
 * streams them; `POST` with a JSON body `{ "action": "start" | "request-pairing-code" | "reset" | "unlink", "phoneNumber"? }`
 * acts. However many pages read or watch a session, the provider gets the requests of one. No cache keeps a response, and
 * an error is problem+json with a code of ours and nothing of the provider's.
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

/** The same with a registry of its own, as in another process. */
export function createHandler(options: PairingHandlerOptions, registry: PollerRegistry): PairingHandler {
  const {
    provider,
    tenant,
    authorize,
    webhookSecret,
    secret,
    bus,
    liveEvents = true,
    allowStart = true,
  } = options
  const { maxWatchersPerSession = 50, maxWatchers = 10_000, streamLifetimeMs = 300_000 } = options
  checkAmounts({ maxWatchersPerSession, maxWatchers, streamLifetimeMs })
  // From JavaScript, where nobody checks: a door that cannot be shut must not be hung.
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
  if (secret !== undefined && !(typeof secret === 'string' && secret.length >= MIN_SECRET_CHARACTERS)) {
    throw new PairingError(
      'invalid-options',
      `"secret" of createPairingHandler() must have at least ${MIN_SECRET_CHARACTERS} characters. An environment variable that is not ` +
        'set is the usual cause.',
    )
  }
  const allowedOrigins = (options.allowedOrigins ?? []).map((one) => checkedOrigin(one, 'allowedOrigins'))
  const origin = options.origin === undefined ? undefined : checkedOrigin(options.origin, 'origin')
  const { log, report } = createReporter({ onError: options.onError, log: options.log })
  const checkOrigin = createOriginCheck({
    origin,
    trustProxy: options.trustProxy === true,
    allowedOrigins,
    report,
  })
  const host: PollerHost = {
    log: (event, { id, sessionId }) => log({ ...event, provider: id, sessionId }),
    report,
    connect: (session, receive) => createBusLink({ bus, session, log, report, receive }),
  }
  const shutdown = createShutdown()
  const sessions = createSessionService({
    registry,
    host,
    secret,
    shutdown,
    liveEvents,
    allowStart,
    maxWatchersPerSession,
    maxWatchers,
    streamLifetimeMs,
  })

  async function targetOf(request: Request): Promise<SessionTarget> {
    // One provider for everybody has one owner.
    if (typeof provider !== 'function') return { provider, tenant: '' }
    return {
      provider: await reported('provider', async () => checkedProvider(await provider(request))),
      tenant: await reported('tenant', async () => checkedTenant(await tenant?.(request))),
    }
  }

  /** Runs a function of the host's, and reports what it throws. */
  async function reported<Value>(place: PairingErrorPlace, run: () => Promise<Value>): Promise<Value> {
    try {
      return await run()
    } catch (error) {
      report(error, place)
      throw toPairingError(error)
    }
  }

  async function answer(request: Request, signal: AbortSignal): Promise<Response> {
    const { method } = request
    if (webhookSecret !== undefined && isWebhook(request)) {
      await checkWebhookSecret(request, webhookSecret, report)
      await takeWebhook(request, await targetOf(request), sessions.pollerOf, report)
      return received()
    }
    await checkAuthorized(authorize, request, report)
    if (method !== 'GET' && method !== 'POST')
      return refuse(new PairingError('invalid-request', 'Use GET or POST.'), 405)
    checkOrigin(request)
    if (method === 'GET') return sessions.read(await targetOf(request), request, signal)
    const body = await readJson(request, report)
    return sessions.act(await targetOf(request), body, signal)
  }

  function refuse(error: PairingError, expectedStatus?: number): Response {
    const response = problem(error, expectedStatus)
    const code = error instanceof CrossOriginError ? 'cross-origin' : error.code
    log({ event: 'refused', status: response.status, code })
    return response
  }

  async function handle(request: Request): Promise<Response> {
    const response =
      preflightAnswer(request, allowedOrigins) ??
      (await shutdown
        .run(request.signal, (signal) => answer(request, signal))
        .catch((error: unknown) => {
          // What the host or the provider threw was reported where it happened.
          if (!PairingError.isInstance(error)) report(error, 'request')
          return refuse(toPairingError(error))
        }))
    return withCors(request, response, allowedOrigins)
  }

  handle.close = (): Promise<void> => {
    const closed = shutdown.close()
    registry.close(host)
    return closed
  }
  return handle
}

/** From JavaScript or from text of an environment variable: with NaN a limit would never be reached. */
function checkAmounts(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number' && value >= 0) continue
    throw new PairingError(
      'invalid-options',
      `${name} of createPairingHandler() must be a number of 0 or more, so that the limit holds.`,
    )
  }
}
