import type { PairingLocale } from '../core/messages.js'

const again = 'تھوڑی دیر بعد دوبارہ کوشش کریں۔'
const tellHost = 'مسئلہ آپ کے فون میں نہیں ہے: براہِ کرم اس ایپ کو چلانے والوں کو بتائیں۔'

/**
 * Urdu, with آپ.
 *
 * Numbers stand between U+2066 and U+2069: in a line from right to left, their plus would change sides and their groups
 * of digits would be read backwards.
 */
export const ur: PairingLocale = {
  tag: 'ur',
  direction: 'rtl',
  messages: {
    titleScan: 'اپنا WhatsApp لنک کریں',
    titleRelink: 'اپنا WhatsApp دوبارہ لنک کریں',
    titleNumber: 'اپنا WhatsApp لنک کریں',
    titleCode: 'اپنے فون پر یہ کوڈ درج کریں',
    titleLinking: 'اپنے فون پر مکمل کریں',
    titleLinked: 'لنک ہو گیا',
    titlePasskey: 'WhatsApp کو آپ کی پاس کی درکار ہے',
    methods: 'لنک کرنے کے طریقے',
    methodQr: 'QR کوڈ',
    methodPhoneCode: 'فون نمبر',
    stepsScan: [
      'اپنے فون پر **WhatsApp** یا **WhatsApp Business** کھولیں',
      'Android پر **مینیو {menuIcon}** اور iPhone پر **سیٹنگز {settingsIcon}** پر ٹیپ کریں',
      '**لنک کردہ ڈیوائسز** پر، پھر **آلہ لنک کریں** پر ٹیپ کریں',
      'اپنے فون کا رخ اس کوڈ کی طرف کریں',
    ],
    stepsCode: [
      'اپنے فون پر **WhatsApp** یا **WhatsApp Business** کھولیں',
      'Android پر **مینیو {menuIcon}** اور iPhone پر **سیٹنگز {settingsIcon}** پر ٹیپ کریں',
      '**لنک کردہ ڈیوائسز** پر، **آلہ لنک کریں** پر، پھر **اس کی بجائے فون نمبر کے ذریعے لنک کریں** پر ٹیپ کریں',
      'یہ کوڈ درج کریں',
    ],
    leadNumber:
      'جس فون کو لنک کرنا ہے، اس کا نمبر لکھیں۔ آپ کو WhatsApp میں درج کرنے کے لیے ایک کوڈ ملے گا: کیمرے کی ضرورت نہیں۔',
    leadOwnPhone:
      'یہ فون خود کو اسکین نہیں کر سکتا۔ اس کی بجائے اس کا نمبر لکھیں: آپ کو WhatsApp میں درج کرنے کے لیے ایک کوڈ ملے گا۔',
    leadLinking: 'WhatsApp سے {app} لنک ہو رہی ہے۔ چند سیکنڈ تک WhatsApp کھلا رکھیں۔',
    leadLinked:
      'اب {app} اس نمبر سے میسجز بھیج اور وصول کر سکتی ہے۔ آپ اسے کسی بھی وقت **لنک کردہ ڈیوائسز** میں جا کر ہٹا سکتے ہیں۔',
    leadPasskey:
      'WhatsApp نے اس اکاؤنٹ کو پاس کی سے محفوظ کیا ہے، اور اسے صرف WhatsApp کا اپنا صفحہ مانگ سکتا ہے: یہ صفحہ نہیں۔ {advice} یہ صفحہ کھلا رکھیں: یہ خود آگے بڑھے گا۔',
    passkeyAdvice: {
      'z-api': '{app} چلانے والوں سے کہیں کہ وہ Z-API کی براؤزر ایکسٹینشن سے اس کی تصدیق کریں۔',
      wasend:
        '{app} چلانے والوں سے کہیں کہ وہ WAHA کی پاس کی ایکسٹینشن سے اس کی تصدیق کریں، WASend اسی پر چلتا ہے۔',
      other: '{app} چلانے والوں سے کہیں کہ وہ اسے اپنے سروس فراہم کنندہ کے ہاں مکمل کریں۔',
    },
    thisApp: 'یہ ایپ',
    qrCodeLabel: 'WhatsApp سے اسکین کرنے کے لیے QR کوڈ',
    enlarge: 'بڑا کریں',
    close: 'بند کریں',
    openInWhatsApp: 'اس فون کے WhatsApp میں کھولیں',
    pairingCodeLabel: 'WhatsApp میں درج کرنے کے لیے کوڈ',
    start: 'کوڈ دکھائیں',
    retry: 'دوبارہ کوشش کریں',
    showNewCode: 'نیا کوڈ دکھائیں',
    tryAgain: 'پھر سے کوشش کریں',
    startOver: 'شروع سے کریں',
    phoneNumber: 'فون نمبر',
    phoneNumberHint: 'ملک کے کوڈ کے ساتھ، جیسے \u2066+92 301 2345678\u2069',
    country: 'ملک',
    noCountry: 'کوئی ملک نہیں ملا',
    phoneTooShort: '{country} کے نمبر کے لیے یہ بہت چھوٹا ہے۔',
    phoneTooLong: '{country} کے نمبر کے لیے یہ بہت لمبا ہے۔',
    phoneUnknownCountry: 'ملک منتخب کریں، یا + اور ملک کے کوڈ سے شروع کریں۔',
    phoneUnlikely: 'یہ {country} کا موبائل نمبر نہیں لگتا۔',
    phonePressAgain: 'ملک کا کوڈ اور ہندسے چیک کر لیں۔ اگر سب درست ہے تو بٹن دوبارہ دبائیں۔',
    phoneHintBrazil: '2017 سے پہلے کے WhatsApp اکاؤنٹس نویں ہندسے کے بغیر رجسٹر ہوئے ہو سکتے ہیں۔',
    phoneHintMexico: 'میکسیکو کے نمبروں میں اب \u2066+52\u2069 کے بعد 1 نہیں ہوتا۔',
    phoneHintArgentina: 'ارجنٹینا کے موبائل نمبروں میں WhatsApp \u2066+54\u2069 کے بعد 9 لکھتا ہے۔',
    phoneHintChanged: 'اس ملک کے نمبر بدل گئے ہیں۔ ہو سکتا ہے WhatsApp آپ کا نمبر دوسری شکل میں جانتا ہو۔',
    useNumber: '{number} استعمال کریں',
    getCode: 'کوڈ حاصل کریں',
    copyCode: 'کوڈ کاپی کریں',
    copied: 'کاپی ہو گیا',
    codeFor: '{number} کے لیے',
    changeNumber: 'تبدیل کریں',
    slowCode: 'فون کوڈ قبول نہیں کر رہا؟',
    newCode: 'نیا کوڈ حاصل کریں',
    trouble: 'لنک کرنے میں مسئلہ ہے؟',
    coolDown: 'آپ تھوڑی دیر میں دوسرا کوڈ مانگ سکتے ہیں۔',
    usePhoneNumber: 'اس کی بجائے فون نمبر کے ذریعے لنک کریں',
    useQrCode: 'اس کی بجائے QR کوڈ اسکین کریں',
    passkeyHelp: 'طریقہ دیکھیں',
    statusIdle: 'سب تیار ہے، جب چاہیں شروع کریں',
    statusPreparing: 'آپ کا کوڈ حاصل کیا جا رہا ہے…',
    statusRetrying: 'آپ کا کوڈ حاصل کرنے کی کوشش جاری ہے…',
    statusResetting: 'پرانا کنکشن ہٹایا جا رہا ہے…',
    statusScan: 'آپ کے اسکین کا انتظار ہے · {of} میں سے کوڈ {number}',
    statusScanUnlimited: 'آپ کے اسکین کا انتظار ہے',
    statusNumber: 'آپ کے نمبر کا انتظار ہے',
    statusRequesting: 'آپ کا کوڈ حاصل کیا جا رہا ہے…',
    statusCode: 'آپ کے کوڈ درج کرنے کا انتظار ہے',
    titleNumberCheck: 'کیا یہ آپ کا نمبر ہے؟',
    leadNumberCheck:
      '{phone} نمبر والا فون منسلک ہے، اور یہاں {expected} متوقع ہے۔ ہو سکتا ہے یہ ایک ہی نمبر دو طرح سے لکھا ہو۔',
    showCodeFor: '…{digits} کا کوڈ دکھائیں',
    numberExpected: 'یہاں کوئی اور نمبر متوقع ہے۔',
    numberIsMine: 'جی ہاں',
    numberIsOther: 'یہ کوئی اور فون ہے',
    mayTake: 'اس میں {minutes} منٹ تک لگ سکتے ہیں۔',
    backToNumber: 'نمبر پر واپس',
    contactSupport: 'سپورٹ سے رابطہ کریں',
    longWait: {
      preparing: 'فراہم کنندہ کے پاس ابھی کوڈ نہیں ہے۔',
      starting: 'فراہم کنندہ ابھی شروع ہو رہا ہے۔',
      resetting: 'پرانا کنکشن ابھی صاف ہو رہا ہے۔',
      retrying: 'کوڈ کی پچھلی درخواست ناکام ہوئی۔ اسے دوبارہ بھیجا جا رہا ہے۔',
      'requesting-code': 'فراہم کنندہ نے ابھی کوڈ جاری نہیں کیا۔',
      linking: 'منسلک ہونا ابھی مکمل نہیں ہوا۔ اپنے فون پر WhatsApp کھلا رکھیں۔',
    },
    noticeLinkEnded: 'واٹس ایپ نے لنک دوبارہ ختم کر دیا۔ براہ کرم فون کو ایک بار پھر لنک کریں۔',
    noticeLinkNotFinished: 'فون کا لنک ہونا مکمل نہیں ہوا۔ براہ کرم دوبارہ کوشش کریں۔',
    noticeUnlinkedOnPhone: 'فون کا لنک ختم کر دیا گیا۔',
    noticeCodeReplaced: 'ایک نیا کوڈ مانگا گیا ہے، اس لیے پچھلا کوڈ اب کام نہیں کرتا۔',
    timeLeft: {
      one: 'اس کوڈ کے لیے {count} سیکنڈ باقی ہے',
      other: 'اس کوڈ کے لیے {count} سیکنڈ باقی ہیں',
    },
    expiredTitle: 'کوڈ کی میعاد ختم ہو گئی۔',
    expiredUnscanned: 'ابھی تک کسی نے اسے اسکین نہیں کیا۔',
    expiredCode: 'ابھی تک کسی نے اسے درج نہیں کیا۔',
    safety:
      'اس سے **{app}** آپ کے WhatsApp کے ساتھ لنک ہو جائے گی۔ جو کوڈ آپ نے نہیں مانگا، اسے کبھی اسکین یا درج نہ کریں۔',
    errorLabel: 'خرابی',
    errors: {
      unauthorized: {
        title: 'WhatsApp سے رابطہ نہیں ہو رہا',
        cause: 'سروس فراہم کنندہ نے اس ایپ کی کلید قبول نہیں کی، اس لیے کوڈ نہیں بن سکتا۔',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'WhatsApp سے رابطہ نہیں ہو رہا',
        cause: 'سروس فراہم کنندہ کے پاس اس ایپ کا کنکشن نہیں ہے۔',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'ابھی لنک نہیں ہو سکتا',
        cause: 'سروس فراہم کنندہ کے ہاں اس ایپ کا پلان ختم ہو گیا ہے۔',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'یہ اکاؤنٹ بلاک ہے',
        cause: 'WhatsApp نے اس اکاؤنٹ کو بلاک کر دیا ہے۔',
        advice: 'جائزے کی درخواست کے لیے اپنے فون پر WhatsApp کھولیں۔',
      },
      'session-stale': {
        title: 'کنکشن اٹک گیا ہے',
        cause: 'پچھلے لنک کا کچھ حصہ باقی رہ گیا ہے، یا سروس کا آغاز مکمل نہیں ہوا۔',
        advice: 'اسے ہٹانے کے لیے شروع سے کریں۔ اس میں ایک منٹ لگ سکتا ہے۔',
      },
      'passkey-refused': {
        title: 'پاس کی قبول نہیں ہوئی',
        advice: 'دوبارہ شروع کریں، اور اسی WhatsApp اکاؤنٹ کی پاس کی استعمال کریں جسے آپ لنک کرنا چاہتے ہیں۔',
      },
      'passkey-expired': {
        title: 'پاس کی میں بہت وقت لگا',
        cause: 'WhatsApp دس منٹ تک اس کا انتظار کرتا ہے۔',
        advice: 'دوبارہ کوشش کے لیے نئے سرے سے شروع کریں۔',
      },
      'passkey-mismatch': {
        title: 'کوڈ مختلف تھے',
        cause: 'ہو سکتا ہے کہ اس کی جگہ کوئی اور ڈیوائس لنک ہونے والی ہو۔',
        advice:
          'اپنے فون پر WhatsApp کھولیں، **لنک کردہ ڈیوائسز** دیکھیں، اور جسے آپ نہیں جانتے اسے لاگ آؤٹ کریں۔ پھر یہاں نئے سرے سے شروع کریں۔',
      },
      'code-refused': {
        title: 'اس نمبر کے لیے کوڈ نہیں ملا',
        cause: 'WhatsApp ابھی اس کے لیے کوڈ نہیں دے رہا۔',
        advice: 'نمبر دیکھ کر دوبارہ کوشش کریں، یا اس کی بجائے QR کوڈ اسکین کریں۔',
      },
      'wrong-phone-number': {
        title: 'وہ کوئی دوسرا فون تھا',
        cause: '{phone} لنک ہو گیا، جبکہ یہاں کوئی دوسرا فون درکار ہے۔',
        advice:
          'اسے ہٹانے کے لیے شروع سے کریں، یا اُس فون پر **لنک کردہ ڈیوائسز** میں جا کر اس ایپ کو لاگ آؤٹ کریں۔ پھر درست فون استعمال کریں۔',
      },
      'invalid-phone-number': {
        title: 'نمبر چیک کریں',
        advice: 'پہلے ملک کا کوڈ لکھیں، پھر شروع کے صفر کے بغیر نمبر لکھیں۔',
      },
      'rate-limited': {
        title: 'بہت زیادہ کوششیں ہو گئیں',
        cause: 'WhatsApp کو تھوڑا وقفہ چاہیے۔',
        advice: 'ایک منٹ انتظار کریں، پھر دوبارہ کوشش کریں۔',
      },
      'not-supported': {
        title: 'یہاں یہ ممکن نہیں',
        cause: 'سروس فراہم کنندہ کے پاس اس کا کوئی طریقہ نہیں۔',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'کچھ غلط ہو گیا',
        cause: 'سروس فراہم کنندہ نے کچھ ایسا بھیجا جو کوڈ نہیں ہے۔',
        advice: again,
      },
      'provider-unavailable': {
        title: 'سروس دستیاب نہیں',
        cause: 'سروس بند ہے، یا دوبارہ شروع ہو رہی ہے۔',
        advice: again,
      },
      network: { title: 'کنکشن نہیں ہے', advice: 'اپنا انٹرنیٹ کنکشن چیک کریں، پھر دوبارہ کوشش کریں۔' },
      timeout: { title: 'بہت زیادہ وقت لگ گیا', cause: 'سروس فراہم کنندہ نے جواب نہیں دیا۔', advice: again },
      'sign-in-required': {
        title: 'براہِ کرم دوبارہ سائن ان کریں',
        cause: 'اس ایپ میں آپ کا سیشن ختم ہو گیا ہے۔',
        advice: 'سائن ان کریں، پھر اپنا فون لنک کریں۔',
      },
      forbidden: {
        title: 'اجازت نہیں ہے',
        cause: 'آپ کو یہاں فون لنک کرنے کی اجازت نہیں۔',
        advice: tellHost,
      },
      'invalid-request': { title: 'کچھ غلط ہو گیا', advice: tellHost },
      'server-only': { title: 'ابھی سیٹ اپ نہیں ہوا', advice: tellHost },
      'invalid-options': { title: 'ابھی سیٹ اپ نہیں ہوا', advice: tellHost },
      aborted: { title: 'روک دیا گیا', advice: again },
      'component-failed': { title: 'کچھ غلط ہو گیا', advice: again },
      unknown: { title: 'کچھ غلط ہو گیا', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/ur.js')).urTroubleshooting,
}
