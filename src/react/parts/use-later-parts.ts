'use client'

import { useEffect } from 'react'
import { afterFirstCode } from '../first-code.js'
import { type LazyPart, lazyPart } from './lazy-part.js'
import { usePairingContext } from './pairing-context.js'

type LaterModule = typeof import('./later-parts.js')

/** The parts that are not needed before the first code; {@link LaterParts} loads them. */
export const useLaterParts: LazyPart<LaterModule> = lazyPart(() => import('./later-parts.js'), false)

/** After a wait of this length, the screen says that it may take longer. In milliseconds. */
export const LONG_MS = 8_000

/**
 * Loads the later parts: after the first code was painted or a wait became long, or immediately for a state that shows one of
 * them.
 */
export function LaterParts(): null {
  const { session } = usePairingContext().pairing
  const { status } = session
  const isEarly = status === 'idle' || (status === 'preparing' && !session.isSlow)
  const later = useLaterParts()
  useEffect(() => {
    if (isEarly) {
      const timer = setTimeout(useLaterParts.load, LONG_MS)
      return () => clearTimeout(timer)
    }
    if (status === 'awaiting-scan') return afterFirstCode(useLaterParts.load)
    useLaterParts.load()
    return undefined
  }, [status, isEarly])
  const isCodeShown = status === 'awaiting-scan' || status === 'awaiting-code'
  useEffect(() => (isCodeShown ? later?.keepAwake() : undefined), [isCodeShown, later])
  return null
}
