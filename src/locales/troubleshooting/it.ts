import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Italian. They load when the user opens the list. */
export const itTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Impossibile collegare il dispositivo',
    cause: 'Quasi sempre il codice è cambiato mentre lo inquadravi o lo scrivevi.',
    steps: [
      'Scansiona il codice che vedi qui adesso, o chiedine uno nuovo.',
      'Se succede di nuovo, usa l’altro modo per collegare.',
      'Aggiorna WhatsApp sul telefono.',
    ],
  },
  {
    says: 'Controlla la connessione a internet del telefono',
    cause: 'Il telefono lo dice anche quando il codice è scaduto.',
    steps: [
      'Scansiona il codice che vedi qui adesso.',
      'Apri una pagina qualsiasi sul telefono per vedere se è online. Disattiva la VPN, se ne usi una.',
    ],
  },
  {
    says: 'Al momento non è possibile collegare nuovi dispositivi',
    cause: 'WhatsApp ha sospeso i collegamenti per questo account: troppi tentativi o troppi dispositivi.',
    steps: [
      'In **Dispositivi collegati**, disconnetti quelli che non usi più.',
      'Aspetta un’ora prima di riprovare. Ogni altro tentativo allunga l’attesa.',
    ],
  },
  {
    says: 'Non succede nulla',
    cause: 'Il telefono non ha letto il codice, o non segnala che è scaduto.',
    steps: [
      'Usa lo scanner in **Dispositivi collegati**, non l’app della fotocamera.',
      'Aumenta la luminosità dello schermo e tieni il telefono a circa 20 cm.',
      'Nessun messaggio per inserire il codice? Apri tu **Dispositivi collegati**: spesso il messaggio non arriva.',
    ],
  },
]
