'use client'

import { useEffect } from 'react'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { PasskeyCode } from './passkey-code.js'
import { passkeyTexts } from './passkey-texts.js'

/** Shows the code that the phone shows too, and lets the user say whether both are equal. */
export const PairingPasskeyCheck: PartComponent<'div'> = forwardPart(
  function PairingPasskeyCheck(props, ref) {
    const { pairing, messages, ids, part } = usePairingContext()
    const { session } = pairing
    const passkey = session.status === 'passkey-required' ? session.passkey : undefined
    const code = passkey?.code
    useEffect(() => {
      if (code !== undefined) focusHeading(ids.title)
    }, [code, ids.title])
    if (!passkey || code === undefined) return null
    const texts = passkeyTexts(messages)
    return (
      <div {...props} ref={ref} {...part('passkey-check', props.className)}>
        <PasskeyCode code={code} label={texts.titles.confirm} />
        {passkey.canConfirm && (
          <ActionButton
            part="confirm-passkey-button"
            aria-disabled={passkey.busy !== undefined || undefined}
            action={() => pairing.confirmPasskey?.(true)}
          >
            {texts.same}
          </ActionButton>
        )}
        <ActionButton part="deny-passkey-button" action={() => pairing.confirmPasskey?.(false)}>
          {texts.differ}
        </ActionButton>
      </div>
    )
  },
)

/** Moves the focus to the heading and not to a button, so that the user reads first. A focus elsewhere in the page is kept. */
function focusHeading(id: string): void {
  const heading = document.getElementById(id)
  const { activeElement, body } = document
  const root = heading?.closest('[data-scope="whatsapp-pairing"]')
  if (!heading || (activeElement !== body && !root?.contains(activeElement))) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}
