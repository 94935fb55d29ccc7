/** What the QR standard requires; without it phones do not find the code. */
const QUIET_ZONE_MODULES = 4

/** GREEN-API's images are 276 pixels wide: WhatsApp's text, low correction, four pixels a module. */
const IMAGE_PIXELS = 276

/** `Uint8Array<ArrayBuffer>`, for declaration files: before TypeScript 5.7 the class takes no argument. */
export type Bytes = ReturnType<Uint8Array['slice']>

/** A code is drawn once and given many times. */
let drawn: { readonly text: string; readonly image: Bytes } | undefined

/** A PNG of a text, as a provider would draw it. */
export async function qrImage(text: string): Promise<Bytes> {
  if (drawn?.text !== text) drawn = { text, image: await draw(text) }
  return drawn.image.slice()
}

async function draw(text: string): Promise<Bytes> {
  // Loaded when the first image is needed: a test that only uses the emulator's states needs none.
  const { encodeQR } = await import('qr')
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: QUIET_ZONE_MODULES })
  return png(modules, Math.max(3, Math.floor(IMAGE_PIXELS / modules.length)))
}

/**
 * A PNG with one bit for each pixel. Its data is stored without compression, which every decoder reads and which needs no
 * package: the largest QR code is 555 pixels wide and takes 39 kB, so one block of at most 65,535 bytes holds it.
 *
 * @see https://www.w3.org/TR/png-3/ and https://www.rfc-editor.org/rfc/rfc1950, rfc1951
 */
function png(modules: readonly (readonly boolean[])[], scale: number): Bytes {
  const size = modules.length * scale
  // Each row begins with the number of its filter: 0, none.
  const rowBytes = 1 + Math.ceil(size / 8)
  const rows = new Uint8Array(rowBytes * size)
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)]
      const at = y * rowBytes + 1 + (x >> 3)
      if (!isDark) rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7))
    }
  }
  const { length } = rows
  const block = [1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff]
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    // Bit depth 1, greyscale; the other fields have one value each in the standard.
    ...chunk('IHDR', [...uint32(size), ...uint32(size), 1, 0, 0, 0, 0]),
    ...chunk('IDAT', [0x78, 0x01, ...block, ...rows, ...uint32(adler32(rows))]),
    ...chunk('IEND', []),
  ])
}

function chunk(type: string, data: readonly number[]): readonly number[] {
  const checked = [...Array.from(type, (letter) => letter.charCodeAt(0)), ...data]
  return [...uint32(data.length), ...checked, ...uint32(crc32(checked))]
}

function uint32(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc
}

function adler32(bytes: Uint8Array): number {
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return (high << 16) | low
}

/** `btoa` for bytes. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
