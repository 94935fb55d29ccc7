'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { passkeyWay } from './passkey-texts.js'
import { useFocusHandover } from './use-focus-handover.js'

/** A link to `supportUrl`, after an error that only the people who run the app can repair, or for a passkey. */
export const PairingSupportLink: PartComponent<'a'> = forwardPart(
  function PairingSupportLink(props, hostRef) {
    const { pairing, messages, supportUrl, part } = usePairingContext()
    const ref = useFocusHandover(hostRef)
    const { session } = pairing
    const isNeeded =
      session.status === 'failed'
        ? session.error.action === 'contact-host'
        : session.status === 'passkey-required' && !passkeyWay(pairing)
    if (!supportUrl || !isNeeded) return null
    return (
      <a {...props} ref={ref} href={supportUrl} {...part('support-link', props.className)}>
        {props.children ?? messages.contactSupport}
      </a>
    )
  },
)
