import type { ReactNode } from 'react'
import type { PairingError } from '../../core/errors.js'
import type { PairingLocale, PairingMessagesOverride } from '../../core/messages.js'
import type { PairingAccount } from '../../core/provider.js'
import type { PairingMode } from '../session/query-options.js'
import type { PairingClassNames } from './element-names.js'

/** Props of {@link PairingRoot} beside those of a `section`. */
export interface PairingRootOptions {
  /** The language: its texts, direction and `lang`. One subpath each, `whatsapp-pairing/locales/…`. @default English */
  readonly locale?: PairingLocale | undefined
  /** Texts that replace those of the locale; of `errors`, those of single codes. */
  readonly messages?: PairingMessagesOverride | undefined
  /**
   * Classes for single elements, by their `data-part`; they join the `className` that a part of your own gives its element.
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
  /** `relink` says so in the heading. @default 'link' */
  readonly mode?: PairingMode | undefined
  /** Who is being linked: stands in the safety line, so that the user does not link a stranger's device. */
  readonly appName?: string | undefined
  /**
   * The logo of the app, beside its name: the address of a picture, or an element of your own. It is decoration: the name says it all.
   * @default none
   */
  readonly appLogo?: ReactNode
  /**
   * Where the user gets help: a page, or a `mailto:` address. After an error that only the people who run the app can repair, a
   * link to it is the first thing to press.
   * @default no link
   */
  readonly supportUrl?: string | undefined
  /**
   * Makes a link to this pairing for the person who holds the phone, with `createPairingLink` on your server. With it
   * the card offers **Send to the phone’s owner**, to copy the link or to hand it to another app. Any person with the
   * link can link a phone: let it end with the pairing.
   * @default no such button
   */
  readonly createShareLink?: (() => Promise<string>) | undefined
  /**
   * The user has seen that the phone is linked, and goes on. With it the card has a **Done** button then.
   * @default in a dialog that button closes it, elsewhere there is none
   */
  readonly onDone?: ((account: PairingAccount) => void) | undefined
  /** The number in the phone field, where the host controls it. Begins with `+` and the country code. */
  readonly phoneNumber?: string | undefined
  /** The number it begins with. */
  readonly defaultPhoneNumber?: string | undefined
  /**
   * Called whenever the phone field changes, with its text; a national number comes with the code of its country in front,
   * so that what is kept of it means the same elsewhere.
   */
  readonly onPhoneNumberChange?: ((text: string) => void) | undefined
  /**
   * The country a number without country code belongs to, until the person chooses another: ISO 3166-1, like `BR`.
   * @default that of the browser's languages and of `locale`
   */
  readonly defaultCountry?: string | undefined
  /**
   * On a phone's own screen, offer the QR code as a link that opens the WhatsApp of this phone. Seen to work on Android;
   * elsewhere it may open a page instead.
   * @default true
   */
  readonly samePhoneLink?: boolean | undefined
  /** The root's own element. A `dialog` is shown as a modal one for as long as it is mounted. @default 'section' */
  readonly as?: 'section' | 'div' | 'dialog' | undefined
  /** Of a `dialog`: the user wants it closed, by its button, by Escape or by a press beside it. Then render it no more. */
  readonly onClose?: (() => void) | undefined
  /**
   * A part threw an exception, or did not load; the code of the error is `component-failed`, and its `cause` the exception. The
   * page around the root stays, and the user can try again. `<WhatsAppPairing>` calls `onError` instead.
   */
  readonly onPartError?: ((error: PairingError) => void) | undefined
}
