import { asRecord, parseJson } from '../core/json.js'
import type { PasskeyAssertion } from '../core/passkey.js'
import { passkeyChallengeOf, passkeyCodeOf } from './emulated-codes.js'
import type { EmulatedPasskey, EmulatorState } from './emulator-types.js'

/** The options of the next ceremony: see `DemandPasskeyOptions`. */
export interface CeremonyDemand {
  readonly comparesCode: boolean
  readonly isSilent: boolean
  readonly lifetimeMs: number
}

/** A passkey ceremony. Times are on the emulator's clock. */
export interface Ceremony extends CeremonyDemand {
  /** The number of earlier ceremonies. */
  readonly serial: number
  readonly beganAt: number
  readonly answeredAt?: number
  /** The signature of the answer is valid, or signatures are not checked. */
  readonly isAccepted?: boolean
}

/** From the answer to WhatsApp's response. */
export const PASSKEY_RESPONSE_MS = 1_000

/** The step that a ceremony waits for, or the time at which WhatsApp accepted it. */
export function ceremonyAt(
  { comparesCode, isSilent, lifetimeMs, beganAt, answeredAt, isAccepted }: Ceremony,
  at: number,
): 'assert' | 'submitted' | 'confirm' | 'expired' | { readonly passedAt: number } {
  const respondsAt = (answeredAt ?? Number.POSITIVE_INFINITY) + PASSKEY_RESPONSE_MS
  const hasResponse = isAccepted && !isSilent && at >= respondsAt
  if (hasResponse && !comparesCode) return { passedAt: respondsAt }
  if (at >= beganAt + lifetimeMs) return 'expired'
  if (hasResponse) return 'confirm'
  return answeredAt === undefined ? 'assert' : 'submitted'
}

/** The state of the account during a ceremony. */
export function ceremonyState(ceremony: Ceremony, seed: number, at: number): EmulatorState {
  const { serial, beganAt, lifetimeMs } = ceremony
  const step = ceremonyAt(ceremony, at)
  return {
    status: 'passkey-required',
    step: step === 'confirm' || step === 'submitted' ? step : 'assert',
    challenge: {
      challenge: passkeyChallengeOf(seed, serial),
      timeout: lifetimeMs,
      rpId: 'whatsapp.com',
      allowCredentials: [],
      userVerification: 'required',
      extensions: { uvm: true },
    },
    ...(step === 'confirm' && { code: passkeyCodeOf(seed, serial) }),
    expiresAt: beganAt + lifetimeMs,
  }
}

/** Whether an answer belongs to the challenge of this ceremony. */
export function answersChallenge(
  { response }: PasskeyAssertion,
  seed: number,
  { serial }: Ceremony,
): boolean {
  const bytes = bytesOf(response.clientDataJSON)
  const { challenge } = asRecord(bytes && parseJson(new TextDecoder().decode(bytes)))
  return challenge === passkeyChallengeOf(seed, serial)
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Whether a passkey has signed an answer: https://w3c.github.io/webauthn/#sctn-verifying-assertion */
export async function isSignedBy(
  { publicKey }: EmulatedPasskey,
  { response }: PasskeyAssertion,
): Promise<boolean> {
  const [key, client, data, der] = [
    publicKey,
    response.clientDataJSON,
    response.authenticatorData,
    response.signature,
  ].map(bytesOf)
  const signature = der && rawSignature(der)
  if (!key || !client || !data || !signature) return false
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', client))
  const imported = await crypto.subtle.importKey('spki', key, ES256, false, ['verify'])
  return crypto.subtle.verify(ES256, imported, signature, new Uint8Array([...data, ...hash]))
}

/** Bytes of each of the two numbers of a signature. */
const NUMBER_BYTES = 32

/**
 * Authenticators write a signature as `SEQUENCE { INTEGER r, INTEGER s }`, WebCrypto takes r and s with 32 bytes each:
 * https://w3c.github.io/webauthn/#sctn-signature-attestation-types
 */
function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const raw = new Uint8Array(NUMBER_BYTES * 2)
  let at = 2
  for (const end of [NUMBER_BYTES, NUMBER_BYTES * 2]) {
    const length = der[at + 1] ?? 0
    // A positive number whose first bit is set has a zero before it.
    const number = der.subarray(at + 2, at + 2 + length).slice(-NUMBER_BYTES)
    if (der[at] !== 0x02 || number.length === 0) return undefined
    raw.set(number, end - number.length)
    at += 2 + length
  }
  return raw
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const text = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(text, (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
