'use client'

import { useState } from 'react'
import { useOwnPhone } from '../session/use-own-phone.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** What WhatsApp on a phone may answer to; the code stands behind the hash, which no browser sends to a server. */
const WHATSAPP_LINK = 'https://wa.me/settings/linked_devices#'

/**
 * On a phone's own screen, the QR code as a link that opens the WhatsApp of this phone; nothing elsewhere, and nothing where
 * the text of the code is not known or is no link. Seen to work on Android; other phones may open a page instead.
 * The address is as secret as the code, and goes with it.
 */
export const PairingOpenInWhatsApp: PartComponent<'a'> = forwardPart(
  function PairingOpenInWhatsApp(props, hostRef) {
    const { pairing, messages, qrText, samePhoneLink, part } = usePairingContext()
    const isOwnPhone = useOwnPhone()
    const ref = useFocusHandover(hostRef)
    const href = qrText?.startsWith(WHATSAPP_LINK) ? qrText : undefined
    // Between two codes it stays, without an address: going away it would take the focus from whoever is on it.
    const [isOffered, setOffered] = useState(false)
    const isNextOffered = href !== undefined || (isOffered && pairing.session.status === 'preparing')
    if (isNextOffered !== isOffered) setOffered(isNextOffered)
    if (!isOwnPhone || !samePhoneLink || !isNextOffered) return null
    const onClick: typeof props.onClick = (event) => {
      props.onClick?.(event)
      pairing.report('opened-in-whatsapp')
    }
    const state = href ? { href, onClick } : ({ role: 'link', tabIndex: 0, 'aria-disabled': true } as const)
    return (
      // A new tab: where WhatsApp does not open, the code and its session stay.
      <a
        {...props}
        {...state}
        ref={ref}
        target="_blank"
        rel="noreferrer"
        {...part('open-in-whatsapp', props.className)}
      >
        {props.children ?? messages.openInWhatsApp}
      </a>
    )
  },
)
