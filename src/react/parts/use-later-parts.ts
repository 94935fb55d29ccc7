'use client'

import { lazyPart } from './lazy-part.js'

/** The parts that are not needed before the first code; nothing until they have loaded. */
export const useLaterParts: () => Partial<typeof import('./later-parts.js')> | undefined = lazyPart(
  import('./later-parts.js'),
)
