import type { PairingMessages, PairingPasskeyTexts, PairingShareMessages } from '../../core/messages.js'

const again = 'Try again in a moment.'
const tellHost = 'You cannot repair this yourself: please tell the people who run this app.'

type LaterMessages = Pick<
  PairingMessages,
  | 'stepsCode'
  | 'leadNumber'
  | 'leadOwnPhone'
  | 'enlarge'
  | 'openInWhatsApp'
  | 'pairingCodeLabel'
  | 'phoneNumber'
  | 'country'
  | 'useNumber'
  | 'getCode'
  | 'copyCode'
  | 'copied'
  | 'codeFor'
  | 'changeNumber'
  | 'newCode'
  | 'usePhoneNumber'
  | 'useQrCode'
  | 'passkeyHelp'
  | 'showNewCode'
  | 'expiredCode'
  | 'leadLinking'
  | 'leadLinked'
  | 'titleNumberCheck'
  | 'leadNumberCheck'
  | 'titlePasskey'
  | 'leadPasskey'
  | 'passkeyAdvice'
  | 'phoneNumberHint'
  | 'noCountry'
  | 'phoneTooShort'
  | 'phoneTooLong'
  | 'phoneUnknownCountry'
  | 'phoneUnlikely'
  | 'phonePressAgain'
  | 'phoneHintBrazil'
  | 'phoneHintMexico'
  | 'phoneHintArgentina'
  | 'phoneHintChanged'
  | 'slowCode'
  | 'showCodeFor'
  | 'numberExpected'
  | 'numberIsMine'
  | 'numberIsOther'
  | 'longWait'
  | 'mayTake'
  | 'backToNumber'
  | 'contactSupport'
  | 'coolDown'
  | 'noticeLinkEnded'
  | 'noticeLinkNotFinished'
  | 'noticeUnlinkedOnPhone'
  | 'noticeCodeReplaced'
  | 'timeLeft'
  | 'errors'
> & { readonly passkey: PairingPasskeyTexts }

