import { PairingError, type PairingErrorCode } from './errors.js'
import { asRecord } from './json.js'
import type { PreparingReason } from './pairing-session.js'

/** The texts of `<PairingStatus>`. */
export interface PairingLinkMessages {
  /** The state in a word or two. */
  readonly linkLinked: string
  readonly linkNone: string
  readonly linkAttention: string
  readonly linkChecking: string
  /** The last read returned no state. */
  readonly linkUnreachable: string
  /** Follows one of these two texts. `{time}`: when the shown state was read. */
  readonly linkAsOf: string
  /** The phone was logged out, by its owner or by WhatsApp: what to do. */
  readonly linkLost: string
  readonly linkPasskey: string
  /** Buttons. */
  readonly linkStart: string
  readonly linkAgain: string
  readonly linkCheck: string
  readonly disconnect: string
  /** The consequence, shown before the user confirms: what stops working. */
  readonly disconnectWarning: string
  readonly disconnecting: string
  readonly disconnectCancel: string
}

/** Texts of the pairing screen that no page needs before its first code. By default they load after it. */
export interface PairingShareMessages {
  /** Button that makes a link for the person who holds the phone, and what that link is. */
  readonly sendToOwner: string
  readonly linkForOwner: string
  readonly copyLink: string
  /** Hands the link to the apps of the device. */
  readonly shareLink: string
  /** Replaces `copyCode` if the browser refuses to copy, as browsers inside other apps do. */
  readonly copyByHand: string
  /** Button after a phone was linked. */
  readonly done: string
  /** While the provider copies the chats of a linked account: `{percent}` of them, a number up to 99. */
  readonly syncing: string
}

