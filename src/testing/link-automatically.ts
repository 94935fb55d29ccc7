import type { Emulator } from './emulator.js'

/** Options of {@link linkAutomatically}. */
export interface LinkAutomaticallyOptions {
  /** From the start of a round of QR codes to the scan. By default 10,000, so that the code is visible for a while. */
  readonly scanAfterMs?: number | undefined
  /** From the request for a pairing code to its entry on the phone. By default 5,000. */
  readonly enterCodeAfterMs?: number | undefined
}

/**
 * Makes the emulated phone scan each round's QR code and enter each pairing code automatically, for a first try or a demo without
 * an account. It uses real timers, which do not keep a process of Node alive.
 *
 * ```ts
 * const phone = linkAutomatically(createEmulator())
 * const provider = greenApi({ ...instance, fetch: mockGreenApi(phone, instance).fetch })
 * ```
 *
 * @returns the same emulator
 */
export function linkAutomatically(
  emulator: Emulator,
  { scanAfterMs = 10_000, enterCodeAfterMs = 5_000 }: LinkAutomaticallyOptions = {},
): Emulator {
  emulator.subscribe(({ action, state }) => {
    if (action === 'start') later(() => emulator.scan(), scanAfterMs)
    const code = 'pairingCode' in state ? state.pairingCode?.value : undefined
    if (action === 'requestPairingCode' && code) later(() => emulator.typeCode(code), enterCodeAfterMs)
  })
  return emulator
}

function later(run: () => void, ms: number): void {
  // A number in a browser, an object in Node.
  const timer: unknown = setTimeout(run, ms)
  if (typeof timer === 'object' && timer && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
}