/** The English that is not needed before the first code. */
export const laterEnglish: LaterMessages & PairingShareMessages = {
  stepsCode: [
    'Open **WhatsApp** or **WhatsApp Business** on your phone',
    'On Android tap **Menu {menuIcon},** on iPhone **Settings {settingsIcon}**',
    'Tap **Linked devices**, **Link a device**, then **Link with phone number instead**',
    'Enter this code',
  ],
  leadNumber:
    'Type the number of the phone you want to link. You get a code to enter in WhatsApp: no camera needed.',
  leadOwnPhone:
    'You can’t scan this phone with itself. Type its number instead: you get a code to enter in WhatsApp.',
  enlarge: 'Enlarge',
  openInWhatsApp: 'Open in WhatsApp on this phone',
  pairingCodeLabel: 'Code to enter in WhatsApp',
  phoneNumber: 'Phone number',
  country: 'Country',
  useNumber: 'Use {number}',
  getCode: 'Get code',
  copyCode: 'Copy code',
  copied: 'Copied',
  codeFor: 'For {number}',
  changeNumber: 'Change',
  newCode: 'Get a new code',
  usePhoneNumber: 'Use your phone number instead',
  useQrCode: 'Scan a QR code instead',
  passkeyHelp: 'Show me how',
  passkey: {
    titles: { submitted: 'WhatsApp is checking', confirm: 'Compare the codes' },
    leads: {
      sign: 'WhatsApp asks for this account’s passkey before it links {app}, and only web.whatsapp.com may do that. Use a computer that has the passkey. Keep your phone near it, with WhatsApp open.',
      'hand-off':
        'WhatsApp asks for this account’s passkey before it links {app}, and only web.whatsapp.com may do that. The provider’s browser extension helps you with it on a computer.',
      code: 'Install the extension. Open web.whatsapp.com in the same browser, signed in with this account. Open the extension there, type its code, and confirm. This page goes on by itself.',
      link: 'Open WhatsApp Web on a computer that has the passkey, and follow the extension there. This page goes on by itself.',
      submitted: 'The passkey was sent. Keep WhatsApp open on your phone.',
      confirm: 'Your phone shows a code too. Link {app} only if both codes are the same.',
    },
    computerNeeded: 'You need a computer for this: open this page there.',
    continue: 'Continue',
    cancel: 'Cancel',
    waiting: 'Waiting for your passkey…',
    notUsed:
      'Cancelled, or this device has no passkey for this account. Try again, or use the device that has it.',
    codeLabel: 'Code for the extension – not for WhatsApp',
    install: 'Install the extension',
    openWhatsApp: 'Open WhatsApp Web',
    nothingHappens: 'Nothing happens? Open WhatsApp on the phone and wait a moment, or start over.',
    same: 'Both show the same',
    differ: 'They differ',
  },
  showNewCode: 'Show a new code',
  expiredCode: 'No entry was reported.',
  leadLinking: 'WhatsApp is linking {app}. Keep the app open for a few seconds.',
  leadLinked:
    '{app} can now send and receive for this number. You can unlink it any time under **Linked devices**.',
  titleNumberCheck: 'Is this your number?',
  leadNumberCheck:
    'A phone with the number {phone} is linked, and {expected} is expected here. They may be one number, written in two ways.',
  titlePasskey: 'WhatsApp wants your passkey',
  leadPasskey:
    'WhatsApp protects this account with a passkey, and only WhatsApp’s own page may ask for it: this page cannot. {advice} Leave this page open: it goes on by itself.',
  passkeyAdvice: {
    'z-api': 'Ask whoever runs {app} to confirm it with Z-API’s browser extension.',
    wasend: 'Ask whoever runs {app} to confirm it with the passkey extension of WAHA, which WASend runs on.',
    other: 'Ask whoever runs {app} to finish it at their provider.',
  },
  phoneNumberHint: 'With country code, like +55 11 98765 4321',
  noCountry: 'No country found',
  phoneTooShort: 'Too short for a number in {country}.',
  phoneTooLong: 'Too long for a number in {country}.',
  phoneUnknownCountry: 'Choose the country, or begin with + and the country code.',
  phoneUnlikely: 'This does not look like a mobile number in {country}.',
  phonePressAgain: 'Check the country code and the digits. If they are right, press the button again.',
  phoneHintBrazil: 'WhatsApp accounts from before 2017 may be registered without the ninth digit.',
  phoneHintMexico: 'Numbers in Mexico have no 1 after +52 any more.',
  phoneHintArgentina: 'WhatsApp writes mobile numbers in Argentina with a 9 after +54.',
  phoneHintChanged: 'Numbers in this country have changed. WhatsApp may know yours in the other form.',
  slowCode: 'The phone does not take the code?',
  showCodeFor: 'Show the code for …{digits}',
  numberExpected: 'Another number is expected here.',
  numberIsMine: 'Yes',
  numberIsOther: 'It is another phone',
  longWait: {
    preparing: 'The provider has no code yet.',
    starting: 'The provider is still starting.',
    resetting: 'The old connection is still being cleared.',
    retrying: 'The last request for a code failed. It is sent again.',
    'requesting-code': 'The provider has not issued the code yet.',
    linking: 'The link is not finished yet. Keep WhatsApp open on your phone.',
  },
  mayTake: 'This can take up to {minutes} min.',
  backToNumber: 'Back to the number',
  contactSupport: 'Contact support',
  coolDown: 'You can ask for another code in a moment.',
  noticeLinkEnded: 'The link ended soon after it was made. Please link the phone once more.',
  noticeLinkNotFinished: 'The link was not finished. Please try again.',
  noticeUnlinkedOnPhone: 'The phone was unlinked.',
  noticeCodeReplaced: 'Your code was replaced, so it no longer works.',
  timeLeft: {
    one: '{count} second left for this code',
    other: '{count} seconds left for this code',
  },
  sendToOwner: 'Send to the phone’s owner',
  linkForOwner: 'Whoever opens this link can link a phone here until it expires.',
  copyLink: 'Copy link',
  shareLink: 'Share…',
  done: 'Done',
  errors: {
    unauthorized: {
      title: 'This app can’t link WhatsApp now',
      cause: 'The provider refused this app’s key, so no code can be made.',
      advice: tellHost,
    },
    'session-not-found': {
      title: 'This app can’t link WhatsApp now',
      cause: 'The provider does not know this app’s connection.',
      advice: tellHost,
    },
    'subscription-expired': {
      title: 'This app can’t link WhatsApp now',
      cause: 'This app’s plan at its provider has ended, or is used up.',
      advice: tellHost,
    },
    'account-blocked': {
      title: 'This account is blocked',
      cause: 'The provider says that WhatsApp has blocked it.',
      advice: 'Open WhatsApp on your phone to ask for a review.',
    },
    'session-stale': {
      title: 'The connection is stuck',
      cause: 'Something may be left of an earlier link, or the provider did not finish.',
      advice: 'Start over to clear it. This can take a minute.',
    },
    'passkey-refused': {
      title: 'The passkey was not accepted',
      advice: 'Start over, and use the passkey of the WhatsApp account you want to link.',
    },
    'passkey-expired': {
      title: 'The passkey took too long',
      cause: 'WhatsApp waits ten minutes for it.',
      advice: 'Start over to try again.',
    },
    'passkey-mismatch': {
      title: 'The codes were different',
      cause: 'Another device may be about to be linked instead of this one.',
      advice:
        'Open WhatsApp on your phone, look under **Linked devices**, and log out what you do not know. Then start over here.',
    },
    'code-refused': {
      title: 'No code was issued',
      cause: 'The provider issues no code for this number now.',
      advice: 'Check the number and try again, or scan the QR code instead.',
    },
    'wrong-phone-number': {
      title: 'Another number is linked',
      cause: '{phone} was linked, and another number is expected here.',
      advice:
        'Start over to unlink it, or log this app out on that phone under **Linked devices**. Then use the right one.',
    },
    'invalid-phone-number': {
      title: 'Check the number',
      advice: 'Write the country code first, then the number without its leading zero.',
    },
    'rate-limited': {
      title: 'Too many requests',
      cause: 'No more requests are accepted for a while.',
      advice: 'Wait a minute, then try again.',
    },
    'not-supported': {
      title: 'Not possible here',
      cause: 'The provider of this app does not offer it.',
      advice: tellHost,
    },
    'invalid-answer': {
      title: 'Something went wrong',
      cause: 'A response was not what it should be.',
      advice: again,
    },
    'provider-unavailable': {
      title: 'Not available right now',
      cause: 'The provider of this app did not respond as it should.',
      advice: again,
    },
    network: {
      title: 'No connection',
      advice: 'Check your internet connection, then try again.',
    },
    timeout: { title: 'This took too long', cause: 'No response came in time.', advice: again },
    'sign-in-required': {
      title: 'Please sign in',
      cause: 'You are not signed in to this app.',
      advice: 'Sign in, then try again.',
    },
    forbidden: { title: 'Not allowed', cause: 'This app did not allow the request.', advice: tellHost },
    'invalid-request': { title: 'Something went wrong', advice: tellHost },
    'server-only': { title: 'This app is not set up right', advice: tellHost },
    'invalid-options': { title: 'This app is not set up right', advice: tellHost },
    aborted: { title: 'Stopped', advice: again },
    'component-failed': { title: 'Something went wrong', advice: again },
    unknown: { title: 'Something went wrong', advice: again },
  },
}
