import type { PairingBus } from '../core/pairing-bus.js'
import type { PairingProvider } from '../core/provider.js'
import type { Authorize } from './check-authorized.js'
import type { LinkedEvent, UnlinkedEvent } from './link-reports.js'
import type { PairingLogger } from './log.js'
import type { PairingErrorListener } from './report.js'
import type { PairingServerListener } from './server-events.js'
import type { WebhookSecret } from './webhook.js'

/** Options of `createPairingHandler` for one provider, which all users of the app share. */
export interface SingleProviderOptions extends CommonHandlerOptions {
  /** The provider to link at. */
  readonly provider: PairingProvider
  /** One provider has one owner. */
  readonly tenant?: undefined
}

/** Options of `createPairingHandler` for an app with tenants, each with an instance of its own. */
export interface TenantProviderOptions extends CommonHandlerOptions {
  /** Gives the provider of this request. It may make the object anew each time. */
  readonly provider: (request: Request) => PairingProvider | Promise<PairingProvider>
  /**
   * The id of the tenant that this request belongs to. Requests with one tenant, and providers with one `id` and `sessionId`,
   * share a session: its state, webhooks and the `bus`. Take it from your own sign-in and never from what the page sends,
   * because a request that names a tenant gets its codes.
   */
  readonly tenant: (request: Request) => string | Promise<string>
}

/** Options of `createPairingHandler`. `tenant` is required where `provider` is a function. */
export type PairingHandlerOptions = SingleProviderOptions | TenantProviderOptions

/** Options of `createPairingHandler` that do not depend on the number of providers. */
export interface CommonHandlerOptions {
  /**
   * Keys the `session` tag of responses, so that the tag of a tenant cannot be computed: at least 16 characters, the same on
   * every replica and after every restart. A page notices by the tag that it is about another session now; the tag authorizes nothing.
   * @default the tag is a plain SHA-256
   */
  readonly secret?: string | undefined
  /**
   * Decides who may link. Called before anything else, for every request but webhooks. `true` lets the request in, and so does
   * `{ expiresAt, expectedPhoneNumber }`, which limits it; claims of a pairing link have that form. `false` answers 403, and `throw new PairingError('sign-in-required')` answers 401. Any other exception is a fault of the app: it
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
   * Takes the provider's webhooks at `POST …/webhook`, so that a scan shows without waiting for the next poll; that
   * path is for nothing else then. The provider sends it as `Authorization: Bearer …`, or as `?secret=…` where it can set
   * no header; or it signs the body with it, as WAHA does (`X-Webhook-Hmac`, HMAC-SHA-512). At least 16 characters.
   * @default no webhooks
   */
  readonly webhookSecret?: WebhookSecret | undefined
  /**
   * Whether the handler may start a session at the provider. With `false`, `start` is refused with 403, reads, streams
   * and webhooks start nothing, and where getting a code starts a pairing (`startsOnRead`) no code is requested, also
   * not the next one when a code has expired. What the user starts by a press still goes out: a reset, a pairing code,
   * an unlink.
   * @default true
   */
  readonly allowStart?: boolean | undefined
  /**
   * Whether the answer of a passkey may be passed on to the provider, for WhatsApp accounts that want one. WhatsApp cannot show the
   * signing user which device is linked, so with `true` your app takes the place of that protection: only where the user
   * has signed in and sees whom the link is for. The provider's own extension or link works without it.
   * @default false
   */
  readonly allowPasskeyAnswers?: boolean | undefined
  /**
   * Shares updates between several replicas.
   * @default each replica for itself
   */
  readonly bus?: PairingBus | undefined
  /**
   * Whether pages may watch a session over `text/event-stream`. Where the runtime cannot hold a response open, say
   * `false`; pages poll then, which they also do by themselves where a stream does not come through.
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
   * The hosts that the picture of a linked account may come from, such as `pps.whatsapp.net`, or `*.whatsapp.net` for all below
   * it. A page gets no address at another host, so the provider cannot make the browsers of your users load anything
   * from there. `[]` shows no pictures. `onLinked` on the server gets the address in any case.
   * @default any host with https
   */
  readonly avatarHosts?: readonly string[] | undefined
  /**
   * Called when the provider says that a phone is linked: at least once for each link, again after a restart, and again where it
   * threw or rejected. Recognise repeats by `linkId`. Use it, and not the page's `onLinked`, to store whose number it is. It needs a
   * page that is open, a webhook or another request: the handler requests nothing while the session is not used.
   */
  readonly onLinked?: ((event: LinkedEvent) => void | Promise<void>) | undefined
  /** Called when a link that this process knew has ended: on the phone, at the provider, or by `unlink`. */
  readonly onUnlinked?: ((event: UnlinkedEvent) => void | Promise<void>) | undefined
  /**
   * Called with each error that the people who run the app can mend, as it was thrown, and with the option or the method of
   * the provider in which it happened: an exception in `authorize`, `provider`, `tenant`, `webhookSecret`, `onEvent` or `log`, a call
   * that the provider refuses or that fails by a mistake, a package that is not installed, a body that was read before the
   * handler got it. Errors that pass (`timeout`, `provider-unavailable`, `rate-limited`) and those of the user are not
   * reported. An error of your own code may hold a secret, so treat it as any exception of your app.
   *
   * Outside production (`process.env.NODE_ENV`) the handler also prints each code once for each place with `console.error`.
   * @default errors are only printed
   */
  readonly onError?: PairingErrorListener | undefined
  /**
   * Takes what happens in the handler, for a dashboard and for alerts: actions, codes, logins, links and their ends, refusals with
   * their reason, calls of the provider with duration and error. No event holds a token, a phone number or a code. What the
   * function throws or rejects with goes to `onError`, and changes no response. It is called before the response is sent, so it should
   * return at once.
   * @default no events
   */
  readonly onEvent?: PairingServerListener | undefined
  /** Takes facts for the host's own log. None of them holds a secret. */
  readonly log?: PairingLogger | undefined
}
