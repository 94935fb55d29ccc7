import type { PairingSymptom } from '../../core/messages.js'

/** What the phone may say, in English; loaded when the user opens the list. */
export const enTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Couldn’t link device',
    cause: 'Most often the code was replaced while you held the phone up, or typed a letter too late.',
    steps: [
      'Scan the code that is here now, or ask for a new one.',
      'If it happens again, use the other way to link.',
      'Update WhatsApp on your phone.',
    ],
  },
  {
    says: 'Check your phone’s internet connection',
    cause: 'The phone also says this about an expired code.',
    steps: [
      'Scan the code that is here now.',
      'Open any page on your phone to see that it is online. Turn off a VPN.',
    ],
  },
  {
    says: 'Can’t link new devices right now',
    cause: 'WhatsApp takes a break for this account: too many tries, or too many devices.',
    steps: [
      'Under **Linked devices**, log out of those you no longer use.',
      'Wait an hour before the next try. More tries make it longer.',
    ],
  },
  {
    says: 'Nothing at all',
    cause: 'The phone did not read the code, or gives no sign of an expired code.',
    steps: [
      'Use the scanner under **Linked devices**, not the camera.',
      'Make the screen brighter, and hold the phone a hand away.',
      'No message for a code to enter? Open **Linked devices** yourself: the message often does not come.',
    ],
  },
]
