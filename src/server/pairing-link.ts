import { PairingError } from '../core/errors.js'
import { asRecord, parseJson } from '../core/json.js'
import { PAIRING_LINK_PARAMETER } from '../core/pairing-link.js'
import { isPhoneNumber, normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'
import { readSignedText, signText } from './signature.js'

/** Options of {@link verifyPairingLink}. */
export interface VerifyPairingLinkOptions {
  /**
   * At least 32 characters that nobody can guess, as `openssl rand -base64 32` makes them. Of several, the first signs
   * and all verify: put a new one in front, and take the old one out when its last link is over.
   */
  readonly secret: string | readonly string[]
  /**
   * The clock, in epoch milliseconds.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined
}

/** Options of {@link createPairingLink}. */
export interface CreatePairingLinkOptions extends VerifyPairingLinkOptions {
  /**
   * The page with `<WhatsAppPairing>`, as an absolute http(s) URL. Its query stays, and so does its fragment: the token
   * goes behind it as one more parameter, `#/pair` becomes `#/pair?pairing=…`.
   */
  readonly url: string | URL
  /** Whose phone is to be linked, in the host's own words: 1 to 200 characters. Signed, but readable in the link. */
  readonly sessionId: string
  /**
   * How long the link opens the session, the pairing itself included: at most 24 hours.
   * @default 900_000 (15 minutes)
   */
  readonly expiresInMs?: number | undefined
  /**
   * The one phone that may be linked with it, in any international spelling. Return the claims from `authorize`, and the handler
   * holds it.
   * @default any phone
   */
  readonly expectedPhoneNumber?: string | undefined
}

/** What a pairing link vouches for. */
export interface PairingLinkClaims {
  /** As it was given to {@link createPairingLink}. */
  readonly sessionId: string
  /** From this moment on the link opens nothing, in epoch milliseconds. */
  readonly expiresAt: number
  /** The one phone that may be linked, digits only. */
  readonly expectedPhoneNumber?: PhoneNumber
}

/** Another form of the payload gets another number, and links of this one are refused there. */
const VERSION = 1

const PURPOSE = 'whatsapp-pairing/link'

/** Long enough to find the phone and scan; short enough that a link in an old chat opens nothing. */
const STANDARD_LIFETIME_MS = 900_000

/** Nobody can take a link back, so none lives longer than a day. */
const MAX_LIFETIME_MS = 86_400_000

/** In hexadecimal that is 128 bits, which nobody tries out; a password somebody thought of is shorter. */
const MIN_SECRET_CHARACTERS = 32

/**
 * A link of a day that a replica with a faster clock has made ends later than a day from here. The end itself has no such
 * tolerance: at that moment the link is over on every clock that has reached it.
 */
const CLOCK_SKEW_MS = 60_000

const MAX_SESSION_ID_CHARACTERS = 200

/** The longest session id makes a token of about 1,810 characters where JSON escapes each of its characters. */
const MAX_TOKEN_CHARACTERS = 2_000

/**
 * A link to the pairing page for the person who holds the phone and has no account at the host: what to send instead of
 * a picture of the QR code, which is dead before it is opened. Signed, for one session, and over after `expiresInMs`.
 *
 * The link is a credential: whoever has it may link a phone to this session, and end that link, until it expires. Its
 * token is in the fragment, which browsers keep to themselves: no server log, proxy or `Referer` sees it.
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
  now = Date.now,
}: CreatePairingLinkOptions): Promise<string> {
  const [firstSecret] = checkedSecrets(secret)
  const page = checkedPage(url)
  if (!isSessionId(sessionId))
    throw invalidOption('"sessionId" must be a text of 1 to 200 characters. Give the id of one session.')
  const expiresAt = Math.floor(now() + expiresInMs)
  if (!(expiresInMs > 0 && expiresInMs <= MAX_LIFETIME_MS) || !Number.isSafeInteger(expiresAt))
    throw invalidOption('"expiresInMs" must be above 0 and at most 24 hours: a link cannot be taken back.')
  const claims = {
    version: VERSION,
    sessionId,
    expiresAt,
    expectedPhoneNumber: checkedPhone(expectedPhoneNumber),
  }
  const token = await signText(JSON.stringify(claims), firstSecret, PURPOSE)
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
 * @throws {@link PairingError} `sign-in-required` where the token is missing or expired, `forbidden` where this server
 * did not make it or somebody altered it, `invalid-options`. Thrown by `authorize`, they answer 401, 403 and 500.
 *
 * @example
 * createPairingHandler({
 *   authorize: (request) => verifyPairingLink(request, { secret }),
 *   provider: async (request) => providerOf((await verifyPairingLink(request, { secret })).sessionId),
 *   tenant: async (request) => (await verifyPairingLink(request, { secret })).sessionId,
 * })
 * // and on the page
 * proxy({ url: '/api/pairing', headers: { authorization: `Bearer ${pairingLinkToken(location.href)}` } })
 */
export async function verifyPairingLink(
  requestOrToken: Request | string | undefined,
  { secret, now = Date.now }: VerifyPairingLinkOptions,
): Promise<PairingLinkClaims> {
  const secrets = checkedSecrets(secret)
  const token = typeof requestOrToken === 'string' ? requestOrToken : bearerToken(requestOrToken)
  if (!token) {
    throw new PairingError(
      'sign-in-required',
      'The request has no pairing link, so nobody knows whose phone it is about. Open the page with its link, ' +
        'and send the token as "Authorization: Bearer".',
    )
  }
  const text =
    token.length <= MAX_TOKEN_CHARACTERS ? await readSignedText(token, secrets, PURPOSE) : undefined
  const claims = text === undefined ? undefined : parseClaims(text)
  const remainingMs = (claims?.expiresAt ?? 0) - now()
  if (!claims || remainingMs > MAX_LIFETIME_MS + CLOCK_SKEW_MS) {
    throw new PairingError(
      'forbidden',
      'The pairing link is not one of this server, or was altered, so it opens nothing. Make a new one.',
    )
  }
  // Asked this way round, a clock that gives no number ends every link.
  if (!(remainingMs > 0)) {
    throw new PairingError(
      'sign-in-required',
      'The pairing link has expired, so it opens nothing any more. Make a new one.',
    )
  }
  return claims
}

function bearerToken(request: Request | undefined): string | undefined {
  return /^bearer +(.+)$/i.exec(request?.headers.get('authorization') ?? '')?.[1]
}

/** Of a text that this server has signed: it may still be another version's, or another program's with this secret. */
function parseClaims(text: string): PairingLinkClaims | undefined {
  const { version, sessionId, expiresAt, expectedPhoneNumber } = asRecord(parseJson(text))
  if (version !== VERSION || !isSessionId(sessionId)) return undefined
  if (typeof expiresAt !== 'number' || !Number.isSafeInteger(expiresAt)) return undefined
  if (expectedPhoneNumber === undefined) return { sessionId, expiresAt }
  return isPhoneNumber(expectedPhoneNumber) ? { sessionId, expiresAt, expectedPhoneNumber } : undefined
}

function checkedPhone(phoneNumber: string | undefined): PhoneNumber | undefined {
  if (phoneNumber === undefined) return undefined
  try {
    return normalizePhoneNumber(phoneNumber)
  } catch {
    throw invalidOption('"expectedPhoneNumber" must be an international phone number.')
  }
}

function isSessionId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_SESSION_ID_CHARACTERS
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
