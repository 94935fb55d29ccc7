import type { GreyPicture } from './png.js'

/** Version 20. WhatsApp's text has about 275 characters, and is drawn with 61 to 89 modules. */
const MAX_MODULES = 97

/** A finder pattern has seven modules a side. */
const FINDER = 7

/** The scale of the redrawn code, in pixels, and its quiet zone, in modules. */
const SCALE = 3
const QUIET_ZONE = 4

/**
 * Finds a QR code that a program has drawn: upright, on a plain background. It is redrawn with few pixels, because a decoder for
 * photographs needs up to a second for a large malicious picture. `undefined` for all other pictures.
 */
export function drawnQrCode(picture: GreyPicture): GreyPicture | undefined {
  const box = darkBox(picture)
  if (!box) return undefined
  for (const count of moduleCounts(picture, box)) {
    const modules = sample(picture, box, count)
    if (isQrCode(modules, count)) return draw(modules, count)
  }
  return undefined
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const isDark = ({ width, pixels }: GreyPicture, x: number, y: number): boolean =>
  (pixels[y * width + x] ?? 255) < 128

/** The smallest box around all dark pixels. */
function darkBox({ width, height, pixels }: GreyPicture): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      if ((pixels[at] ?? 255) >= 128) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/** The possible numbers of modules per side, the most likely first, from the upper edge of the finder pattern in the corner. */
function moduleCounts(picture: GreyPicture, { left, top, width }: Box): readonly number[] {
  let run = 0
  while (run < width && isDark(picture, left + run, top)) run += 1
  const version = Math.round(((FINDER * width) / run - 17) / 4)
  return [version, version - 1, version + 1]
    .map((one) => 17 + 4 * one)
    .filter((count) => count >= 21 && count <= MAX_MODULES && count <= width)
}

/** The middle of each module, row by row; 1 is dark. */
function sample(picture: GreyPicture, { left, top, width, height }: Box, count: number): Uint8Array {
  const modules = new Uint8Array(count * count)
  for (let row = 0; row < count; row += 1) {
    const y = top + Math.floor(((row + 0.5) * height) / count)
    for (let column = 0; column < count; column += 1) {
      const x = left + Math.floor(((column + 0.5) * width) / count)
      if (isDark(picture, x, y)) modules[row * count + column] = 1
    }
  }
  return modules
}

/** Whether three corners have finder patterns, and the lines between them alternate. */
function isQrCode(modules: Uint8Array, count: number): boolean {
  const far = count - FINDER
  for (const [top, left] of [
    [0, 0],
    [0, far],
    [far, 0],
  ] as const) {
    for (let row = 0; row < FINDER; row += 1) {
      for (let column = 0; column < FINDER; column += 1) {
        const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3))
        if (modules[(top + row) * count + left + column] !== (ring === 2 ? 0 : 1)) return false
      }
    }
  }
  for (let at = FINDER + 1; at < far - 1; at += 1) {
    const expected = (at + 1) % 2
    if (modules[6 * count + at] !== expected || modules[at * count + 6] !== expected) return false
  }
  return true
}

function draw(modules: Uint8Array, count: number): GreyPicture {
  // The decoder's format needs an even number.
  const side = (count + 2 * QUIET_ZONE) * SCALE + 1
  const pixels = new Uint8Array(side * side).fill(255)
  for (const [index, module] of modules.entries()) {
    if (module === 0) continue
    const x = (QUIET_ZONE + (index % count)) * SCALE
    const y = (QUIET_ZONE + Math.floor(index / count)) * SCALE
    for (let row = 0; row < SCALE; row += 1)
      pixels.fill(0, (y + row) * side + x, (y + row) * side + x + SCALE)
  }
  return { width: side, height: side, pixels }
}
