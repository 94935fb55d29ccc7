/** The pixels of a picture as greys, row by row; 0 is black. Transparent pixels are white. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Providers' pictures have 200 to 600 pixels a side. */
const MAX_PIXELS = 1_000_000

/** The limit for the rows before their conversion; 600 × 600 pixels with four channels need 1.44 MB. */
const MAX_ROW_BYTES = 1_500_000

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The samples of one pixel, by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** The bit depths that each colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** Where the pixels of each pass begin, and how far apart they are: `x`, `y`, `dx`, `dy`. */
const ONE_PASS = [[0, 0, 1, 1]] as const
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colorType: number
  readonly passes: readonly (readonly [number, number, number, number])[]
}

interface Chunks {
  readonly header: Header
  readonly palette: Uint8Array | undefined
  readonly transparency: Uint8Array | undefined
  readonly data: readonly Bytes[]
}

/** `Uint8Array<ArrayBuffer>`, for declaration files: before TypeScript 5.7 the class takes no argument. */
type Bytes = ReturnType<Uint8Array['slice']>

/**
 * Decodes a PNG; `undefined` if it is broken or too large. The size is checked first, and no more data is inflated than the
 * header says, so a malicious file costs only a few milliseconds.
 *
 * Own code, because `fast-png` inflates pixels and colour profiles without a limit: 200 kB may become 200 MB.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export async function decodePng(file: Uint8Array): Promise<GreyPicture | undefined> {
  const chunks = readChunks(file)
  if (!chunks) return undefined
  const { header, data } = chunks
  const sizes = header.passes.map((pass) => passSize(header, pass))
  const length = sizes.reduce((sum, { rows, rowBytes }) => sum + rows * rowBytes, 0)
  if (length === 0 || length > MAX_ROW_BYTES) return undefined
  const bytes = await inflate(data, length)
  if (!bytes) return undefined
  const { width, height } = header
  const pixels = new Uint8Array(width * height)
  const grey = greyOf(chunks)
  let offset = 0
  for (const [index, pass] of header.passes.entries()) {
    const { rows = 0, rowBytes = 0, columns = 0 } = sizes[index] ?? {}
    const rowsOfPass = bytes.subarray(offset, offset + rows * rowBytes)
    if (!unfilter(rowsOfPass, rowBytes, bytesPerPixel(header))) return undefined
    const [x, y, dx, dy] = pass
    for (let row = 0; row < rows; row += 1) {
      const start = row * rowBytes + 1
      let at = (y + row * dy) * width + x
      for (let column = 0; column < columns; column += 1, at += dx)
        pixels[at] = grey(rowsOfPass, start, column)
    }
    offset += rows * rowBytes
  }
  return { width, height, pixels }
}

function readChunks(file: Uint8Array): Chunks | undefined {
  if (SIGNATURE.some((byte, index) => file[index] !== byte)) return undefined
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let header: Header | undefined
  let palette: Uint8Array | undefined
  let transparency: Uint8Array | undefined
  const data: Bytes[] = []
  for (let at = SIGNATURE.length; at + 12 <= file.length; ) {
    const end = at + 8 + view.getUint32(at)
    if (end + 4 > file.length) return undefined
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8))
    const content = file.subarray(at + 8, end)
    if (crc32(file.subarray(at + 4, end)) !== view.getUint32(end)) return undefined
    if ((header === undefined) !== (type === 'IHDR')) return undefined
    if (type === 'IEND') return header && { header, palette, transparency, data }
    if (type === 'IHDR') {
      header = readHeader(content)
      if (!header) return undefined
    } else if (type === 'PLTE') palette = content
    else if (type === 'tRNS') transparency = content
    else if (type === 'IDAT') data.push(content.slice())
    // An upper-case letter means that the picture cannot be drawn without this chunk.
    else if (/^[A-Z]/.test(type)) return undefined
    at = end + 4
  }
  return undefined
}

function readHeader(content: Uint8Array): Header | undefined {
  if (content.length !== 13) return undefined
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth = 0, colorType = 0, compression, filter, interlace = 2] = content.subarray(8)
  const isKnown = DEPTHS[colorType]?.includes(depth) && compression === 0 && filter === 0 && interlace < 2
  if (!isKnown || width === 0 || height === 0 || width * height > MAX_PIXELS) return undefined
  return { width, height, depth, colorType, passes: interlace === 1 ? ADAM7 : ONE_PASS }
}

const bitsPerPixel = ({ depth, colorType }: Header): number => depth * (CHANNELS[colorType] ?? 0)

const bytesPerPixel = (header: Header): number => Math.ceil(bitsPerPixel(header) / 8)

/** The rows of a pass; each begins with the number of its filter. */
function passSize(header: Header, [x, y, dx, dy]: Header['passes'][number]) {
  const columns = Math.ceil((header.width - x) / dx)
  const rows = columns > 0 ? Math.max(Math.ceil((header.height - y) / dy), 0) : 0
  return { columns, rows, rowBytes: 1 + Math.ceil((columns * bitsPerPixel(header)) / 8) }
}

