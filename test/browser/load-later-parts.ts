import { vi } from 'vitest'
import { useLaterParts } from '../../src/react/parts/use-later-parts.js'

/** All test files of a page share its modules. This function loads the modules that an earlier file may have loaded. */
export async function loadLaterParts(): Promise<void> {
  await import('../../src/react/parts/later-parts.js')
  useLaterParts.load()
  await vi.dynamicImportSettled()
}
