import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Brazilian Portuguese. They load when the user opens the list. */
export const ptBRTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Não foi possível conectar o dispositivo',
    cause: 'Quase sempre o código mudou enquanto você o escaneava ou digitava.',
    steps: [
      'Escaneie o código que aparece aqui agora, ou peça um novo.',
      'Se acontecer de novo, use a outra forma de conectar.',
      'Atualize o WhatsApp no seu celular.',
    ],
  },
  {
    says: 'Verifique a conexão do seu celular com a internet',
    cause: 'O celular também diz isso quando o código já expirou.',
    steps: [
      'Escaneie o código que aparece aqui agora.',
      'Abra qualquer página no celular para ver se ele está on-line. Desative a VPN, se usar uma.',
    ],
  },
  {
    says: 'Não é possível conectar novos dispositivos no momento',
    cause: 'O WhatsApp pausou novas conexões para esta conta: tentativas demais ou dispositivos demais.',
    steps: [
      'Em **Dispositivos conectados**, desconecte os que você não usa mais.',
      'Espere uma hora antes de tentar de novo. Mais tentativas aumentam a espera.',
    ],
  },
  {
    says: 'Não aparece nada',
    cause: 'O celular não leu o código, ou não avisa que ele expirou.',
    steps: [
      'Use o leitor em **Dispositivos conectados**, não o app da câmera.',
      'Aumente o brilho da tela e segure o celular a cerca de 20 cm dela.',
      'Não chegou o aviso para inserir o código? Abra **Dispositivos conectados** sem esperar por ele: muitas vezes não chega.',
    ],
  },
]
