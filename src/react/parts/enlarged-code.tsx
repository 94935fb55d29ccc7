'use client'

import { useLayoutEffect, useMemo, useRef } from 'react'
import { focusInTree } from '../focus-in-tree.js'
import { useMergedRef } from '../use-merged-ref.js'
import { useModal } from '../use-modal.js'
import { PairingAnnouncement } from './announcement.js'
import { PairingCloseButton } from './close-button.js'
import { PairingCountdown } from './countdown.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { PairingContext, usePairingContext } from './pairing-context.js'
import { type PairingEnlargedCodeProps, Part } from './part.js'
import { PairingStatusText } from './status-text.js'
import { PairingTile } from './tile.js'

/** A second tile of the card, as large as the screen. It has the same session, so it shows the same code at the same time. */
export const PairingEnlargedCode: PartComponent<'dialog', PairingEnlargedCodeProps> = forwardPart(
  function PairingEnlargedCode({ onClose, ...props }, hostRef) {
    const context = usePairingContext()
    const panel = useRef<HTMLDivElement>(null)
    const { panel: outside, messages, part } = context
    // After Retry the focus stays in this dialog, because elements outside it are inert.
    const inside = useMemo(() => ({ ...context, panel, close: onClose }), [context, onClose])
    const ref = useMergedRef<HTMLDialogElement>(useModal(onClose), hostRef)
    useLayoutEffect(
      () => () =>
        queueMicrotask(() => {
          // The button that opened the view gets the focus back, but may have been removed at the same time.
          const card = outside.current
          const focused = card && focusInTree(card)
          if (!focused || focused === card.ownerDocument.body) card?.focus({ preventScroll: true })
        }),
      [outside],
    )
    return (
      <PairingContext.Provider value={inside}>
        <dialog
          aria-label={messages.qrCodeLabel}
          {...props}
          ref={ref}
          {...part('enlarged-code', props.className)}
        >
          <div ref={panel} tabIndex={-1} {...part('enlarged-panel')}>
            <Part name="Tile" own={PairingTile} />
            <div {...part('enlarged-aside')}>
              <Part name="CloseButton" own={PairingCloseButton} />
              <Part name="Countdown" own={PairingCountdown} />
              {/* Screen readers do not announce elements outside a modal dialog. */}
              <Part name="StatusText" own={PairingStatusText} />
              <Part name="Announcement" own={PairingAnnouncement} />
            </div>
          </div>
        </dialog>
      </PairingContext.Provider>
    )
  },
)
