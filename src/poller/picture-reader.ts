import type { PairingSnapshot } from '../core/provider.js'
import type { QrPayload } from '../core/qr-payload.js'

/** Puts WhatsApp's text in the place of a provider's picture, where it can be read: it is a twentieth of its size. */
export interface PictureReader {
  /** Calls `take` with the snapshot: at once, or after the picture in it, or in one before it, was read. */
  read(snapshot: PairingSnapshot, take: TakeSnapshot): void | Promise<void>
}

/**
 * Takes a snapshot in.
 *
 * @param ageMs - How long it waited, in whole milliseconds, by a clock that is not set: its code aged meanwhile.
 */
type TakeSnapshot = (snapshot: PairingSnapshot, ageMs: number) => void

/** Makes the reader of one session, which reads each picture once. Without `readText` each snapshot stays as it is. */
export function createPictureReader(
  readText: () => ((src: string) => Promise<string | undefined>) | undefined,
): PictureReader {
  let last: { readonly src: string; readonly payload: QrPayload } | undefined
  /** Of the pictures that are being read. */
  let underWay: Promise<void> | undefined

  function known(snapshot: PairingSnapshot): PairingSnapshot | undefined {
    if (snapshot.status !== 'qr' || snapshot.qrCode.kind === 'text' || !readText()) return snapshot
    return last?.src === snapshot.qrCode.src ? { ...snapshot, qrCode: last.payload } : undefined
  }

  async function toText(snapshot: PairingSnapshot): Promise<PairingSnapshot> {
    const read = known(snapshot)
    if (read || snapshot.status !== 'qr' || snapshot.qrCode.kind === 'text') return read ?? snapshot
    const { qrCode } = snapshot
    const value = await readText()?.(qrCode.src).catch(() => undefined)
    const payload: QrPayload = value === undefined ? qrCode : { kind: 'text', value }
    last = { src: qrCode.src, payload }
    return { ...snapshot, qrCode: payload }
  }

  async function inTurn(before: Promise<void> | undefined, snapshot: PairingSnapshot, take: TakeSnapshot) {
    const begunAt = performance.now()
    await before
    const read = await toText(snapshot)
    take(read, Math.round(performance.now() - begunAt))
  }

  return {
    read(snapshot, take) {
      const read = underWay ? undefined : known(snapshot)
      if (read) return take(read, 0)
      const turn = inTurn(underWay, snapshot, take).finally(() => {
        if (underWay === turn) underWay = undefined
      })
      underWay = turn
      return turn
    },
  }
}
