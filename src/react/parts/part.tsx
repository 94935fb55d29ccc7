'use client'

import {
  type Attributes,
  type ComponentPropsWithoutRef,
  type ComponentType,
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
} from 'react'

/** Props of `PairingCountryPicker`. */
export interface PairingCountryPickerProps {
  readonly country: string | undefined
  /** By country. */
  readonly callingCodes: ReadonlyMap<string, string>
  /** The number already contains its country code, so the flag is enough. */
  readonly isCodeWritten: boolean
  readonly isReadOnly: boolean
  readonly onChoose: (country: string) => void
}

/** Props of `PairingEnlargedCode`, in addition to those of a `dialog`. */
export interface PairingEnlargedCodeProps {
  /** Called when the user closes it. Then stop rendering it. */
  readonly onClose: () => void
}

/** The names of the icons of {@link PairingIcon}. */
export type PairingIconName =
  | 'menu'
  | 'settings'
  | 'retry'
  | 'copy'
  | 'check'
  | 'phone'
  | 'warning'
  | 'key'
  | 'shield'
  | 'close'

/** Props of {@link PairingIcon}. */
export interface PairingIconProps extends ComponentPropsWithoutRef<'svg'> {
  readonly name: PairingIconName
  /** Width and height, in CSS pixels. @default 18 */
  readonly size?: number | undefined
}

/** The parts that an app may replace: `QrCode` is `PairingQrCode`, and `data-part="qr-code"`. */
export type PairingPartName =
  | 'Title'
  | 'MethodTabs'
  | 'Instructions'
  | 'Panel'
  | 'Tile'
  | 'QrCode'
  | 'QrActions'
  | 'EnlargeButton'
  | 'EnlargedCode'
  | 'OpenInWhatsApp'
  | 'Account'
  | 'NumberCheck'
  | 'DoneButton'
  | 'ErrorCode'
  | 'Passkey'
  | 'PasskeyHelp'
  | 'PasskeyHandoff'
  | 'PasskeyCheck'
  | 'SupportLink'
  | 'StartButton'
  | 'RetryButton'
  | 'PhoneForm'
  | 'OtherCode'
  | 'CountryPicker'
  | 'PairingCode'
  | 'CopyButton'
  | 'Countdown'
  | 'StatusText'
  | 'Announcement'
  | 'CodeRecipient'
  | 'SlowCode'
  | 'WayOut'
  | 'SwitchMethodButton'
  | 'Share'
  | 'PrintNote'
  | 'Trouble'
  | 'SafetyNote'
  | 'CloseButton'
  | 'Icon'

/** The props of the parts that get any. */
interface PropsByPart {
  readonly Panel: { readonly children: ReactNode }
  readonly EnlargedCode: PairingEnlargedCodeProps
  readonly CountryPicker: PairingCountryPickerProps
  readonly Icon: Pick<PairingIconProps, 'name' | 'size'>
}

type PropsOf<Name extends PairingPartName> = Name extends keyof PropsByPart ? PropsByPart[Name] : object

/** The app's own components, by the name of the part that they replace; `null` leaves a part out. */
export type PairingParts = {
  readonly [Name in PairingPartName]?: ComponentType<PropsOf<Name>> | null | undefined
}

export const PartsContext: Context<PairingParts> = createContext<PairingParts>({})

interface PartProps<Name extends PairingPartName> {
  readonly name: Name
  readonly own: ComponentType<PropsOf<Name>> | undefined
}

type WithProps<Name extends PairingPartName> = PartProps<Name> & {
  readonly props: Attributes & PropsOf<Name>
}

/** A part, or the app's own component for it. Renders nothing until the part has loaded. */
export function Part<Name extends Exclude<PairingPartName, keyof PropsByPart>>(
  part: PartProps<Name>,
): ReactElement | null
export function Part<Name extends keyof PropsByPart>(part: WithProps<Name>): ReactElement | null
export function Part<Name extends PairingPartName>({
  name,
  own,
  props,
}: PartProps<Name> & Partial<WithProps<Name>>): ReactElement | null {
  const { [name]: chosen }: PairingParts = useContext(PartsContext)
  const component: ComponentType<PropsOf<Name>> | null | undefined = chosen === undefined ? own : chosen
  return component ? createElement(component, props) : null
}
