import { PairingError } from '../core/errors.js'

/** What the QR standard asks for; without it phones do not find the code. */
const QUIET_ZONE_MODULES = 4

/** GREEN-API's images are 276 pixels wide: WhatsApp's text, low correction, four pixels a module. */
const IMAGE_PIXELS = 276

/** `Uint8Array<ArrayBuffer>`, for declaration files: before TypeScript 5.7 the class takes no argument. */
export type Bytes = ReturnType<Uint8Array['slice']>

/** A code is drawn once and given many times. */
let drawn: { readonly text: string; readonly image: Bytes } | undefined

/**
 * A PNG of a text, as a provider would draw it.
 *
 * @throws {@link PairingError} `not-supported` where the optional `fast-png` is not installed.
 */
export async function qrImage(text: string): Promise<Bytes> {
  if (drawn?.text !== text) drawn = { text, image: await draw(text) }
  return drawn.image.slice()
}

async function draw(text: string): Promise<Bytes> {
  // Loaded when the first image is asked for: whoever only wants the emulator's states needs none.
  const [{ encodeQR }, { encode }] = await Promise.all([import('qr'), import('fast-png').catch(notInstalled)])
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: QUIET_ZONE_MODULES })
  const scale = Math.max(3, Math.floor(IMAGE_PIXELS / modules.length))
  const size = modules.length * scale
  const pixels = new Uint8Array(size * size)
  for (let index = 0; index < pixels.length; index += 1) {
    const row = modules[Math.floor(index / size / scale)]
    pixels[index] = row?.[Math.floor((index % size) / scale)] ? 0 : 255
  }
  return new Uint8Array(encode({ width: size, height: size, data: pixels, channels: 1, depth: 8 }))
}

/** `btoa` for bytes. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function notInstalled(): never {
  throw new PairingError(
    'not-supported',
    'The emulator draws QR codes with the package "fast-png", which is not installed. ' +
      'Run: npm install --save-dev fast-png',
  )
}
