import { asRecord } from '../../core/json.js'
import { asQrContent } from '../../core/normalize-qr-payload.js'
import type { ProviderResponse } from './request.js'

/**
 * The QR code in a response, for `normalizeQrPayload`: the body itself if it is not JSON (an image, base64 as text), otherwise
 * the first of these fields, also in `data`. `undefined` if there is none.
 */
export function qrContent(
  { bytes, json }: ProviderResponse,
  fields: readonly string[],
): string | Uint8Array | undefined {
  if (json === undefined) return bytes.length > 0 ? bytes : undefined
  const body = asRecord(json)
  for (const holder of [body, asRecord(body.data)]) {
    for (const field of fields) {
      const content = asQrContent(holder[field])
      if (content) return content
    }
  }
  return asQrContent(json)
}
