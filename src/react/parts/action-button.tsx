'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { useFocusHandover } from './use-focus-handover.js'

/** Props of {@link ActionButton}: those of the host's button, and what the part adds. */
export interface ActionButtonProps extends ComponentPropsWithoutRef<'button'> {
  readonly part: string
  /** What the part is for; comes after the host's own handler, unless that prevents it. */
  readonly action: () => void
}

/** A button that may go away when it is used; the focus is then put on the panel. */
export function ActionButton({ part, action, onClick, ...props }: ActionButtonProps): ReactElement {
  const ref = useFocusHandover<HTMLButtonElement>()
  return (
    <button
      type="button"
      {...props}
      ref={ref}
      data-part={part}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) action()
      }}
    />
  )
}
