import { isQrText } from '../core/qr-payload.js'
import { drawnQrCode } from './drawn-qr-code.js'
import { decodePng, type GreyPicture } from './png.js'

const PNG = 'data:image/png;base64,'

/** Providers' pictures have 2 to 20 kB. */
const MAX_CHARACTERS = 350_000

/** Time limit for further attempts to decode a picture, in milliseconds. They block the process. */
const TIME_LIMIT_MS = 5

/**
 * WhatsApp's text in the picture of a QR code; `undefined` if there is none, or if the file is not a PNG, is broken or is too
 * large. The decoder is loaded with the first picture.
 */
export async function readPicture(src: string): Promise<string | undefined> {
  if (src.length > MAX_CHARACTERS || !src.startsWith(PNG)) return undefined
  try {
    const picture = await decodePng(bytesOf(src.slice(PNG.length)))
    const code = picture && drawnQrCode(picture)
    const text =
      code &&
      (await import('qr/decode.js')).default(planeOf(code), { format: 'I420', timeLimit: TIME_LIMIT_MS })
    return text !== undefined && isQrText(text) ? text : undefined
  } catch {
    // There is no QR code, or it cannot be decoded.
    return undefined
  }
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** A plane of greys, followed by the colour planes of this format, which the decoder ignores. */
function planeOf({ width, height, pixels }: GreyPicture): {
  width: number
  height: number
  data: Uint8Array
} {
  const data = new Uint8Array((width * height * 3) / 2)
  data.set(pixels)
  return { width, height, data }
}
