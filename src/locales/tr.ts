import type { PairingLocale } from '../core/messages.js'

const again = 'Birazdan yeniden deneyin.'
const tellHost = 'Sorun telefonunuzda değil: lütfen bu uygulamayı yönetenlere haber verin.'

/**
 * Turkish. Words of WhatsApp's menus as in WhatsApp Web in this language. `{app}` always stands where it needs no
 * ending, which would have to follow its vowels.
 */
export const tr: PairingLocale = {
  tag: 'tr',
  direction: 'ltr',
  messages: {
    titleScan: 'WhatsApp’ınızı bağlayın',
    titleRelink: 'WhatsApp’ınızı yeniden bağlayın',
    titleNumber: 'WhatsApp’ınızı bağlayın',
    titleCode: 'Bu kodu telefonunuza girin',
    titleLinking: 'Telefonunuzda tamamlayın',
    titleLinked: 'WhatsApp’ınız bağlandı',
    titlePasskey: 'WhatsApp geçiş anahtarınızı istiyor',
    methods: 'Bağlama yolları',
    methodQr: 'QR kodu',
    methodPhoneCode: 'Telefon numarası',
    stepsScan: [
      'Telefonunuzda **WhatsApp** ya da **WhatsApp Business** uygulamasını açın',
      'Android’de **Menü {menuIcon},** iPhone’da **Ayarlar {settingsIcon}** simgesine dokunun',
      'Önce **Bağlı cihazlar**, ardından **Cihaz bağla** seçeneğine dokunun',
      'Telefonunuzu bu koda doğrultun',
    ],
    stepsCode: [
      'Telefonunuzda **WhatsApp** ya da **WhatsApp Business** uygulamasını açın',
      'Android’de **Menü {menuIcon},** iPhone’da **Ayarlar {settingsIcon}** simgesine dokunun',
      'Sırayla **Bağlı cihazlar**, **Cihaz bağla** ve **Telefon numarası kullanarak bağlayın** seçeneklerine dokunun',
      'Bu kodu girin',
    ],
    leadNumber:
      'Bağlamak istediğiniz telefonun numarasını yazın. WhatsApp’a gireceğiniz bir kod alırsınız, kamera gerekmez.',
    leadOwnPhone:
      'Bu telefon kendi ekranını tarayamaz. Numarasını yazın: WhatsApp’a gireceğiniz bir kod alırsınız.',
    leadLinking: '{app} WhatsApp’ınıza bağlanıyor. WhatsApp’ı birkaç saniye açık tutun.',
    leadLinked:
      '{app} artık bu numarayla mesaj gönderip alabilir. Bağlantıyı dilediğiniz zaman **Bağlı cihazlar** bölümünden kesebilirsiniz.',
    leadPasskey:
      'WhatsApp bu hesabı bir geçiş anahtarıyla koruyor ve onu yalnızca WhatsApp’ın kendi sayfası isteyebilir: bu sayfa isteyemez. {advice} Bu sayfayı açık bırakın: kendiliğinden devam eder.',
    passkeyAdvice: {
      'z-api': '{app} ekibinden, Z-API’nin tarayıcı uzantısıyla onaylamalarını isteyin.',
      wasend:
        '{app} ekibinden, WASend’in kullandığı WAHA’nın geçiş anahtarı uzantısıyla onaylamalarını isteyin.',
      other: '{app} ekibinden, işlemi sağlayıcılarında tamamlamalarını isteyin.',
    },
    thisApp: 'Uygulama',
    qrCodeLabel: 'WhatsApp ile taranacak QR kodu',
    enlarge: 'Büyüt',
    close: 'Kapat',
    openInWhatsApp: 'Bu telefondaki WhatsApp’ta aç',
    pairingCodeLabel: 'WhatsApp’a girilecek kod',
    start: 'Kodu göster',
    retry: 'Yeniden dene',
    showNewCode: 'Yeni kod göster',
    tryAgain: 'Tekrar dene',
    startOver: 'Baştan başla',
    phoneNumber: 'Telefon numarası',
    phoneNumberHint: 'Ülke koduyla birlikte, örneğin +90 501 234 56 78',
    country: 'Ülke',
    noCountry: 'Ülke bulunamadı',
    phoneTooShort: 'Bu ülkedeki bir numara için çok kısa: {country}.',
    phoneTooLong: 'Bu ülkedeki bir numara için çok uzun: {country}.',
    phoneUnknownCountry: 'Ülkeyi seçin ya da + ve ülke koduyla başlayın.',
    phoneUnlikely: 'Bu, şu ülkenin cep telefonu numarasına benzemiyor: {country}.',
    phonePressAgain: 'Ülke kodunu ve rakamları kontrol edin. Doğruysa düğmeye bir kez daha basın.',
    phoneHintBrazil: '2017’den önceki WhatsApp hesapları dokuzuncu rakam olmadan kayıtlı olabilir.',
    phoneHintMexico: 'Meksika numaralarında artık +52’den sonra 1 yok.',
    phoneHintArgentina: 'WhatsApp, Arjantin’deki cep numaralarını +54’ten sonra 9 ile yazar.',
    phoneHintChanged: 'Bu ülkedeki numaralar değişti. WhatsApp numaranızı diğer biçimiyle biliyor olabilir.',
    useNumber: '{number} kullan',
    getCode: 'Kod al',
    copyCode: 'Kodu kopyala',
    copied: 'Kopyalandı',
    codeFor: 'Numara: {number}',
    changeNumber: 'Değiştir',
    slowCode: 'Telefon kodu kabul etmiyor mu?',
    newCode: 'Yeni kod al',
    trouble: 'Bağlanamıyor musunuz?',
    coolDown: 'Birazdan yeni bir kod isteyebilirsiniz.',
    usePhoneNumber: 'Bunun yerine telefon numarasını kullan',
    useQrCode: 'Bunun yerine QR kodu tara',
    passkeyHelp: 'Nasıl yapılacağını göster',
    statusIdle: 'Hazır olduğunuzda başlayın',
    statusPreparing: 'Kodunuz hazırlanıyor…',
    statusRetrying: 'Kodunuz hâlâ alınmaya çalışılıyor…',
    statusResetting: 'Eski bağlantı temizleniyor…',
    statusScan: 'Taramanız bekleniyor · kod {number}/{of}',
    statusScanUnlimited: 'Taramanız bekleniyor',
    statusNumber: 'Numaranız bekleniyor',
    statusRequesting: 'Kodunuz hazırlanıyor…',
    statusCode: 'Kodu girmeniz bekleniyor',
    noticeLinkEnded: 'WhatsApp bağlantıyı yeniden sonlandırdı. Lütfen telefonu bir kez daha bağlayın.',
    noticeLinkNotFinished: 'Telefon bağlanmayı tamamlamadı. Lütfen tekrar deneyin.',
    noticeUnlinkedOnPhone: 'Telefonun bağlantısı kaldırıldı.',
    noticeCodeReplaced: 'Daha yeni bir kod istendi, bu yüzden önceki kod artık geçerli değil.',
    timeLeft: { one: 'Bu kod için {count} saniye kaldı', other: 'Bu kod için {count} saniye kaldı' },
    expiredTitle: 'Kodun süresi doldu.',
    expiredUnscanned: 'Kod taranmadı.',
    expiredCode: 'Kod girilmedi.',
    safety:
      '**{app}** WhatsApp’ınıza bağlanacak. Kendiniz istemediğiniz bir kodu asla taramayın ya da girmeyin.',
    errorLabel: 'Hata',
    errors: {
      unauthorized: {
        title: 'WhatsApp’a ulaşılamıyor',
        cause: 'Sağlayıcı bu uygulamanın anahtarını reddetti, bu yüzden kod oluşturulamıyor.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsApp’a ulaşılamıyor',
        cause: 'Sağlayıcı bu uygulamanın bağlantısını tanımıyor.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'Şu anda bağlanamıyorsunuz',
        cause: 'Bu uygulamanın sağlayıcısındaki planının süresi doldu.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'Bu hesap engellendi',
        cause: 'WhatsApp bu hesabı engelledi.',
        advice: 'Telefonunuzda WhatsApp’ı açıp inceleme isteyin.',
      },
      'session-stale': {
        title: 'Bağlantı takıldı',
        cause: 'Önceki bir bağlantıdan bir şeyler kaldı ya da sağlayıcı başlatmayı bitirmedi.',
        advice: 'Temizlemek için baştan başlayın. Bir dakika sürebilir.',
      },
      'passkey-refused': {
        title: 'Geçiş anahtarı kabul edilmedi',
        advice: 'Baştan başlayın ve bağlamak istediğiniz WhatsApp hesabının geçiş anahtarını kullanın.',
      },
      'passkey-expired': {
        title: 'Geçiş anahtarı çok uzun sürdü',
        cause: 'WhatsApp onu on dakika bekler.',
        advice: 'Yeniden denemek için baştan başlayın.',
      },
      'passkey-mismatch': {
        title: 'Kodlar farklıydı',
        cause: 'Bunun yerine başka bir cihaz bağlanmak üzere olabilir.',
        advice:
          'Telefonunuzda WhatsApp’ı açın, **Bağlı cihazlar** bölümüne bakın ve tanımadıklarınızın oturumunu kapatın. Sonra burada baştan başlayın.',
      },
      'code-refused': {
        title: 'Bu numara için kod yok',
        cause: 'WhatsApp şu anda bu numaraya kod vermiyor.',
        advice: 'Numarayı kontrol edip yeniden deneyin ya da QR kodunu tarayın.',
      },
      'wrong-phone-number': {
        title: 'Bu başka bir telefondu',
        cause: '{phone} bağlandı, ancak burada başka bir telefon bekleniyor.',
        advice:
          'Bağlantısını kesmek için baştan başlayın ya da o telefonda **Bağlı cihazlar** bölümünden bu uygulamanın oturumunu kapatın. Sonra doğru telefonu kullanın.',
      },
      'invalid-phone-number': {
        title: 'Numarayı kontrol edin',
        advice: 'Önce ülke kodunu, sonra numarayı baştaki sıfır olmadan yazın.',
      },
      'rate-limited': {
        title: 'Çok fazla deneme',
        cause: 'WhatsApp’ın biraz ara vermesi gerekiyor.',
        advice: 'Bir dakika bekleyip yeniden deneyin.',
      },
      'not-supported': {
        title: 'Burada mümkün değil',
        cause: 'Sağlayıcı bunu sunmuyor.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'Bir şeyler ters gitti',
        cause: 'Sağlayıcı kod olmayan bir şey gönderdi.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'Sağlayıcıya ulaşılamıyor',
        cause: 'Hizmet kapalı ya da yeniden başlıyor.',
        advice: again,
      },
      network: {
        title: 'Bağlantı yok',
        advice: 'İnternet bağlantınızı kontrol edip yeniden deneyin.',
      },
      timeout: { title: 'Çok uzun sürdü', cause: 'Sağlayıcı yanıt vermedi.', advice: again },
      'sign-in-required': {
        title: 'Lütfen yeniden oturum açın',
        cause: 'Bu uygulamadaki oturumunuz sona erdi.',
        advice: 'Oturum açın, sonra telefonunuzu bağlayın.',
      },
      forbidden: {
        title: 'İzin yok',
        cause: 'Burada telefon bağlama izniniz yok.',
        advice: tellHost,
      },
      'invalid-request': { title: 'Bir şeyler ters gitti', advice: tellHost },
      'server-only': { title: 'Henüz ayarlanmadı', advice: tellHost },
      'invalid-options': { title: 'Henüz ayarlanmadı', advice: tellHost },
      aborted: { title: 'Durduruldu', advice: again },
      'component-failed': { title: 'Bir şeyler ters gitti', advice: again },
      unknown: { title: 'Bir şeyler ters gitti', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/tr.js')).trTroubleshooting,
}
