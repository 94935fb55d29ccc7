'use client'

import { type ComponentType, type Context, createContext, type ReactElement, useContext } from 'react'

/** The parts of the card that a host may replace. */
export type PairingPartName =
  | 'Title'
  | 'MethodTabs'
  | 'Instructions'
  | 'Tile'
  | 'QrCode'
  | 'QrActions'
  | 'Account'
  | 'ErrorCode'
  | 'PasskeyHelp'
  | 'StartButton'
  | 'RetryButton'
  | 'PhoneForm'
  | 'PairingCode'
  | 'CopyButton'
  | 'Countdown'
  | 'Status'
  | 'Announcement'
  | 'CodeRecipient'
  | 'SlowCode'
  | 'SwitchMethodButton'
  | 'Trouble'
  | 'SafetyNote'

/** The host's own components, by the name of the part they replace; `null` leaves a part out. */
export type PairingParts = { readonly [Name in PairingPartName]?: ComponentType | null | undefined }

export const PartsContext: Context<PairingParts> = createContext<PairingParts>({})

/** A part, or what the host put in its place; nothing while the part has not loaded. */
export function Part({ name, own }: PartProps): ReactElement | null {
  const { [name]: Chosen = own } = useContext(PartsContext)
  return Chosen ? <Chosen /> : null
}

interface PartProps {
  readonly name: PairingPartName
  readonly own: ComponentType | undefined
}
