import type { PairingLocale } from '../core/messages.js'

const again = 'Riprova tra un momento.'
const tellHost = 'Il tuo telefono non c’entra. Contatta chi gestisce questa app.'

/**
 * Italian, with tu. Words of WhatsApp's menus as in WhatsApp Web in this language. The exception is “Collega
 * un dispositivo”, which guides to the phone use (androidblog.it/220160, tomshw.it, looked up on 30 November
 * 2026).
 *
 * No native speaker has reviewed these texts yet.
 */
export const it: PairingLocale = {
  tag: 'it',
  direction: 'ltr',
  messages: {
    titleScan: 'Collega il tuo WhatsApp',
    titleRelink: 'Collega di nuovo il tuo WhatsApp',
    titleNumber: 'Collega il tuo WhatsApp',
    titleCode: 'Inserisci questo codice sul telefono',
    titleLinking: 'Collegamento in corso…',
    titleLinked: 'Il tuo WhatsApp è collegato',
    titlePasskey: 'WhatsApp chiede la tua passkey',
    methods: 'Modi per collegare',
    methodQr: 'Codice QR',
    methodPhoneCode: 'Numero di telefono',
    stepsScan: [
      'Apri **WhatsApp** o **WhatsApp Business** sul telefono',
      '{menu}',
      'Tocca **Dispositivi collegati**, quindi **Collega un dispositivo**',
      'Inquadra questo codice con il telefono',
    ],
    stepAndroid: 'Tocca **Menu {menuIcon}**',
    stepIphone: 'Tocca **Impostazioni {settingsIcon}** o la tua foto',
    stepsCode: [
      'Apri **WhatsApp** o **WhatsApp Business** sul telefono',
      '{menu}',
      'Tocca **Dispositivi collegati**, **Collega un dispositivo**, quindi **In alternativa, collega con il numero di telefono**',
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
      'Una passkey protegge questo account, e solo la pagina di WhatsApp può chiederla. {advice} Lascia aperta questa pagina: prosegue da sola.',
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
    openWhatsApp: 'Apri WhatsApp',
    pairingCodeLabel: 'Codice da inserire in WhatsApp',
    start: 'Mostra il codice',
    retry: 'Riprova',
    showNewCode: 'Mostra un nuovo codice',
    tryAgain: 'Prova di nuovo',
    startOver: 'Ricomincia',
    phoneNumber: 'Numero di telefono',
    phoneNumberHint: 'Con il prefisso internazionale, per esempio +39 312 345 6789',
    country: 'Paese',
    noCountry: 'Nessun Paese trovato',
    phoneTooShort: 'Troppo corto per un numero di questo Paese: {country}.',
    phoneTooLong: 'Troppo lungo per un numero di questo Paese: {country}.',
    phoneUnknownCountry: 'Scegli il Paese, o inizia con + e il prefisso internazionale.',
    phoneEmpty: 'Scrivi prima il tuo numero di telefono.',
    phoneNoAreaCode: 'Manca il prefisso: due cifre prima del numero, per esempio 11.',
    phoneUnlikely: 'Non sembra un numero di cellulare di questo Paese: {country}.',
    phonePressAgain:
      'Controlla il prefisso internazionale e le cifre. Se sono giusti, premi di nuovo il pulsante.',
    phoneHintBrazil:
      'Gli account WhatsApp creati prima del 2017 possono essere registrati senza la nona cifra.',
    phoneHintMexico: 'In Messico i numeri non hanno più l’1 dopo +52.',
    phoneHintArgentina: 'WhatsApp scrive i cellulari argentini con un 9 dopo +54.',
    phoneHintChanged:
      'I numeri di questo Paese sono cambiati. WhatsApp potrebbe conoscere il tuo nell’altra forma.',
    useNumber: 'Usa {number}',
    getCode: 'Ricevi il codice',
    copyCode: 'Copia il codice',
    copied: 'Copiato',
    copyError: 'Copia il codice dell’errore',
    codeFor: 'Per {number}',
    changeNumber: 'Modifica',
    slowCode: 'Il codice non funziona?',
    newCode: 'Ricevi un nuovo codice',
    trouble: 'Non riesci a collegare?',
    coolDown: 'Tra un momento potrai chiedere un altro codice.',
    usePhoneNumber: 'Usa invece il numero di telefono',
    useQrCode: 'Scansiona invece un codice QR',
    passkeyHelp: 'Mostrami come fare',
    passkey: {
      titles: { submitted: 'WhatsApp sta verificando', confirm: 'Confronta i codici' },
      leads: {
        sign: 'WhatsApp vuole la passkey di questo account prima di collegare {app}. Solo web.whatsapp.com può chiederla. Usa un computer che ha la passkey. Tieni vicino il telefono, con WhatsApp aperto.',
        'hand-off':
          'WhatsApp vuole la passkey di questo account prima di collegare {app}. Solo web.whatsapp.com può chiederla. Su un computer ti aiuta l’estensione del browser del fornitore.',
        code: 'Installa l’estensione. Apri web.whatsapp.com nello stesso browser, con questo account. Apri lì l’estensione, scrivi il suo codice e conferma. Questa pagina prosegue da sola.',
        link: 'Apri WhatsApp Web su un computer che ha la passkey e segui lì l’estensione. Questa pagina prosegue da sola.',
        submitted: 'La passkey è stata inviata. Tieni aperto WhatsApp sul telefono.',
        confirm: 'Anche il telefono mostra un codice. Collega {app} solo se i due codici sono uguali.',
      },
      computerNeeded: 'Ti serve un computer. Apri lì questa pagina.',
      continue: 'Continua',
      cancel: 'Annulla',
      waiting: 'In attesa della tua passkey…',
      notUsed:
        'Annullato, oppure questo dispositivo non ha una passkey di questo account. Riprova, o usa il dispositivo che ce l’ha.',
      codeLabel: 'Codice per l’estensione, non per WhatsApp',
      install: 'Installa l’estensione',
      openWhatsApp: 'Apri WhatsApp Web',
      nothingHappens:
        'Non succede nulla? Apri WhatsApp sul telefono e aspetta un momento, oppure ricomincia.',
      same: 'Sono uguali',
      differ: 'Sono diversi',
    },
    statusIdle: 'Inizia quando vuoi',
    statusPreparing: 'Preparazione del codice…',
    stillPreparing: 'Ancora in corso. Può volerci un minuto.',
    statusRetrying: 'Nuovo tentativo di ottenere il codice…',
    statusResetting: 'Rimozione del vecchio collegamento…',
    statusScan: 'In attesa della scansione · codice {number} di {of}',
    statusScanUnlimited: 'In attesa della scansione',
    statusNumber: 'In attesa del tuo numero',
    statusRequesting: 'Preparazione del codice…',
    statusCode: 'In attesa che tu inserisca il codice',
    titleNumberCheck: 'È il tuo numero?',
    leadNumberCheck:
      'Hai collegato {phone}, ma ci aspettavamo {expected}. Potrebbe essere lo stesso numero, scritto in due modi.',
    showCodeFor: 'Mostra il codice per …{digits}',
    numberExpected: 'Qui è atteso un altro numero.',
    numberIsMine: 'Sì',
    numberIsOther: 'È un altro telefono',
    mayTake: 'Può richiedere fino a {minutes} min.',
    backToNumber: 'Torna al numero',
    contactSupport: 'Contatta l’assistenza',
    longWait: {
      preparing: 'Non è ancora arrivato nessun codice.',
      starting: 'Il fornitore si sta ancora avviando.',
      resetting: 'Il vecchio collegamento è ancora in fase di rimozione.',
      retrying: 'L’ultima richiesta di un codice non è riuscita. Ci riproviamo.',
      'requesting-code': 'Il tuo codice non è ancora arrivato.',
      linking: 'Ci vuole più del solito. Tieni aperto WhatsApp sul telefono.',
    },
    noticeLinkEnded:
      'Il collegamento è finito poco dopo essere stato creato. Collega il telefono ancora una volta.',
    noticeLinkNotFinished: 'Il collegamento non è stato completato. Riprova.',
    noticeUnlinkedOnPhone: 'Il telefono è stato scollegato.',
    noticeCodeReplaced: 'Il tuo codice è stato sostituito e non funziona più.',
    timeLeft: {
      one: 'Resta {count} secondo per questo codice',
      other: 'Restano {count} secondi per questo codice',
    },
    expiredTitle: 'Il codice è scaduto.',
    expiredUnscanned: 'Non abbiamo visto nessuna scansione.',
    expiredCode: 'Non abbiamo visto inserirlo.',
    safety:
      'Così colleghi **{app}** al tuo WhatsApp. Non scansionare e non inserire mai un codice che non hai chiesto.',
    linkLinked: 'Collegato',
    linkNone: 'Non collegato',
    linkAttention: 'Richiede attenzione',
    linkChecking: 'Verifica in corso…',
    linkUnreachable: 'Ora non possiamo verificarlo.',
    linkAsOf: 'Ultima verifica: {time}.',
    linkLost: 'Il telefono è stato scollegato. Collegalo di nuovo per inviare e ricevere messaggi.',
    linkPasskey: 'WhatsApp chiede la passkey di questo account. Collega di nuovo per continuare.',
    linkStart: 'Collega',
    linkAgain: 'Collega di nuovo',
    linkCheck: 'Verifica di nuovo',
    disconnect: 'Scollega',
    disconnectWarning:
      'Questa app non invierà e non riceverà più messaggi con questo numero. Le chat restano sul telefono e puoi collegarlo di nuovo.',
    disconnecting: 'Scollegamento…',
    disconnectCancel: 'Annulla',
    sendToOwner: 'Invia a chi ha il telefono',
    copyLink: 'Copia link',
    shareLink: 'Condividi…',
    linkForOwner: 'Chi apre questo link può collegare un telefono qui finché il link non scade.',
    copyByHand: 'Tieni premuto il codice per copiarlo',
    done: 'Fine',
    syncing: 'Copia delle tue chat in corso… {percent}%',
    printNote: 'Codice per collegare {app} a WhatsApp. Scade alle {time}.',
    errorLabel: 'Errore',
    errors: {
      unauthorized: {
        title: 'Questa app ora non può collegare WhatsApp',
        cause: 'Il fornitore ha rifiutato la chiave di questa app, quindi non si può creare un codice.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'Questa app ora non può collegare WhatsApp',
        cause: 'Il fornitore non riconosce il collegamento di questa app.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Questa app ora non può collegare WhatsApp',
        cause: 'L’abbonamento di questa app presso il suo fornitore è scaduto o esaurito.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Questo account è bloccato',
        cause: 'Il fornitore segnala che WhatsApp lo ha bloccato.',
        advice: 'Apri WhatsApp sul telefono e chiedi una revisione.',
      },
      'session-stale': {
        title: 'Il collegamento è bloccato',
        cause: 'Forse un collegamento precedente è ancora d’intralcio.',
        advice: 'Ricomincia per rimuoverlo. Può volerci un minuto.',
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
        cause: 'Forse si sta collegando un altro dispositivo al posto di questa app.',
        advice:
          'Apri WhatsApp sul telefono, guarda in **Dispositivi collegati** e disconnetti quelli che non conosci. Poi ricomincia qui.',
      },
      'code-refused': {
        title: 'Nessun codice emesso',
        cause: 'Il fornitore non ha dato un codice per questo numero.',
        advice: 'Controlla il numero e riprova, oppure scansiona il codice QR.',
      },
      'wrong-phone-number': {
        title: 'È collegato un altro numero',
        cause: 'Hai collegato {phone}. Qui è atteso un altro numero.',
        advice:
          'Ricomincia per scollegarlo, oppure disconnetti questa app su quel telefono in **Dispositivi collegati**. Poi usa quello giusto.',
      },
      'invalid-phone-number': {
        title: 'Controlla il numero',
        advice: 'Scrivi prima il prefisso internazionale, poi il numero senza lo zero iniziale.',
      },
      'rate-limited': {
        title: 'Troppi tentativi',
        cause: 'WhatsApp o il fornitore di questa app per ora non accetta altri tentativi.',
        advice: 'Aspetta un minuto, poi riprova.',
      },
      'not-supported': {
        title: 'Qui non è possibile',
        cause: 'Il fornitore di questa app non lo offre.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Qualcosa è andato storto',
        cause: 'Abbiamo ricevuto una risposta che non possiamo usare.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'Al momento non disponibile',
        cause: 'Il servizio dietro questa app non risponde.',
        advice: again,
      },
      network: { title: 'Nessuna connessione', advice: 'Controlla la connessione a internet, poi riprova.' },
      timeout: { title: 'Ci è voluto troppo', cause: 'Nessuna risposta è arrivata in tempo.', advice: again },
      'sign-in-required': {
        title: 'Accedi',
        cause: 'Non hai eseguito l’accesso a questa app.',
        advice: 'Accedi, poi riprova.',
      },
      forbidden: {
        title: 'Non consentito',
        cause: 'Questa app non ha consentito la richiesta.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Qualcosa è andato storto', advice: tellHost },
      'server-only': { title: 'Questa app non è configurata bene', advice: tellHost },
      'invalid-options': { title: 'Questa app non è configurata bene', advice: tellHost },
      aborted: { title: 'Interrotto', advice: again },
      'component-failed': { title: 'Qualcosa è andato storto', advice: again },
      unknown: { title: 'Qualcosa è andato storto', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/it.js')).itTroubleshooting,
}
