import type { PairingSnapshot } from '../../../src/index.js'

declare global {
  /** The functions that the pages of this consumer provide for its checks. */
  interface Window {
    readonly statesPage: {
      readonly enterHost: (host: string, options: object) => Promise<void>
      readonly measure: (within: string) => number
      readonly differences: (within: string) => readonly string[]
    }
    readonly translatedPage: {
      readonly show: (state: string) => void
      readonly startTranslator: () => void
      readonly walk: () => Promise<readonly string[]>
      readonly phone: { snapshot: PairingSnapshot | undefined }
    }
  }
}
