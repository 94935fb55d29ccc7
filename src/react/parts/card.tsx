'use client'

import type { ReactElement } from 'react'
import { PairingAnnouncer } from './announcer.js'
import { PairingCodeRecipient } from './code-recipient.js'
import { PairingCopyButton } from './copy-button.js'
import { PairingCountdown } from './countdown.js'
import { PairingInstructions } from './instructions.js'
import { PairingMethodTabs } from './method-tabs.js'
import { PairingCodeText } from './pairing-code.js'
import { usePairingContext } from './pairing-context.js'
import { PairingPanel } from './panel.js'
import { type PairingParts, Part, PartsContext } from './part.js'
import { PairingPhoneForm } from './phone-form.js'
import { PairingQrActions } from './qr-actions.js'
import { PairingRoot, type PairingRootProps } from './root.js'
import { PairingSafetyNote } from './safety-note.js'
import { PairingSlowCode } from './slow-code.js'
import { PairingStatusText } from './status.js'
import { PairingSwitchMethodButton } from './switch-method-button.js'
import { PairingTile } from './tile.js'
import { PairingTitle } from './title.js'
import { PairingTrouble } from './trouble.js'

/** Props of {@link PairingCard}. */
export interface PairingCardProps extends PairingRootProps {
  /** Components in place of the default ones, or `null` for none. */
  readonly parts?: PairingParts | undefined
}

/** The parts in the arrangement of `<WhatsAppPairing>`, for a session that the host holds itself. Children come last. */
export function PairingCard({ parts, children, ...props }: PairingCardProps): ReactElement {
  const card = (
    <PairingRoot {...props}>
      <div data-part="card">
        <div data-part="intro">
          <Part name="Title" own={PairingTitle} />
          <Part name="MethodTabs" own={PairingMethodTabs} />
          <Part name="Instructions" own={PairingInstructions} />
        </div>
        <PairingPanel>
          <Stage />
          <Part name="Countdown" own={PairingCountdown} />
          <Part name="Status" own={PairingStatusText} />
          <PairingAnnouncer />
          <Part name="QrActions" own={PairingQrActions} />
          <Part name="CodeRecipient" own={PairingCodeRecipient} />
          <Part name="SlowCode" own={PairingSlowCode} />
          <Part name="SwitchMethodButton" own={PairingSwitchMethodButton} />
        </PairingPanel>
        <Part name="Trouble" own={PairingTrouble} />
        <Part name="SafetyNote" own={PairingSafetyNote} />
      </div>
      {children}
    </PairingRoot>
  )
  return parts ? <PartsContext.Provider value={parts}>{card}</PartsContext.Provider> : card
}

function Stage(): ReactElement {
  const { status } = usePairingContext().pairing.session
  if (status === 'awaiting-number' || status === 'requesting-code')
    return <Part name="PhoneForm" own={PairingPhoneForm} />
  if (status !== 'awaiting-code') return <Part name="Tile" own={PairingTile} />
  return (
    <div data-part="code-frame">
      <Part name="PairingCode" own={PairingCodeText} />
      <Part name="CopyButton" own={PairingCopyButton} />
    </div>
  )
}
