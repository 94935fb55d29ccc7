import type { QueryKey } from '@tanstack/react-query'
import { asAmount, asRecord, asText, parseJson } from '../../core/json.js'
import { isPhoneNumber, type PhoneNumber } from '../../core/phone-number.js'

// A phone that links itself leaves the page for WhatsApp, and its browser may load the page again. The number is kept until
// its code expires, in this tab alone: the server names no more of it than the last four digits.

const storageKey = (queryKey: QueryKey): string => JSON.stringify(queryKey)

/** Keeps the number of a live pairing code until the code expires (epoch milliseconds). */
export function rememberNumber(queryKey: QueryKey, phoneNumber: PhoneNumber, until: number): void {
  attempt((storage) => storage.setItem(storageKey(queryKey), JSON.stringify({ phoneNumber, until })))
}

/** The code is not live any more. */
export function forgetNumber(queryKey: QueryKey): void {
  attempt((storage) => storage.removeItem(storageKey(queryKey)))
}

/** The number whose code may still be live at this moment. */
export function recallNumber(queryKey: QueryKey, at: number): PhoneNumber | undefined {
  const kept = attempt((storage) => storage.getItem(storageKey(queryKey)))
  const { phoneNumber, until } = asRecord(parseJson(kept ?? ''))
  const number = asText(phoneNumber)
  return number && isPhoneNumber(number) && at < (asAmount(until) ?? 0) ? number : undefined
}

/** Where storage is not allowed, even reading the property throws. */
function attempt<Value>(use: (storage: Storage) => Value): Value | undefined {
  try {
    return use(sessionStorage)
  } catch {
    return undefined
  }
}
