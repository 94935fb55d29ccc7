'use client'

import type { ReactElement } from 'react'
import { PairingAnnouncement } from './announcement.js'
import { PairingCodeRecipient } from './code-recipient.js'
import { PairingDoneButton } from './done-button.js'
import { PairingNumberCheck } from './number-check.js'
import { Part } from './part.js'
import { PairingShare } from './share.js'
import { PairingSlowCode } from './slow-code.js'
import { PairingSwitchMethodButton } from './switch-method-button.js'
import { PairingWayOut } from './way-out.js'

/** What the panel of the card has below the code beyond what the first code needs. */
export function LaterPanel(): ReactElement {
  return (
    <>
      <Part name="Announcement" own={PairingAnnouncement} />
      <Part name="CodeRecipient" own={PairingCodeRecipient} />
      <Part name="SlowCode" own={PairingSlowCode} />
      <Part name="WayOut" own={PairingWayOut} />
      <Part name="NumberCheck" own={PairingNumberCheck} />
      <Part name="SwitchMethodButton" own={PairingSwitchMethodButton} />
      <Part name="Share" own={PairingShare} />
      <Part name="DoneButton" own={PairingDoneButton} />
    </>
  )
}
