import type { PairingLocale } from '../core/messages.js'

const again = 'Try again in a moment.'
const tellHost = 'This is not your phone: please tell the people who run this app.'

/** English, the default. */
export const en: PairingLocale = {
  tag: 'en',
  direction: 'ltr',
  messages: {
    titleScan: 'Link your WhatsApp',
    titleRelink: 'Link your WhatsApp again',
    titleNumber: 'Link your WhatsApp',
    titleCode: 'Enter this code on your phone',
    titleLinking: 'Finish on your phone',
    titleLinked: 'You’re linked',
    titlePasskey: 'WhatsApp wants your passkey',
    methods: 'Ways to link',
    methodQr: 'QR code',
    methodPhoneCode: 'Phone number',
    stepsScan: [
      'Open **WhatsApp** on your phone',
      'On Android tap **Menu {menuIcon},** on iPhone **Settings {settingsIcon}**',
      'Tap **Linked devices**, then **Link a device**',
      'Point your phone at this code',
    ],
    stepsCode: [
      'Open **WhatsApp** and go to **Linked devices**',
      'Tap **Link a device**, then **Link with phone number instead**',
      'Enter this code',
    ],
    leadNumber:
      'Type the number of the phone you want to link. You get a code to enter in WhatsApp: no camera needed.',
    leadLinking: 'WhatsApp is linking {app}. Keep the app open for a few seconds.',
    leadLinked:
      '{app} can now send and receive for this number. You can unlink it any time under **Linked devices**.',
    leadPasskey:
      'WhatsApp protects this account with a passkey, and only WhatsApp’s own page may ask for it: this page cannot. {advice} Leave this page open: it goes on by itself.',
    passkeyAdvice: {
      'z-api': 'Ask whoever runs {app} to confirm it with Z-API’s browser extension.',
      wasend:
        'Ask whoever runs {app} to confirm it with the passkey extension of WAHA, which WASend runs on.',
      other: 'Ask whoever runs {app} to finish it at their provider.',
    },
    thisApp: 'This app',
    qrCodeLabel: 'QR code to scan with WhatsApp',
    pairingCodeLabel: 'Code to enter in WhatsApp',
    start: 'Show code',
    retry: 'Retry',
    tryAgain: 'Try again',
    startOver: 'Start over',
    phoneNumber: 'Phone number',
    phoneNumberHint: 'With country code, like +55 11 98765 4321',
    getCode: 'Get code',
    copyCode: 'Copy code',
    copied: 'Copied',
    codeFor: 'For {number}',
    changeNumber: 'Change',
    slowCode: 'The phone does not take the code?',
    newCode: 'Get a new code',
    trouble: 'Trouble linking?',
    coolDown: 'You can ask for another code in a moment.',
    usePhoneNumber: 'Use your phone number instead',
    useQrCode: 'Scan a QR code instead',
    passkeyHelp: 'Show me how',
    statusIdle: 'Ready when you are',
    statusPreparing: 'Getting your code…',
    statusRetrying: 'Still trying to get your code…',
    statusResetting: 'Clearing the old connection…',
    statusScan: 'Waiting for your scan · code {number} of {of}',
    statusScanUnlimited: 'Waiting for your scan',
    statusNumber: 'Waiting for your number',
    statusRequesting: 'Getting your code…',
    statusCode: 'Waiting for you to enter the code',
    expiredTitle: 'The code ran out.',
    expiredUnscanned: 'Nobody scanned it yet.',
    expiredCode: 'Nobody entered it yet.',
    safety: 'This links **{app}** to your WhatsApp. Never scan or enter a code you did not ask for.',
    errorLabel: 'Error',
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
      unknown: { title: 'Something went wrong', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/en.js')).enTroubleshooting,
}
