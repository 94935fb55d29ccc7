import { crc32, deflateSync } from 'node:zlib'

/** How a picture is encoded as PNG. */
export interface PngOptions {
  /** 0 is grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colorType: number
  readonly depth: number
  readonly isInterlaced?: boolean
  /** The filter of each row; `mixed` uses all five. */
  readonly filter?: number | 'mixed'
  /** Light pixels are transparent if the colour type supports that. */
  readonly isTransparent?: boolean
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Returns a PNG chunk with a correct checksum. */
export function chunk(type: string, data: Uint8Array = new Uint8Array()): Buffer {
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(checked))
  return Buffer.concat([length, checked, crc])
}

export const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export function header(
  width: number,
  height: number,
  depth: number,
  colorType: number,
  interlace = 0,
): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data[8] = depth
  data[9] = colorType
  data[12] = interlace
  return chunk('IHDR', data)
}

/** Returns a PNG of a picture with two colours. */
export function makePng(
  width: number,
  height: number,
  isDark: (x: number, y: number) => boolean,
  options: PngOptions,
): Buffer {
  const { colorType, depth, isInterlaced = false, isTransparent = false } = options
  const parts = [SIGNATURE, header(width, height, depth, colorType, isInterlaced ? 1 : 0)]
  if (colorType === 3) {
    // Entry 0 is dark. The light entry is black too if it is transparent.
    parts.push(chunk('PLTE', Uint8Array.from([10, 0, 30, ...(isTransparent ? [0, 0, 0] : [255, 250, 240])])))
    if (isTransparent) parts.push(chunk('tRNS', Uint8Array.from([255, 0])))
  }
  if (isTransparent && (colorType === 0 || colorType === 2)) {
    const light = depth === 16 ? [255, 255] : [0, 2 ** depth - 1]
    parts.push(chunk('tRNS', Uint8Array.from(colorType === 0 ? light : [...light, ...light, ...light])))
  }
  const passes = isInterlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)
  const rows = passes.flatMap(([x, y, dx, dy]) => passRows(width, height, isDark, options, [x, y, dx, dy]))
  parts.push(chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND'))
  return Buffer.concat(parts)
}

function passRows(
  width: number,
  height: number,
  isDark: (x: number, y: number) => boolean,
  { colorType, depth, filter = 0, isTransparent = false }: PngOptions,
  [x0, y0, dx, dy]: readonly [number, number, number, number],
): Uint8Array[] {
  const channels = CHANNELS[colorType] ?? 1
  const columns = Math.ceil((width - x0) / dx)
  if (columns <= 0) return []
  const distance = Math.ceil((depth * channels) / 8)
  const rows: Uint8Array[] = []
  const [light, dark] = [false, true].map((is) => samplesOf(is, colorType, depth, isTransparent))
  let before = new Uint8Array(Math.ceil((columns * channels * depth) / 8))
  for (let y = y0; y < height; y += dy) {
    const row = new Uint8Array(before.length)
    for (let column = 0; column < columns; column += 1) {
      const samples = (isDark(x0 + column * dx, y) ? dark : light) ?? []
      for (let channel = 0; channel < channels; channel += 1)
        writeSample(row, column * channels + channel, depth, samples[channel] ?? 0)
    }
    const type = filter === 'mixed' ? rows.length % 5 : filter
    const written = new Uint8Array(row.length + 1)
    written[0] = type
    written.set(type === 0 ? row : filtered(row, before, distance, type), 1)
    rows.push(written)
    before = row
  }
  return rows
}

function samplesOf(
  isDark: boolean,
  colorType: number,
  depth: number,
  isTransparent: boolean,
): readonly number[] {
  const full = 2 ** depth - 1
  if (colorType === 3) return [isDark ? 0 : 1]
  const value = isDark ? 0 : full
  const alpha = isTransparent && !isDark ? 0 : full
  // The colour under a transparent pixel must have no effect.
  const shown = alpha === 0 ? 0 : value
  if (colorType === 0) return [value]
  if (colorType === 2) return [value, value, value]
  return colorType === 4 ? [shown, alpha] : [shown, shown, shown, alpha]
}

function writeSample(row: Uint8Array, index: number, depth: number, value: number): void {
  if (depth === 16) {
    row[index * 2] = value >> 8
    row[index * 2 + 1] = value & 255
  } else if (depth === 8) row[index] = value
  else {
    const bit = index * depth
    row[bit >> 3] = (row[bit >> 3] ?? 0) | (value << (8 - depth - (bit & 7)))
  }
}

function filtered(row: Uint8Array, before: Uint8Array, distance: number, type: number): Uint8Array {
  return row.map((byte, at) => {
    const left = row[at - distance] ?? 0
    const up = before[at] ?? 0
    const upLeft = before[at - distance] ?? 0
    if (type === 4) return byte - paeth(left, up, upLeft)
    return byte - (type === 1 ? left : type === 2 ? up : (left + up) >> 1)
  })
}

function paeth(left: number, up: number, upLeft: number): number {
  const base = left + up - upLeft
  const distances = [Math.abs(base - left), Math.abs(base - up), Math.abs(base - upLeft)] as const
  return distances[0] <= distances[1] && distances[0] <= distances[2]
    ? left
    : distances[1] <= distances[2]
      ? up
      : upLeft
}
