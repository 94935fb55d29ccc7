'use client'

import type { ReactElement } from 'react'
import { PairingCodeRecipient } from './code-recipient.js'
import { PairingCopyButton } from './copy-button.js'
import { PairingCountdown } from './countdown.js'
import { PairingInstructions } from './instructions.js'
import { PairingMethodTabs } from './method-tabs.js'
import { PairingCodeText } from './pairing-code.js'
import { usePairingContext } from './pairing-context.js'
import { PairingPanel } from './panel.js'
import { PairingPhoneForm } from './phone-form.js'
import { PairingRoot, type PairingRootProps } from './root.js'
import { PairingSafetyNote } from './safety-note.js'
import { PairingSlowCode } from './slow-code.js'
import { PairingStatusText } from './status.js'
import { PairingSwitchMethodButton } from './switch-method-button.js'
import { PairingTile } from './tile.js'
import { PairingTitle } from './title.js'
import { PairingTrouble } from './trouble.js'

/** The parts in the arrangement of `<WhatsAppPairing>`, for a session that the host holds itself. */
export function PairingCard(props: PairingRootProps): ReactElement {
  return (
    <PairingRoot {...props}>
      <div data-part="card">
        <div data-part="intro">
          <PairingTitle />
          <PairingMethodTabs />
          <PairingInstructions />
        </div>
        <PairingPanel>
          <Stage />
          <PairingCountdown />
          <PairingStatusText />
          <PairingCodeRecipient />
          <PairingSlowCode />
          <PairingSwitchMethodButton />
        </PairingPanel>
        <PairingTrouble />
        <PairingSafetyNote />
      </div>
    </PairingRoot>
  )
}

function Stage(): ReactElement {
  const { status } = usePairingContext().pairing.session
  if (status === 'awaiting-number' || status === 'requesting-code') return <PairingPhoneForm />
  if (status !== 'awaiting-code') return <PairingTile />
  return (
    <>
      <PairingCodeText />
      <PairingCopyButton />
    </>
  )
}
