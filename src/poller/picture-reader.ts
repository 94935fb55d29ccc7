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
 * @param age - How long it has waited, in whole milliseconds, by a clock that is not set: its code aged meanwhile. Read the time
 * before it, or a pause of the process between the two would make the code younger.
 */
type TakeSnapshot = (snapshot: PairingSnapshot, age: () => number) => void

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
    const age = stopwatch()
    await before
    take(await toText(snapshot), age)
  }

  return {
    read(snapshot, take) {
      const read = underWay ? undefined : known(snapshot)
      if (read) return take(read, stopwatch())
      const turn = inTurn(underWay, snapshot, take).finally(() => {
        if (underWay === turn) underWay = undefined
      })
      underWay = turn
      return turn
    },
  }
}

function stopwatch(): () => number {
  const begunAt = performance.now()
  return () => Math.round(performance.now() - begunAt)
}
