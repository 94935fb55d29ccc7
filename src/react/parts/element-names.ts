/** Every element of the component that has a `data-part`, by that name. Some are there in some states only. */
export type PairingElementName =
  | 'root'
  | 'card'
  | 'intro'
  | 'title'
  | 'method-tabs'
  | 'method-tab'
  | 'instructions'
  | 'steps'
  | 'step'
  | 'lead'
  | 'panel'
  | 'tile'
  | 'qr-code'
  | 'expired-note'
  | 'spinner'
  | 'error-code'
  | 'missing-part'
  | 'passkey'
  | 'passkey-target'
  | 'passkey-help'
  | 'sign-passkey-button'
  | 'cancel-passkey-button'
  | 'handoff-button'
  | 'passkey-handoff'
  | 'passkey-code-label'
  /** The code for the provider's extension, or the one to compare. */
  | 'passkey-code'
  | 'passkey-time'
  | 'passkey-install'
  | 'passkey-link'
  | 'new-handoff-button'
  | 'passkey-check'
  | 'confirm-passkey-button'
  | 'deny-passkey-button'
  | 'passkey-note'
  | 'start-over-button'
  | 'support-link'
  | 'start-button'
  | 'retry-button'
  | 'countdown'
  | 'countdown-bar'
  | 'status'
  | 'announcement'
  | 'qr-actions'
  | 'enlarge-button'
  | 'enlarged-aside'
  | 'enlarged-code'
  | 'enlarged-panel'
  | 'open-in-whatsapp'
  | 'phone-form'
  | 'phone-label'
  | 'phone-field'
  | 'phone-input'
  | 'phone-help'
  | 'phone-hint'
  | 'phone-echo'
  | 'phone-spelling'
  | 'use-number-button'
  /** What is wrong with the phone number, in place of `phone-hint`. */
  | 'error'
  | 'submit-button'
  | 'cool-down'
  | 'other-code'
  | 'country-picker'
  | 'country-announcement'
  | 'country-input'
  /** Never seen: as wide as the text of `country-input`. */
  | 'country-size'
  | 'country-list'
  | 'country-option'
  | 'code-frame'
  | 'pairing-code'
  | 'pairing-code-boxes'
  | 'pairing-code-box'
  | 'pairing-code-gap'
  | 'pairing-code-spelled'
  /** In place of `pairing-code` while that has not loaded. */
  | 'plain-code'
  | 'copy-button'
  | 'code-recipient'
  | 'change-number-button'
  | 'slow-code'
  | 'way-out'
  | 'new-code-button'
  | 'switch-method-button'
  | 'number-check'
  | 'confirm-number-button'
  | 'deny-number-button'
  | 'account'
  | 'account-badge'
  | 'account-avatar'
  | 'account-check'
  | 'account-name'
  | 'account-number'
  | 'trouble'
  | 'trouble-summary'
  | 'trouble-list'
  | 'safety-note'
  | 'close-button'
  | 'icon'

/** Classes for elements, by their `data-part`. They join those that a part is given as its own `className`. */
export type PairingClassNames = { readonly [Name in PairingElementName]?: string | undefined }

/** What makes an element known by its name: to styles, to tests, and to `classNames`. */
export interface ElementProps<Name extends string = PairingElementName> {
  readonly 'data-part': Name
  readonly className: string | undefined
}

/** The name of an element, and its classes: those of `classNames` and its own. */
export function elementProps<Name extends string>(
  classNames: { readonly [Key in Name]?: string | undefined } | undefined,
  name: Name,
  own?: string | undefined,
): ElementProps<Name> {
  return { 'data-part': name, className: [classNames?.[name], own].filter(Boolean).join(' ') || undefined }
}
