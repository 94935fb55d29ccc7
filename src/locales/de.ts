import type { PairingLocale } from '../core/messages.js'

const again = 'Versuch es gleich noch einmal.'
const tellHost = 'Das liegt nicht an deinem Telefon: Sag bitte den Leuten Bescheid, die diese App betreiben.'

/** German. Words of WhatsApp's menus as in WhatsApp Web in this language. */
export const de: PairingLocale = {
  tag: 'de',
  direction: 'ltr',
  messages: {
    titleScan: 'Verknüpfe dein WhatsApp',
    titleRelink: 'Verknüpfe dein WhatsApp erneut',
    titleNumber: 'Verknüpfe dein WhatsApp',
    titleCode: 'Gib diesen Code auf deinem Telefon ein',
    titleLinking: 'Weiter geht’s auf deinem Telefon',
    titleLinked: 'Dein WhatsApp ist verknüpft',
    titlePasskey: 'WhatsApp verlangt deinen Passkey',
    methods: 'Wege zum Verknüpfen',
    methodQr: 'QR-Code',
    methodPhoneCode: 'Telefonnummer',
    stepsScan: [
      'Öffne **WhatsApp** oder **WhatsApp Business** auf deinem Telefon',
      'Tippe bei Android auf **Menü {menuIcon},** beim iPhone auf **Einstellungen {settingsIcon}**',
      'Tippe auf **Verknüpfte Geräte** und dann auf **Gerät hinzufügen**',
      'Richte dein Telefon auf diesen Code',
    ],
    stepsCode: [
      'Öffne **WhatsApp** oder **WhatsApp Business** auf deinem Telefon',
      'Tippe bei Android auf **Menü {menuIcon},** beim iPhone auf **Einstellungen {settingsIcon}**',
      'Tippe auf **Verknüpfte Geräte**, **Gerät hinzufügen** und dann auf **Gerät stattdessen via Telefonnummer verknüpfen**',
      'Gib diesen Code ein',
    ],
    leadNumber:
      'Gib die Nummer des Telefons ein, das du verknüpfen willst. Du bekommst einen Code für WhatsApp, ganz ohne Kamera.',
    leadOwnPhone:
      'Dieses Telefon kann seinen eigenen Bildschirm nicht scannen. Gib seine Nummer ein: Du bekommst einen Code für WhatsApp.',
    leadLinking: 'WhatsApp verknüpft {app}. Lass WhatsApp noch ein paar Sekunden geöffnet.',
    leadLinked:
      '{app} kann jetzt mit dieser Nummer senden und empfangen. Trennen kannst du das jederzeit unter **Verknüpfte Geräte**.',
    leadPasskey:
      'WhatsApp schützt dieses Konto mit einem Passkey, und nur WhatsApps eigene Seite darf danach fragen: Diese Seite kann es nicht. {advice} Lass diese Seite offen: Sie macht von selbst weiter.',
    passkeyAdvice: {
      'z-api': 'Bitte den Betreiber ({app}), ihn mit der Browser-Erweiterung von Z-API zu bestätigen.',
      wasend:
        'Bitte den Betreiber ({app}), ihn mit der Passkey-Erweiterung von WAHA zu bestätigen, auf dem WASend läuft.',
      other: 'Bitte den Betreiber ({app}), es bei seinem Anbieter abzuschließen.',
    },
    thisApp: 'Diese App',
    qrCodeLabel: 'QR-Code zum Scannen mit WhatsApp',
    enlarge: 'Vergrößern',
    close: 'Schließen',
    openInWhatsApp: 'In WhatsApp auf diesem Telefon öffnen',
    pairingCodeLabel: 'Code zum Eingeben in WhatsApp',
    start: 'Code anzeigen',
    retry: 'Neuer Versuch',
    showNewCode: 'Neuen Code anzeigen',
    tryAgain: 'Noch einmal versuchen',
    startOver: 'Von vorn beginnen',
    phoneNumber: 'Telefonnummer',
    phoneNumberHint: 'Mit Ländervorwahl, zum Beispiel +49 1512 3456789',
    country: 'Land',
    noCountry: 'Kein Land gefunden',
    phoneTooShort: 'Zu kurz für eine Nummer aus diesem Land: {country}.',
    phoneTooLong: 'Zu lang für eine Nummer aus diesem Land: {country}.',
    phoneUnknownCountry: 'Wähle das Land, oder beginne mit + und der Ländervorwahl.',
    phoneUnlikely: 'Das sieht nicht nach einer Handynummer aus diesem Land aus: {country}.',
    phonePressAgain:
      'Prüfe die Ländervorwahl und die Ziffern. Wenn sie stimmen, drück den Knopf noch einmal.',
    phoneHintBrazil: 'WhatsApp-Konten von vor 2017 sind vielleicht ohne die neunte Ziffer registriert.',
    phoneHintMexico: 'Nummern in Mexiko haben keine 1 mehr nach +52.',
    phoneHintArgentina: 'WhatsApp schreibt Handynummern in Argentinien mit einer 9 nach +54.',
    phoneHintChanged:
      'Nummern in diesem Land haben sich geändert. WhatsApp kennt Ihre vielleicht in der anderen Form.',
    useNumber: '{number} verwenden',
    getCode: 'Code holen',
    copyCode: 'Code kopieren',
    copied: 'Kopiert',
    codeFor: 'Für {number}',
    changeNumber: 'Ändern',
    slowCode: 'Nimmt das Telefon den Code nicht an?',
    newCode: 'Neuen Code holen',
    trouble: 'Klappt es nicht?',
    coolDown: 'Gleich kannst du einen weiteren Code holen.',
    usePhoneNumber: 'Lieber mit Telefonnummer',
    useQrCode: 'Lieber einen QR-Code scannen',
    passkeyHelp: 'So geht’s',
    statusIdle: 'Los geht’s, wenn du so weit bist',
    statusPreparing: 'Dein Code wird geholt…',
    statusRetrying: 'Noch ein Versuch, deinen Code zu holen…',
    statusResetting: 'Die alte Verbindung wird entfernt…',
    statusScan: 'Warten auf deinen Scan · Code {number} von {of}',
    statusScanUnlimited: 'Warten auf deinen Scan',
    statusNumber: 'Warten auf deine Nummer',
    statusRequesting: 'Dein Code wird geholt…',
    statusCode: 'Warten auf deine Eingabe',
    noticeLinkEnded: 'WhatsApp hat die Verknüpfung wieder beendet. Bitte verknüpfe das Telefon noch einmal.',
    noticeLinkNotFinished:
      'Das Telefon hat die Verknüpfung nicht abgeschlossen. Bitte versuche es noch einmal.',
    noticeUnlinkedOnPhone: 'Die Verknüpfung mit dem Telefon wurde aufgehoben.',
    noticeCodeReplaced: 'Ein neuerer Code wurde angefordert, deshalb gilt der vorige nicht mehr.',
    timeLeft: { one: 'Noch {count} Sekunde für diesen Code', other: 'Noch {count} Sekunden für diesen Code' },
    expiredTitle: 'Der Code ist abgelaufen.',
    expiredUnscanned: 'Niemand hat ihn gescannt.',
    expiredCode: 'Niemand hat ihn eingegeben.',
    safety:
      'Damit verknüpfst du **{app}** mit deinem WhatsApp. Scanne nie einen Code und gib nie einen ein, den du nicht selbst angefordert hast.',
    errorLabel: 'Fehler',
    errors: {
      unauthorized: {
        title: 'WhatsApp ist nicht erreichbar',
        cause: 'Der Anbieter hat den Schlüssel dieser App abgelehnt, darum gibt es keinen Code.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsApp ist nicht erreichbar',
        cause: 'Der Anbieter kennt die Verbindung dieser App nicht.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Verknüpfen geht gerade nicht',
        cause: 'Der Tarif dieser App bei ihrem Anbieter ist abgelaufen.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Dieses Konto ist gesperrt',
        cause: 'WhatsApp hat dieses Konto gesperrt.',
        advice: 'Öffne WhatsApp auf deinem Telefon und fordere eine Überprüfung an.',
      },
      'session-stale': {
        title: 'Die Verbindung hängt',
        cause: 'Von einer früheren Verknüpfung ist etwas übrig, oder der Anbieter ist nie fertig gestartet.',
        advice: 'Beginne von vorn, um aufzuräumen. Das kann eine Minute dauern.',
      },
      'passkey-refused': {
        title: 'Der Passkey wurde nicht angenommen',
        advice: 'Beginne von vorn und nimm den Passkey des WhatsApp-Kontos, das du verknüpfen willst.',
      },
      'passkey-expired': {
        title: 'Der Passkey hat zu lange gedauert',
        cause: 'WhatsApp wartet zehn Minuten darauf.',
        advice: 'Beginne von vorn, um es noch einmal zu versuchen.',
      },
      'passkey-mismatch': {
        title: 'Die Codes waren verschieden',
        cause: 'Vielleicht wird gerade ein anderes Gerät verknüpft als dieses.',
        advice:
          'Öffne WhatsApp auf deinem Telefon, sieh unter **Verknüpfte Geräte** nach und melde ab, was du nicht kennst. Beginne dann hier von vorn.',
      },
      'code-refused': {
        title: 'Kein Code für diese Nummer',
        cause: 'WhatsApp gibt gerade keinen Code für sie aus.',
        advice: 'Prüfe die Nummer und versuch es noch einmal, oder scanne den QR-Code.',
      },
      'wrong-phone-number': {
        title: 'Das war ein anderes Telefon',
        cause: '{phone} wurde verknüpft, hier wird aber ein anderes Telefon erwartet.',
        advice:
          'Beginne von vorn, um es zu trennen, oder melde diese App auf dem anderen Telefon unter **Verknüpfte Geräte** ab. Nimm dann das richtige.',
      },
      'invalid-phone-number': {
        title: 'Prüfe die Nummer',
        advice: 'Schreib zuerst die Ländervorwahl, dann die Nummer ohne die Null am Anfang.',
      },
      'rate-limited': {
        title: 'Zu viele Versuche',
        cause: 'WhatsApp braucht eine Pause.',
        advice: 'Warte eine Minute und versuch es noch einmal.',
      },
      'not-supported': {
        title: 'Hier nicht möglich',
        cause: 'Der Anbieter bietet das nicht an.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Etwas ist schiefgegangen',
        cause: 'Der Anbieter hat etwas geschickt, das kein Code ist.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'Der Anbieter ist nicht erreichbar',
        cause: 'Er ist ausgefallen oder startet gerade neu.',
        advice: again,
      },
      network: {
        title: 'Keine Verbindung',
        advice: 'Prüfe deine Internetverbindung und versuch es noch einmal.',
      },
      timeout: { title: 'Das hat zu lange gedauert', cause: 'Der Anbieter antwortet nicht.', advice: again },
      'sign-in-required': {
        title: 'Bitte melde dich neu an',
        cause: 'Deine Sitzung in dieser App ist zu Ende.',
        advice: 'Melde dich an und verknüpfe dann dein Telefon.',
      },
      forbidden: {
        title: 'Nicht erlaubt',
        cause: 'Du darfst hier kein Telefon verknüpfen.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Etwas ist schiefgegangen', advice: tellHost },
      'server-only': { title: 'Noch nicht eingerichtet', advice: tellHost },
      'invalid-options': { title: 'Noch nicht eingerichtet', advice: tellHost },
      aborted: { title: 'Abgebrochen', advice: again },
      'component-failed': { title: 'Etwas ist schiefgegangen', advice: again },
      unknown: { title: 'Etwas ist schiefgegangen', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/de.js')).deTroubleshooting,
}
