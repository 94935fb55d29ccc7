import { qrPayloadKey } from '../../src/core/qr-payload.js'
import type { PairingSession } from '../../src/index.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import type { Emulator } from '../../src/testing.js'

/** When each code expires in WhatsApp; the page can only estimate it. */
export interface CodeEnds {
  /** Records the current codes. */
  note(): Promise<void>
  /** Every code so far, as text. */
  all(): readonly string[]
  /** When the code expired or will expire; `undefined` for a code that was never issued. */
  endOf(code: string): number | undefined
  /** The text that a camera reads from a picture; any other code is returned unchanged. */
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

/** The value of the code on screen; `undefined` if no code is there. */
export function codeOnScreen(session: PairingSession | undefined): string | undefined {
  if (session?.status === 'awaiting-scan') return qrPayloadKey(session.qrCode.payload)
  return session?.status === 'awaiting-code' ? session.pairingCode.value : undefined
}
