'use client'

import { useSyncExternalStore } from 'react'
import { asRecord } from '../../core/json.js'

/** Android's limit between phones and tablets, in CSS pixels of the shorter side. */
const SMALLEST_TABLET_PX = 600

/**
 * Whether the page is on a phone, which cannot scan its own screen. It is false on a server and during hydration, so that both
 * agree. Without a server it is correct from the first render.
 */
export function useOwnPhone(): boolean {
  return useSyncExternalStore(never, isPhone, isUnknown)
}

/** A device never changes its type, so there is nothing to subscribe to. */
const never = () => () => {}

const isUnknown = () => false

function isPhone(): boolean {
  // Test environments often mock it with a function that returns nothing.
  const query = typeof matchMedia === 'function' ? matchMedia('(pointer: coarse)') : undefined
  if (asRecord(query).matches !== true) return false
  const { mobile } = asRecord(asRecord(navigator).userAgentData)
  // The screen and not the window, because the component may be in a narrow frame.
  return typeof mobile === 'boolean' ? mobile : Math.min(screen.width, screen.height) < SMALLEST_TABLET_PX
}
