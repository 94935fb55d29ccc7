import { vi } from 'vitest'
import { useLaterParts } from '../../src/react/parts/use-later-parts.js'

/** All files of a page share its modules: what an earlier one may have loaded is loaded here too. */
export async function loadLaterParts(): Promise<void> {
  await import('../../src/react/parts/later-parts.js')
  useLaterParts.load()
  await vi.dynamicImportSettled()
}
