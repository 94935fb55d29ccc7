import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Turkish. They load when the user opens the list. */
export const trTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Cihaz bağlanamadı',
    cause: 'Çoğu zaman kod, siz onu tararken ya da girerken değişmiştir.',
    steps: [
      'Şu anda burada görünen kodu tarayın ya da yeni bir kod isteyin.',
      'Yine olursa diğer bağlama yolunu kullanın.',
      'Telefonunuzda WhatsApp’ı güncelleyin.',
    ],
  },
  {
    says: 'Telefonunuzun internet bağlantısını kontrol edin',
    cause: 'Telefon, süresi dolmuş bir kod için de bunu söyler.',
    steps: [
      'Şu anda burada görünen kodu tarayın.',
      'Çevrimiçi olup olmadığını görmek için telefonunuzda herhangi bir sayfa açın. VPN kullanıyorsanız kapatın.',
    ],
  },
  {
    says: 'Şu anda yeni cihaz bağlanamıyor',
    cause: 'WhatsApp bu hesap için bağlamaya ara verdi: çok fazla deneme ya da çok fazla cihaz.',
    steps: [
      '**Bağlı cihazlar** bölümünde artık kullanmadıklarınızın oturumunu kapatın.',
      'Yeniden denemeden önce bir saat bekleyin. Her deneme bekleme süresini uzatır.',
    ],
  },
  {
    says: 'Hiçbir şey görünmüyor',
    cause: 'Telefon kodu okumadı ya da kodun süresinin dolduğunu bildirmiyor.',
    steps: [
      'Kamera uygulamasını değil, **Bağlı cihazlar** bölümündeki tarayıcıyı kullanın.',
      'Ekranı daha parlak yapın ve telefonu yaklaşık 20 cm uzakta tutun.',
      'Kod girmeniz için bildirim gelmedi mi? **Bağlı cihazlar** bölümünü kendiniz açın: bildirim çoğu zaman gelmez.',
    ],
  },
]
