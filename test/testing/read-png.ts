import { decode } from 'fast-png'
import decodeQR from 'qr/decode.js'

/** Returns the text in a PNG of a QR code, as a phone would read it, and the image itself. */
export function readPng(bytes: Uint8Array): {
  readonly text: string
  readonly size: number
  readonly edge: number
} {
  const { width, height, data, channels, depth } = decode(bytes)
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3)
    if (depth !== 1) return data[pixel * channels] ?? 0
    const row = Math.floor(pixel / width) * Math.ceil(width / 8)
    const column = pixel % width
    return ((data[row + (column >> 3)] ?? 0) << (column & 7)) & 0x80 ? 255 : 0
  })
  // Has no time limit. The default is one camera frame, and a busy machine exceeds it.
  const text = decodeQR({ width, height, data: rgb }, { timeLimit: Number.POSITIVE_INFINITY })
  const firstDark = rgb.indexOf(0)
  return { text, size: width, edge: Math.floor(firstDark / 3 / width) }
}

export function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
