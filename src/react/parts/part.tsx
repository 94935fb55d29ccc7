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
  | 'Error'
  | 'PasskeyHelp'
  | 'StartButton'
  | 'RetryButton'
  | 'PhoneForm'
  | 'PairingCode'
  | 'CopyButton'
  | 'Countdown'
  | 'Status'
  | 'CodeRecipient'
  | 'SlowCode'
  | 'SwitchMethodButton'
  | 'Trouble'
  | 'SafetyNote'

/** The host's own components, by the name of the part they replace; `null` leaves a part out. */
export type PairingParts = { readonly [Name in PairingPartName]?: ComponentType | null | undefined }

export const PartsContext: Context<PairingParts> = createContext<PairingParts>({})

/** A part, or what the host put in its place. */
export function Part({ name, own: Own }: { name: PairingPartName; own: ComponentType }): ReactElement | null {
  const Chosen = useContext(PartsContext)[name]
  if (Chosen === null) return null
  return Chosen ? <Chosen /> : <Own />
}
