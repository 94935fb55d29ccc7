import { asAmount, asRecord, asText } from './json.js'
import type { PairingMethod, ProviderTiming } from './provider.js'

/** The id becomes part of the developer's statistics. */
const MAX_ID_CHARACTERS = 100

/** The `id` of a provider, cut to a length that statistics can hold. */
export function decodeProviderId(value: unknown): string | undefined {
  return asText(value)?.slice(0, MAX_ID_CHARACTERS)
}

/** Reads the methods from an untrusted value; `undefined` if it is not a list. */
export function decodeMethods(value: unknown): readonly PairingMethod[] | undefined {
  return Array.isArray(value) ? [...new Set(value.filter(isMethod))] : undefined
}

function isMethod(value: unknown): value is PairingMethod {
  return value === 'qr' || value === 'phone-code'
}

/** Bounds of a time of {@link ProviderTiming}: below, requests are sent without a pause; above, no timer can wait. */
export const SHORTEST_MS = 100
export const LONGEST_MS = 86_400_000

/** Reads the timing from an untrusted value; `undefined` if a part of it is missing. */
export function decodeTiming(input: unknown): ProviderTiming | undefined {
  const fields = asRecord(input)
  // With zero, or more than a timer can wait for, the browser would send requests without a pause.
  const duration = (name: keyof ProviderTiming) =>
    Math.min(Math.max(asAmount(fields[name]) ?? Number.NaN, SHORTEST_MS), LONGEST_MS)
  const timing = {
    qrLifetimeMs: duration('qrLifetimeMs'),
    qrIntervalMs: duration('qrIntervalMs'),
    qrMinIntervalMs: duration('qrMinIntervalMs'),
    statusIntervalMs: duration('statusIntervalMs'),
    pairingCodeLifetimeMs: duration('pairingCodeLifetimeMs'),
    requestTimeoutMs: duration('requestTimeoutMs'),
  }
  if (Object.values(timing).some(Number.isNaN)) return undefined
  return fields.startMs === undefined ? timing : { ...timing, startMs: duration('startMs') || undefined }
}
