import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { PasskeyAssertion } from '../src/core/passkey.js'

/** The faults that an answer may have. */
export interface AnswerFaults {
  readonly type?: string
  readonly challenge?: string
  readonly origin?: string
  readonly crossOrigin?: boolean
  readonly rpId?: string
  readonly flags?: number
  readonly bytes?: number
}

const base64Url = (data: Uint8Array | string): string => Buffer.from(data).toString('base64url')

/** User present and verified: https://w3c.github.io/webauthn/#authdata-flags */
const PRESENT_AND_VERIFIED = 0x05

/**
 * Returns a passkey's answer to a challenge, in the format of `PublicKeyCredential.toJSON()`. Its signature
 * is not valid.
 */
export function passkeyAnswer(
  challenge: string,
  { rpId = 'whatsapp.com', flags = PRESENT_AND_VERIFIED, bytes = 37, type, ...client }: AnswerFaults = {},
): PasskeyAssertion {
  const clientData = {
    type: type ?? 'webauthn.get',
    challenge: client.challenge ?? challenge,
    origin: client.origin ?? 'https://web.whatsapp.com',
    crossOrigin: client.crossOrigin ?? false,
  }
  const authenticatorData = Buffer.concat([
    createHash('sha256').update(rpId).digest(),
    Buffer.from([flags, 0, 0, 0, 1]),
  ])
  return {
    id: base64Url('credential-of-a-test'),
    rawId: base64Url('credential-of-a-test'),
    type: 'public-key',
    response: {
      clientDataJSON: base64Url(JSON.stringify(clientData)),
      authenticatorData: base64Url(authenticatorData.subarray(0, bytes)),
      signature: base64Url('signature-of-a-test'),
      userHandle: base64Url('user-of-a-test'),
    },
  }
}

/**
 * Creates a passkey with its own key. Its answers have valid signatures in the format of Chromium's virtual
 * authenticator.
 */
export function createPasskey() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    publicKey: base64Url(publicKey.export({ type: 'spki', format: 'der' })),
    sign(challenge: string): PasskeyAssertion {
      const answer = passkeyAnswer(challenge)
      const { clientDataJSON, authenticatorData } = answer.response
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
      const data = Buffer.concat([Buffer.from(authenticatorData, 'base64url'), hash])
      return {
        ...answer,
        response: { ...answer.response, signature: base64Url(sign('sha256', data, privateKey)) },
      }
    },
  }
}
