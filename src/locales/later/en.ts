import type { PairingMessages } from '../../core/messages.js'

const again = 'Try again in a moment.'
const tellHost = 'This is not your phone: please tell the people who run this app.'

type LaterMessages = Pick<
  PairingMessages,
  | 'stepsCode'
  | 'leadLinking'
  | 'leadLinked'
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
  | 'coolDown'
  | 'noticeLinkEnded'
  | 'noticeLinkNotFinished'
  | 'noticeUnlinkedOnPhone'
  | 'noticeCodeReplaced'
  | 'timeLeft'
  | 'errors'
>

/** The English that is not needed before the first code. */
export const laterEnglish: LaterMessages = {
  stepsCode: [
    'Open **WhatsApp** or **WhatsApp Business** on your phone',
    'On Android tap **Menu {menuIcon},** on iPhone **Settings {settingsIcon}**',
    'Tap **Linked devices**, **Link a device**, then **Link with phone number instead**',
    'Enter this code',
  ],
  leadLinking: 'WhatsApp is linking {app}. Keep the app open for a few seconds.',
  leadLinked:
    '{app} can now send and receive for this number. You can unlink it any time under **Linked devices**.',
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
  coolDown: 'You can ask for another code in a moment.',
  noticeLinkEnded: 'WhatsApp ended the link again. Please link the phone once more.',
  noticeLinkNotFinished: 'The phone did not finish linking. Please try again.',
  noticeUnlinkedOnPhone: 'The phone was unlinked.',
  noticeCodeReplaced: 'A newer code was requested, so the code before no longer works.',
  timeLeft: {
    one: '{count} second left for this code',
    other: '{count} seconds left for this code',
  },
  errors: {
    unauthorized: {
      title: 'Can’t reach WhatsApp',
      cause: 'The provider refused this app’s key, so no code can be made.',
      advice: tellHost,
    },
    'session-not-found': {
      title: 'Can’t reach WhatsApp',
      cause: 'The provider does not know this app’s connection.',
      advice: tellHost,
    },
    'subscription-expired': {
      title: 'Can’t link now',
      cause: 'This app’s plan at its provider has run out.',
      advice: tellHost,
    },
    'account-blocked': {
      title: 'This account is blocked',
      cause: 'WhatsApp has blocked this account.',
      advice: 'Open WhatsApp on your phone to ask for a review.',
    },
    'session-stale': {
      title: 'The connection is stuck',
      cause: 'Something is left of an earlier link, or the provider never finished starting.',
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
      title: 'No code for this number',
      cause: 'WhatsApp gives no code for it now.',
      advice: 'Check the number and try again, or scan the QR code instead.',
    },
    'wrong-phone-number': {
      title: 'That was another phone',
      cause: '{phone} was linked, and another phone is expected here.',
      advice:
        'Start over to unlink it, or log this app out on that phone under **Linked devices**. Then use the right one.',
    },
    'invalid-phone-number': {
      title: 'Check the number',
      advice: 'Write the country code first, then the number without its leading zero.',
    },
    'rate-limited': {
      title: 'Too many tries',
      cause: 'WhatsApp needs a break.',
      advice: 'Wait a minute, then try again.',
    },
    'not-supported': {
      title: 'Not possible here',
      cause: 'The provider has no way to do this.',
      advice: tellHost,
    },
    'invalid-answer': {
      title: 'Something went wrong',
      cause: 'The provider sent something that is not a code.',
      advice: again,
    },
    'provider-unavailable': {
      title: 'The provider is not available',
      cause: 'It is down, or restarting.',
      advice: again,
    },
    network: { title: 'No connection', advice: 'Check your internet connection, then try again.' },
    timeout: { title: 'This took too long', cause: 'The provider gave no answer.', advice: again },
    'sign-in-required': {
      title: 'Please sign in again',
      cause: 'Your session in this app is over.',
      advice: 'Sign in, then link your phone.',
    },
    forbidden: { title: 'Not allowed', cause: 'You may not link a phone here.', advice: tellHost },
    'invalid-request': { title: 'Something went wrong', advice: tellHost },
    'server-only': { title: 'Not set up yet', advice: tellHost },
    'invalid-options': { title: 'Not set up yet', advice: tellHost },
    aborted: { title: 'Stopped', advice: again },
    'component-failed': { title: 'Something went wrong', advice: again },
    unknown: { title: 'Something went wrong', advice: again },
  },
}
