import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in German. They load when the user opens the list. */
export const deTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Gerät konnte nicht verknüpft werden',
    cause: 'Meist hat der Code gewechselt, während du ihn gescannt oder eingegeben hast.',
    steps: [
      'Scanne den Code, der jetzt hier steht, oder fordere einen neuen an.',
      'Passiert es wieder, nimm den anderen Weg zum Verknüpfen.',
      'Aktualisiere WhatsApp auf deinem Telefon.',
    ],
  },
  {
    says: 'Überprüfe die Internetverbindung deines Telefons',
    cause: 'Das sagt das Telefon auch bei einem Code, der abgelaufen ist.',
    steps: [
      'Scanne den Code, der jetzt hier steht.',
      'Öffne auf dem Telefon irgendeine Seite, um zu sehen, ob es online ist. Wenn du ein VPN nutzt, schalte es aus.',
    ],
  },
  {
    says: 'Im Moment können keine neuen Geräte verknüpft werden',
    cause: 'WhatsApp lässt dieses Konto vorerst nichts verknüpfen: zu viele Versuche oder zu viele Geräte.',
    steps: [
      'Melde unter **Verknüpfte Geräte** die ab, die du nicht mehr benutzt.',
      'Warte eine Stunde bis zum nächsten Versuch. Jeder weitere verlängert die Wartezeit.',
    ],
  },
  {
    says: 'Es passiert gar nichts',
    cause: 'Das Telefon hat den Code nicht gelesen, oder es meldet nicht, dass er abgelaufen ist.',
    steps: [
      'Nimm den Scanner unter **Verknüpfte Geräte**, nicht die Kamera-App.',
      'Mach den Bildschirm heller und halte das Telefon etwa 20 cm davor.',
      'Keine Meldung zum Eingeben des Codes? Öffne **Verknüpfte Geräte** selbst: Die Meldung kommt oft nicht.',
    ],
  },
]
