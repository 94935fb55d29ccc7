'use client'

// Everything that no user needs before the first code. It is one chunk, which loads after that code was painted.

import type { ReactElement } from 'react'
import { PairingAnnouncement } from './announcement.js'
import { PairingCodeRecipient } from './code-recipient.js'
import { PairingDoneButton } from './done-button.js'
import { PairingErrorCode } from './error-code.js'
import { PairingNumberCheck } from './number-check.js'
import { PairingOtherCode } from './other-code.js'
import { Part } from './part.js'
import { PhoneSpelling } from './phone-form.js'
import { PairingPrintNote } from './print-note.js'
import { PairingShare } from './share.js'
import { PairingSlowCode } from './slow-code.js'
import { PairingSwitchMethodButton } from './switch-method-button.js'
import { PairingWayOut } from './way-out.js'

export { laterEnglish } from '../../locales/later/en.js'
export { keepAwake } from '../keep-awake.js'
export { PairingAccount } from './account.js'
export { PairingCopyButton } from './copy-button.js'
export { PairingEnlargeButton } from './enlarge-button.js'
export { laterIcons } from './later-icons.js'
export { Lead } from './lead.js'
export { PairingOpenInWhatsApp } from './open-in-whatsapp.js'
export { PairingCode } from './pairing-code.js'
export { PairingPasskey } from './passkey.js'
export { PairingPhoneForm } from './phone-form.js'
export { PairingSupportLink } from './support-link.js'
export { TileMark } from './tile-mark.js'
export { PairingTrouble } from './trouble.js'

/** The elements below the code that the first code does not need. */
export function LaterPanel(): ReactElement {
  return (
    <>
      <Part name="Announcement" own={PairingAnnouncement} />
      <Part name="CodeRecipient" own={PairingCodeRecipient} />
      <PhoneSpelling />
      <Part name="OtherCode" own={PairingOtherCode} />
      <Part name="SlowCode" own={PairingSlowCode} />
      <Part name="WayOut" own={PairingWayOut} />
      <Part name="NumberCheck" own={PairingNumberCheck} />
      <Part name="DoneButton" own={PairingDoneButton} />
      <Part name="ErrorCode" own={PairingErrorCode} />
      <Part name="SwitchMethodButton" own={PairingSwitchMethodButton} />
      <Part name="Share" own={PairingShare} />
      <Part name="PrintNote" own={PairingPrintNote} />
    </>
  )
}
