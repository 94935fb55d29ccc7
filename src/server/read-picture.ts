import { isQrText } from '../core/qr-payload.js'
import { drawnQrCode } from './drawn-qr-code.js'
import { decodePng, type GreyPicture } from './png.js'

const PNG = 'data:image/png;base64,'

/** Providers' pictures have 2 to 20 kB. */
const MAX_CHARACTERS = 350_000

/** For second looks at a picture that is not read at once, in milliseconds: nothing else runs meanwhile. */
const TIME_LIMIT_MS = 5

/**
 * WhatsApp's text in the picture of a QR code; `undefined` where there is none, and for what is no PNG, is broken or too large. Loaded
 * with the first picture.
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
    // No QR code, or one that cannot be read.
    return undefined
  }
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** A plane of greys, and behind it the colours of this format, which are not looked at. */
function planeOf({ width, height, pixels }: GreyPicture): {
  width: number
  height: number
  data: Uint8Array
} {
  const data = new Uint8Array((width * height * 3) / 2)
  data.set(pixels)
  return { width, height, data }
}
