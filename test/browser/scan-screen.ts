import decodeQr from 'qr/decode.js'
import { cdp } from 'vitest/browser'

/** Returns the text that a camera reads from the pixels of the page. */
export async function scanScreen(): Promise<string> {
  return decodeQr(await screenPixels(), { timeLimit: 500 })
}

/** Returns the page as it is drawn, in device pixels. */
export async function screenPixels(): Promise<ImageData> {
  // The page is a frame inside the page of the test runner.
  const {
    x = 0,
    y = 0,
    width = innerWidth,
    height = innerHeight,
  } = frameElement?.getBoundingClientRect() ?? {}
  const { data } = await cdp().send('Page.captureScreenshot', {
    format: 'png',
    clip: { x, y, width, height, scale: 1 },
  })
  const response = await fetch(`data:image/png;base64,${data}`)
  const picture = await createImageBitmap(await response.blob())
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  if (!context) throw new Error('The browser has no 2D canvas.')
  context.drawImage(picture, 0, 0)
  return context.getImageData(0, 0, picture.width, picture.height)
}