/** Every text of the pairing screen. `{name}` is a placeholder; `**…**` marks words that WhatsApp shows on the phone. */
export interface PairingMessages {
  /** Headings: the next action of the user. */
  readonly titleScan: string
  /** In place of `titleScan` and `titleNumber` with `mode="relink"`. */
  readonly titleRelink: string
  readonly titleNumber: string
  readonly titleCode: string
  readonly titleLinking: string
  readonly titleLinked: string
  /** The linked number is probably the expected one in another spelling. */
  readonly titleNumberCheck: string
  readonly titlePasskey: string
  /** Name of the tab list, for screen readers. */
  readonly methods: string
  readonly methodQr: string
  readonly methodPhoneCode: string
  /**
   * Steps next to the QR code, for WhatsApp and WhatsApp Business, which have the same menus. `{menu}` is `stepAndroid` and
   * `stepIphone`, on one line each. On the user's own phone it is only the one for its system.
   */
  readonly stepsScan: readonly string[]
  /** Steps next to the pairing code, with the same `{menu}`. All but the last one, which is about the code, also follow `leadNumber`. */
  readonly stepsCode: readonly string[]
  /** `{menuIcon}` and `{settingsIcon}` are pictures. A picture and the words in the same `**…**` stay on one line. */
  readonly stepAndroid: string
  readonly stepIphone: string
  readonly leadNumber: string
  /** In place of `leadNumber` on a phone: why there is no QR code at first. */
  readonly leadOwnPhone: string
  /** `{app}` is the app's `appName`. */
  readonly leadLinking: string
  readonly leadLinked: string
  /** `{phone}` was linked, and `{expected}` is the number that the app expects. */
  readonly leadNumberCheck: string
  readonly leadPasskey: string
  /** What to do about a passkey, by the `id` of the provider; `other` for those that are not named. */
  readonly passkeyAdvice: Readonly<Record<string, string>> & { readonly other: string }
  /** The name of the app if `appName` is not set. */
  readonly thisApp: string
  readonly qrCodeLabel: string
  /** Button that shows the QR code on the whole screen, and the button that closes this view. */
  readonly enlarge: string
  readonly close: string
  /** Link next to the QR code, on a phone that may link itself. */
  readonly openInWhatsApp: string
  /** The same link next to a pairing code, which the user types in WhatsApp. */
  readonly openWhatsApp: string
  readonly pairingCodeLabel: string
  readonly start: string
  readonly retry: string
  /** Replaces `retry` if the next QR code is shown only when the user requests it. */
  readonly showNewCode: string
  readonly tryAgain: string
  readonly startOver: string
  readonly phoneNumber: string
  /** Under the phone field while no country is known. The number is an example, from any country. */
  readonly phoneNumberHint: string
  /** Names the field that shows the country of the number, and is its placeholder during a search. */
  readonly country: string
  /** Shown in the list of countries when a search finds nothing. */
  readonly noCountry: string
  /** Why a number is not valid. `{country}` is the plain name of a country: “Brazil”. */
  readonly phoneTooShort: string
  readonly phoneTooLong: string
  /** No country was chosen, and the number does not begin with a country code. */
  readonly phoneUnknownCountry: string
  /** Nothing was typed that could be a number. */
  readonly phoneEmpty: string
  /** A Brazilian number without its area code, a common mistake there. */
  readonly phoneNoAreaCode: string
  /** Of the right length, but no known mobile number: a warning. */
  readonly phoneUnlikely: string
  /** After one of these: the same button sends the number as it is. */
  readonly phonePressAgain: string
  /** About numbers of one country that WhatsApp may know in another spelling. `useNumber` follows. */
  readonly phoneHintBrazil: string
  readonly phoneHintMexico: string
  readonly phoneHintArgentina: string
  /** Where the numbering plan has changed, as in Côte d'Ivoire, Benin and Gabon. */
  readonly phoneHintChanged: string
  /** Button that puts the other spelling, `{number}`, into the field. */
  readonly useNumber: string
  readonly getCode: string
  readonly copyCode: string
  readonly copied: string
  /** Names the button that copies the code of an error. */
  readonly copyError: string
  /** `{number}` is the phone number a code is for. */
  readonly codeFor: string
  readonly changeNumber: string
  /** Button that shows the code that another page requested. `{digits}`: the last four of its number. */
  readonly showCodeFor: string
  /** Replaces the text of `wrong-phone-number` if the user typed a number that the app does not expect. */
  readonly numberExpected: string
  /** The answers to `titleNumberCheck`. */
  readonly numberIsMine: string
  readonly numberIsOther: string
  /**
   * What the screen waits for, after half a minute without anything to show: by the reason of `preparing`, or by the state. If
   * the provider documents how long that may take, `mayTake` follows, with `{minutes}`.
   */
  readonly longWait: Readonly<Record<PreparingReason | 'preparing' | 'requesting-code' | 'linking', string>>
  readonly mayTake: string
  /** Button that goes back from a request for a code to the number. */
  readonly backToNumber: string
  /** Link to the app's `supportUrl`. */
  readonly contactSupport: string
  /** Next to a code that has been shown for half a minute. */
  readonly slowCode: string
  readonly newCode: string
  /** Opens the list of the phone's messages. */
  readonly trouble: string
  /** Under the phone field while no code may be requested. */
  readonly coolDown: string
  readonly usePhoneNumber: string
  readonly useQrCode: string
  readonly passkeyHelp: string
  /** Texts of a passkey ceremony, for providers that report more than the demand. @default English */
  readonly passkey?: PairingPasskeyTexts | undefined
  /** The line that is announced and shown under the code, by state. `{number}` of `{of}` counts codes. */
  readonly statusIdle: string
  readonly statusPreparing: string
  /** After eight seconds of that: how long it may take. */
  readonly stillPreparing: string
  readonly statusRetrying: string
  readonly statusResetting: string
  readonly statusScan: string
  readonly statusScanUnlimited: string
  readonly statusNumber: string
  readonly statusRequesting: string
  readonly statusCode: string
  /** Before that line: why the previous state ended. WhatsApp ended a link soon after it was made. */
  readonly noticeLinkEnded: string
  /** A phone scanned the code, but the link was not completed. */
  readonly noticeLinkNotFinished: string
  /** An older link has ended. */
  readonly noticeUnlinkedOnPhone: string
  /** Another pairing code has replaced the one on screen. */
  readonly noticeCodeReplaced: string
  /** Announced when half and a quarter of a code’s time is left. `{count}`: seconds, 2 to 120 as a rule. */
  readonly timeLeft: PluralForms
  readonly expiredTitle: string
  readonly expiredUnscanned: string
  readonly expiredCode: string
  /** `{app}`: who is being linked, and the warning. */
  readonly safety: string
  /** Printed only. `{app}` is the name of the app, `{time}` a time of day. */
  readonly printNote: string
  readonly errorLabel: string
  /** What happened and what to do, by the code of the error. `{phone}` of `wrong-phone-number`: who was linked instead. */
  readonly errors: Readonly<Record<PairingErrorCode, PairingErrorText>>
}

