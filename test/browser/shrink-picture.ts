import { decode, encode } from 'fast-png'
import { server } from 'vitest/browser'

/** A comparison does not notice this difference, and it saves a third of the size. */
const STEP = 4

/** Rewrites a PNG file in a smaller form: opaque, with rounded shades and the best compression. */
export async function shrinkPicture(path: string): Promise<void> {
  const { width, height, channels, data } = decode(
    Uint8Array.from(atob(await server.commands.readFile(path, 'base64')), (byte) => byte.charCodeAt(0)),
  )
  const opaque = new Uint8Array(width * height * 3)
  for (let index = 0; index < opaque.length; index++) {
    const shade = data[Math.floor(index / 3) * channels + (index % 3)] ?? 0
    opaque[index] = Math.min(255, Math.round(shade / STEP) * STEP)
  }
  const png = encode({ width, height, channels: 3, depth: 8, data: opaque }, { zlib: { level: 9 } })
  const base64 = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''))
  await server.commands.writeFile(path, base64, 'base64')
}
