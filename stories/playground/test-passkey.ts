import type { PasskeyAssertion, PasskeyRequestOptions } from '../../src/index.js'

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** User present and verified, and a counter: https://w3c.github.io/webauthn/#sctn-authenticator-data */
const FLAGS_AND_COUNTER = [0x05, 0, 0, 0, 1]

/**
 * The answer of a passkey on `https://web.whatsapp.com`. The emulated account has no registered key, so it accepts any signature;
 * the handler checks the rest.
 */
export async function signWithTestKey({ challenge, rpId }: PasskeyRequestOptions): Promise<PasskeyAssertion> {
  const clientData = {
    type: 'webauthn.get',
    challenge,
    origin: 'https://web.whatsapp.com',
    crossOrigin: false,
  }
  const id = toBase64Url(bytesOf('passkey of the playground'))
  return {
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON: toBase64Url(bytesOf(JSON.stringify(clientData))),
      authenticatorData: toBase64Url(
        new Uint8Array([...(await sha256(bytesOf(rpId ?? 'whatsapp.com'))), ...FLAGS_AND_COUNTER]),
      ),
      signature: toBase64Url(bytesOf('signature of the playground')),
    },
  }
}
