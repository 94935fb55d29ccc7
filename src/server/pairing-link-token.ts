import { JOSEError, JWSSignatureVerificationFailed, JWTExpired } from 'jose/errors'
import { SignJWT } from 'jose/jwt/sign'
import { jwtVerify } from 'jose/jwt/verify'
import { PairingError } from '../core/errors.js'
import { asText } from '../core/json.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'

// The token of a pairing link: a JWT (RFC 7519) with HS256, which every language has a library for.

/** The claims of a pairing link. */
export interface PairingLinkClaims {
  /** The id of the link: `jti` of the token. */
  readonly id: string
  /** The `sessionId` that was passed to `createPairingLink`: `sub` of the token. */
  readonly sessionId: string
  /** When the link expires, in epoch milliseconds: a minute after `exp` of the token. */
  readonly expiresAt: number
  /** The one phone that may be linked, digits only. */
  readonly expectedPhoneNumber?: PhoneNumber
}

/** Other tokens that your app signs with the same secret have another audience, or none. */
export const LINK_AUDIENCE = 'whatsapp-pairing'

/** The audience of tokens that `redeemPairingLink` returns. */
export const REDEEMED_AUDIENCE = 'whatsapp-pairing/redeemed'

/** Without `isRevoked` a link cannot be withdrawn, so none lives longer than a day. */
export const MAX_LIFETIME_MS = 86_400_000

/** How far the clock of the server that made a link may differ from this one's, in either direction. */
export const CLOCK_SKEW_MS = 60_000

const MAX_NAME_CHARACTERS = 200

/** Two ids of 200 characters, all escaped in JSON as `\uXXXX`, make a token of about 3,600 characters. */
const MAX_TOKEN_CHARACTERS = 4_000

/**
 * The signature has 32 bytes, so only four bits of its last character are significant. This pattern accepts only one spelling.
 */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/

/** The latest time of a `Date`. */
const LAST_DATE = new Date(8.64e15)

/** The claims for {@link signToken}. Times are epoch seconds. */
export interface TokenClaims extends Pick<PairingLinkClaims, 'id' | 'sessionId'> {
  readonly expectedPhoneNumber: PhoneNumber | undefined
  readonly issuedAtS: number
  readonly expiresAtS: number
}

/** Signs the token of a link. */
export function signToken(audience: string, secret: string, claims: TokenClaims): Promise<string> {
  const { id, sessionId, expectedPhoneNumber, issuedAtS, expiresAtS } = claims
  return new SignJWT(expectedPhoneNumber ? { expectedPhoneNumber } : {})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setSubject(sessionId)
    .setJti(id)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(expiresAtS)
    .sign(keyOf(secret))
}

/**
 * Reads the claims of a token that was signed with one of the secrets for this audience.
 *
 * @throws {@link PairingError} `sign-in-required` if it has expired, `forbidden` if it is invalid
 */
export async function readToken(
  token: string,
  secrets: readonly string[],
  audience: string,
  now: number,
): Promise<PairingLinkClaims> {
  if (token.length > MAX_TOKEN_CHARACTERS || !TOKEN.test(token)) throw foreignLink()
  const options = {
    // The algorithm is fixed, so the header of the token cannot choose it.
    algorithms: ['HS256'],
    audience,
    requiredClaims: ['sub', 'jti', 'exp'],
    clockTolerance: CLOCK_SKEW_MS / 1_000,
    // If the clock returns no number, every link has expired.
    currentDate: Number.isFinite(now) ? new Date(now) : LAST_DATE,
  }
  for (const secret of secrets) {
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), options)
      return checkedClaims(payload, now)
    } catch (error) {
      if (error instanceof JWSSignatureVerificationFailed) continue
      if (error instanceof JWTExpired) {
        throw new PairingError(
          'sign-in-required',
          'The pairing link has expired, so it opens nothing any more. Make a new one.',
        )
      }
      throw error instanceof JOSEError ? foreignLink() : error
    }
  }
  throw foreignLink()
}

/** Checks the claims of a correctly signed token, because another program with this secret may have made it. */
function checkedClaims(
  { sub, jti, exp = 0, expectedPhoneNumber }: Readonly<Record<string, unknown>> & { readonly exp?: number },
  now: number,
): PairingLinkClaims {
  const expiresAt = exp * 1_000 + CLOCK_SKEW_MS
  if (!isName(sub) || !isName(jti) || !(expiresAt - now <= MAX_LIFETIME_MS + 2 * CLOCK_SKEW_MS))
    throw foreignLink()
  const claims = { id: jti, sessionId: sub, expiresAt }
  if (expectedPhoneNumber === undefined) return claims
  try {
    return { ...claims, expectedPhoneNumber: normalizePhoneNumber(asText(expectedPhoneNumber) ?? '') }
  } catch {
    throw foreignLink()
  }
}

function foreignLink(): PairingError {
  return new PairingError(
    'forbidden',
    'The pairing link is not one of this server, or was altered, so it opens nothing. Make a new one.',
  )
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret)
}

/** Whether a value may be a session id or the id of a link. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_CHARACTERS
}
