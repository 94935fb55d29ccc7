import type { PairingMessages, PairingPasskeyTexts, PairingShareMessages } from '../../core/messages.js'

const again = 'Try again in a moment.'
const tellHost = 'Nothing is wrong with your phone. Please contact the people who run this app.'

type LaterMessages = Pick<
  PairingMessages,
  | 'stepsCode'
  | 'leadNumber'
  | 'leadOwnPhone'
  | 'enlarge'
  | 'openInWhatsApp'
  | 'openWhatsApp'
  | 'pairingCodeLabel'
  | 'phoneNumber'
  | 'country'
  | 'useNumber'
  | 'getCode'
  | 'copyCode'
  | 'copied'
  | 'copyError'
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
  | 'phoneEmpty'
  | 'phoneNoAreaCode'
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
  | 'trouble'
  | 'stillPreparing'
  | 'printNote'
  | 'coolDown'
  | 'noticeLinkEnded'
  | 'noticeLinkNotFinished'
  | 'noticeUnlinkedOnPhone'
  | 'noticeCodeReplaced'
  | 'timeLeft'
  | 'errors'
> & { readonly passkey: PairingPasskeyTexts }

/** The English texts that a page needs only after the first code. */
export const laterEnglish: LaterMessages & PairingShareMessages = {
  stepsCode: [
    'Open **WhatsApp** or **WhatsApp Business** on your phone',
    '{menu}',
    'Tap **Linked devices**, **Link a device**, then **Link with phone number instead**',
    'Enter this code',
  ],
  leadNumber:
    'Type the number of the phone you want to link. You’ll get a code to enter in WhatsApp, no camera needed.',
  leadOwnPhone:
    'A phone can’t scan its own screen. Type its number instead: you’ll get a code to enter in WhatsApp.',
  enlarge: 'Enlarge',
  openInWhatsApp: 'Open in WhatsApp on this phone',
  openWhatsApp: 'Open WhatsApp',
  pairingCodeLabel: 'Code to enter in WhatsApp',
  phoneNumber: 'Phone number',
  country: 'Country',
  useNumber: 'Use {number}',
  getCode: 'Get code',
  copyCode: 'Copy code',
  copied: 'Copied',
  copyError: 'Copy the error code',
  codeFor: 'For {number}',
  changeNumber: 'Change',
  newCode: 'Get a new code',
  usePhoneNumber: 'Use your phone number instead',
  useQrCode: 'Scan a QR code instead',
  passkeyHelp: 'Show me how',
  passkey: {
    titles: { submitted: 'WhatsApp is checking', confirm: 'Compare the codes' },
    leads: {
      sign: 'WhatsApp wants this account’s passkey before it links {app}. Only web.whatsapp.com can ask for it. Use a computer that has the passkey. Keep your phone near it, with WhatsApp open.',
      'hand-off':
        'WhatsApp wants this account’s passkey before it links {app}. Only web.whatsapp.com can ask for it. On a computer, the provider’s browser extension helps you with that.',
      code: 'Install the extension. Open web.whatsapp.com in the same browser, signed in with this account. Open the extension there, type its code, and confirm. This page goes on by itself.',
      link: 'Open WhatsApp Web on a computer that has the passkey, and follow the extension there. This page goes on by itself.',
      submitted: 'The passkey was sent. Keep WhatsApp open on your phone.',
      confirm: 'Your phone shows a code too. Link {app} only if both codes are the same.',
    },
    computerNeeded: 'You need a computer for this. Open this page there.',
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
  expiredCode: 'We didn’t see you enter it.',
  leadLinking: 'WhatsApp is linking {app}. Keep WhatsApp open for a few seconds.',
  leadLinked:
    '{app} can now send and receive messages with this number. You can unlink it any time under **Linked devices**.',
  titleNumberCheck: 'Is this your number?',
  leadNumberCheck:
    'You linked {phone}, but we expected {expected}. They may be the same number, written in two ways.',
  titlePasskey: 'WhatsApp wants your passkey',
  leadPasskey:
    'A passkey protects this account, and only WhatsApp’s own page can ask for it. {advice} Leave this page open: it goes on by itself.',
  passkeyAdvice: {
    'z-api': 'Ask the people who run {app} to confirm it with Z-API’s browser extension.',
    wasend:
      'Ask the people who run {app} to confirm it with the passkey extension of WAHA, which WASend runs on.',
    other: 'Ask the people who run {app} to finish it at their provider.',
  },
  phoneNumberHint: 'With country code, like +55 11 98765 4321',
  noCountry: 'No country found',
  phoneTooShort: 'Too short for a number in {country}.',
  phoneTooLong: 'Too long for a number in {country}.',
  phoneUnknownCountry: 'Choose the country, or begin with + and the country code.',
  phoneEmpty: 'Type your phone number first.',
  phoneNoAreaCode: 'The area code is missing: two digits before the number, like 11.',
  phoneUnlikely: 'This doesn’t look like a mobile number in {country}.',
  phonePressAgain: 'Check the country code and the digits. If they are right, press the button again.',
  phoneHintBrazil: 'WhatsApp accounts from before 2017 may be registered without the ninth digit.',
  phoneHintMexico: 'Numbers in Mexico have no 1 after +52 any more.',
  phoneHintArgentina: 'WhatsApp writes mobile numbers in Argentina with a 9 after +54.',
  phoneHintChanged: 'Numbers in this country have changed. WhatsApp may know yours in the other form.',
  slowCode: 'Code not working?',
  showCodeFor: 'Show the code for …{digits}',
  numberExpected: 'Another number is expected here.',
  numberIsMine: 'Yes',
  numberIsOther: 'It’s another phone',
  longWait: {
    preparing: 'No code has arrived yet.',
    starting: 'The provider is still starting.',
    resetting: 'The old connection is still being cleared.',
    retrying: 'The last request for a code failed. We’re trying again.',
    'requesting-code': 'Your code has not arrived yet.',
    linking: 'This is taking longer than usual. Keep WhatsApp open on your phone.',
  },
  mayTake: 'This can take up to {minutes} min.',
  backToNumber: 'Back to the number',
  contactSupport: 'Contact support',
  done: 'Done',
  syncing: 'Copying your chats… {percent}%',
  trouble: 'Trouble linking?',
  stillPreparing: 'Still working. This can take a minute.',
  printNote: 'Code to link {app} to WhatsApp. It expires at {time}.',
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
  linkForOwner: 'People with this link can link a phone here until it expires.',
  copyLink: 'Copy link',
  shareLink: 'Share…',
  copyByHand: 'Hold the code to copy it',
  errors: {
    unauthorized: {
      title: 'This app can’t link WhatsApp now',
      cause: 'The provider refused this app’s key, so no code can be made.',
      advice: tellHost,
    },
    'session-not-found': {
      title: 'This app can’t link WhatsApp now',
      cause: 'The provider doesn’t know this app’s connection.',
      advice: tellHost,
    },
    'subscription-expired': {
      title: 'This app can’t link WhatsApp now',
      cause: 'This app’s plan with its provider has ended or is used up.',
      advice: tellHost,
    },
    'account-blocked': {
      title: 'This account is blocked',
      cause: 'The provider says that WhatsApp has blocked it.',
      advice: 'Open WhatsApp on your phone to ask for a review.',
    },
    'session-stale': {
      title: 'The connection is stuck',
      cause: 'An earlier link may still be in the way.',
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
      cause: 'Another device may be linking instead of this app.',
      advice:
        'In WhatsApp on your phone, under **Linked devices**, log out any device you don’t know. Then start over here.',
    },
    'code-refused': {
      title: 'No code was issued',
      cause: 'The provider gave no code for this number.',
      advice: 'Check the number and try again, or scan the QR code instead.',
    },
    'wrong-phone-number': {
      title: 'Another number is linked',
      cause: 'You linked {phone}. A different number is expected here.',
      advice:
        'Start over to unlink it, or log this app out on that phone under **Linked devices**. Then use the right phone.',
    },
    'invalid-phone-number': {
      title: 'Check the number',
      advice: 'Write the country code first, then the number without its leading zero.',
    },
    'rate-limited': {
      title: 'Too many attempts',
      cause: 'WhatsApp or this app’s provider accepts no more attempts for now.',
      advice: 'Wait a minute, then try again.',
    },
    'not-supported': {
      title: 'Not possible here',
      cause: 'This app’s provider doesn’t offer this.',
      advice: tellHost,
    },
    'invalid-answer': {
      title: 'Something went wrong',
      cause: 'We got a response we can’t use.',
      advice: again,
    },
    'provider-unavailable': {
      title: 'Not available right now',
      cause: 'The service behind this app isn’t responding.',
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
    forbidden: { title: 'Not allowed', cause: 'This app didn’t allow the request.', advice: tellHost },
    'invalid-request': { title: 'Something went wrong', advice: tellHost },
    'server-only': { title: 'This app isn’t set up right', advice: tellHost },
    'invalid-options': { title: 'This app isn’t set up right', advice: tellHost },
    aborted: { title: 'Stopped', advice: again },
    'component-failed': { title: 'Something went wrong', advice: again },
    unknown: { title: 'Something went wrong', advice: again },
  },
}
