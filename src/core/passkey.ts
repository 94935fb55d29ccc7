import { PairingError } from './errors.js'
import { asAmount, asHttpsUrl, asRecord, asText } from './json.js'
import { asPasskeyCode } from './passkey-step.js'

/**
 * The options of WhatsApp's WebAuthn request: a W3C `PublicKeyCredentialRequestOptionsJSON`. Pass them on unchanged, including
 * fields that are not listed here: https://w3c.github.io/webauthn/#dictdef-publickeycredentialrequestoptionsjson
 */
export interface PasskeyRequestOptions {
  /** Base64url. A secret: its signature links a device. */
  readonly challenge: string
  readonly rpId?: string | undefined
  readonly [name: string]: unknown
}

/** The challenge of the current ceremony. It is in no snapshot, cache, event or log. */
export interface PasskeyChallenge {
  readonly options: PasskeyRequestOptions
  /** Milliseconds until it expires, where the provider says so. */
  readonly expiresInMs?: number | undefined
}

/** The answer of a passkey: `PublicKeyCredential.toJSON()`. All binary fields are base64url without padding. */
export interface PasskeyAssertion {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string | undefined
  }
  readonly clientExtensionResults?: Readonly<Record<string, unknown>> | undefined
}

/** The provider's own procedure for the ceremony. */
export type PasskeyHandoff =
  | {
      /** A code for the provider's browser extension. WhatsApp does not know it. */
      readonly kind: 'code'
      readonly code: string
      /** Epoch milliseconds, by the clock of the process that called the provider. */
      readonly expiresAt: number
      /** The page to install the extension from. */
      readonly installUrl?: string | undefined
    }
  | {
      /** A page of WhatsApp that the provider's extension completes. */
      readonly kind: 'link'
      readonly url: string
    }

/** A request about the ceremony: {@link PasskeyReply} says what comes back. */
export type PasskeyAction = 'passkey-challenge' | 'passkey-answer' | 'passkey-confirm' | 'passkey-handoff'

/** The response to a passkey request. It has durations instead of times, because two clocks may differ. */
export interface PasskeyReply {
  /** Of `passkey-challenge`. */
  readonly challenge?: PasskeyChallenge | undefined
  /** Of `passkey-handoff`. */
  readonly handoff?: PasskeyHandoffReply | undefined
}

/** {@link PasskeyHandoff} in a response. */
export type PasskeyHandoffReply =
  | {
      readonly kind: 'code'
      readonly code: string
      readonly expiresInMs: number
      readonly installUrl?: string | undefined
    }
  | { readonly kind: 'link'; readonly url: string }

/** Base64url, or base64 with padding. */
const CHALLENGE = /^[\w+/-]+={0,2}$/

/** Real challenges have about 300 characters. */
const MAX_OPTIONS_CHARACTERS = 8_000

/** Of a binary field. A signature has about 100. */
const MAX_FIELD_CHARACTERS = 4_000

/** How long WhatsApp waits for a passkey, where the provider does not say. In milliseconds. */
export const PASSKEY_LIFETIME_MS = 600_000

/**
 * Reads the challenge from an untrusted value.
 *
 * @throws {@link PairingError} `invalid-answer`
 */
export function decodePasskeyChallenge(input: unknown): PasskeyChallenge {
  const fields = asRecord(input)
  const options = asRecord(fields.options)
  const challenge = asText(options.challenge)
  const expiresInMs = asAmount(fields.expiresInMs)
  if (!challenge || !CHALLENGE.test(challenge) || JSON.stringify(options).length > MAX_OPTIONS_CHARACTERS)
    throw new PairingError(
      'invalid-answer',
      'The passkey challenge of the provider has no "challenge" in base64url. Start over to get another one.',
    )
  return {
    options: { ...options, challenge },
    ...(expiresInMs !== undefined && { expiresInMs }),
  }
}

/**
 * Reads the assertion from an untrusted value. Keeps the known fields only, each in base64url without padding: whatsmeow accepts
 * no other form.
 *
 * @throws {@link PairingError} `passkey-refused`
 */
export function decodePasskeyAssertion(input: unknown): PasskeyAssertion {
  const fields = asRecord(input)
  const response = asRecord(fields.response)
  const id = binary(fields.id)
  const rawId = binary(fields.rawId) ?? id
  const clientDataJSON = binary(response.clientDataJSON)
  const authenticatorData = binary(response.authenticatorData)
  const signature = binary(response.signature)
  const userHandle = binary(response.userHandle)
  const extensions = asRecord(fields.clientExtensionResults)
  if (
    fields.type !== 'public-key' ||
    !id ||
    !rawId ||
    !clientDataJSON ||
    !authenticatorData ||
    !signature ||
    JSON.stringify(extensions).length > MAX_FIELD_CHARACTERS
  )
    throw new PairingError(
      'passkey-refused',
      'This is not the answer of a passkey. Send what PublicKeyCredential.toJSON() gives.',
    )
  return {
    id,
    rawId,
    type: 'public-key',
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) },
    ...(Object.keys(extensions).length > 0 && { clientExtensionResults: extensions }),
  }
}

/** Converts base64 of either alphabet, with or without padding, to base64url without padding. */
function binary(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_FIELD_CHARACTERS) return undefined
  const text = value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return /^[\w-]+$/.test(text) && text.length % 4 !== 1 ? text : undefined
}

/**
 * Reads the provider's procedure from an untrusted value.
 *
 * @throws {@link PairingError} `invalid-answer`
 */
export function decodePasskeyHandoff(input: unknown): PasskeyHandoffReply {
  const { kind, code, expiresInMs, installUrl, url } = asRecord(input)
  const text = asPasskeyCode(code)
  const leftMs = asAmount(expiresInMs)
  const install = asHttpsUrl(installUrl)
  if (kind === 'code' && text && leftMs !== undefined)
    return { kind, code: text, expiresInMs: leftMs, ...(install && { installUrl: install }) }
  const page = asWhatsAppUrl(url)
  if (kind === 'link' && page) return { kind, url: page }
  throw new PairingError(
    'invalid-answer',
    'The provider gave neither a code for its extension nor a link to web.whatsapp.com.',
  )
}

/** A page of WhatsApp Web: no other host may request its passkey. */
function asWhatsAppUrl(value: unknown): string | undefined {
  const url = asHttpsUrl(value)
  return url && /^https:\/\/web\.whatsapp\.com(?:[/?#]|$)/i.test(url) ? url : undefined
}

/** {@link PasskeyReply} in a response of the server handler. */
export function decodePasskeyReply(input: unknown): PasskeyReply {
  const { challenge, handoff } = asRecord(input)
  return {
    ...(challenge !== undefined && { challenge: decodePasskeyChallenge(challenge) }),
    ...(handoff !== undefined && { handoff: decodePasskeyHandoff(handoff) }),
  }
}
