'use client'

import type { PairingElementName } from './element-names.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** Props of {@link ActionButton}, in addition to those of a button. */
interface ActionButtonProps {
  readonly part: PairingElementName
  /** The action of the part. It runs after the app's own handler, unless that calls `preventDefault`. */
  readonly action: () => void
}

/** A button that may be removed when it is used. The focus then moves to the panel. */
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
