import { randomBytes } from 'node:crypto'

/** The lifetimes in the protocol: six refs, the first for one minute, the others for 20 seconds each. */
export const WHATSAPP_REF_LIFETIMES_MS: readonly number[] = [60_000, 20_000, 20_000, 20_000, 20_000, 20_000]

/** The refs of one registration. Each is in one QR code and is valid until it expires. */
export interface Refs {
  readonly values: readonly string[]
  /** Whether a phone may use this ref now. */
  isLive(ref: string): boolean
  /** Whether any ref is still valid. A pairing code is valid for the same time. */
  isAnyLive(): boolean
  expire(): void
}

export function issueRefs(lifetimesMs: readonly number[]): Refs {
  let end = Date.now()
  const endOf = new Map<string, number>()
  for (const lifetimeMs of lifetimesMs) {
    end += lifetimeMs
    endOf.set(`2@${randomBytes(72).toString('base64')}`, end)
  }
  return {
    values: [...endOf.keys()],
    isLive: (ref) => Date.now() < (endOf.get(ref) ?? 0),
    isAnyLive: () => [...endOf.values()].some((at) => Date.now() < at),
    expire: () => endOf.clear(),
  }
}
