import { decode as decodePng } from 'fast-png'
import decodeQr from 'qr/decode.js'
import { page } from 'vitest/browser'

/** What a camera would read from the pixels of the page. */
export async function scanScreen(): Promise<string> {
  const base64 = await page.screenshot({ save: false })
  const response = await fetch(`data:image/png;base64,${base64}`)
  const { width, height, data, channels } = decodePng(await response.arrayBuffer())
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let index = 0; index < rgba.length; index++) {
    const [pixel, channel] = [Math.floor(index / 4), index % 4]
    rgba[index] = channel < channels ? (data[pixel * channels + channel] ?? 0) : 255
  }
  return decodeQr({ width, height, data: rgba })
}
