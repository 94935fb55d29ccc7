import type { PairingErrorCode } from './errors.js'
import type { PreparingReason } from './pairing-session.js'

/** The texts of `<PairingStatus>`. */
export interface PairingLinkMessages {
  /** The state in a word or two. */
  readonly linkLinked: string
  readonly linkNone: string
  readonly linkAttention: string
  readonly linkChecking: string
  /** The last read brought no state. */
  readonly linkUnreachable: string
  /** Behind one of these two: `{time}` is when the state was read that is shown. */
  readonly linkAsOf: string
  /** The phone was logged out, by its owner or by WhatsApp: what to do. */
  readonly linkLost: string
  readonly linkPasskey: string
  /** Buttons. */
  readonly linkStart: string
  readonly linkAgain: string
  readonly linkCheck: string
  readonly disconnect: string
  /** Before it is done: what stops working. */
  readonly disconnectWarning: string
  readonly disconnecting: string
  readonly disconnectCancel: string
}

/** Texts of the pairing screen that no page needs before its first code; by default they come after it. */
export interface PairingShareMessages {
  /** Button that makes a link for the person who holds the phone, and what that link is. */
  readonly sendToOwner: string
  readonly linkForOwner: string
  readonly copyLink: string
  /** Hands the link to the apps of the device. */
  readonly shareLink: string
  /** In place of `copyCode` where the browser has refused to copy: browsers inside of other apps do. */
  readonly copyByHand: string
  /** Button after a phone was linked. */
  readonly done: string
  /** While the provider copies the chats of a linked account: `{percent}` of them, a number up to 99. */
  readonly syncing: string
}

/**
 * Every text of the pairing screen. `{name}` is a placeholder; `**…**` marks the words as WhatsApp shows them on the
 * phone.
 */
