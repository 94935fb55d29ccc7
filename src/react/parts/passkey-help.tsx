'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** A link to the provider's instructions for passkeys, if it has any. */
export const PairingPasskeyHelp: PartComponent<'a'> = forwardPart(
  function PairingPasskeyHelp(props, hostRef) {
    const { pairing, messages, part } = usePairingContext()
    const ref = useFocusHandover(hostRef)
    const { session } = pairing
    if (session.status !== 'passkey-required' || !/^https:/i.test(session.helpUrl ?? '')) return null
    return (
      <a
        target="_blank"
        rel="noreferrer"
        {...props}
        ref={ref}
        href={session.helpUrl}
        {...part('passkey-help', props.className)}
      >
        {props.children ?? messages.passkeyHelp}
      </a>
    )
  },
)
