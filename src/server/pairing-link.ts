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

/** What making and checking a pairing link have in common. */
export interface PairingLinkOptions {
  /**
   * At least 32 characters that cannot be guessed, as `openssl rand -base64 32` makes them. Of several, the first signs
   * and all verify: put a new one in front, and take the old one out when its last link has expired.
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
   * The page with `<WhatsAppPairing>`, as an absolute http(s) URL. Its query stays, and so does its fragment: the token
   * goes behind it as one more parameter, `#/pair` becomes `#/pair?pairing=…`.
   */
  readonly url: string | URL
  /** Whose phone is to be linked, in your own words: 1 to 200 characters. Signed, but readable in the link. */
  readonly sessionId: string
  /**
   * How long the link opens the session, the pairing itself included: at most 24 hours, in whole seconds. It opens for a minute
   * more, because the clocks of two servers may differ.
   * @default 900_000 (15 minutes)
   */
  readonly expiresInMs?: number | undefined
  /**
   * The one phone that may be linked with it, in any international spelling. Return the claims from `authorize`, and the handler
   * holds it.
   * @default any phone
   */
  readonly expectedPhoneNumber?: string | undefined
  /**
   * Names this link, so that `isRevoked` can refuse it: 1 to 200 characters, another for each link.
   * @default a random UUID
   */
  readonly id?: string | undefined
}

/** Options of {@link verifyPairingLink}. */
export interface VerifyPairingLinkOptions extends PairingLinkOptions {
  /**
   * Whether you have withdrawn this link, by its `id` or by its session. Only `false` lets it pass. An exception refuses it too, and
   * reaches `onError` of the handler.
   * @default no link is withdrawn
   */
  readonly isRevoked?: ((claims: PairingLinkClaims) => boolean | Promise<boolean>) | undefined
  /**
   * `true` takes the token that {@link redeemPairingLink} returned, and no token of a link.
   * @default false
   */
  readonly redeemed?: boolean | undefined
}

/** Options of {@link redeemPairingLink}. */
export interface RedeemPairingLinkOptions extends Omit<VerifyPairingLinkOptions, 'redeemed'> {
  /**
   * Takes a key that no process has taken yet, and keeps it for so many milliseconds: `true` for the first call, `false` for every
   * later one. `take` of a bus, or an `INSERT` into a table of yours with a unique key.
   */
  readonly take: (key: string, ttlMs: number) => boolean | Promise<boolean>
}

/** What {@link redeemPairingLink} gives for a link. */
export interface RedeemedPairingLink extends PairingLinkClaims {
  /** Opens the same session until `expiresAt`, where `verifyPairingLink` is called with `redeemed: true`. */
  readonly token: string
}

/** Long enough to find the phone and scan; short enough that a link in an old chat opens nothing. */
const STANDARD_LIFETIME_MS = 900_000

/** In hexadecimal that is 128 bits, too many to try; a password that a person thought of is shorter. */
const MIN_SECRET_CHARACTERS = 32

/**
 * A link to the pairing page for the person who holds the phone and has no account in your app: what to send instead of
 * a picture of the QR code, which has expired before it is opened. Signed, for one session, and over after `expiresInMs`.
 *
 * The token is a JWT (RFC 7519) with HS256, so any back end can make one: `aud` is `whatsapp-pairing`, `sub` the session id, `jti`
 * the id of the link, `exp` its end, and `expectedPhoneNumber` the one phone that may be linked.
 *
 * The link is a credential: any person who has it may link a phone to this session, and end that link, until it
 * expires. Its token is in the fragment, which browsers keep to themselves: no server log, proxy or `Referer` sees it.
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
  // As hash routers read it, where the fragment is a route.
  const separator = fragment === '' ? '' : /[?=]/.test(fragment) ? '&' : '?'
  page.hash = `${fragment}${separator}${PAIRING_LINK_PARAMETER}=${token}`
  return page.href
}

/**
 * What the pairing link behind a request vouches for. Takes the `Request`, with `Authorization: Bearer <token>`, or the
 * token itself. Under `createPairingHandler` use it twice: to let the request in, and to choose its provider, so that a
 * link reaches the session it was made for and no other.
 *
 * @throws {@link PairingError} `sign-in-required` where the token is missing or expired, `forbidden` where it was not signed with
 * this secret, was altered, is no token of a pairing link or was withdrawn, `invalid-options`. Thrown by `authorize`, they answer
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
 * Lets a pairing link be opened once. The first call for a link returns its claims and a token for this browser; every later call
 * is refused. Call it in a route of your own that the page requests once, put the token into a cookie that scripts cannot
 * read, and let `authorize` take only that: `verifyPairingLink(token, { secret, redeemed: true })`.
 *
 * @throws {@link PairingError} `forbidden` where the link was opened before, and whatever {@link verifyPairingLink} throws
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
  // A password in the address would go to the customer.
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
