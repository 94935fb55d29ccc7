import type { PairingLocale } from '../core/messages.js'
import { firstEnglish } from './first/en.js'
import { laterEnglish } from './later/en.js'
import { linkEnglish } from './link/en.js'

/** English, the default. */
export const en: PairingLocale = {
  ...firstEnglish,
  messages: { ...firstEnglish.messages, ...laterEnglish, ...linkEnglish },
}
