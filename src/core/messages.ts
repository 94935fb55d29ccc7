import type { PairingErrorCode } from './errors.js'

/**
 * Every text of the component. `{name}` is a placeholder; `**…**` marks the words as WhatsApp shows them on the
 * phone.
 */
export interface PairingMessages {
  /** Headings, by what the person has to do. */
  readonly titleScan: string
  readonly titleNumber: string
  readonly titleCode: string
  readonly titleLinking: string
  readonly titleLinked: string
  readonly titlePasskey: string
  /** Name of the tab list, for screen readers. */
  readonly methods: string
  readonly methodQr: string
  readonly methodPhoneCode: string
  /**
   * Steps beside the QR code. `{menuIcon}` and `{settingsIcon}` are pictures. What stands with one between `**` stays
   * on one line, so put a comma that follows inside.
   */
  readonly stepsScan: readonly string[]
  /** Steps beside the pairing code. */
  readonly stepsCode: readonly string[]
  readonly leadNumber: string
  /** `{app}` is the host's `appName`. */
  readonly leadLinking: string
  readonly leadLinked: string
  readonly leadPasskey: string
  /** The host's name where it gave none. */
  readonly thisApp: string
  readonly qrCodeLabel: string
  readonly pairingCodeLabel: string
  readonly start: string
  readonly retry: string
  readonly tryAgain: string
  readonly startOver: string
  readonly phoneNumber: string
  readonly phoneNumberHint: string
  readonly getCode: string
  readonly copyCode: string
  readonly copied: string
  /** `{number}` is the phone number a code is for. */
  readonly codeFor: string
  readonly changeNumber: string
  readonly usePhoneNumber: string
  readonly useQrCode: string
  readonly passkeyHelp: string
  /** The line that is announced and shown under the code, by state. `{number}` of `{of}` counts codes. */
  readonly statusIdle: string
  readonly statusPreparing: string
  readonly statusRetrying: string
  readonly statusScan: string
  readonly statusScanUnlimited: string
  readonly statusNumber: string
  readonly statusRequesting: string
  readonly statusCode: string
  readonly expiredTitle: string
  readonly expiredUnscanned: string
  readonly expiredCode: string
  /** `{app}`: who is being linked, and the warning. */
  readonly safety: string
  readonly errorLabel: string
  /** What happened and what to do, by the code of the error. */
  readonly errors: Readonly<Record<PairingErrorCode, PairingErrorText>>
}

/** Texts that replace those of a locale; of the errors, those of single codes. */
export type PairingMessagesOverride = Partial<Omit<PairingMessages, 'errors'>> & {
  readonly errors?: Partial<PairingMessages['errors']> | undefined
}

/** What the person reads about an error. */
export interface PairingErrorText {
  readonly title: string
  readonly advice: string
}

/** A language: one object, one subpath, so that only what is imported is shipped. */
export interface PairingLocale {
  /** BCP 47: `en`, `pt-BR`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly messages: PairingMessages
}

/** The texts of a locale with those of the host in their place. */
export function mergeMessages(messages: PairingMessages, own: PairingMessagesOverride = {}): PairingMessages {
  return { ...messages, ...own, errors: { ...messages.errors, ...own.errors } }
}

/** `{name}` replaced by its value; an unknown name stays as it is. */
export function formatMessage(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
