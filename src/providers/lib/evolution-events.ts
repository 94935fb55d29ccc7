import { asRecord, asText } from '../../core/json.js'
import type { PairingSnapshot } from '../../core/provider.js'
import { CODE_MS } from './evolution-code.js'
import { fromQrCode, linkedTo } from './evolution-snapshots.js'
import { localWebhookTime } from './webhook-time.js'

// https://doc.evolution-api.com/v2/en/configuration/webhooks

type Fields = Readonly<Record<string, unknown>>

/**
 * What an event says about an instance. The server sends those of all its instances to one address where it is
 * configured so, each with the token of its own.
 */
export function readEvolutionEvent(body: unknown, instanceName: string): PairingSnapshot | undefined {
  const { event, instance, data, date_time: sentAt } = asRecord(body)
  if (instance !== instanceName) return undefined
  if (event === 'connection.update') return connectionUpdate(asRecord(data))
  return event === 'qrcode.updated' ? qrCodeUpdated(asRecord(data), ageOf(sentAt)) : undefined
}

function connectionUpdate({
  state,
  wuid,
  profileName,
  profilePictureUrl,
}: Fields): PairingSnapshot | undefined {
  switch (state) {
    case 'open':
      return linkedTo(wuid, profileName, profilePictureUrl)
    case 'connecting':
      return { status: 'preparing' }
    // Sent where the server does not connect again.
    case 'close':
      return { status: 'unlinked' }
    // It has given all its codes.
    case 'refused':
      return { status: 'stopped' }
    default:
      return undefined
  }
}

/**
 * The pairing code that may stand beside the QR code is left to the next read of the state: the adapter knows after how
 * many of them to stop, and an event does not.
 */
function qrCodeUpdated(
  { statusCode, qrcode }: Fields,
  ageMs: number | undefined,
): PairingSnapshot | undefined {
  // As `refused`: a message comes in place of the codes.
  if (statusCode === 500) return { status: 'stopped' }
  const { code, base64 } = asRecord(qrcode)
  const content = asText(code ?? base64)
  try {
    return content ? fromQrCode(content, ageMs === undefined ? undefined : CODE_MS - ageMs) : undefined
  } catch {
    // This is no code; the next request shows the state.
    return undefined
  }
}

/** How old a webhook is; `undefined` where its clock does not say, or differs from this one. */
function ageOf(sentAt: unknown): number | undefined {
  const now = Date.now()
  const ageMs = now - (localWebhookTime(sentAt, now) ?? Number.NaN)
  return ageMs >= 0 && ageMs < CODE_MS ? ageMs : undefined
}