export interface PairingMessages {
  /** Headings, by what the person has to do. */
  readonly titleScan: string
  /** In place of `titleScan` and `titleNumber` with `mode="relink"`. */
  readonly titleRelink: string
  readonly titleNumber: string
  readonly titleCode: string
  readonly titleLinking: string
  readonly titleLinked: string
  /** The linked phone has a number that is probably the expected one, written in another way. */
  readonly titleNumberCheck: string
  readonly titlePasskey: string
  /** Name of the tab list, for screen readers. */
  readonly methods: string
  readonly methodQr: string
  readonly methodPhoneCode: string
  /**
   * Steps beside the QR code, for WhatsApp and WhatsApp Business, which have the same menus. `{menu}` is `stepAndroid` and
   * `stepIphone`, a line each; on the user's own phone, the one that is for it.
   */
  readonly stepsScan: readonly string[]
  /** Steps beside the pairing code, with the same `{menu}`. */
  readonly stepsCode: readonly string[]
  /** `{menuIcon}` and `{settingsIcon}` are pictures. What stands with one between `**` stays on one line. */
  readonly stepAndroid: string
  readonly stepIphone: string
  readonly leadNumber: string
  /** In place of `leadNumber` on a phone: why there is no QR code at first. */
  readonly leadOwnPhone: string
  /** `{app}` is the host's `appName`. */
  readonly leadLinking: string
  readonly leadLinked: string
  /** `{phone}` was linked, and `{expected}` is the number that the host expects. */
  readonly leadNumberCheck: string
  readonly leadPasskey: string
  /** What to do about a passkey, by the `id` of the provider; `other` for those that are not named. */
  readonly passkeyAdvice: Readonly<Record<string, string>> & { readonly other: string }
  /** The host's name where it gave none. */
  readonly thisApp: string
  readonly qrCodeLabel: string
  /** Button that shows the QR code over the whole screen, and the one that ends that. */
  readonly enlarge: string
  readonly close: string
  /** Link beside the QR code on a phone that may link itself. */
  readonly openInWhatsApp: string
  /** The same beside a pairing code, which has to be typed there. */
  readonly openWhatsApp: string
  readonly pairingCodeLabel: string
  readonly start: string
  readonly retry: string
  /** In place of `retry`, where the next QR code is shown only after a press. */
  readonly showNewCode: string
  readonly tryAgain: string
  readonly startOver: string
  readonly phoneNumber: string
  /** Under the phone field while no country is known. The number is an example and may be of every country. */
  readonly phoneNumberHint: string
  /** Names the field that shows the country of the number, and is its placeholder during a search. */
  readonly country: string
  /** In its list where a search found nothing. */
  readonly noCountry: string
  /** Why a number cannot be one. `{country}` is the name of a country as it stands alone: “Brazil”. */
  readonly phoneTooShort: string
  readonly phoneTooLong: string
  /** Neither a country was chosen nor the number begun with a code of one. */
  readonly phoneUnknownCountry: string
  /** Nothing was typed that could be a number. */
  readonly phoneEmpty: string
  /** A Brazilian number without its area code, which is the commonest slip there. */
  readonly phoneNoAreaCode: string
  /** Of the right length, but no known mobile number: a warning. */
  readonly phoneUnlikely: string
  /** After one of these: the same button sends the number as it is. */
  readonly phonePressAgain: string
  /** About numbers of one country that WhatsApp may know in another spelling; `useNumber` stands behind. */
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
  /** In place of the text of `wrong-phone-number`, where a number was typed that the host does not expect. */
  readonly numberExpected: string
  /** The answers to `titleNumberCheck`. */
  readonly numberIsMine: string
  readonly numberIsOther: string
  /**
   * What is waited for, after half a minute in which nothing could be shown: by the reason of `preparing`, or by the state. `mayTake`
   * comes after it where the provider says how long, in `{minutes}`.
   */
  readonly longWait: Readonly<Record<PreparingReason | 'preparing' | 'requesting-code' | 'linking', string>>
  readonly mayTake: string
  /** Button that goes back from a request for a code to the number. */
  readonly backToNumber: string
  /** Link to the host's `supportUrl`. */
  readonly contactSupport: string
  /** Beside the code when it has been there for half a minute. */
  readonly slowCode: string
  readonly newCode: string
  /** Opens the list of what the phone may say. */
  readonly trouble: string
  /** Under the phone field while no code may be requested. */
  readonly coolDown: string
  readonly usePhoneNumber: string
  readonly useQrCode: string
  readonly passkeyHelp: string
  /** Texts of a passkey ceremony, where the provider offers more than the signal. @default English */
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
  /** Before that line: why the state before ended. WhatsApp ended a link soon after it was made. */
  readonly noticeLinkEnded: string
  /** A phone scanned the code, and no link came of it. */
  readonly noticeLinkNotFinished: string
  /** A link of some age has ended. */
  readonly noticeUnlinkedOnPhone: string
  /** Another pairing code took the place of the one on screen. */
  readonly noticeCodeReplaced: string
  /** Announced when half and a quarter of a code’s time is left. `{count}`: seconds, 2 to 120 as a rule. */
  readonly timeLeft: PluralForms
  readonly expiredTitle: string
  readonly expiredUnscanned: string
  readonly expiredCode: string
  /** `{app}`: who is being linked, and the warning. */
  readonly safety: string
  /** On paper alone. `{app}` is the host's name, `{time}` a time of day. */
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
   * What to do, by the way that is open: the app signs (`sign`), the provider has its own way (`hand-off`), which is a `code` for its
   * extension or a `link`, or by the step. `{app}` is the host's `appName`.
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
  /** Above the code for the extension, which looks like a pairing code and is none. */
  readonly codeLabel: string
  readonly install: string
  /** Link to `https://web.whatsapp.com`. */
  readonly openWhatsApp: string
  /** After 30 seconds without a sign of WhatsApp. */
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

/** Texts that replace those of a locale; of the errors, those of single codes. */
export type PairingMessagesOverride = Partial<
  Omit<PairingMessages, 'errors'> & PairingShareMessages & PairingLinkMessages
> & {
  readonly errors?: Partial<PairingMessages['errors']> | undefined
}

/** What the user reads about an error. Whether another try may help is in the error itself: `action`. */
export interface PairingErrorText {
  readonly title: string
  /** Why it happened, as far as that helps. */
  readonly cause?: string | undefined
  /** What to do now. */
  readonly advice: string
}

/** Something that the phone says, or does not say, when it does not link. */
export interface PairingSymptom {
  /** In the words of the phone. */
  readonly says: string
  readonly cause: string
  readonly steps: readonly string[]
}

/** A language: one object, one subpath, so that only what is imported is shipped. */
export interface PairingLocale {
  /** BCP 47: `en`, `pt-BR`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly messages: PairingMessages & PairingShareMessages & PairingLinkMessages
  /** Messages on the phone and their remedies. Loaded when the user opens the list, to keep them out of the first bundle. */
  readonly troubleshooting: () => Promise<readonly PairingSymptom[]>
}

/** The texts of a locale with those of the host in their place. */
export function mergeMessages<Messages extends Partial<Pick<PairingMessages, 'errors'>>>(
  messages: Messages,
  own: PairingMessagesOverride = {},
): Messages {
  return { ...messages, ...own, errors: { ...messages.errors, ...own.errors } }
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
    // A locale of the host's own may have a tag that is none, like `pt_BR`.
    return message.other
  }
}
