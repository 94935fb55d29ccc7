'use client'

import type { PairingElementName } from './element-names.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** What {@link ActionButton} takes beside the props of the host's button. */
interface ActionButtonProps {
  readonly part: PairingElementName
  /** What the part is for; comes after the host's own handler, unless that prevents it. */
  readonly action: () => void
}

/** A button that may go away when it is used; the focus is then put on the panel. */
export const ActionButton: PartComponent<'button', ActionButtonProps> = forwardPart(function ActionButton(
  { part: name, action, onClick, ...props },
  hostRef,
) {
  const { part } = usePairingContext()
  const ref = useFocusHandover(hostRef)
  return (
    <button
      type="button"
      {...props}
      ref={ref}
      {...part(name, props.className)}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) action()
      }}
    />
  )
})
