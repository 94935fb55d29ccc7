import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Indonesian. They load when the user opens the list. */
export const idTroubleshooting: readonly PairingSymptom[] = [
  {
    says: 'Tidak dapat menautkan perangkat',
    cause: 'Paling sering, kodenya berganti saat Anda memindai atau mengetiknya.',
    steps: [
      'Pindai kode yang tampil sekarang, atau minta yang baru.',
      'Jika terjadi lagi, gunakan cara menautkan yang lain.',
      'Perbarui WhatsApp di telepon Anda.',
    ],
  },
  {
    says: 'Periksa koneksi internet telepon Anda',
    cause: 'Telepon juga mengatakan ini jika kodenya sudah kedaluwarsa.',
    steps: [
      'Pindai kode yang tampil sekarang.',
      'Buka halaman apa saja di telepon untuk melihat apakah internetnya berfungsi. Jika memakai VPN, matikan.',
    ],
  },
  {
    says: 'Tidak dapat menautkan perangkat baru saat ini',
    cause:
      'WhatsApp menjeda penautan untuk akun ini: terlalu banyak percobaan atau terlalu banyak perangkat.',
    steps: [
      'Di **Perangkat tertaut**, keluarkan perangkat yang tidak Anda pakai lagi.',
      'Tunggu satu jam sebelum mencoba lagi. Makin sering mencoba, makin lama jedanya.',
    ],
  },
  {
    says: 'Tidak muncul apa-apa',
    cause: 'Telepon tidak membaca kodenya, atau tidak memberi tahu bahwa kodenya kedaluwarsa.',
    steps: [
      'Gunakan pemindai di **Perangkat tertaut**, bukan aplikasi kamera.',
      'Terangkan layarnya, dan pegang telepon sekitar 20 cm darinya.',
      'Tidak ada pemberitahuan untuk memasukkan kode? Buka sendiri **Perangkat tertaut**: pemberitahuan itu sering tidak datang.',
    ],
  },
]
