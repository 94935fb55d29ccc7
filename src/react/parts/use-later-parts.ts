'use client'

import { type LazyPart, lazyPart } from './lazy-part.js'

/** The parts that are not needed before the first code: loaded when the card mounts, beside the first request. */
export const useLaterParts: LazyPart<typeof import('./later-parts.js')> = lazyPart(
  () => import('./later-parts.js'),
)
