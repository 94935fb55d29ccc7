import type { PairingLocale } from '../core/messages.js'

const again = 'Vuelve a intentarlo en un momento.'
const tellHost = 'No es un problema de tu teléfono: avisa a quienes gestionan esta app.'

/** Spanish. Words of WhatsApp's menus as in WhatsApp Web in this language. */
export const es: PairingLocale = {
  tag: 'es',
  direction: 'ltr',
  messages: {
    titleScan: 'Vincula tu WhatsApp',
    titleRelink: 'Vuelve a vincular tu WhatsApp',
    titleNumber: 'Vincula tu WhatsApp',
    titleCode: 'Ingresa este código en tu teléfono',
    titleLinking: 'Termina en tu teléfono',
    titleLinked: 'Tu WhatsApp está vinculado',
    titlePasskey: 'WhatsApp pide tu clave de acceso',
    methods: 'Formas de vincular',
    methodQr: 'Código QR',
    methodPhoneCode: 'Número de teléfono',
    stepsScan: [
      'Abre **WhatsApp** o **WhatsApp Business** en tu teléfono',
      'En Android, toca **Menú {menuIcon};** en iPhone, **Ajustes {settingsIcon}**',
      'Toca **Dispositivos vinculados** y, luego, **Vincular dispositivo**',
      'Apunta tu teléfono a este código',
    ],
    stepsCode: [
      'Abre **WhatsApp** o **WhatsApp Business** en tu teléfono',
      'En Android, toca **Menú {menuIcon};** en iPhone, **Ajustes {settingsIcon}**',
      'Toca **Dispositivos vinculados**, **Vincular dispositivo** y, luego, **Vincular con el número de teléfono**',
      'Ingresa este código',
    ],
    leadNumber:
      'Escribe el número del teléfono que quieres vincular. Recibes un código para ingresar en WhatsApp, sin usar la cámara.',
    leadOwnPhone:
      'Este teléfono no puede escanear su propia pantalla. Escribe su número y recibes un código para ingresar en WhatsApp.',
    leadLinking: 'WhatsApp está vinculando {app}. Deja WhatsApp abierto unos segundos.',
    leadLinked:
      '{app} ya puede enviar y recibir mensajes con este número. Puedes desvincularlo cuando quieras en **Dispositivos vinculados**.',
    leadPasskey:
      'WhatsApp protege esta cuenta con una clave de acceso, y solo la página de WhatsApp puede pedirla: esta página no puede. {advice} Deja esta página abierta: sigue sola.',
    passkeyAdvice: {
      'z-api': 'Pide a quien gestiona {app} que la confirme con la extensión de navegador de Z-API.',
      wasend:
        'Pide a quien gestiona {app} que la confirme con la extensión de claves de acceso de WAHA, que es lo que usa WASend.',
      other: 'Pide a quien gestiona {app} que lo termine en su proveedor.',
    },
    thisApp: 'Esta app',
    qrCodeLabel: 'Código QR para escanear con WhatsApp',
    enlarge: 'Ampliar',
    close: 'Cerrar',
    openInWhatsApp: 'Abrir en WhatsApp en este teléfono',
    pairingCodeLabel: 'Código para ingresar en WhatsApp',
    start: 'Mostrar código',
    retry: 'Reintentar',
    showNewCode: 'Mostrar un código nuevo',
    tryAgain: 'Volver a intentarlo',
    startOver: 'Empezar de nuevo',
    phoneNumber: 'Número de teléfono',
    phoneNumberHint: 'Con el código de país, por ejemplo +52 55 1234 5678',
    country: 'País',
    noCountry: 'No se encontró ningún país',
    phoneTooShort: 'Demasiado corto para un número de este país: {country}.',
    phoneTooLong: 'Demasiado largo para un número de este país: {country}.',
    phoneUnknownCountry: 'Elige el país, o empieza con + y el código de país.',
    phoneUnlikely: 'Esto no parece un número de móvil de este país: {country}.',
    phonePressAgain: 'Revisa el código de país y los dígitos. Si están bien, pulsa el botón otra vez.',
    phoneHintBrazil:
      'Las cuentas de WhatsApp anteriores a 2017 pueden estar registradas sin el noveno dígito.',
    phoneHintMexico: 'Los números de México ya no llevan el 1 después de +52.',
    phoneHintArgentina: 'WhatsApp escribe los móviles de Argentina con un 9 después de +54.',
    phoneHintChanged:
      'Los números de este país han cambiado. Puede que WhatsApp conozca el suyo en la otra forma.',
    useNumber: 'Usar {number}',
    getCode: 'Obtener código',
    copyCode: 'Copiar código',
    copied: 'Copiado',
    codeFor: 'Para {number}',
    changeNumber: 'Cambiar',
    slowCode: '¿El teléfono no acepta el código?',
    newCode: 'Obtener un código nuevo',
    trouble: '¿Problemas para vincular?',
    coolDown: 'En un momento podrás pedir otro código.',
    usePhoneNumber: 'Usar el número de teléfono',
    useQrCode: 'Escanear un código QR',
    passkeyHelp: 'Ver cómo se hace',
    statusIdle: 'Empieza cuando quieras',
    statusPreparing: 'Preparando tu código…',
    statusRetrying: 'Seguimos intentando obtener tu código…',
    statusResetting: 'Borrando la conexión anterior…',
    statusScan: 'Esperando a que escanees · código {number} de {of}',
    statusScanUnlimited: 'Esperando a que escanees',
    statusNumber: 'Esperando tu número',
    statusRequesting: 'Preparando tu código…',
    statusCode: 'Esperando a que ingreses el código',
    noticeLinkEnded: 'WhatsApp volvió a cerrar la vinculación. Vincula el teléfono otra vez.',
    noticeLinkNotFinished: 'El teléfono no terminó de vincularse. Inténtalo de nuevo.',
    noticeUnlinkedOnPhone: 'El teléfono se desvinculó.',
    noticeCodeReplaced: 'Se pidió un código más reciente, así que el anterior ya no sirve.',
    timeLeft: {
      one: 'Queda {count} segundo para este código',
      other: 'Quedan {count} segundos para este código',
    },
    expiredTitle: 'El código caducó.',
    expiredUnscanned: 'Nadie lo escaneó a tiempo.',
    expiredCode: 'Nadie lo ingresó a tiempo.',
    safety:
      'Esto vincula **{app}** con tu WhatsApp. Nunca escanees ni ingreses un código que no hayas pedido.',
    errorLabel: 'Error',
    errors: {
      unauthorized: {
        title: 'Sin acceso a WhatsApp',
        cause: 'El proveedor rechazó la clave de esta app, y sin ella no hay código.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'Sin acceso a WhatsApp',
        cause: 'El proveedor no reconoce la conexión de esta app.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Ahora no se puede vincular',
        cause: 'El plan de esta app con su proveedor venció.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Esta cuenta está bloqueada',
        cause: 'WhatsApp bloqueó esta cuenta.',
        advice: 'Abre WhatsApp en tu teléfono y solicita una revisión.',
      },
      'session-stale': {
        title: 'La conexión se quedó atascada',
        cause: 'Quedó algo de una vinculación anterior, o el proveedor no terminó de iniciarse.',
        advice: 'Empieza de nuevo para limpiarla. Puede tardar un minuto.',
      },
      'passkey-refused': {
        title: 'No se aceptó la llave de acceso',
        advice: 'Empieza de nuevo y usa la llave de acceso de la cuenta de WhatsApp que quieres vincular.',
      },
      'passkey-expired': {
        title: 'La llave de acceso tardó demasiado',
        cause: 'WhatsApp la espera diez minutos.',
        advice: 'Empieza de nuevo para volver a intentarlo.',
      },
      'passkey-mismatch': {
        title: 'Los códigos eran distintos',
        cause: 'Puede que se esté vinculando otro dispositivo en lugar de este.',
        advice:
          'Abre WhatsApp en tu teléfono, mira en **Dispositivos vinculados** y cierra la sesión de lo que no conozcas. Después empieza de nuevo aquí.',
      },
      'code-refused': {
        title: 'No hay código para este número',
        cause: 'WhatsApp no da un código para él ahora.',
        advice: 'Revisa el número y vuelve a intentarlo, o escanea el código QR.',
      },
      'wrong-phone-number': {
        title: 'Ese era otro teléfono',
        cause: 'Se vinculó {phone}, pero aquí se espera otro teléfono.',
        advice:
          'Empieza de nuevo para desvincularlo, o cierra la sesión de esta app en ese teléfono, en **Dispositivos vinculados**. Después usa el correcto.',
      },
      'invalid-phone-number': {
        title: 'Revisa el número',
        advice: 'Escribe primero el código de país y luego el número, sin el cero inicial.',
      },
      'rate-limited': {
        title: 'Demasiados intentos',
        cause: 'WhatsApp necesita una pausa.',
        advice: 'Espera un minuto y vuelve a intentarlo.',
      },
      'not-supported': {
        title: 'Aquí no es posible',
        cause: 'El proveedor no ofrece esta opción.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Algo salió mal',
        cause: 'El proveedor envió algo que no es un código.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'El proveedor no está disponible',
        cause: 'Está caído o reiniciándose.',
        advice: again,
      },
      network: { title: 'Sin conexión', advice: 'Revisa tu conexión a internet y vuelve a intentarlo.' },
      timeout: { title: 'Tardó demasiado', cause: 'El proveedor no respondió.', advice: again },
      'sign-in-required': {
        title: 'Inicia sesión de nuevo',
        cause: 'Tu sesión en esta app terminó.',
        advice: 'Inicia sesión y después vincula tu teléfono.',
      },
      forbidden: {
        title: 'Sin permiso',
        cause: 'No puedes vincular un teléfono aquí.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Algo salió mal', advice: tellHost },
      'server-only': { title: 'Aún no está configurado', advice: tellHost },
      'invalid-options': { title: 'Aún no está configurado', advice: tellHost },
      aborted: { title: 'Interrumpido', advice: again },
      'component-failed': { title: 'Algo salió mal', advice: again },
      unknown: { title: 'Algo salió mal', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/es.js')).esTroubleshooting,
}
