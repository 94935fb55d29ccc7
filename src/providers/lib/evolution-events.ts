import { asRecord, asText } from '../../core/json.js'
import type { PairingSnapshot } from '../../core/provider.js'
import { CODE_MS } from './evolution-code.js'
import { fromQrCode, linkedTo } from './evolution-snapshots.js'
import { localWebhookTime } from './webhook-time.js'

// https://doc.evolution-api.com/v2/en/configuration/webhooks

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the state of an instance from an event. A server may be configured to send the events of all its instances to one
 * address, each with its own token.
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
    // Sent if the server does not reconnect.
    case 'close':
      return { status: 'unlinked' }
    // The instance has used up all its codes.
    case 'refused':
      return { status: 'stopped' }
    default:
      return undefined
  }
}

/** Ignores a pairing code in the event: the next read returns it, because only the adapter limits the number of codes. */
function qrCodeUpdated(
  { statusCode, qrcode }: Fields,
  ageMs: number | undefined,
): PairingSnapshot | undefined {
  // As `refused`: the event has a message instead of codes.
  if (statusCode === 500) return { status: 'stopped' }
  const { code, base64 } = asRecord(qrcode)
  const content = asText(code ?? base64)
  try {
    return content ? fromQrCode(content, ageMs === undefined ? undefined : CODE_MS - ageMs) : undefined
  } catch {
    // The event has no code; the next request reads the state.
    return undefined
  }
}

/** The age of a webhook; `undefined` if it has no time, or its clock differs from this one. */
function ageOf(sentAt: unknown): number | undefined {
  const now = Date.now()
  const ageMs = now - (localWebhookTime(sentAt, now) ?? Number.NaN)
  return ageMs >= 0 && ageMs < CODE_MS ? ageMs : undefined
}
