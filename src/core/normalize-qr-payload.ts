import type { PairingError } from './errors.js'
import { isQrText, MAX_IMAGE_CHARACTERS, notQrCode, type QrPayload } from './qr-payload.js'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * One form for all that providers call a QR code: a data URI, bare base64 (PNG, JPEG, GIF, WebP, SVG, told by
 * their first bytes and not by their label), image bytes, or WhatsApp's text. White space anywhere is ignored.
 *
 * @throws {@link PairingError} `invalid-answer` for anything else, so that it never becomes an `<img src>`.
 */
export function normalizeQrPayload(input: string | Uint8Array): QrPayload {
  const payload = typeof input === 'string' ? fromText(input) : ArrayBuffer.isView(input) && fromBytes(input)
  if (payload) return payload
  throw notQrCode()
}

function fromText(input: string): QrPayload | undefined {
  if (input.length > MAX_IMAGE_CHARACTERS) return undefined
  const plain = /^\s*data:image\/[a-z+.-]+(?:;charset=[\w-]+|;utf8)*,(.*)$/is.exec(input)
  if (plain?.[1] !== undefined) return fromBytes(new TextEncoder().encode(percentDecoded(plain[1])))
  const text = input.replace(/\s+/g, '')
  if (isQrText(text)) return { kind: 'text', value: text }
  const base64 = text.replace(/^data:image\/[a-z+.-]+(?:;charset=[\w-]+)?;base64,/i, '')
  return BASE64.test(base64) ? fromBase64(base64) : undefined
}

function fromBase64(base64: string): QrPayload | undefined {
  const unpadded = base64.replace(/=+$/, '')
  if (unpadded.length % 4 === 1) return undefined
  // The first 24 characters hold 18 bytes: enough for every signature below.
  const type = imageType(atob(unpadded.slice(0, 24)))
  const padded = unpadded + '='.repeat((4 - (unpadded.length % 4)) % 4)
  return type === undefined ? undefined : { kind: 'image', src: `data:${type};base64,${padded}` }
}

function fromBytes(bytes: Uint8Array): QrPayload | undefined {
  if (bytes.length > MAX_IMAGE_CHARACTERS) return undefined
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  const type = imageType(binary)
  if (type) return { kind: 'image', src: `data:${type};base64,${btoa(binary)}` }
  // Some answers are the text itself, labelled as bytes.
  return /^[\s\x20-\x7e]+$/.test(binary) && !/^\s*data:/i.test(binary) ? fromText(binary) : undefined
}

function imageType(binary: string): string | undefined {
  if (binary.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (binary.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(binary)) return 'image/gif'
  if (/^RIFF.{4}WEBP/s.test(binary)) return 'image/webp'
  // An SVG in an <img> runs no script and loads nothing.
  if (/^(?:\xef\xbb\xbf)?\s*<(?:svg[\s>]|\?xml)/i.test(binary)) return 'image/svg+xml'
  return undefined
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
