import { sha256 } from '@noble/hashes/sha2.js'
import { PairingError } from '../core/errors.js'
import { asRecord, parseJson } from '../core/json.js'
import type { PasskeyAssertion, PasskeyRequestOptions } from '../core/passkey.js'

/** The only page from which WhatsApp accepts passkeys. */
const ORIGIN = 'https://web.whatsapp.com'

/** The default if the options have no relying party. */
const RELYING_PARTY = 'whatsapp.com'

/** The hash of the relying party, a byte of flags and a counter: https://w3c.github.io/webauthn/#sctn-authenticator-data */
const AUTHENTICATOR_DATA_BYTES = 37
const FLAGS_AT = 32
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04

/**
 * Checks an assertion before it is forwarded, because WhatsApp does not respond to a wrong one. Without a key it cannot check the
 * signature. It detects answers to another challenge, answers from another page, and invalid data.
 *
 * @throws {@link PairingError} `passkey-refused`
 */
export function checkPasskeyAssertion(assertion: PasskeyAssertion, options: PasskeyRequestOptions): void {
  const client = asRecord(parseJson(new TextDecoder().decode(bytesOf(assertion.response.clientDataJSON))))
  if (client.type !== 'webauthn.get') throw refused('It is not the answer to a request for a passkey.')
  if (!isSameChallenge(client.challenge, options.challenge))
    throw refused(
      'It answers another challenge than the one of this session. Start over, and sign the new one.',
    )
  if (client.origin !== ORIGIN || client.crossOrigin === true)
    throw refused(`It was not signed on ${ORIGIN}, and WhatsApp takes no other page.`)
  const data = bytesOf(assertion.response.authenticatorData)
  const flags = data[FLAGS_AT]
  if (data.length < AUTHENTICATOR_DATA_BYTES || flags === undefined)
    throw refused('Its authenticator data is not complete.')
  const expected = sha256(new TextEncoder().encode(options.rpId ?? RELYING_PARTY))
  if (expected.some((byte, index) => byte !== data[index])) throw refused('It was signed for another site.')
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0)
    throw refused('The passkey did not verify the user.')
}

/** Browsers write the challenge without padding, but a provider may send it with padding. */
function isSameChallenge(signed: unknown, wanted: string): boolean {
  return typeof signed === 'string' && unpadded(signed) === unpadded(wanted)
}

function unpadded(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function bytesOf(base64Url: string): Uint8Array {
  try {
    const text = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(text, (character) => character.charCodeAt(0))
  } catch {
    throw refused('It is not base64url.')
  }
}

function refused(why: string): PairingError {
  return new PairingError('passkey-refused', `The answer of the passkey was not passed on. ${why}`)
}
