import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Spanish. They load when the user opens the list. */
export const esTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'No se pudo vincular el dispositivo',
    cause: 'Casi siempre el código cambió mientras lo escaneabas o lo escribías.',
    steps: [
      'Escanea el código que aparece aquí ahora, o pide uno nuevo.',
      'Si vuelve a pasar, usa la otra forma de vincular.',
      'Actualiza WhatsApp en tu teléfono.',
    ],
  },
  {
    says: 'Comprueba la conexión a internet de tu teléfono',
    cause: 'El teléfono también dice esto cuando el código ya venció.',
    steps: [
      'Escanea el código que aparece aquí ahora.',
      'Abre cualquier página en tu teléfono para ver si tiene conexión. Desactiva la VPN si usas una.',
    ],
  },
  {
    says: 'No se pueden vincular dispositivos nuevos en este momento',
    cause: 'WhatsApp pausó las vinculaciones de esta cuenta: demasiados intentos o demasiados dispositivos.',
    steps: [
      'En **Dispositivos vinculados**, cierra la sesión de los que ya no uses.',
      'Espera una hora antes de intentarlo otra vez. Cada intento alarga la espera.',
    ],
  },
  {
    says: 'No aparece nada',
    cause: 'El teléfono no leyó el código, o no avisa que venció.',
    steps: [
      'Usa el escáner de **Dispositivos vinculados**, no la app de la cámara.',
      'Sube el brillo de la pantalla y mantén el teléfono a unos 20 cm de ella.',
      '¿No llegó el aviso para ingresar el código? Abre **Dispositivos vinculados** sin esperarlo: muchas veces no llega.',
    ],
  },
]
