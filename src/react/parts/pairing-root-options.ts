import type { ReactNode } from 'react'
import type { PairingError } from '../../core/errors.js'
import type { PairingLocale, PairingMessagesOverride } from '../../core/messages.js'
import type { PairingAccount } from '../../core/provider.js'
import type { PairingMode } from '../session/query-options.js'
import type { PairingClassNames } from './element-names.js'

/** Props of {@link PairingRoot}, in addition to those of a `section`. */
export interface PairingRootOptions {
  /** The language: its texts, direction and `lang`. One subpath each, `whatsapp-pairing/locales/…`. @default English */
  readonly locale?: PairingLocale | undefined
  /** Texts that replace those of the locale. In `errors`, single codes can be replaced. */
  readonly messages?: PairingMessagesOverride | undefined
  /**
   * Classes for single elements, by their `data-part`; they are added to the `className` that your own part sets.
   * @example
   * ```tsx
   * <WhatsAppPairing classNames={{ card: 'shadow-xl', 'retry-button': 'btn btn-primary' }} … />
   * ```
   */
  readonly classNames?: PairingClassNames | undefined
  /**
   * `auto` follows the system's colour scheme. `inherit` follows the `color-scheme` of the elements around the component, so
   * the theme of your page, without a script.
   * @default 'auto'
   */
  readonly theme?: 'light' | 'dark' | 'auto' | 'inherit' | undefined
  /** With `relink` the heading says that the phone is linked again. @default 'link' */
  readonly mode?: PairingMode | undefined
  /** The name of your app. The safety line shows it, so that the user does not link a stranger's device. */
  readonly appName?: string | undefined
  /**
   * The logo of the app, next to its name: the address of a picture, or an element. It is decorative, so screen readers get only
   * the name.
   * @default none
   */
  readonly appLogo?: ReactNode
  /**
   * Your support page, or a `mailto:` address. After an error that only the people who run the app can repair, a link to it is
   * the first action.
   * @default no link
   */
  readonly supportUrl?: string | undefined
  /**
   * Makes a link to this pairing for the person who holds the phone, with `createPairingLink` on your server. The card then
   * offers **Send to the phone’s owner**, to copy the link or to share it with another app. Any person with the link can link a
   * phone, so withdraw it after the pairing.
   * @default no such button
   */
  readonly createShareLink?: (() => Promise<string>) | undefined
  /**
   * Called when the user presses **Done** after the link. The card has this button only with `onDone`.
   * @default in a dialog the button closes it; elsewhere there is no button
   */
  readonly onDone?: ((account: PairingAccount) => void) | undefined
  /** The controlled number in the phone field. It begins with `+` and the country code. */
  readonly phoneNumber?: string | undefined
  /** The first number in the phone field, if it is not controlled. */
  readonly defaultPhoneNumber?: string | undefined
  /**
   * Called with the text of the phone field whenever it changes. A national number gets its country code in front, so that a
   * stored number is unambiguous.
   */
  readonly onPhoneNumberChange?: ((text: string) => void) | undefined
  /**
   * The country of a number without country code, until the user chooses another: ISO 3166-1, like `BR`.
   * @default from the browser's languages and `locale`
   */
  readonly defaultCountry?: string | undefined
  /**
   * On a phone, offer a link that opens WhatsApp on the same phone. Seen to work on Android; elsewhere it may open a page
   * instead.
   * @default true
   */
  readonly samePhoneLink?: boolean | undefined
  /** The element of the root. A `dialog` is modal as long as it is mounted. @default 'section' */
  readonly as?: 'section' | 'div' | 'dialog' | undefined
  /** Of a `dialog`: called when the user closes it, with its button, Escape or a click outside. Then stop rendering it. */
  readonly onClose?: (() => void) | undefined
  /**
   * Called when a part threw an exception or did not load. The code of the error is `component-failed`, and its `cause` is the
   * exception. The rest of the page is not affected, and the user can try again. `<WhatsAppPairing>` calls `onError` instead.
   */
  readonly onPartError?: ((error: PairingError) => void) | undefined
}
