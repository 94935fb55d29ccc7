import type { i18n } from 'i18next'
import type { PairingLocale, PairingMessagesOverride } from 'whatsapp-pairing'

/** The languages of your app. English comes with the component. */
const locales: Readonly<Record<string, () => Promise<PairingLocale>>> = {
  de: async () => (await import('whatsapp-pairing/locales/de')).de,
  es: async () => (await import('whatsapp-pairing/locales/es')).es,
  'pt-BR': async () => (await import('whatsapp-pairing/locales/pt-BR')).ptBR,
}

/** The props `locale` and `messages` for the language of the page: `<WhatsAppPairing {...await pairingTexts(i18next)} … />`. */
export async function pairingTexts(i18next: i18n): Promise<{
  locale?: PairingLocale
  messages?: PairingMessagesOverride
}> {
  const language = i18next.resolvedLanguage ?? 'en'
  const locale = await locales[language]?.()
  // Texts of your own, in your namespace "pairing": { "titleScan": "Conecte sua loja" }
  const messages: PairingMessagesOverride | undefined = i18next.getResourceBundle(language, 'pairing')
  return { ...(locale && { locale }), ...(messages && { messages }) }
}
