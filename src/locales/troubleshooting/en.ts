import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in English. They load when the user opens the list. */
export const enTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Couldn’t link device',
    cause: 'Most often the code changed while you were scanning or typing it.',
    steps: [
      'Scan the code shown here now, or ask for a new one.',
      'If it happens again, use the other way to link.',
      'Update WhatsApp on your phone.',
    ],
  },
  {
    says: 'Check your phone’s internet connection',
    cause: 'The phone also says this about an expired code.',
    steps: [
      'Scan the code shown here now.',
      'Open any website on your phone to check that it is online. If you use a VPN, turn it off.',
    ],
  },
  {
    says: 'Can’t link new devices right now',
    cause: 'WhatsApp has paused linking for this account: too many tries or too many devices.',
    steps: [
      'Under **Linked devices**, log out of those you no longer use.',
      'Wait an hour before the next try. More tries make the wait longer.',
    ],
  },
  {
    says: 'Nothing at all',
    cause: 'The phone didn’t read the code, or doesn’t say that it has expired.',
    steps: [
      'Use the scanner under **Linked devices**, not the camera.',
      'Make the screen brighter, and hold the phone about 20 cm away.',
      'Your phone doesn’t prompt you for the code? Open **Linked devices** yourself: the prompt often doesn’t come.',
    ],
  },
]
