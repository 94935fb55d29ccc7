'use client'

import { useState } from 'react'
import { useOwnPhone } from '../session/use-own-phone.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** What WhatsApp on a phone may open. */
const LINKED_DEVICES = 'https://wa.me/settings/linked_devices'

/** The QR code follows the hash, which no browser sends to a server. */
const WHATSAPP_LINK = `${LINKED_DEVICES}#`

/**
 * On a phone, a link that opens WhatsApp on the same phone. It contains the QR code, or is shown next to a pairing code, which
 * the user types in WhatsApp. Renders nothing on other devices, and nothing if the text of the QR code is unknown or not a link.
 * Seen to work on Android; other phones may open a page instead. The address is as secret as the code, and is removed with it.
 */
export const PairingOpenInWhatsApp: PartComponent<'a'> = forwardPart(
  function PairingOpenInWhatsApp(props, hostRef) {
    const { pairing, messages, qrText, samePhoneLink, part } = usePairingContext()
    const isOwnPhone = useOwnPhone()
    const ref = useFocusHandover(hostRef)
    const hasToType = pairing.session.status === 'awaiting-code'
    const href = hasToType ? LINKED_DEVICES : qrText?.startsWith(WHATSAPP_LINK) ? qrText : undefined
    // Between two codes the element stays without an address, so that it keeps the focus.
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
      // A new tab: if WhatsApp does not open, the code and its session stay.
      <a
        {...props}
        {...state}
        ref={ref}
        target="_blank"
        rel="noreferrer"
        {...part('open-in-whatsapp', props.className)}
      >
        {props.children ?? (hasToType ? messages.openWhatsApp : messages.openInWhatsApp)}
      </a>
    )
  },
)
