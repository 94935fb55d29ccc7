'use client'

import { type ForwardedRef, forwardRef, type ReactElement } from 'react'
import type { ComponentWithRef } from './forward-part.js'
import type { LaterIconName } from './later-icons.js'
import { usePairingContext } from './pairing-context.js'
import { type PairingIconName, type PairingIconProps, Part } from './part.js'
import { useLaterParts } from './use-later-parts.js'

/** Outlines on a 24 × 24 grid, in the colour of the text. The others are {@link laterIcons}. */
const paths: Readonly<Record<Exclude<PairingIconName, LaterIconName>, ReactElement>> = {
  menu: <path d="M12 5h.01M12 12h.01M12 19h.01" strokeWidth="3" />,
  settings: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1" />
    </>
  ),
  retry: <path d="M20 12a8 8 0 1 1-2.3-5.7L20 8.6M20 3.5v5.1h-5.1" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  shield: <path d="M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6Zm0 5v5m0 3h.01" />,
}

/** A picture next to words. It is hidden from screen readers, because the words have the same meaning. */
export const PairingIcon: ComponentWithRef<PairingIconProps, SVGSVGElement> = forwardRef(function PairingIcon(
  { name, size = 18, ...props }: PairingIconProps,
  ref: ForwardedRef<SVGSVGElement>,
) {
  const { part } = usePairingContext()
  const later = useLaterParts.unreported()
  const all: Readonly<Partial<Record<PairingIconName, ReactElement>>> = { ...paths, ...later?.laterIcons }
  return (
    <svg
      {...props}
      ref={ref}
      {...part('icon', props.className)}
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {all[name]}
    </svg>
  )
})

/** The icon, or the one that the app provides. */
export function Icon(props: Pick<PairingIconProps, 'name' | 'size'>): ReactElement | null {
  return <Part name="Icon" own={PairingIcon} props={props} />
}
