import type { PairingSnapshot } from '../core/provider.js'
import type { QrPayload } from '../core/qr-payload.js'

/** Replaces a provider's picture by WhatsApp's text if it can be decoded, which is about a twentieth of its size. */
export interface PictureReader {
  /** Calls `take` with the snapshot: immediately, or after its picture or that of an earlier snapshot was decoded. */
  read(snapshot: PairingSnapshot, onSnapshot: OnSnapshot): void | Promise<void>
}

/**
 * Receives a snapshot.
 *
 * @param age - How long it has waited, in whole milliseconds of a monotonic clock, because its code aged during that time. Read
 * the wall clock before the age: a pause of the process between the two would make the code look younger.
 */
type OnSnapshot = (snapshot: PairingSnapshot, age: () => number) => void

/** Creates the reader of one session, which decodes each picture once. Without `readText`, snapshots are not changed. */
export function createPictureReader(
  readText: () => ((src: string) => Promise<string | undefined>) | undefined,
): PictureReader {
  let last: { readonly src: string; readonly payload: QrPayload } | undefined
  /** Resolves when the current pictures are decoded. */
  let underWay: Promise<void> | undefined

  function decoded(snapshot: PairingSnapshot): PairingSnapshot | undefined {
    if (snapshot.status !== 'qr' || snapshot.qrCode.kind === 'text' || !readText()) return snapshot
    return last?.src === snapshot.qrCode.src ? { ...snapshot, qrCode: last.payload } : undefined
  }

  async function toText(snapshot: PairingSnapshot): Promise<PairingSnapshot> {
    const read = decoded(snapshot)
    if (read || snapshot.status !== 'qr' || snapshot.qrCode.kind === 'text') return read ?? snapshot
    const { qrCode } = snapshot
    const value = await readText()?.(qrCode.src).catch(() => undefined)
    const payload: QrPayload = value === undefined ? qrCode : { kind: 'text', value }
    last = { src: qrCode.src, payload }
    return { ...snapshot, qrCode: payload }
  }

  async function inTurn(
    before: Promise<void> | undefined,
    snapshot: PairingSnapshot,
    onSnapshot: OnSnapshot,
  ) {
    const age = stopwatch()
    await before
    onSnapshot(await toText(snapshot), age)
  }

  return {
    read(snapshot, onSnapshot) {
      const read = underWay ? undefined : decoded(snapshot)
      if (read) return onSnapshot(read, stopwatch())
      const turn = inTurn(underWay, snapshot, onSnapshot).finally(() => {
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