/** The part of `node:zlib` that is used. Bun, Deno and Workers with `nodejs_compat` have it too. */
interface Zlib {
  inflateSync(data: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array
}

declare const process: { getBuiltinModule?(name: 'node:zlib'): Zlib | undefined } | undefined

/** Inflates exactly this many bytes, or fails. */
async function inflate(data: readonly Bytes[], length: number): Promise<Uint8Array | undefined> {
  try {
    const zlib = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:zlib')
    const bytes = zlib
      ? zlib.inflateSync(joined(data), { maxOutputLength: length })
      : await inflateStream(data, length)
    return bytes?.length === length ? bytes : undefined
  } catch {
    // The data is not zlib, or longer than the header says.
    return undefined
  }
}

function joined(parts: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The same for runtimes without `node:zlib`. Stops as soon as there is too much data. */
async function inflateStream(data: readonly Bytes[], length: number): Promise<Uint8Array | undefined> {
  const reader = new Blob([...data]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const parts: Bytes[] = []
  let left = length
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      left -= piece.value.length
      if (left < 0) return undefined
      parts.push(piece.value)
    }
    return joined(parts)
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Undoes the filter of each row, in place. One loop for each filter: this is most of the work. */
function unfilter(bytes: Uint8Array, rowBytes: number, distance: number): boolean {
  for (let start = 0; start < bytes.length; start += rowBytes) {
    const filter = bytes[start] ?? 0
    if (filter > 4) return false
    const row = bytes.subarray(start + 1, start + rowBytes)
    const up = start > 0 ? bytes.subarray(start + 1 - rowBytes, start) : new Uint8Array(row.length)
    // The first pixel has no left neighbour.
    const first = Math.min(distance, row.length)
    if (filter >= 2)
      for (let at = 0; at < first; at += 1) {
        const above = up[at] ?? 0
        row[at] = (row[at] ?? 0) + (filter === 3 ? above >> 1 : above)
      }
    if (filter === 1)
      for (let at = first; at < row.length; at += 1) row[at] = (row[at] ?? 0) + (row[at - distance] ?? 0)
    else if (filter === 2)
      for (let at = first; at < row.length; at += 1) row[at] = (row[at] ?? 0) + (up[at] ?? 0)
    else if (filter === 3)
      for (let at = first; at < row.length; at += 1)
        row[at] = (row[at] ?? 0) + (((row[at - distance] ?? 0) + (up[at] ?? 0)) >> 1)
    else if (filter === 4)
      for (let at = first; at < row.length; at += 1)
        row[at] = (row[at] ?? 0) + paeth(row[at - distance] ?? 0, up[at] ?? 0, up[at - distance] ?? 0)
  }
  return true
}

function paeth(left: number, up: number, upLeft: number): number {
  const toLeft = Math.abs(up - upLeft)
  const toUp = Math.abs(left - upLeft)
  const toUpLeft = Math.abs(left + up - 2 * upLeft)
  return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft
}

/** Returns a function for the grey of a pixel, by the start of its row and its column. */
function greyOf({
  header,
  palette,
  transparency,
}: Chunks): (bytes: Uint8Array, start: number, column: number) => number {
  const { depth, colorType } = header
  const sampleBytes = depth === 16 ? 2 : 1
  const pixelBytes = bytesPerPixel(header)
  const levels = 2 ** depth - 1
  // The transparent colour, as the bytes of a pixel.
  const key = colorType === 0 || colorType === 2 ? keyOf(transparency, depth) : undefined
  const packed = (bytes: Uint8Array, start: number, column: number): number => {
    const bit = column * depth
    return ((bytes[start + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & levels
  }
  const at = (bytes: Uint8Array, from: number, channel: number): number =>
    bytes[from + channel * sampleBytes] ?? 0
  const isKey = (bytes: Uint8Array, from: number): boolean =>
    key?.every((byte, index) => bytes[from + index] === byte) ?? false

  if (colorType === 3) {
    const greys = new Uint8Array(256).map((_, index) => {
      const from = index * 3
      const grey = luma(palette?.[from] ?? 0, palette?.[from + 1] ?? 0, palette?.[from + 2] ?? 0)
      return over(grey, transparency?.[index] ?? 255)
    })
    return (bytes, start, column) =>
      greys[depth === 8 ? (bytes[start + column] ?? 0) : packed(bytes, start, column)] ?? 0
  }
  if (depth < 8) {
    const clear = key?.at(-1)
    return (bytes, start, column) => {
      const sample = packed(bytes, start, column)
      return sample === clear ? 255 : (sample * 255) / levels
    }
  }
  return (bytes, start, column) => {
    const from = start + column * pixelBytes
    if (isKey(bytes, from)) return 255
    const first = at(bytes, from, 0)
    if (colorType === 0) return first
    if (colorType === 4) return over(first, at(bytes, from, 1))
    const grey = luma(first, at(bytes, from, 1), at(bytes, from, 2))
    return colorType === 6 ? over(grey, at(bytes, from, 3)) : grey
  }
}

/** Each sample has two bytes; small depths use only the last. */
function keyOf(transparency: Uint8Array | undefined, depth: number): readonly number[] | undefined {
  if (!transparency || transparency.length % 2 !== 0) return undefined
  return [...transparency.subarray(0, 6)].filter((_, index) => depth === 16 || index % 2 === 1)
}

const luma = (red: number, green: number, blue: number): number =>
  (red * 299 + green * 587 + blue * 114) / 1000

/** Blended with white. */
const over = (grey: number, alpha: number): number => 255 + ((grey - 255) * alpha) / 255

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 255] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
