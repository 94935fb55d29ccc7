'use client'

import { useLayoutEffect, useMemo, useRef } from 'react'
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

/** The tile of the card once more, as large as the screen: the same session, so the same code, replaced at the same moment. */
export const PairingEnlargedCode: PartComponent<'dialog', PairingEnlargedCodeProps> = forwardPart(
  function PairingEnlargedCode({ onClose, ...props }, hostRef) {
    const context = usePairingContext()
    const panel = useRef<HTMLDivElement>(null)
    const { panel: outside, messages, part } = context
    // Retry, once used, leaves the focus in here: what is outside cannot take it.
    const inside = useMemo(() => ({ ...context, panel, close: onClose }), [context, onClose])
    const ref = useMergedRef<HTMLDialogElement>(useModal(onClose), hostRef)
    useLayoutEffect(
      () => () =>
        queueMicrotask(() => {
          // The button that opened it, and has got the focus back, may have been removed at the same time.
          const page = outside.current?.ownerDocument
          if (page?.activeElement === page?.body) outside.current?.focus({ preventScroll: true })
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
              {/* What is outside is not read out. */}
              <Part name="StatusText" own={PairingStatusText} />
              <Part name="Announcement" own={PairingAnnouncement} />
            </div>
          </div>
        </dialog>
      </PairingContext.Provider>
    )
  },
)
