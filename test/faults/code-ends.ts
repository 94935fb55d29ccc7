import { qrPayloadKey } from '../../src/core/qr-payload.js'
import type { PairingSession } from '../../src/index.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import type { Emulator } from '../../src/testing.js'

/** When each code expires, as WhatsApp knows it and the page can only guess. */
export interface CodeEnds {
  /** Takes down the codes of this moment. */
  note(): Promise<void>
  /** Every code so far, as text. */
  all(): readonly string[]
  /** When this code expired, or will; `undefined` for one that was never issued. */
  endOf(code: string): number | undefined
  /** What a camera reads off a picture; any other code as it is. */
  read(code: string): string
}

export function noteCodeEnds(emulator: Emulator): CodeEnds {
  const ends = new Map<string, number>()
  const texts = new Map<string, string>()
  return {
    async note() {
      const { state } = emulator
      if ('pairingCode' in state && state.pairingCode) {
        ends.set(state.pairingCode.value, state.pairingCode.expiresAt)
      }
      if (state.status !== 'pairing' || ends.has(state.qrText)) return
      const { qrText, qrExpiresAt } = state
      ends.set(qrText, qrExpiresAt)
      texts.set(`data:image/png;base64,${toBase64(await qrImage(qrText))}`, qrText)
    },
    all: () => [...ends.keys()],
    endOf: (code) => ends.get(texts.get(code) ?? code),
    read: (code) => texts.get(code) ?? code,
  }
}

/** What identifies the code on screen; `undefined` where there is none. */
export function codeOnScreen(session: PairingSession | undefined): string | undefined {
  if (session?.status === 'awaiting-scan') return qrPayloadKey(session.qrCode.payload)
  return session?.status === 'awaiting-code' ? session.pairingCode.value : undefined
}
