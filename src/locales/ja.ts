import type { PairingLocale } from '../core/messages.js'

const again = 'しばらくしてから、もう一度お試しください。'
const tellHost = 'お使いのスマートフォンの問題ではありません。このアプリの運営者にお知らせください。'

/** Japanese, です・ます. */
export const ja: PairingLocale = {
  tag: 'ja',
  direction: 'ltr',
  messages: {
    titleScan: 'WhatsAppをリンク',
    titleRelink: 'WhatsAppをもう一度リンク',
    titleNumber: 'WhatsAppをリンク',
    titleCode: 'スマートフォンにこのコードを入力',
    titleLinking: 'スマートフォンで完了してください',
    titleLinked: 'リンクしました',
    titlePasskey: 'WhatsAppのパスキーが必要です',
    methods: 'リンクの方法',
    methodQr: 'QRコード',
    methodPhoneCode: '電話番号',
    stepsScan: [
      'スマートフォンで**WhatsApp**または**WhatsApp Business**を開きます',
      'Androidでは**「メニュー」{menuIcon}、**iPhoneでは**「設定」{settingsIcon}**をタップします',
      '**「リンク済みデバイス」**、**「デバイスをリンク」**の順にタップします',
      'スマートフォンをこのコードに向けます',
    ],
    stepsCode: [
      'スマートフォンで**WhatsApp**または**WhatsApp Business**を開きます',
      'Androidでは**「メニュー」{menuIcon}、**iPhoneでは**「設定」{settingsIcon}**をタップします',
      '**「リンク済みデバイス」**、**「デバイスをリンク」**、**「電話番号でリンク」**の順にタップします',
      'このコードを入力します',
    ],
    leadNumber:
      'リンクするスマートフォンの電話番号を入力してください。WhatsAppに入力するコードが表示されます。カメラは不要です。',
    leadOwnPhone:
      'このスマートフォンで自分の画面をスキャンすることはできません。代わりに電話番号を入力してください。WhatsAppに入力するコードが表示されます。',
    leadLinking: 'WhatsAppが{app}をリンクしています。WhatsAppを数秒間開いたままにしてください。',
    leadLinked:
      '{app}でこの番号のメッセージを送受信できるようになりました。リンクは**「リンク済みデバイス」**からいつでも解除できます。',
    leadPasskey:
      'このアカウントはWhatsAppのパスキーで保護されています。パスキーを確認できるのはWhatsApp自身のページだけで、このページではできません。{advice} このページは開いたままにしてください。自動的に先へ進みます。',
    passkeyAdvice: {
      'z-api': '{app}の運営者に、Z-APIのブラウザ拡張機能で確認するよう依頼してください。',
      wasend:
        '{app}の運営者に、WAHAのパスキー用拡張機能で確認するよう依頼してください。WASendはWAHA上で動いています。',
      other: '{app}の運営者に、利用中のサービスで手続きを完了するよう依頼してください。',
    },
    thisApp: 'このアプリ',
    qrCodeLabel: 'WhatsAppでスキャンするQRコード',
    enlarge: '拡大',
    close: '閉じる',
    openInWhatsApp: 'このスマートフォンのWhatsAppで開く',
    pairingCodeLabel: 'WhatsAppに入力するコード',
    start: 'コードを表示',
    retry: '再試行',
    showNewCode: '新しいコードを表示',
    tryAgain: 'もう一度試す',
    startOver: '最初からやり直す',
    phoneNumber: '電話番号',
    phoneNumberHint: '国番号を付けてください。例：+81 90 1234 5678',
    country: '国',
    noCountry: '国が見つかりません',
    phoneTooShort: '{country}の番号としては短すぎます。',
    phoneTooLong: '{country}の番号としては長すぎます。',
    phoneUnknownCountry: '国を選択するか、+と国番号から入力してください。',
    phoneUnlikely: '{country}の携帯電話番号ではないようです。',
    phonePressAgain: '国番号と数字を確認してください。正しい場合は、もう一度ボタンを押してください。',
    phoneHintBrazil: '2017年より前のWhatsAppアカウントは、9桁目の数字なしで登録されていることがあります。',
    phoneHintMexico: 'メキシコの番号では、+52の後の1が不要になりました。',
    phoneHintArgentina: 'WhatsAppでは、アルゼンチンの携帯電話番号は+54の後に9が付きます。',
    phoneHintChanged:
      'この国の電話番号は変更されました。WhatsAppでは別の形式で登録されていることがあります。',
    useNumber: '{number}を使用',
    getCode: 'コードを取得',
    copyCode: 'コードをコピー',
    copied: 'コピーしました',
    codeFor: '{number}のコード',
    changeNumber: '変更',
    slowCode: 'コードが受け付けられませんか？',
    newCode: '新しいコードを取得',
    trouble: 'うまくリンクできませんか？',
    coolDown: '新しいコードは、しばらくすると取得できます。',
    usePhoneNumber: '代わりに電話番号でリンク',
    useQrCode: '代わりにQRコードをスキャン',
    passkeyHelp: '手順を見る',
    statusIdle: 'いつでも始められます',
    statusPreparing: 'コードを取得しています…',
    statusRetrying: '引き続きコードを取得しています…',
    statusResetting: '以前の接続を消去しています…',
    statusScan: 'スキャンを待っています · コード{number}/{of}',
    statusScanUnlimited: 'スキャンを待っています',
    statusNumber: '電話番号の入力を待っています',
    statusRequesting: 'コードを取得しています…',
    statusCode: 'コードの入力を待っています',
    noticeLinkEnded: 'WhatsAppがリンクを再び解除しました。もう一度電話をリンクしてください。',
    noticeLinkNotFinished: '電話のリンクが完了しませんでした。もう一度お試しください。',
    noticeUnlinkedOnPhone: '電話のリンクが解除されました。',
    noticeCodeReplaced: '新しいコードがリクエストされたため、前のコードは使えません。',
    timeLeft: {
      other: 'このコードの残り時間は{count}秒です',
    },
    expiredTitle: 'コードの有効期限が切れました。',
    expiredUnscanned: 'まだスキャンされていません。',
    expiredCode: 'まだ入力されていません。',
    safety:
      '**{app}**をあなたのWhatsAppにリンクします。自分で取得していないコードは、絶対にスキャンも入力もしないでください。',
    errorLabel: 'エラー',
    errors: {
      unauthorized: {
        title: 'WhatsAppに接続できません',
        cause: '接続サービスがこのアプリのキーを受け付けないため、コードを作成できません。',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsAppに接続できません',
        cause: '接続サービスにこのアプリの接続が見つかりません。',
        advice: tellHost,
      },
      'subscription-expired': {
        title: '現在リンクできません',
        cause: 'このアプリが利用する接続サービスのプランの期限が切れています。',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'このアカウントは停止されています',
        cause: 'WhatsAppがこのアカウントを停止しました。',
        advice: 'スマートフォンでWhatsAppを開き、審査をリクエストしてください。',
      },
      'session-stale': {
        title: '接続が止まっています',
        cause: '以前のリンクの情報が残っているか、接続サービスの起動が終わっていません。',
        advice: '最初からやり直すと消去されます。1分ほどかかることがあります。',
      },
      'passkey-refused': {
        title: 'パスキーが受け付けられませんでした',
        advice: '最初からやり直し、リンクしたいWhatsAppアカウントのパスキーを使ってください。',
      },
      'passkey-expired': {
        title: 'パスキーの確認に時間がかかりすぎました',
        cause: 'WhatsAppが待つのは10分間です。',
        advice: '最初からやり直してください。',
      },
      'passkey-mismatch': {
        title: 'コードが一致しませんでした',
        cause: 'この端末ではなく、別のデバイスがリンクされようとしている可能性があります。',
        advice:
          'スマートフォンでWhatsAppを開き、**「リンク済みデバイス」**を見て、心当たりのないものをログアウトしてください。そのあと、ここで最初からやり直してください。',
      },
      'code-refused': {
        title: 'この番号のコードを取得できません',
        cause: 'WhatsAppは現在、この番号にコードを発行していません。',
        advice: '番号を確認してもう一度試すか、代わりにQRコードをスキャンしてください。',
      },
      'wrong-phone-number': {
        title: '別のスマートフォンでした',
        cause: '{phone}がリンクされましたが、ここでは別のスマートフォンが必要です。',
        advice:
          '最初からやり直してリンクを解除するか、そのスマートフォンの**「リンク済みデバイス」**でこのアプリからログアウトしてください。その後、正しいスマートフォンでお試しください。',
      },
      'invalid-phone-number': {
        title: '番号を確認してください',
        advice: '国番号に続けて、先頭の0を除いた番号を入力してください。',
      },
      'rate-limited': {
        title: '試行回数が多すぎます',
        cause: 'WhatsAppが一時的に受け付けを休んでいます。',
        advice: '1分待ってから、もう一度お試しください。',
      },
      'not-supported': {
        title: 'ここではできません',
        cause: '接続サービスがこの操作に対応していません。',
        advice: tellHost,
      },
      'invalid-answer': {
        title: '問題が発生しました',
        cause: '接続サービスからコードではないものが届きました。',
        advice: again,
      },
      'provider-unavailable': {
        title: '接続サービスを利用できません',
        cause: '停止しているか、再起動中です。',
        advice: again,
      },
      network: {
        title: '接続がありません',
        advice: 'インターネット接続を確認してから、もう一度お試しください。',
      },
      timeout: {
        title: '時間がかかりすぎました',
        cause: '接続サービスから応答がありません。',
        advice: again,
      },
      'sign-in-required': {
        title: 'もう一度ログインしてください',
        cause: 'このアプリへのログインの有効期限が切れました。',
        advice: 'ログインしてから、スマートフォンをリンクしてください。',
      },
      forbidden: {
        title: '許可されていません',
        cause: 'ここでスマートフォンをリンクする権限がありません。',
        advice: tellHost,
      },
      'invalid-request': { title: '問題が発生しました', advice: tellHost },
      'server-only': { title: '設定が完了していません', advice: tellHost },
      'invalid-options': { title: '設定が完了していません', advice: tellHost },
      aborted: { title: '中止しました', advice: again },
      'component-failed': { title: '問題が発生しました', advice: again },
      unknown: { title: '問題が発生しました', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/ja.js')).jaTroubleshooting,
}
