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
  /** The provider to link with. */
  readonly provider: PairingProvider
  /** Not needed for a single provider. */
  readonly tenant?: undefined
}

/** Options of `createPairingHandler` for an app with tenants, each with its own instance. */
export interface TenantProviderOptions extends CommonHandlerOptions {
  /** Returns the provider of this request. It may create a new object each time. */
  readonly provider: (request: Request) => PairingProvider | Promise<PairingProvider>
  /**
   * The id of the tenant that this request belongs to. Requests with one tenant, and providers with one `id` and `sessionId`,
   * share a session: its state, webhooks and the `bus`. Take it from your own sign-in and never from what the page sends, because
   * a request with the id of a tenant gets the codes of that tenant.
   */
  readonly tenant: (request: Request) => string | Promise<string>
}

/** Options of `createPairingHandler`. `tenant` is required if `provider` is a function. */
export type PairingHandlerOptions = SingleProviderOptions | TenantProviderOptions

/** Options of `createPairingHandler` that do not depend on the number of providers. */
export interface CommonHandlerOptions {
  /**
   * Keys the `session` tag of responses, so that the tag of a tenant cannot be computed: at least 16 characters, the same on
   * every replica and after every restart. A page uses the tag to notice that it now reads another session. The tag authorizes
   * nothing.
   * @default the tag is a plain SHA-256
   */
  readonly secret?: string | undefined
  /**
   * Decides who may link. Called first, for every request except webhooks. `true` allows the request. So does `{ expiresAt,
   * expectedPhoneNumber }`, which also limits it; the claims of a pairing link have that form. `false` gives 403, and `throw new
   * PairingError('sign-in-required')` gives 401. Any other exception is a bug in the app: it gives 500 and is reported to
   * `onError`. The page gets a code and no detail. If `authorize` needs the body, read `request.clone()`.
   */
  readonly authorize: Authorize
  /**
   * The origin under which browsers see this handler: `https://app.example`. Set it if a proxy changes the scheme or the host of
   * requests, as nginx does by default. Otherwise the handler refuses actions of your own pages with 403.
   * @default scheme and host of each request
   */
  readonly origin?: string | undefined
  /**
   * Whether the handler reads its own origin from `Forwarded`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Port`.
   * Use it only if clients cannot reach the server directly and the proxy always sets these headers. `origin` takes precedence.
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
   * Enables the provider's webhooks at `POST …/webhook`, so that a scan shows without waiting for the next poll. That path then
   * accepts only webhooks. The provider sends the secret as `Authorization: Bearer …`, or as `?secret=…` if it cannot set
   * headers. Or it signs the body with the secret, as WAHA does (`X-Webhook-Hmac`, HMAC-SHA-512). At least 16 characters.
   * @default no webhooks
   */
  readonly webhookSecret?: WebhookSecret | undefined
  /**
   * Whether the handler may start a session at the provider. With `false`, `start` is refused with 403, and reads, streams and
   * webhooks start nothing. If getting a code would start a pairing (`startsOnRead`), no code is requested, not even after the
   * last one has expired. Actions of the user are still sent: a reset, a pairing code, an unlink.
   * @default true
   */
  readonly allowStart?: boolean | undefined
  /**
   * Whether the handler may forward the answer of a passkey to the provider, for WhatsApp accounts that demand one. WhatsApp then
   * cannot show the user which device is linked, so your app has to provide that protection. Set `true` only if the user has
   * signed in and sees who is being linked. The provider's own extension or link works without it.
   * @default false
   */
  readonly allowPasskeyAnswers?: boolean | undefined
  /**
   * Shares updates between several replicas.
   * @default nothing is shared
   */
  readonly bus?: PairingBus | undefined
  /**
   * Whether pages may watch a session over `text/event-stream`. If the runtime cannot keep a response open, set `false`; pages
   * then poll. They also poll automatically if a stream is blocked.
   * @default true
   */
  readonly liveEvents?: boolean | undefined
  /**
   * Pages that may watch one session at the same time.
   * @default 50
   */
  readonly maxWatchersPerSession?: number | undefined
  /**
   * Pages that may watch at the same time, all sessions together. Each needs a connection and some kilobytes.
   * @default 10_000
   */
  readonly maxWatchers?: number | undefined
  /**
   * After this time a page has to reopen its stream, and is authorized again. In milliseconds.
   * @default 300_000
   */
  readonly streamLifetimeMs?: number | undefined
  /**
   * The allowed hosts for the picture of a linked account, such as `pps.whatsapp.net`, or `*.whatsapp.net` for all its
   * subdomains. Pages get no address of another host, so the provider cannot make your users' browsers load anything from there.
   * `[]` shows no pictures. `onLinked` on the server always gets the address.
   * @default any host with https
   */
  readonly avatarHosts?: readonly string[] | undefined
  /**
   * Called when the provider reports that a phone is linked: at least once for each link, again after a restart, and again if it
   * threw or rejected. Recognise repeats by `linkId`. Use this function, and not the page's `onLinked`, to store the linked
   * number. It is called only while a page is open, or after a webhook or another request, because the handler does not poll
   * unused sessions.
   */
  readonly onLinked?: ((event: LinkedEvent) => void | Promise<void>) | undefined
  /** Called when a link that this process knew has ended: on the phone, at the provider, or by `unlink`. */
  readonly onUnlinked?: ((event: UnlinkedEvent) => void | Promise<void>) | undefined
  /**
   * Called with each error that the people who run the app can repair, as it was thrown, and with the option or the method of the
   * provider in which it happened: an exception in `authorize`, `provider`, `tenant`, `webhookSecret`, `onEvent` or `log`, a
   * request that the provider refuses or that fails because of a bug, a package that is not installed, a body that was read
   * before the handler got it. Temporary errors (`timeout`, `provider-unavailable`, `rate-limited`) and those of the user are not
   * reported. An error of your own code may contain a secret, so handle it like any exception of your app.
   *
   * Outside production (`process.env.NODE_ENV`) the handler also prints each code once for each place with `console.error`.
   * @default errors are only printed
   */
  readonly onError?: PairingErrorListener | undefined
  /**
   * Called with each event of the handler, for dashboards and alerts: actions, codes, logins, links and their ends, refusals with
   * their reason, calls of the provider with duration and error. No event contains a token, a phone number or a code. Exceptions
   * of this function go to `onError`, and change no response. It is called before the response is sent, so it should return
   * quickly.
   * @default no events
   */
  readonly onEvent?: PairingServerListener | undefined
  /** Called with entries for your log. None of them contains a secret. */
  readonly log?: PairingLogger | undefined
}
