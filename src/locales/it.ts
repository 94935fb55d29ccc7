import type { PairingLocale } from '../core/messages.js'

const again = 'Riprova tra un momento.'
const tellHost = 'Non dipende dal tuo telefono: avvisa chi gestisce questa app.'

/** Italian. Words of WhatsApp's menus as in WhatsApp Web in this language. */
export const it: PairingLocale = {
  tag: 'it',
  direction: 'ltr',
  messages: {
    titleScan: 'Collega il tuo WhatsApp',
    titleRelink: 'Collega di nuovo il tuo WhatsApp',
    titleNumber: 'Collega il tuo WhatsApp',
    titleCode: 'Inserisci questo codice sul telefono',
    titleLinking: 'Completa sul telefono',
    titleLinked: 'Il tuo WhatsApp è collegato',
    titlePasskey: 'WhatsApp chiede la tua passkey',
    methods: 'Modi per collegare',
    methodQr: 'Codice QR',
    methodPhoneCode: 'Numero di telefono',
    stepsScan: [
      'Apri **WhatsApp** o **WhatsApp Business** sul telefono',
      'Su Android tocca **Menu {menuIcon},** su iPhone **Impostazioni {settingsIcon}**',
      'Tocca **Dispositivi collegati**, quindi **Collega dispositivo**',
      'Inquadra questo codice con il telefono',
    ],
    stepsCode: [
      'Apri **WhatsApp** o **WhatsApp Business** sul telefono',
      'Su Android tocca **Menu {menuIcon},** su iPhone **Impostazioni {settingsIcon}**',
      'Tocca **Dispositivi collegati**, **Collega dispositivo**, quindi **In alternativa, collega con il numero di telefono**',
      'Inserisci questo codice',
    ],
    leadNumber:
      'Scrivi il numero del telefono che vuoi collegare. Ricevi un codice da inserire in WhatsApp, senza usare la fotocamera.',
    leadOwnPhone:
      'Questo telefono non può inquadrare il proprio schermo. Scrivi il suo numero: ricevi un codice da inserire in WhatsApp.',
    leadLinking: 'WhatsApp sta collegando {app}. Tieni aperto WhatsApp per qualche secondo.',
    leadLinked:
      '{app} ora può inviare e ricevere messaggi con questo numero. Puoi scollegarlo quando vuoi in **Dispositivi collegati**.',
    leadPasskey:
      'WhatsApp protegge questo account con una passkey, e solo la pagina di WhatsApp può chiederla: questa pagina non può. {advice} Lascia aperta questa pagina: prosegue da sola.',
    passkeyAdvice: {
      'z-api': 'Chiedi a chi gestisce {app} di confermarla con l’estensione del browser di Z-API.',
      wasend:
        'Chiedi a chi gestisce {app} di confermarla con l’estensione per passkey di WAHA, su cui funziona WASend.',
      other: 'Chiedi a chi gestisce {app} di completare la procedura presso il suo fornitore.',
    },
    thisApp: 'Questa app',
    qrCodeLabel: 'Codice QR da scansionare con WhatsApp',
    enlarge: 'Ingrandisci',
    close: 'Chiudi',
    openInWhatsApp: 'Apri in WhatsApp su questo telefono',
    pairingCodeLabel: 'Codice da inserire in WhatsApp',
    start: 'Mostra il codice',
    retry: 'Riprova',
    showNewCode: 'Mostra un nuovo codice',
    tryAgain: 'Prova di nuovo',
    startOver: 'Ricomincia',
    phoneNumber: 'Numero di telefono',
    phoneNumberHint: 'Con il prefisso internazionale, per esempio +39 312 345 6789',
    country: 'Paese',
    noCountry: 'Nessun paese trovato',
    phoneTooShort: 'Troppo corto per un numero di questo paese: {country}.',
    phoneTooLong: 'Troppo lungo per un numero di questo paese: {country}.',
    phoneUnknownCountry: 'Scegli il paese, o inizia con + e il prefisso internazionale.',
    phoneUnlikely: 'Non sembra un numero di cellulare di questo paese: {country}.',
    phonePressAgain:
      'Controlla il prefisso internazionale e le cifre. Se sono giusti, premi di nuovo il pulsante.',
    phoneHintBrazil:
      'Gli account WhatsApp creati prima del 2017 possono essere registrati senza la nona cifra.',
    phoneHintMexico: 'In Messico i numeri non hanno più l’1 dopo +52.',
    phoneHintArgentina: 'WhatsApp scrive i cellulari argentini con un 9 dopo +54.',
    phoneHintChanged:
      'I numeri di questo Paese sono cambiati. WhatsApp potrebbe conoscere il suo nell’altra forma.',
    useNumber: 'Usa {number}',
    getCode: 'Ricevi il codice',
    copyCode: 'Copia il codice',
    copied: 'Copiato',
    codeFor: 'Per {number}',
    changeNumber: 'Modifica',
    slowCode: 'Il telefono non accetta il codice?',
    newCode: 'Ricevi un nuovo codice',
    trouble: 'Non riesci a collegare?',
    coolDown: 'Tra un momento potrai chiedere un altro codice.',
    usePhoneNumber: 'Usa invece il numero di telefono',
    useQrCode: 'Scansiona invece un codice QR',
    passkeyHelp: 'Mostrami come fare',
    statusIdle: 'Inizia quando vuoi',
    statusPreparing: 'Preparazione del codice…',
    statusRetrying: 'Nuovo tentativo di ottenere il codice…',
    statusResetting: 'Rimozione del vecchio collegamento…',
    statusScan: 'In attesa della scansione · codice {number} di {of}',
    statusScanUnlimited: 'In attesa della scansione',
    statusNumber: 'In attesa del tuo numero',
    statusRequesting: 'Preparazione del codice…',
    statusCode: 'In attesa che inserisci il codice',
    titleNumberCheck: 'È il tuo numero?',
    leadNumberCheck:
      'È collegato un telefono con il numero {phone}, e qui è atteso {expected}. Potrebbero essere lo stesso numero, scritto in due modi.',
    showCodeFor: 'Mostra il codice per …{digits}',
    numberExpected: 'Qui è atteso un altro numero.',
    numberIsMine: 'Sì',
    numberIsOther: 'È un altro telefono',
    mayTake: 'Può richiedere fino a {minutes} min.',
    backToNumber: 'Torna al numero',
    contactSupport: 'Contatta l’assistenza',
    longWait: {
      preparing: 'Il fornitore non ha ancora un codice.',
      starting: 'Il fornitore si sta ancora avviando.',
      resetting: 'La vecchia connessione è ancora in fase di cancellazione.',
      retrying: 'L’ultima richiesta di un codice non è riuscita. Viene inviata di nuovo.',
      'requesting-code': 'Il fornitore non ha ancora emesso il codice.',
      linking: 'Il collegamento non è ancora completo. Tieni WhatsApp aperto sul telefono.',
    },
    noticeLinkEnded: 'WhatsApp ha interrotto di nuovo il collegamento. Collega il telefono ancora una volta.',
    noticeLinkNotFinished: 'Il telefono non ha completato il collegamento. Riprova.',
    noticeUnlinkedOnPhone: 'Il telefono è stato scollegato.',
    noticeCodeReplaced: 'È stato richiesto un codice più recente, quindi quello precedente non funziona più.',
    timeLeft: {
      one: 'Resta {count} secondo per questo codice',
      other: 'Restano {count} secondi per questo codice',
    },
    expiredTitle: 'Il codice è scaduto.',
    expiredUnscanned: 'Nessuno lo ha scansionato.',
    expiredCode: 'Nessuno lo ha inserito.',
    safety:
      'Questo collega **{app}** al tuo WhatsApp. Non scansionare e non inserire mai un codice che non hai chiesto.',
    errorLabel: 'Errore',
    errors: {
      unauthorized: {
        title: 'WhatsApp non è raggiungibile',
        cause: 'Il fornitore ha rifiutato la chiave di questa app, quindi non si può creare un codice.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsApp non è raggiungibile',
        cause: 'Il fornitore non riconosce la connessione di questa app.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Ora non è possibile collegare',
        cause: 'L’abbonamento di questa app presso il suo fornitore è scaduto.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Questo account è bloccato',
        cause: 'WhatsApp ha bloccato questo account.',
        advice: 'Apri WhatsApp sul telefono e chiedi una revisione.',
      },
      'session-stale': {
        title: 'La connessione si è bloccata',
        cause:
          'È rimasto qualcosa di un collegamento precedente, o il fornitore non ha mai finito di avviarsi.',
        advice: 'Ricomincia per ripulire tutto. Può volerci un minuto.',
      },
      'passkey-refused': {
        title: 'La passkey non è stata accettata',
        advice: 'Ricomincia e usa la passkey dell’account WhatsApp che vuoi collegare.',
      },
      'passkey-expired': {
        title: 'La passkey ha richiesto troppo tempo',
        cause: 'WhatsApp la aspetta per dieci minuti.',
        advice: 'Ricomincia per riprovare.',
      },
      'passkey-mismatch': {
        title: 'I codici erano diversi',
        cause: 'Forse sta per essere collegato un altro dispositivo al posto di questo.',
        advice:
          'Apri WhatsApp sul telefono, guarda in **Dispositivi collegati** e scollega ciò che non conosci. Poi ricomincia qui.',
      },
      'code-refused': {
        title: 'Nessun codice per questo numero',
        cause: 'WhatsApp adesso non dà un codice per questo numero.',
        advice: 'Controlla il numero e riprova, oppure scansiona il codice QR.',
      },
      'wrong-phone-number': {
        title: 'Era un altro telefono',
        cause: 'È stato collegato {phone}, ma qui si aspetta un altro telefono.',
        advice:
          'Ricomincia per scollegarlo, oppure disconnetti questa app su quel telefono in **Dispositivi collegati**. Poi usa quello giusto.',
      },
      'invalid-phone-number': {
        title: 'Controlla il numero',
        advice: 'Scrivi prima il prefisso internazionale, poi il numero senza lo zero iniziale.',
      },
      'rate-limited': {
        title: 'Troppi tentativi',
        cause: 'WhatsApp ha bisogno di una pausa.',
        advice: 'Aspetta un minuto, poi riprova.',
      },
      'not-supported': {
        title: 'Qui non è possibile',
        cause: 'Il fornitore non offre questa possibilità.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Qualcosa è andato storto',
        cause: 'Il fornitore ha inviato qualcosa che non è un codice.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'Il fornitore non è disponibile',
        cause: 'È fuori servizio o si sta riavviando.',
        advice: again,
      },
      network: { title: 'Nessuna connessione', advice: 'Controlla la connessione a internet, poi riprova.' },
      timeout: { title: 'Ci è voluto troppo', cause: 'Il fornitore non ha risposto.', advice: again },
      'sign-in-required': {
        title: 'Accedi di nuovo',
        cause: 'La tua sessione in questa app è terminata.',
        advice: 'Accedi, poi collega il telefono.',
      },
      forbidden: {
        title: 'Non consentito',
        cause: 'Qui non puoi collegare un telefono.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Qualcosa è andato storto', advice: tellHost },
      'server-only': { title: 'Non ancora configurato', advice: tellHost },
      'invalid-options': { title: 'Non ancora configurato', advice: tellHost },
      aborted: { title: 'Interrotto', advice: again },
      'component-failed': { title: 'Qualcosa è andato storto', advice: again },
      unknown: { title: 'Qualcosa è andato storto', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/it.js')).itTroubleshooting,
}
