'use client'

import { useState } from 'react'
import { useOwnPhone } from '../session/use-own-phone.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** What WhatsApp on a phone may open. */
const LINKED_DEVICES = 'https://wa.me/settings/linked_devices'

/** A QR code stands behind the hash, which no browser sends to a server. */
const WHATSAPP_LINK = `${LINKED_DEVICES}#`

/**
 * On a phone's own screen, a link that opens the WhatsApp of this phone: with the QR code in it, and beside a pairing code, which is
 * typed there. Nothing elsewhere, and nothing where the text of the QR code is not known or is no link. Seen to work on Android;
 * other phones may open a page instead. The address is as secret as the code, and goes with it.
 */
export const PairingOpenInWhatsApp: PartComponent<'a'> = forwardPart(
  function PairingOpenInWhatsApp(props, hostRef) {
    const { pairing, messages, qrText, samePhoneLink, part } = usePairingContext()
    const isOwnPhone = useOwnPhone()
    const ref = useFocusHandover(hostRef)
    const hasToType = pairing.session.status === 'awaiting-code'
    const href = hasToType ? LINKED_DEVICES : qrText?.startsWith(WHATSAPP_LINK) ? qrText : undefined
    // Between two codes it stays, without an address: without it the focus would be lost.
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
        {props.children ?? (hasToType ? messages.openWhatsApp : messages.openInWhatsApp)}
      </a>
    )
  },
)
