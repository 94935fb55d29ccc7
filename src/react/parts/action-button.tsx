'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { useFocusHandover } from './use-focus-handover.js'

/** What {@link ActionButton} takes beside the props of the host's button. */
interface ActionButtonProps {
  readonly part: string
  /** What the part is for; comes after the host's own handler, unless that prevents it. */
  readonly action: () => void
}

/** A button that may go away when it is used; the focus is then put on the panel. */
export const ActionButton: PartComponent<'button', ActionButtonProps> = forwardPart(function ActionButton(
  { part, action, onClick, ...props },
  hostRef,
) {
  const ref = useFocusHandover(hostRef)
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
})
