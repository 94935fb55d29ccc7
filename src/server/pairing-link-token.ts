import { JOSEError, JWSSignatureVerificationFailed, JWTExpired } from 'jose/errors'
import { SignJWT } from 'jose/jwt/sign'
import { jwtVerify } from 'jose/jwt/verify'
import { PairingError } from '../core/errors.js'
import { asText } from '../core/json.js'
import { normalizePhoneNumber, type PhoneNumber } from '../core/phone-number.js'

// The token of a pairing link: a JWT (RFC 7519) with HS256, which every language has a library for.

/** What a pairing link vouches for. */
export interface PairingLinkClaims {
  /** Names the link: `jti` of the token. */
  readonly id: string
  /** As it was given to `createPairingLink`: `sub` of the token. */
  readonly sessionId: string
  /** From this moment on the link opens nothing, in epoch milliseconds: a minute after `exp` of the token. */
  readonly expiresAt: number
  /** The one phone that may be linked, digits only. */
  readonly expectedPhoneNumber?: PhoneNumber
}

/** Other tokens that your app signs with the same secret have another audience, or none. */
export const LINK_AUDIENCE = 'whatsapp-pairing'

/** Of what `redeemPairingLink` returns. */
export const REDEEMED_AUDIENCE = 'whatsapp-pairing/redeemed'

/** Without `isRevoked` no link can be taken back, so none lives longer than a day. */
export const MAX_LIFETIME_MS = 86_400_000

/** The server that made a link may have a clock that is so far from this one's, in either direction. */
export const CLOCK_SKEW_MS = 60_000

const MAX_NAME_CHARACTERS = 200

/** Two names of 200 characters, each escaped in JSON as `\uXXXX`, make a token of about 3,600 characters. */
const MAX_TOKEN_CHARACTERS = 4_000

/** The signature has 32 bytes, so four bits of its last character count: one spelling only. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/

/** The last moment that a `Date` can hold. */
const LAST_DATE = new Date(8.64e15)

/** What {@link signToken} signs. Times are epoch seconds. */
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
 * The claims of a token that one of the secrets has signed for this audience.
 *
 * @throws {@link PairingError} `sign-in-required` where it has expired, `forbidden` where it is anything else
 */
export async function readToken(
  token: string,
  secrets: readonly string[],
  audience: string,
  now: number,
): Promise<PairingLinkClaims> {
  if (token.length > MAX_TOKEN_CHARACTERS || !TOKEN.test(token)) throw foreignLink()
  const options = {
    // By name: the header of the token does not choose the algorithm.
    algorithms: ['HS256'],
    audience,
    requiredClaims: ['sub', 'jti', 'exp'],
    clockTolerance: CLOCK_SKEW_MS / 1_000,
    // A clock that gives no number ends every link.
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

/** Of a token with a right signature: another program with this secret may have made it. */
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
