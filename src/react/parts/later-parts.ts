// What nobody sees before the first code: a chunk of its own, loaded beside the first request.
export { PairingAccountCard } from './account.js'
export { PairingCodeRecipient } from './code-recipient.js'
export { PairingCopyButton } from './copy-button.js'
export { PairingCodeText } from './pairing-code.js'
export { PairingPasskeyHelp } from './passkey-help.js'
export { PairingPhoneForm } from './phone-form.js'
export { PairingSlowCode } from './slow-code.js'
