'use client'

import { type ReactElement, useState } from 'react'
import type { PasskeyHandoff } from '../../core/passkey.js'
import { ActionButton } from './action-button.js'
import { TimeLeft } from './announcement.js'
import { Copy } from './copy-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { PasskeyCode } from './passkey-code.js'
import { passkeyTexts } from './passkey-texts.js'
import { PasskeyTime } from './passkey-time.js'
import { useFocusHandover } from './use-focus-handover.js'

/** The provider's own procedure for a passkey ceremony: the code for its browser extension, or a link. */
export const PairingPasskeyHandoff: PartComponent<'div'> = forwardPart(
  function PairingPasskeyHandoff(props, ref) {
    const { pairing, part } = usePairingContext()
    const { session } = pairing
    const handoff = session.status === 'passkey-required' ? session.passkey?.handoff : undefined
    if (!handoff) return null
    return (
      <div {...props} ref={ref} {...part('passkey-handoff', props.className)}>
        {handoff.kind === 'code' ? (
          <ExtensionCode key={handoff.code} handoff={handoff} />
        ) : (
          <Link url={handoff.url} />
        )}
      </div>
    )
  },
)

type Coded = Extract<PasskeyHandoff, { kind: 'code' }>

function ExtensionCode({ handoff: { code, expiresAt, installUrl } }: { handoff: Coded }): ReactElement {
  const { messages, pairing, part } = usePairingContext()
  const [shownAt] = useState(Date.now)
  const { codeLabel, install } = passkeyTexts(messages)
  return (
    <>
      <strong {...part('passkey-code-label')}>{codeLabel}</strong>
      <PasskeyCode code={code} label={codeLabel} />
      <PasskeyTime shownAt={shownAt} expiresAt={expiresAt} />
      <TimeLeft shownAt={shownAt} expiresAt={expiresAt} isAnnounced />
      <Copy code={code} source="passkey-code" />
      {installUrl && (
        <a href={installUrl} target="_blank" rel="noreferrer" {...part('passkey-install')}>
          {install}
        </a>
      )}
      <ActionButton part="new-handoff-button" action={() => pairing.requestPasskeyHandoff?.()}>
        {messages.newCode}
      </ActionButton>
    </>
  )
}

function Link({ url }: { url: string }): ReactElement {
  const { messages, part } = usePairingContext()
  return (
    <a ref={useFocusHandover(null)} href={url} target="_blank" rel="noreferrer" {...part('passkey-link')}>
      {passkeyTexts(messages).openWhatsApp}
    </a>
  )
}
