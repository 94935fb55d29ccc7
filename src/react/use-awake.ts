'use client'

import { useEffect } from 'react'
import type { PairingSession } from '../core/session-state.js'
import { onceLoaded } from './once-loaded.js'

/** Keeps the screen from going dark while a code is on it. */
export function useAwake({ status }: PairingSession): void {
  const isCodeShown = status === 'awaiting-scan' || status === 'awaiting-code'
  useEffect(
    () => (isCodeShown ? onceLoaded(import('./keep-awake.js'), ({ keepAwake }) => keepAwake()) : undefined),
    [isCodeShown],
  )
}
