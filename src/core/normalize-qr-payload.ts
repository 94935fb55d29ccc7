import type { PairingError } from './errors.js'
import { asRecord, asText } from './json.js'
import { isQrText, MAX_IMAGE_CHARACTERS, notQrCode, type QrPayload } from './qr-payload.js'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** A data URI that is not base64. */
const PLAIN_PICTURE = /^\s*data:image\/[a-z+.-]+(?:;charset=[\w-]+|;utf8)*,(.*)$/is

/**
 * The markup that may come before the `<svg>` element. Other XML is not a picture, but for example the error of a storage
 * service.
 */
const SVG =
  /^(?:\xef\xbb\xbf)?\s*(?:(?:<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!doctype\s+svg[^>]*>)\s*)*<svg[\s>/]/is

/** The `<svg>` element is within this many characters. */
const SVG_HEAD_CHARACTERS = 4_000

/** Some servers encode a picture twice. */
const MAX_ENCODINGS = 3

/**
 * Converts each form in which providers send a QR code: a data URI, bare base64 (PNG, JPEG, GIF, WebP, SVG, recognised by their
 * bytes, even if their label is wrong), image bytes, or WhatsApp's text. White space anywhere is ignored.
 *
 * @throws {@link PairingError} `invalid-answer` for anything else, so that it never becomes an `<img src>`.
 */
export function normalizeQrPayload(input: string | Uint8Array): QrPayload {
  const payload =
    typeof input === 'string'
      ? fromText(input, MAX_ENCODINGS)
      : ArrayBuffer.isView(input) && fromBytes(input, MAX_ENCODINGS)
  if (payload) return payload
  throw notQrCode()
}

/**
 * The content of a field for {@link normalizeQrPayload}: text, or bytes as JSON writes them, which is a list of numbers or Node's
 * `{ "type": "Buffer", "data": […] }`. `undefined` for anything else.
 */
export function asQrContent(value: unknown): string | Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  const bytes: unknown = Array.isArray(value) ? value : asRecord(value).data
  if (Array.isArray(bytes) && bytes.length > 0 && bytes.every(isByte)) return Uint8Array.from(bytes)
  return asText(value)
}

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256

function fromText(input: string, encodings: number): QrPayload | undefined {
  if (input.length > MAX_IMAGE_CHARACTERS || encodings === 0) return undefined
  const text = input.replace(/[\s\ufeff]+/g, '').replace(/^(["'])(.*)\1$/s, '$2')
  if (isQrText(text)) return { kind: 'text', value: text }
  // The label may be wrong, incomplete or repeated. Its last characters cannot occur in base64.
  const content = percentDecoded(text.replace(/^.*[,:;]/s, ''))
  const base64 = content.replaceAll('-', '+').replaceAll('_', '/')
  if (BASE64.test(base64)) return fromBase64(base64, encodings)
  const [, plain = input] = PLAIN_PICTURE.exec(input) ?? []
  return fromBytes(new TextEncoder().encode(percentDecoded(plain)), encodings)
}

function fromBase64(base64: string, encodings: number): QrPayload | undefined {
  const unpadded = base64.replace(/=+$/, '')
  if (unpadded.length % 4 === 1) return undefined
  return fromBinary(atob(unpadded), encodings)
}

function fromBytes(bytes: Uint8Array, encodings: number): QrPayload | undefined {
  if (bytes.length > MAX_IMAGE_CHARACTERS) return undefined
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return fromBinary(binary, encodings)
}

function fromBinary(binary: string, encodings: number): QrPayload | undefined {
  const type = imageType(binary)
  // Everything before the `<svg>` element is removed, so that a page recognises the picture by its first bytes.
  const picture = type === 'image/svg+xml' ? binary.replace(/^(?:\xef\xbb\xbf)?\s*/, '') : binary
  if (type) return { kind: 'image', src: `data:${type};base64,${btoa(picture)}` }
  // Some responses are the text itself, labelled as bytes.
  return /^[\s\x20-\x7e]+$/.test(binary) ? fromText(binary, encodings - 1) : undefined
}

function imageType(binary: string): string | undefined {
  if (binary.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (binary.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(binary)) return 'image/gif'
  if (/^RIFF.{4}WEBP/s.test(binary)) return 'image/webp'
  // In an <img>, an SVG runs no script and loads nothing.
  if (SVG.test(binary.slice(0, SVG_HEAD_CHARACTERS))) return 'image/svg+xml'
  return undefined
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
