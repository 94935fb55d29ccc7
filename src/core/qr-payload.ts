import { PairingError } from './errors.js'
import { asRecord } from './json.js'

/** What to draw: WhatsApp's own text, or a finished image as a `data:` URI. */
export type QrPayload =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'image'; readonly src: string }

/** More than any provider's QR image (they have 2 to 20 kB); a larger one is not a QR code. */
export const MAX_IMAGE_CHARACTERS = 1_000_000

/** A QR symbol holds at most 2,953 bytes; WhatsApp's text has about 275. */
const MAX_TEXT_CHARACTERS = 2_000

// Since 2026 the text is a wa.me link with the old form after its hash. Both are in use.
const WHATSAPP_TEXT =
  /^(?:https:\/\/wa\.me\/settings\/linked_devices#[\x21-\x7e]+|\d@[\x21-\x7e]*,[\x21-\x7e]+)$/

/** The images that `normalizeQrPayload` returns, recognised by their label and their first bytes. */
const IMAGE =
  /^data:image\/(?:png;base64,iVBORw0KGg|jpeg;base64,\/9j\/|gif;base64,R0lGOD|webp;base64,UklGR|svg\+xml;base64,P)[A-Za-z0-9+/]*={0,2}$/

/** Whether this is WhatsApp's text of a QR code. */
export function isQrText(text: string): boolean {
  return text.length <= MAX_TEXT_CHARACTERS && WHATSAPP_TEXT.test(text)
}

/**
 * Reads the payload in an update, which the server has normalized. This function is small because it is loaded before the first
 * code.
 *
 * @throws {@link PairingError} `invalid-answer` for anything else, so that it never becomes an `<img src>`.
 */
export function decodeQrPayload(input: unknown): QrPayload {
  const { value, src } = asRecord(input)
  if (typeof value === 'string' && isQrText(value)) return { kind: 'text', value }
  if (typeof src === 'string' && src.length <= 2 * MAX_IMAGE_CHARACTERS && IMAGE.test(src))
    return { kind: 'image', src }
  throw notQrCode()
}

/** The provider sent no QR code. */
export function notQrCode(): PairingError {
  return new PairingError(
    'invalid-answer',
    'The provider sent something that is neither a QR image nor WhatsApp QR text. Request a new code.',
  )
}

/** How many replaced codes are remembered. No provider repeats an older one. */
const REPLACED_LIMIT = 12

/** The keys of replaced codes with one more. */
export function withReplaced(replaced: readonly string[], key: string): readonly string[] {
  return [...replaced, key].slice(-REPLACED_LIMIT)
}

/** The string that identifies a code. */
export function qrPayloadKey(payload: QrPayload): string {
  return payload.kind === 'text' ? payload.value : payload.src
}
