'use client'

import { useRef, useState } from 'react'
import { ActionButton } from './action-button.js'
import { copyText } from './copy-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The code of the error in small print, for your support team. The instructions say what to do about it. */
export const PairingErrorCode: PartComponent<'div'> = forwardPart(function PairingErrorCode(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  const [copied, setCopied] = useState<string>()
  const shown = useRef<HTMLElement>(null)
  const { session } = pairing
  if (session.status !== 'failed') return null
  const { code } = session.error
  const isCopied = copied === code
  return (
    <div {...props} ref={ref} {...part('error-code', props.className)} data-code={code}>
      <span>{`${messages.errorLabel}: `}</span>
      <code ref={shown} translate="no">
        {code}
      </code>
      <ActionButton
        part="copy-error-button"
        aria-label={isCopied ? messages.copied : messages.copyError}
        action={async () => setCopied((await copyText(code, shown.current)) ? code : undefined)}
      >
        <Icon name={isCopied ? 'check' : 'copy'} size={16} />
      </ActionButton>
    </div>
  )
})
