import type { PairingLocale } from '../core/messages.js'

const again = 'Réessayez dans un instant.'
const tellHost = 'Votre téléphone n’y est pour rien : prévenez l’équipe qui gère cette application.'

/** French. Words of WhatsApp's menus as in WhatsApp Web in this language. */
export const fr: PairingLocale = {
  tag: 'fr',
  direction: 'ltr',
  messages: {
    titleScan: 'Connectez votre WhatsApp',
    titleRelink: 'Reconnectez votre WhatsApp',
    titleNumber: 'Connectez votre WhatsApp',
    titleCode: 'Saisissez ce code sur votre téléphone',
    titleLinking: 'Terminez sur votre téléphone',
    titleLinked: 'Votre WhatsApp est connecté',
    titlePasskey: 'WhatsApp demande votre clé d’accès',
    methods: 'Méthodes de connexion',
    methodQr: 'Code QR',
    methodPhoneCode: 'Numéro de téléphone',
    stepsScan: [
      'Ouvrez **WhatsApp** ou **WhatsApp Business** sur votre téléphone',
      'Sur Android, appuyez sur **Menu {menuIcon} ;** sur iPhone, sur **Paramètres {settingsIcon}**',
      'Appuyez sur **Appareils connectés**, puis sur **Connecter un appareil**',
      'Pointez votre téléphone vers ce code',
    ],
    stepsCode: [
      'Ouvrez **WhatsApp** ou **WhatsApp Business** sur votre téléphone',
      'Sur Android, appuyez sur **Menu {menuIcon} ;** sur iPhone, sur **Paramètres {settingsIcon}**',
      'Appuyez sur **Appareils connectés**, sur **Connecter un appareil**, puis sur **Connecter plutôt avec un numéro de téléphone**',
      'Saisissez ce code',
    ],
    leadNumber:
      'Saisissez le numéro du téléphone à connecter. Vous recevez un code à saisir dans WhatsApp, sans appareil photo.',
    leadOwnPhone:
      'Ce téléphone ne peut pas scanner son propre écran. Saisissez son numéro : vous recevez un code à saisir dans WhatsApp.',
    leadLinking: 'WhatsApp connecte {app}. Gardez WhatsApp ouvert quelques secondes.',
    leadLinked:
      '{app} peut maintenant envoyer et recevoir avec ce numéro. Vous pouvez vous déconnecter à tout moment dans **Appareils connectés**.',
    leadPasskey:
      'WhatsApp protège ce compte par une clé d’accès, et seule la page de WhatsApp peut la demander : cette page ne le peut pas. {advice} Laissez cette page ouverte : la suite se fait toute seule.',
    passkeyAdvice: {
      'z-api': 'Demandez à l’équipe qui gère {app} de la confirmer avec l’extension de navigateur de Z-API.',
      wasend:
        'Demandez à l’équipe qui gère {app} de la confirmer avec l’extension de clés d’accès de WAHA, qui fait fonctionner WASend.',
      other: 'Demandez à l’équipe qui gère {app} de terminer chez son fournisseur.',
    },
    thisApp: 'Cette application',
    qrCodeLabel: 'Code QR à scanner avec WhatsApp',
    enlarge: 'Agrandir',
    close: 'Fermer',
    openInWhatsApp: 'Ouvrir dans WhatsApp sur ce téléphone',
    pairingCodeLabel: 'Code à saisir dans WhatsApp',
    start: 'Afficher le code',
    retry: 'Réessayer',
    showNewCode: 'Afficher un nouveau code',
    tryAgain: 'Essayer encore',
    startOver: 'Recommencer',
    phoneNumber: 'Numéro de téléphone',
    phoneNumberHint: 'Avec l’indicatif du pays, par exemple +33 6 12 34 56 78',
    country: 'Pays',
    noCountry: 'Aucun pays trouvé',
    phoneTooShort: 'Trop court pour un numéro de ce pays : {country}.',
    phoneTooLong: 'Trop long pour un numéro de ce pays : {country}.',
    phoneUnknownCountry: 'Choisissez le pays, ou commencez par + et l’indicatif du pays.',
    phoneUnlikely: 'Cela ne ressemble pas à un numéro mobile de ce pays : {country}.',
    phonePressAgain:
      'Vérifiez l’indicatif du pays et les chiffres. S’ils sont corrects, appuyez de nouveau sur le bouton.',
    phoneHintBrazil: 'Les comptes WhatsApp d’avant 2017 peuvent être enregistrés sans le neuvième chiffre.',
    phoneHintMexico: 'Au Mexique, les numéros n’ont plus de 1 après +52.',
    phoneHintArgentina: 'WhatsApp écrit les numéros mobiles d’Argentine avec un 9 après +54.',
    phoneHintChanged:
      'Les numéros de ce pays ont changé. WhatsApp connaît peut-être le vôtre sous l’autre forme.',
    useNumber: 'Utiliser {number}',
    getCode: 'Obtenir un code',
    copyCode: 'Copier le code',
    copied: 'Copié',
    codeFor: 'Pour {number}',
    changeNumber: 'Modifier',
    slowCode: 'Le téléphone n’accepte pas le code ?',
    newCode: 'Obtenir un nouveau code',
    trouble: 'Un problème pour connecter ?',
    coolDown: 'Vous pourrez demander un autre code dans un instant.',
    usePhoneNumber: 'Utiliser plutôt le numéro de téléphone',
    useQrCode: 'Scanner plutôt un code QR',
    passkeyHelp: 'Voir comment faire',
    statusIdle: 'Quand vous voulez',
    statusPreparing: 'Préparation de votre code…',
    statusRetrying: 'Toujours en attente de votre code…',
    statusResetting: 'Suppression de l’ancienne connexion…',
    statusScan: 'En attente de votre scan · code {number} sur {of}',
    statusScanUnlimited: 'En attente de votre scan',
    statusNumber: 'En attente de votre numéro',
    statusRequesting: 'Préparation de votre code…',
    statusCode: 'En attente de la saisie du code',
    titleNumberCheck: 'Est-ce votre numéro ?',
    leadNumberCheck:
      'Un téléphone avec le numéro {phone} est associé, et {expected} est attendu ici. Il s’agit peut-être du même numéro, écrit de deux façons.',
    showCodeFor: 'Afficher le code pour …{digits}',
    numberExpected: 'Un autre numéro est attendu ici.',
    numberIsMine: 'Oui',
    numberIsOther: 'C’est un autre téléphone',
    mayTake: 'Cela peut prendre jusqu’à {minutes} min.',
    backToNumber: 'Retour au numéro',
    contactSupport: 'Contacter l’assistance',
    longWait: {
      preparing: 'Le fournisseur n’a pas encore de code.',
      starting: 'Le fournisseur est encore en train de démarrer.',
      resetting: 'L’ancienne connexion est encore en cours d’effacement.',
      retrying: 'La dernière demande de code a échoué. Elle est renvoyée.',
      'requesting-code': 'Le fournisseur n’a pas encore émis le code.',
      linking: 'L’association n’est pas encore terminée. Gardez WhatsApp ouvert sur votre téléphone.',
    },
    noticeLinkEnded:
      'WhatsApp a de nouveau mis fin à l’association. Veuillez associer le téléphone encore une fois.',
    noticeLinkNotFinished: 'Le téléphone n’a pas terminé l’association. Veuillez réessayer.',
    noticeUnlinkedOnPhone: 'Le téléphone a été dissocié.',
    noticeCodeReplaced: 'Un code plus récent a été demandé, donc le précédent ne fonctionne plus.',
    timeLeft: { one: 'Encore {count} seconde pour ce code', other: 'Encore {count} secondes pour ce code' },
    expiredTitle: 'Le code a expiré.',
    expiredUnscanned: 'Personne ne l’a scanné.',
    expiredCode: 'Personne ne l’a saisi.',
    safety:
      'Cela connecte **{app}** à votre WhatsApp. Ne scannez et ne saisissez jamais un code que vous n’avez pas demandé.',
    errorLabel: 'Erreur',
    errors: {
      unauthorized: {
        title: 'WhatsApp est inaccessible',
        cause: 'Le fournisseur a refusé la clé de cette application, donc aucun code ne peut être créé.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsApp est inaccessible',
        cause: 'Le fournisseur ne reconnaît pas la connexion de cette application.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Connexion impossible pour le moment',
        cause: 'L’abonnement de cette application chez son fournisseur a expiré.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Ce compte est bloqué',
        cause: 'WhatsApp a bloqué ce compte.',
        advice: 'Ouvrez WhatsApp sur votre téléphone et demandez un examen.',
      },
      'session-stale': {
        title: 'La connexion est bloquée',
        cause:
          'Il reste quelque chose d’une connexion précédente, ou le fournisseur n’a pas fini de démarrer.',
        advice: 'Recommencez pour tout remettre à zéro. Cela peut prendre une minute.',
      },
      'passkey-refused': {
        title: 'La clé d’accès n’a pas été acceptée',
        advice: 'Recommencez avec la clé d’accès du compte WhatsApp que vous voulez connecter.',
      },
      'passkey-expired': {
        title: 'La clé d’accès a pris trop de temps',
        cause: 'WhatsApp l’attend dix minutes.',
        advice: 'Recommencez pour réessayer.',
      },
      'passkey-mismatch': {
        title: 'Les codes étaient différents',
        cause: 'Un autre appareil est peut-être en train d’être connecté à la place de celui-ci.',
        advice:
          'Ouvrez WhatsApp sur votre téléphone, regardez sous **Appareils connectés** et déconnectez ce que vous ne connaissez pas. Recommencez ensuite ici.',
      },
      'code-refused': {
        title: 'Pas de code pour ce numéro',
        cause: 'WhatsApp ne donne pas de code pour ce numéro en ce moment.',
        advice: 'Vérifiez le numéro et réessayez, ou scannez plutôt le code QR.',
      },
      'wrong-phone-number': {
        title: 'C’était un autre téléphone',
        cause: '{phone} a été connecté, alors qu’un autre téléphone est attendu ici.',
        advice:
          'Recommencez pour le déconnecter, ou déconnectez cette application sur ce téléphone dans **Appareils connectés**. Utilisez ensuite le bon.',
      },
      'invalid-phone-number': {
        title: 'Vérifiez le numéro',
        advice: 'Écrivez d’abord l’indicatif du pays, puis le numéro sans le zéro du début.',
      },
      'rate-limited': {
        title: 'Trop d’essais',
        cause: 'WhatsApp a besoin d’une pause.',
        advice: 'Attendez une minute, puis réessayez.',
      },
      'not-supported': {
        title: 'Impossible ici',
        cause: 'Le fournisseur ne propose pas cette option.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Un problème est survenu',
        cause: 'Le fournisseur a envoyé autre chose qu’un code.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'Le fournisseur est indisponible',
        cause: 'Il est en panne ou redémarre.',
        advice: again,
      },
      network: { title: 'Pas de connexion', advice: 'Vérifiez votre connexion Internet, puis réessayez.' },
      timeout: { title: 'C’était trop long', cause: 'Le fournisseur n’a pas répondu.', advice: again },
      'sign-in-required': {
        title: 'Identifiez-vous de nouveau',
        cause: 'Votre session dans cette application est terminée.',
        advice: 'Identifiez-vous, puis connectez votre téléphone.',
      },
      forbidden: {
        title: 'Non autorisé',
        cause: 'Vous ne pouvez pas connecter de téléphone ici.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Un problème est survenu', advice: tellHost },
      'server-only': { title: 'Pas encore configuré', advice: tellHost },
      'invalid-options': { title: 'Pas encore configuré', advice: tellHost },
      aborted: { title: 'Interrompu', advice: again },
      'component-failed': { title: 'Un problème est survenu', advice: again },
      unknown: { title: 'Un problème est survenu', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/fr.js')).frTroubleshooting,
}
