'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** Closes the dialog around it. Renders nothing outside a dialog, or without `onClose`. */
export const PairingCloseButton: PartComponent<'button'> = forwardPart(function PairingCloseButton(
  { onClick, children, ...props },
  ref,
) {
  const { messages, close, part } = usePairingContext()
  if (!close) return null
  return (
    <button
      type="button"
      aria-label={messages.close}
      {...props}
      ref={ref}
      {...part('close-button', props.className)}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) close()
      }}
    >
      {children ?? <Icon name="close" size={22} />}
    </button>
  )
})
