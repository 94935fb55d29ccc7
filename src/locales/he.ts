import type { PairingLocale } from '../core/messages.js'

const again = 'נסו שוב בעוד רגע.'
const tellHost = 'הבעיה אינה בטלפון שלכם: כדאי לעדכן את מי שמפעיל את האפליקציה הזו.'

/**
 * Hebrew. Nobody is addressed as a man or a woman: plural or infinitive, as WhatsApp does.
 *
 * Numbers stand between U+2066 and U+2069: in a line from right to left, their plus would change sides and their groups
 * of digits would be read backwards.
 */
export const he: PairingLocale = {
  tag: 'he',
  direction: 'rtl',
  messages: {
    titleScan: 'קישור ה-WhatsApp שלכם',
    titleRelink: 'קישור ה-WhatsApp שלכם מחדש',
    titleNumber: 'קישור ה-WhatsApp שלכם',
    titleCode: 'הזינו את הקוד הזה בטלפון',
    titleLinking: 'מסיימים בטלפון',
    titleLinked: 'הקישור הושלם',
    titlePasskey: 'נדרש מפתח הגישה שלכם ל-WhatsApp',
    methods: 'דרכי קישור',
    methodQr: 'קוד QR',
    methodPhoneCode: 'מספר טלפון',
    stepsScan: [
      'פותחים את **WhatsApp** או את **WhatsApp Business** בטלפון',
      'ב-Android מקישים על **תפריט {menuIcon},** וב-iPhone על **הגדרות {settingsIcon}**',
      'מקישים על **מכשירים מקושרים** ואז על **קישור מכשיר**',
      'מפנים את הטלפון אל הקוד הזה',
    ],
    stepsCode: [
      'פותחים את **WhatsApp** או את **WhatsApp Business** בטלפון',
      'ב-Android מקישים על **תפריט {menuIcon},** וב-iPhone על **הגדרות {settingsIcon}**',
      'מקישים על **מכשירים מקושרים**, על **קישור מכשיר** ואז על **קישור באמצעות מספר טלפון**',
      'מזינים את הקוד הזה',
    ],
    leadNumber: 'הקלידו את מספר הטלפון שרוצים לקשר. תקבלו קוד להזנה ב-WhatsApp, בלי מצלמה.',
    leadOwnPhone:
      'הטלפון הזה לא יכול לסרוק את המסך של עצמו. הקלידו את המספר שלו, ותקבלו קוד להזנה ב-WhatsApp.',
    leadLinking: 'הקישור של {app} ל-WhatsApp מתבצע כעת. השאירו את WhatsApp פתוח עוד כמה שניות.',
    leadLinked:
      'מעכשיו אפשר לשלוח ולקבל הודעות מהמספר הזה דרך {app}. אפשר לבטל את הקישור בכל עת דרך **מכשירים מקושרים**.',
    leadPasskey:
      'החשבון הזה מוגן במפתח גישה, ורק הדף של WhatsApp יכול לבקש אותו. הדף הזה אינו יכול. {advice} השאירו את הדף הזה פתוח: הוא ימשיך מעצמו.',
    passkeyAdvice: {
      'z-api': 'בקשו ממי שמפעיל את {app} לאשר זאת בתוסף הדפדפן של Z-API.',
      wasend: 'בקשו ממי שמפעיל את {app} לאשר זאת בתוסף מפתחות הגישה של WAHA, שעליו פועל WASend.',
      other: 'בקשו ממי שמפעיל את {app} להשלים זאת אצל ספק השירות.',
    },
    thisApp: 'האפליקציה הזו',
    qrCodeLabel: 'קוד QR לסריקה ב-WhatsApp',
    enlarge: 'הגדלה',
    close: 'סגירה',
    openInWhatsApp: 'פתיחה ב-WhatsApp בטלפון הזה',
    pairingCodeLabel: 'קוד להזנה ב-WhatsApp',
    start: 'הצגת הקוד',
    retry: 'ניסיון חוזר',
    showNewCode: 'הצגת קוד חדש',
    tryAgain: 'לנסות שוב',
    startOver: 'להתחיל מחדש',
    phoneNumber: 'מספר טלפון',
    phoneNumberHint: 'עם קידומת המדינה, למשל \u2066+972 50 234 5678\u2069',
    country: 'מדינה',
    noCountry: 'לא נמצאה מדינה',
    phoneTooShort: 'המספר קצר מדי עבור {country}.',
    phoneTooLong: 'המספר ארוך מדי עבור {country}.',
    phoneUnknownCountry: 'בחרו מדינה, או התחילו בסימן + ובקידומת המדינה.',
    phoneUnlikely: 'זה לא נראה כמו מספר נייד של {country}.',
    phonePressAgain: 'בדקו את קידומת המדינה ואת הספרות. אם הכול נכון, לחצו שוב על הכפתור.',
    phoneHintBrazil: 'חשבונות WhatsApp מלפני 2017 עשויים להיות רשומים בלי הספרה התשיעית.',
    phoneHintMexico: 'במספרים במקסיקו כבר אין 1 אחרי \u2066+52\u2069.',
    phoneHintArgentina: 'ב-WhatsApp כותבים מספרי נייד בארגנטינה עם 9 אחרי \u2066+54\u2069.',
    phoneHintChanged: 'המספרים במדינה הזו השתנו. ייתכן שב-WhatsApp המספר שלכם רשום בצורה האחרת.',
    useNumber: 'להשתמש במספר {number}',
    getCode: 'קבלת קוד',
    copyCode: 'העתקת הקוד',
    copied: 'הועתק',
    codeFor: 'עבור {number}',
    changeNumber: 'שינוי',
    slowCode: 'הטלפון לא מקבל את הקוד?',
    newCode: 'קבלת קוד חדש',
    trouble: 'הקישור לא מצליח?',
    coolDown: 'אפשר יהיה לבקש קוד נוסף בעוד רגע.',
    usePhoneNumber: 'קישור באמצעות מספר טלפון',
    useQrCode: 'סריקת קוד QR במקום זאת',
    passkeyHelp: 'איך עושים את זה',
    statusIdle: 'הכול מוכן, אפשר להתחיל',
    statusPreparing: 'מקבלים את הקוד…',
    statusRetrying: 'עדיין מנסים לקבל את הקוד…',
    statusResetting: 'מנקים את החיבור הקודם…',
    statusScan: 'ממתינים לסריקה · קוד {number} מתוך {of}',
    statusScanUnlimited: 'ממתינים לסריקה',
    statusNumber: 'ממתינים למספר שלכם',
    statusRequesting: 'מקבלים את הקוד…',
    statusCode: 'ממתינים להזנת הקוד',
    noticeLinkEnded: 'WhatsApp ניתק שוב את הקישור. יש לקשר את הטלפון פעם נוספת.',
    noticeLinkNotFinished: 'הטלפון לא השלים את הקישור. יש לנסות שוב.',
    noticeUnlinkedOnPhone: 'הקישור לטלפון בוטל.',
    noticeCodeReplaced: 'התבקש קוד חדש יותר, ולכן הקוד הקודם כבר אינו תקף.',
    timeLeft: {
      one: 'נותרה שנייה אחת לקוד הזה',
      two: 'נותרו שתי שניות לקוד הזה',
      other: 'נותרו {count} שניות לקוד הזה',
    },
    expiredTitle: 'תוקף הקוד פג.',
    expiredUnscanned: 'אף אחד עוד לא סרק אותו.',
    expiredCode: 'אף אחד עוד לא הזין אותו.',
    safety: 'פעולה זו מקשרת את **{app}** ל-WhatsApp שלכם. לעולם אין לסרוק או להזין קוד שלא ביקשתם.',
    errorLabel: 'שגיאה',
    errors: {
      unauthorized: {
        title: 'אין גישה ל-WhatsApp',
        cause: 'ספק השירות דחה את המפתח של האפליקציה הזו, ולכן אי אפשר ליצור קוד.',
        advice: tellHost,
      },
      'session-not-found': {
        title: 'אין גישה ל-WhatsApp',
        cause: 'ספק השירות אינו מכיר את החיבור של האפליקציה הזו.',
        advice: tellHost,
      },
      'subscription-expired': {
        title: 'אי אפשר לקשר כרגע',
        cause: 'המנוי של האפליקציה הזו אצל ספק השירות הסתיים.',
        advice: tellHost,
      },
      'account-blocked': {
        title: 'החשבון הזה חסום',
        cause: 'החשבון הזה נחסם ב-WhatsApp.',
        advice: 'פתחו את WhatsApp בטלפון כדי לבקש בדיקה.',
      },
      'session-stale': {
        title: 'החיבור תקוע',
        cause: 'נשאר משהו מקישור קודם, או שההפעלה אצל ספק השירות לא הסתיימה.',
        advice: 'התחילו מחדש כדי לנקות אותו. זה עשוי לקחת דקה.',
      },
      'passkey-refused': {
        title: 'מפתח הגישה לא התקבל',
        advice: 'התחילו מחדש והשתמשו במפתח הגישה של חשבון WhatsApp שרוצים לקשר.',
      },
      'passkey-expired': {
        title: 'מפתח הגישה ארך זמן רב מדי',
        cause: 'WhatsApp ממתינה לו עשר דקות.',
        advice: 'התחילו מחדש כדי לנסות שוב.',
      },
      'passkey-mismatch': {
        title: 'הקודים היו שונים',
        cause: 'ייתכן שמכשיר אחר עומד להיות מקושר במקום זה.',
        advice:
          'פתחו את WhatsApp בטלפון, הסתכלו תחת **מכשירים מקושרים** ונתקו את מה שאינכם מכירים. אחר כך התחילו כאן מחדש.',
      },
      'code-refused': {
        title: 'אין קוד למספר הזה',
        cause: 'WhatsApp לא נותן לו קוד כרגע.',
        advice: 'בדקו את המספר ונסו שוב, או סרקו את קוד ה-QR במקום זאת.',
      },
      'wrong-phone-number': {
        title: 'זה היה טלפון אחר',
        cause: 'המספר {phone} קושר, וכאן נדרש טלפון אחר.',
        advice:
          'התחילו מחדש כדי לבטל את הקישור, או נתקו את האפליקציה הזו בטלפון ההוא דרך **מכשירים מקושרים**. לאחר מכן השתמשו בטלפון הנכון.',
      },
      'invalid-phone-number': {
        title: 'בדקו את המספר',
        advice: 'כתבו תחילה את קידומת המדינה, ואחריה את המספר בלי האפס שבתחילתו.',
      },
      'rate-limited': {
        title: 'יותר מדי ניסיונות',
        cause: 'WhatsApp צריך הפסקה.',
        advice: 'המתינו דקה ונסו שוב.',
      },
      'not-supported': {
        title: 'לא אפשרי כאן',
        cause: 'לספק השירות אין דרך לעשות זאת.',
        advice: tellHost,
      },
      'invalid-answer': {
        title: 'משהו השתבש',
        cause: 'ספק השירות שלח משהו שאינו קוד.',
        advice: again,
      },
      'provider-unavailable': {
        title: 'ספק השירות אינו זמין',
        cause: 'השירות אינו פועל או מופעל מחדש.',
        advice: again,
      },
      network: { title: 'אין חיבור', advice: 'בדקו את החיבור לאינטרנט ונסו שוב.' },
      timeout: { title: 'זה לקח יותר מדי זמן', cause: 'ספק השירות לא השיב.', advice: again },
      'sign-in-required': {
        title: 'יש להתחבר שוב',
        cause: 'החיבור שלכם לאפליקציה הזו הסתיים.',
        advice: 'התחברו, ואז קשרו את הטלפון.',
      },
      forbidden: { title: 'אין הרשאה', cause: 'אין לכם הרשאה לקשר כאן טלפון.', advice: tellHost },
      'invalid-request': { title: 'משהו השתבש', advice: tellHost },
      'server-only': { title: 'עוד לא הוגדר', advice: tellHost },
      'invalid-options': { title: 'עוד לא הוגדר', advice: tellHost },
      aborted: { title: 'הופסק', advice: again },
      'component-failed': { title: 'משהו השתבש', advice: again },
      unknown: { title: 'משהו השתבש', advice: again },
    },
  },
  troubleshooting: async () => (await import('./troubleshooting/he.js')).heTroubleshooting,
}
