'use client'

import { useCallback, useRef, useState, useSyncExternalStore } from 'react'
import { ActionButton } from './action-button.js'
import { PairingEnlargedCode } from './enlarged-code.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import { hasQrCode } from './qr-actions.js'

/** How much larger the code has to become for the button to be offered. */
const MIN_GAIN = 1.2

/**
 * Shows the QR code on the whole screen, for a phone that is far away or does not focus. Not offered if the code would not become
 * at least a fifth larger than in the card.
 */
export const PairingEnlargeButton: PartComponent<'button'> = forwardPart(
  function PairingEnlargeButton(props, ref) {
    const { session } = usePairingContext().pairing
    // The view stays open between two codes, and closes when the screen shows something else.
    return hasQrCode(session) ? <Enlarge {...props} ref={ref} /> : null
  },
)

const Enlarge = forwardPart<'button'>(function Enlarge(props, ref) {
  const { pairing, messages } = usePairingContext()
  const [isOpen, setOpen] = useState(false)
  const { status } = pairing.session
  const isShown = status === 'awaiting-scan'
  const isLarger = useIsLarger()
  // The window became smaller, or the phone was rotated. The view must not reopen when the phone is rotated back.
  if (isOpen && !isLarger) setOpen(false)
  return (
    <>
      {/* Between two codes the button stays and is not `disabled`, because it would lose the focus. */}
      {status !== 'expired' && isLarger && (
        <ActionButton
          {...props}
          ref={ref}
          part="enlarge-button"
          aria-haspopup="dialog"
          aria-disabled={!isShown}
          action={() => {
            if (!isShown) return
            setOpen(true)
            pairing.report('enlarged')
          }}
        >
          {props.children ?? messages.enlarge}
        </ActionButton>
      )}
      {isOpen && isLarger && (
        <Part name="EnlargedCode" own={PairingEnlargedCode} props={{ onClose: () => setOpen(false) }} />
      )}
    </>
  )
})

/** Whether the current window would show the code larger on the whole screen than in the card. */
function useIsLarger(): boolean {
  const { panel } = usePairingContext()
  // Measured when a size changes, and not on every render: reading a computed style makes the browser lay out the page.
  const isLarger = useRef(true)
  const subscribe = useCallback(
    (changed: () => void) => {
      // Test environments do not lay out, and have no observer.
      if (typeof ResizeObserver === 'undefined') return () => {}
      const measure = () => {
        isLarger.current = isLargerThanIn(panel.current)
        changed()
      }
      measure()
      window.addEventListener('resize', measure)
      let frame = 0
      // The card may change without the window. The next frame measures: the button changes the size of the card, and a browser
      // reports an error for an observer whose callback does that.
      const observer = new ResizeObserver(() => {
        cancelAnimationFrame(frame)
        frame = requestAnimationFrame(measure)
      })
      if (panel.current) observer.observe(panel.current)
      return () => {
        window.removeEventListener('resize', measure)
        observer.disconnect()
        cancelAnimationFrame(frame)
      }
    },
    [panel],
  )
  return useSyncExternalStore(
    subscribe,
    () => isLarger.current,
    () => true,
  )
}

function isLargerThanIn(panel: HTMLElement | null): boolean {
  const tile = panel?.querySelector('[data-part="tile"]')
  if (!panel || !tile) return true
  // The size that enlarged-code.css computes. Without that stylesheet the app defines the sizes, and the button is always
  // offered.
  const enlarged = Number.parseFloat(getComputedStyle(panel).scrollPaddingBlockStart)
  return !(enlarged < MIN_GAIN * tile.getBoundingClientRect().width)
}
