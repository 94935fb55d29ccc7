/** Providers' pictures have 200 to 600 pixels a side. Much larger ones are not decoded, because that would block the page. */
const LARGEST_SIDE_PX = 2_048

/** The side of the canvas. Enough for ten pixels a module, and read in a few milliseconds. */
const CANVAS_PX = 768

/** `decodeQR` of `qr/decode.js`, whose own declarations need TypeScript 5.7. */
export type DecodeQr = (image: ImageData, options: { readonly timeLimit: number }) => string

/** White margin around the picture, which may lack the quiet zone that decoders need. */
const MARGIN_PX = 48

/** Time limit for further attempts to decode a picture. The page is blocked during them. */
const TIME_LIMIT_MS = 50

/**
 * The text of the QR code in a loaded picture; `undefined` if it contains none, is too large, or the browser denies access to its
 * pixels. Only `data:` pictures are decoded.
 */
export function decodeQrImage(image: HTMLImageElement, decodeQr: DecodeQr): string | undefined {
  const { naturalWidth: width, naturalHeight: height } = image
  const longest = Math.max(width, height)
  if (!image.src.startsWith('data:image/') || width === 0 || longest > LARGEST_SIDE_PX) return undefined
  try {
    return decodeQr(pixelsOf(image, (CANVAS_PX - 2 * MARGIN_PX) / longest), { timeLimit: TIME_LIMIT_MS })
  } catch {
    return undefined
  }
}

function pixelsOf(image: HTMLImageElement, scale: number): ImageData {
  const canvas = new OffscreenCanvas(CANVAS_PX, CANVAS_PX)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('No canvas')
  // A background for transparent pictures.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, CANVAS_PX, CANVAS_PX)
  // Small pictures keep their hard edges.
  context.imageSmoothingEnabled = scale < 1
  context.drawImage(image, MARGIN_PX, MARGIN_PX, image.naturalWidth * scale, image.naturalHeight * scale)
  return context.getImageData(0, 0, CANVAS_PX, CANVAS_PX)
}
