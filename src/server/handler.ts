import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingProvider } from '../core/provider.js'
import type { PairingBus } from './bus.js'
import { createChannels } from './channels.js'
import { type Authorize, checkAuthorized } from './check-authorized.js'
import { checkOrigin } from './check-origin.js'
import { preflightAnswer, withCors } from './cors.js'
import type { PairingLogger } from './log.js'
import { readJson } from './read-json.js'
import { problem, received } from './responses.js'
import { createSessionService } from './session-service.js'
import type { SessionTarget } from './session-target.js'
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
   * Decides who may link. Called before anything else, for every request but webhooks. `false` answers 403, a thrown
   * error 401 (or 403, where it is a `PairingError` `forbidden`); neither gives a detail. Where it needs the body, it reads that of `request.clone()`.
   */
  readonly authorize: Authorize
  /**
   * Origins beside the server's own whose pages may use the handler, cookies included: `https://app.example`. They get
   * the CORS headers they need; nobody else gets any.
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
   * Lets several replicas share what they learn.
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
  /** Takes facts for the host's own log. None of them holds a secret. */
  readonly log?: PairingLogger | undefined
}

/** The server side of `proxy`: a function from `Request` to `Response`, for any runtime that has these two. */
export type PairingHandler = (request: Request) => Promise<Response>

/**
 * Keeps the provider's credentials on the server. `GET ?ask=status` and `GET ?ask=qr-code` read, `GET ?ask=events` goes
 * on telling; `POST` with a JSON body `{ "action": "request-pairing-code" | "reset" | "unlink", "phoneNumber"? }`
 * changes. However many pages ask for or watch a session, the provider is asked once. No cache keeps an answer, and
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
  const { provider, tenant, authorize, allowedOrigins = [], webhookSecret, bus, liveEvents = true } = options
  const { maxWatchersPerSession = 50, maxWatchers = 10_000, streamLifetimeMs = 300_000 } = options
  // From JavaScript, where nobody checks: a door that cannot be shut must not be hung.
  if (!provider || typeof authorize !== 'function') {
    throw new PairingError(
      'invalid-options',
      'createPairingHandler() needs a "provider" and an "authorize" function.',
    )
  }
  const log = quietly(options.log)
  const channels = createChannels({ bus, log })
  const sessions = createSessionService({
    channels,
    liveEvents,
    maxWatchersPerSession,
    maxWatchers,
    streamLifetimeMs,
  })

  async function targetOf(request: Request): Promise<SessionTarget> {
    // One provider for everybody has one owner.
    if (typeof provider !== 'function') return { provider, tenant: '' }
    return { provider: await provider(request), tenant: await tenant?.(request) }
  }

  async function answer(request: Request): Promise<Response> {
    const { method, signal } = request
    if (webhookSecret !== undefined && isWebhook(request)) {
      await checkWebhookSecret(request, webhookSecret)
      await takeWebhook(request, await targetOf(request), channels)
      return received()
    }
    await checkAuthorized(authorize, request)
    if (method !== 'GET' && method !== 'POST')
      return refuse(new PairingError('invalid-request', 'Use GET or POST.'), 405)
    checkOrigin(request, allowedOrigins)
    if (method === 'GET') return sessions.ask(await targetOf(request), request)
    const body = await readJson(request)
    return sessions.change(await targetOf(request), body, signal)
  }

  function refuse(error: PairingError, expectedStatus?: number): Response {
    const response = problem(error, expectedStatus)
    log({ event: 'refused', status: response.status, code: error.code })
    return response
  }

  return async (request) => {
    const response =
      preflightAnswer(request, allowedOrigins) ??
      (await answer(request).catch((error: unknown) => refuse(toPairingError(error))))
    return withCors(request, response, allowedOrigins)
  }
}

/** A log that throws must not end a pairing. */
function quietly(log: PairingLogger | undefined): PairingLogger {
  return (entry) => {
    try {
      log?.(entry)
    } catch {
      // The host's own fault, and its own log is where it would have been told.
    }
  }
}
