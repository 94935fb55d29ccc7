'use client'

import { useSyncExternalStore } from 'react'
import { asRecord } from '../../core/json.js'

/** Android's own line between phones and tablets, in CSS pixels of the shorter side. */
const SMALLEST_TABLET_PX = 600

/**
 * Whether the page is on a phone, which cannot scan its own screen. False on a server and while its markup is taken over,
 * so that both agree; true from the first render in a page that was not rendered there.
 */
export function useOwnPhone(): boolean {
  return useSyncExternalStore(never, isPhone, isUnknown)
}

/** No device turns into another one. */
const never = () => () => {}

const isUnknown = () => false

function isPhone(): boolean {
  // Test environments often replace it by a function that returns nothing.
  const query = typeof matchMedia === 'function' ? matchMedia('(pointer: coarse)') : undefined
  if (asRecord(query).matches !== true) return false
  const { mobile } = asRecord(asRecord(navigator).userAgentData)
  // The screen and not the window: the component may stand in a narrow frame.
  return typeof mobile === 'boolean' ? mobile : Math.min(screen.width, screen.height) < SMALLEST_TABLET_PX
}
