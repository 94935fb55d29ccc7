import { PairingError } from '../core/errors.js'
import { PAIRING_LINK_PARAMETER } from '../core/pairing-link.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import {
  CLOCK_SKEW_MS,
  isName,
  LINK_AUDIENCE,
  MAX_LIFETIME_MS,
  type PairingLinkClaims,
  REDEEMED_AUDIENCE,
  readToken,
  signToken,
} from './pairing-link-token.js'

/** The common options for making and checking a pairing link. */
export interface PairingLinkOptions {
  /**
   * At least 32 random characters, such as the output of `openssl rand -base64 32`. In a list, the first secret signs and all of
   * them verify. To rotate, put a new secret first, and remove the old one when its last link has expired.
   */
  readonly secret: string | readonly string[]
  /**
   * The clock, in epoch milliseconds.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined
}

/** Options of {@link createPairingLink}. */
export interface CreatePairingLinkOptions extends PairingLinkOptions {
  /**
   * The page with `<WhatsAppPairing>`, as an absolute http(s) URL. Its query and fragment are kept. The token is added to the
   * fragment as a parameter: `#/pair` becomes `#/pair?pairing=…`.
   */
  readonly url: string | URL
  /** Your id for the session to link: 1 to 200 characters. It is signed, but readable in the link. */
  readonly sessionId: string
  /**
   * The lifetime of the link, including the pairing itself: at most 24 hours, in whole seconds. The link is valid for another
   * minute, because the clocks of two servers may differ.
   * @default 900_000 (15 minutes)
   */
  readonly expiresInMs?: number | undefined
  /**
   * The one phone that may be linked with it, in any international spelling. Return the claims from `authorize`, so that the
   * handler enforces it.
   * @default any phone
   */
  readonly expectedPhoneNumber?: string | undefined
  /**
   * A unique id of this link, so that `isRevoked` can refuse it: 1 to 200 characters.
   * @default a random UUID
   */
  readonly id?: string | undefined
}

/** Options of {@link verifyPairingLink}. */
export interface VerifyPairingLinkOptions extends PairingLinkOptions {
  /**
   * Whether you have withdrawn this link, by its `id` or by its session. Only `false` accepts it. An exception refuses it too,
   * and is reported to `onError` of the handler.
   * @default no link is withdrawn
   */
  readonly isRevoked?: ((claims: PairingLinkClaims) => boolean | Promise<boolean>) | undefined
  /**
   * `true` accepts only tokens that {@link redeemPairingLink} returned, and no tokens of links.
   * @default false
   */
  readonly redeemed?: boolean | undefined
}

/** Options of {@link redeemPairingLink}. */
export interface RedeemPairingLinkOptions extends Omit<VerifyPairingLinkOptions, 'redeemed'> {
  /**
   * Takes a key for `ttlMs` milliseconds, across all processes. Returns `true` for the first call and `false` for every later
   * one. Use `take` of a bus, or an `INSERT` into a table with a unique key.
   */
  readonly take: (key: string, ttlMs: number) => boolean | Promise<boolean>
}

/** Result of {@link redeemPairingLink}. */
export interface RedeemedPairingLink extends PairingLinkClaims {
  /** A token for the same session until `expiresAt`. Verify it with `verifyPairingLink` and `redeemed: true`. */
  readonly token: string
}

/** Long enough to find the phone and scan, and short enough that a link in an old chat has expired. */
const STANDARD_LIFETIME_MS = 900_000

/** In hexadecimal this is 128 bits, too many to guess. A password that a person made up is shorter. */
const MIN_SECRET_CHARACTERS = 32

/**
 * Makes a link to the pairing page, for a person who holds the phone and has no account in your app. Send it instead of a picture
 * of the QR code, which would expire too soon. The link is signed, is valid for one session, and expires after `expiresInMs`.
 *
 * The token is a JWT (RFC 7519) with HS256, so any back end can make one: `aud` is `whatsapp-pairing`, `sub` the session id, `jti`
 * the id of the link, `exp` its end, and `expectedPhoneNumber` the one phone that may be linked.
 *
 * The link is a credential: any person who has it can link a phone to this session, and unlink it, until the link expires. Its
 * token is in the fragment, which browsers do not send, so it is in no server log, proxy or `Referer`.
 *
 * @throws {@link PairingError} `invalid-options`
 *
 * @example
 * const link = await createPairingLink({ secret, url: 'https://app.example/pair', sessionId: tenant.id })
 */
export async function createPairingLink({
  secret,
  url,
  sessionId,
  expiresInMs = STANDARD_LIFETIME_MS,
  expectedPhoneNumber,
  id = crypto.randomUUID(),
  now = Date.now,
}: CreatePairingLinkOptions): Promise<string> {
  const [firstSecret] = checkedSecrets(secret)
  const page = checkedPage(url)
  if (!isName(sessionId))
    throw invalidOption('"sessionId" must be a text of 1 to 200 characters. Give the id of one session.')
  if (!isName(id)) throw invalidOption('"id" must be a text of 1 to 200 characters, another for each link.')
  const issuedAt = now()
  const expiresAt = issuedAt + expiresInMs
  if (!(expiresInMs > 0 && expiresInMs <= MAX_LIFETIME_MS) || !Number.isSafeInteger(Math.floor(expiresAt)))
    throw invalidOption('"expiresInMs" must be above 0 and at most 24 hours.')
  const token = await signToken(LINK_AUDIENCE, firstSecret, {
    id,
    sessionId,
    expectedPhoneNumber: checkedPhone(expectedPhoneNumber),
    issuedAtS: Math.floor(issuedAt / 1_000),
    expiresAtS: Math.ceil(expiresAt / 1_000),
  })
  const fragment = page.hash.slice(1)
  // The form that hash routers read, if the fragment is a route.
  const separator = fragment === '' ? '' : /[?=]/.test(fragment) ? '&' : '?'
  page.hash = `${fragment}${separator}${PAIRING_LINK_PARAMETER}=${token}`
  return page.href
}

/**
 * Verifies a pairing link and returns its claims. Accepts the `Request` with `Authorization: Bearer <token>`, or the token
 * itself. In `createPairingHandler` use it to authorize the request and to choose its provider, so that a link reaches only its
 * own session.
 *
 * @throws {@link PairingError} `sign-in-required` if the token is missing or expired; `forbidden` if it was not signed with this
 * secret, was altered, is not a token of a pairing link or was withdrawn; `invalid-options`. Thrown by `authorize`, they give
 * 401, 403 and 500.
 *
 * @example
 * createPairingHandler({
 *   authorize: (request) => verifyPairingLink(request, { secret }),
 *   provider: async (request) => providerOf((await verifyPairingLink(request, { secret })).sessionId),
 *   tenant: async (request) => (await verifyPairingLink(request, { secret })).sessionId,
 * })
 * // and on the page
 * proxy({ url: '/api/pairing', headers: { authorization: `Bearer ${takePairingLinkToken()}` } })
 */
export async function verifyPairingLink(
  requestOrToken: Request | string | undefined,
  { secret, now = Date.now, isRevoked, redeemed = false }: VerifyPairingLinkOptions,
): Promise<PairingLinkClaims> {
  const secrets = checkedSecrets(secret)
  const token = typeof requestOrToken === 'string' ? requestOrToken : bearerToken(requestOrToken)
  if (!token) {
    throw new PairingError(
      'sign-in-required',
      'The request has no pairing link, so its session is unknown. Open the page with its link, and send the token as ' +
        '"Authorization: Bearer".',
    )
  }
  const claims = await readToken(token, secrets, redeemed ? REDEEMED_AUDIENCE : LINK_AUDIENCE, now())
  if (isRevoked && (await isRevoked(claims)) !== false)
    throw new PairingError(
      'forbidden',
      'The pairing link was withdrawn, so it opens nothing. Make a new one.',
    )
  return claims
}

/**
 * Redeems a pairing link, which is possible only once. The first call for a link returns its claims and a token for this browser.
 * Every later call is refused. Call it in your own route that the page requests once. Put the token into a cookie that scripts
 * cannot read, and let `authorize` accept only this cookie: `verifyPairingLink(token, { secret, redeemed: true })`.
 *
 * @throws {@link PairingError} `forbidden` if the link was already opened, and the errors of {@link verifyPairingLink}
 *
 * @example
 * const { token } = await redeemPairingLink(request, { secret, take: (key, ttlMs) => bus.take(key, ttlMs) })
 */
export async function redeemPairingLink(
  requestOrToken: Request | string | undefined,
  { take, ...options }: RedeemPairingLinkOptions,
): Promise<RedeemedPairingLink> {
  const { secret, now = Date.now } = options
  const claims = await verifyPairingLink(requestOrToken, { ...options, redeemed: false })
  const { id, sessionId, expiresAt, expectedPhoneNumber } = claims
  if ((await take(`pairing-link:${id}`, Math.max(expiresAt - now(), 1))) !== true) {
    throw new PairingError(
      'forbidden',
      'The pairing link was opened before, and it opens once only. Make a new one.',
    )
  }
  const token = await signToken(REDEEMED_AUDIENCE, checkedSecrets(secret)[0], {
    id,
    sessionId,
    expectedPhoneNumber,
    issuedAtS: Math.floor(now() / 1_000),
    expiresAtS: (expiresAt - CLOCK_SKEW_MS) / 1_000,
  })
  return { ...claims, token }
}

function bearerToken(request: Request | undefined): string | undefined {
  return /^bearer +(.+)$/i.exec(request?.headers.get('authorization') ?? '')?.[1]
}

function checkedPhone(phoneNumber: string | undefined): PhoneNumber | undefined {
  if (phoneNumber === undefined) return undefined
  try {
    return normalizePhoneNumber(phoneNumber)
  } catch {
    throw invalidOption('"expectedPhoneNumber" must be an international phone number.')
  }
}

function checkedSecrets(secret: string | readonly string[]): readonly [string, ...string[]] {
  const [first, ...others] = [secret].flat()
  if (isSecret(first) && others.every(isSecret)) return [first, ...others]
  throw invalidOption(
    `"secret" must have at least ${MIN_SECRET_CHARACTERS} characters, in a list each of them, or links could be ` +
      'forged. An environment variable that is not set is the usual cause.',
  )
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value.length >= MIN_SECRET_CHARACTERS
}

function checkedPage(url: string | URL): URL {
  const page = parseUrl(url)
  // A password in the address would be sent to the customer.
  if (page && /^https?:$/.test(page.protocol) && !page.username && !page.password) return page
  throw invalidOption(
    '"url" must be an absolute http(s) URL without user name and password, for it is opened outside the app.',
  )
}

function parseUrl(url: string | URL): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

function invalidOption(message: string): PairingError {
  return new PairingError('invalid-options', `A pairing link cannot be made or checked: ${message}`)
}
