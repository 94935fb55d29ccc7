import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in French. They load when the user opens the list. */
export const frTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Impossible de connecter l’appareil',
    cause: 'Le plus souvent, le code a changé pendant que vous le scanniez ou le saisissiez.',
    steps: [
      'Scannez le code affiché ici maintenant, ou demandez-en un nouveau.',
      'Si cela se reproduit, utilisez l’autre méthode de connexion.',
      'Mettez WhatsApp à jour sur votre téléphone.',
    ],
  },
  {
    says: 'Vérifiez la connexion Internet de votre téléphone',
    cause: 'Le téléphone dit aussi cela quand le code a expiré.',
    steps: [
      'Scannez le code affiché ici maintenant.',
      'Ouvrez une page sur votre téléphone pour voir s’il est en ligne. Désactivez le VPN, si vous en avez un.',
    ],
  },
  {
    says: 'Impossible de connecter de nouveaux appareils pour le moment',
    cause: 'WhatsApp a suspendu les connexions pour ce compte : trop d’essais ou trop d’appareils.',
    steps: [
      'Dans **Appareils connectés**, déconnectez ceux que vous n’utilisez plus.',
      'Attendez une heure avant de réessayer. Chaque essai de plus rallonge l’attente.',
    ],
  },
  {
    says: 'Rien du tout',
    cause: 'Le téléphone n’a pas lu le code, ou ne signale pas qu’il a expiré.',
    steps: [
      'Utilisez le scanner dans **Appareils connectés**, pas l’appareil photo.',
      'Augmentez la luminosité de l’écran et tenez le téléphone à une vingtaine de centimètres.',
      'Pas de message pour saisir un code ? Ouvrez vous-même **Appareils connectés** : souvent, le message n’arrive pas.',
    ],
  },
]