/** Texts of a passkey ceremony. */
export interface PairingPasskeyTexts {
  /** Headings of the later steps; the first one has `titlePasskey`. */
  readonly titles: Readonly<Record<'submitted' | 'confirm', string>>
  /**
   * What to do: the app signs (`sign`), or the provider has its own procedure (`hand-off`), which is a `code` for its extension
   * or a `link`. The other texts are for the steps. `{app}` is the app's `appName`.
   */
  readonly leads: Readonly<Record<'sign' | 'hand-off' | 'code' | 'link' | 'submitted' | 'confirm', string>>
  /** On a phone. */
  readonly computerNeeded: string
  readonly continue: string
  readonly cancel: string
  /** While the passkey is requested. */
  readonly waiting: string
  /** The user cancelled, or this device has no passkey of the account: browsers do not say which. */
  readonly notUsed: string
  /** Above the code for the extension, which looks like a pairing code but is not one. */
  readonly codeLabel: string
  readonly install: string
  /** Link to `https://web.whatsapp.com`. */
  readonly openWhatsApp: string
  /** After 30 seconds without a response of WhatsApp. */
  readonly nothingHappens: string
  /** The answers to the code that is compared. */
  readonly same: string
  readonly differ: string
}

/**
 * A text with a number in it, `{count}`, in each form that its language has for `Intl.PluralRules`: English needs `one` and
 * `other`, Russian `one`, `few`, `many` and `other`, Japanese `other` alone.
 */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** Texts that replace those of a locale. Texts of errors can be replaced for single codes. */
export type PairingMessagesOverride = Partial<
  Omit<PairingMessages, 'errors'> & PairingShareMessages & PairingLinkMessages
> & {
  readonly errors?: Partial<PairingMessages['errors']> | undefined
}

/** What the user reads about an error. Whether another try may help is in the error itself: `action`. */
export interface PairingErrorText {
  readonly title: string
  /** Why it happened, if that helps the user. */
  readonly cause?: string | undefined
  /** What to do now. */
  readonly advice: string
}

/** What the phone shows when it does not link. */
export interface PairingSymptom {
  /** The phone's message. */
  readonly says: string
  readonly cause: string
  readonly steps: readonly string[]
}

/** A language. Each has its own subpath, so an app ships only the languages that it imports. */
export interface PairingLocale {
  /** BCP 47: `en`, `pt-BR`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly messages: PairingMessages & PairingShareMessages & PairingLinkMessages
  /** Messages on the phone and their remedies. Loaded when the user opens the list, to keep them out of the app's bundle. */
  readonly troubleshooting: () => Promise<readonly PairingSymptom[]>
}

/**
 * For JavaScript, outside production: its tag, its module or the promise of an import is no locale.
 *
 * @throws {@link PairingError} `invalid-options`
 */
export function checkLocale(locale: unknown): void {
  if (locale === undefined || locale === null || asRecord(asRecord(locale).messages).errors) return
  throw new PairingError(
    'invalid-options',
    '"locale" is no locale. Import one, such as `import { de } from "whatsapp-pairing/locales/de"`, and pass it: `locale={de}`.',
  )
}

/** Replaces texts of a locale by those of the app. */
export function mergeMessages<Messages extends Partial<Pick<PairingMessages, 'errors'>>>(
  messages: Messages,
  own?: PairingMessagesOverride | undefined,
): Messages {
  return { ...messages, ...own, errors: { ...messages.errors, ...own?.errors } }
}

/**
 * `{name}` replaced by its value; an unknown name stays as it is.
 *
 * @param tag BCP 47: the language whose rules choose between the forms of a plural, by `{count}`.
 */
export function formatMessage(
  message: string | PluralForms,
  values: Readonly<Record<string, string | number>>,
  tag?: string,
): string {
  return pluralForm(message, Number(values.count), tag).replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  )
}

function pluralForm(message: string | PluralForms, count: number, tag: string | undefined): string {
  if (typeof message === 'string') return message
  try {
    return message[new Intl.PluralRules(tag).select(count)] ?? message.other
  } catch {
    // The app's own locale may have an invalid tag, such as `pt_BR`.
    return message.other
  }
}
