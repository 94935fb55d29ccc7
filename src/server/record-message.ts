import { asAmount, asRecord, asText, parseJson } from '../core/json.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { isAction } from '../poller/perform-action.js'
import type { IssuedCode } from '../poller/poll-state.js'
import type { SessionRecord } from '../poller/poller-host.js'
import { CLOCK_TOLERANCE_MS } from './bus-message.js'

/** The memory of an adapter has some hundred bytes for each session. */
const MAX_CHARACTERS = 65_536

/** Encodes a record as text. */
export function encodeRecord(record: SessionRecord): string {
  return JSON.stringify(record)
}

/**
 * Reads the record from a text of the bus; `undefined` if it is invalid, because any client of the broker may have written it.
 * Times in the future are removed, because they would make everything before them invalid.
 */
export function decodeRecord(text: string | undefined, now: number): SessionRecord | undefined {
  if (text === undefined || text.length > MAX_CHARACTERS) return undefined
  const fields = asRecord(parseJson(text))
  const time = (value: unknown): number => Math.min(asAmount(value) ?? 0, now + CLOCK_TOLERANCE_MS)
  const savedAt = time(fields.savedAt)
  if (savedAt === 0) return undefined
  return {
    savedAt,
    revision: time(fields.revision),
    action: isAction(fields.action) ? fields.action : undefined,
    startedAt: time(fields.startedAt),
    isStarted: fields.isStarted === true,
    issued: decodeIssued(asRecord(fields.issued)),
    memory: { ...asRecord(fields.memory) },
  }
}

function decodeIssued({
  value,
  phoneNumber,
  expiresAt,
}: Readonly<Record<string, unknown>>): IssuedCode | undefined {
  const ends = asAmount(expiresAt)
  if (ends === undefined) return undefined
  try {
    const code = normalizePairingCode(asText(value) ?? '').value
    return {
      value: code,
      phoneNumber: /^\d{1,4}$/.exec(asText(phoneNumber) ?? '')?.[0] ?? '',
      expiresAt: ends,
    }
  } catch {
    return undefined
  }
}
