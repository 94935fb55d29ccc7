import { comparePhoneNumbers } from './compare-phone-numbers.js'

/** A number that WhatsApp may know in another spelling, with the country whose numbering plan is the reason. */
export interface PhoneSpelling {
  readonly country: 'BR' | 'MX' | 'AR' | (typeof LONGER)[number]['country']
  /** The other spelling: international, digits only. */
  readonly other: string
  /** The other spelling is usually right. Otherwise it is only worth a try. */
  readonly isExpected: boolean
}

/** Countries that put digits in front of their mobile numbers, and how many digits a number had before. */
const LONGER = [
  { country: 'CI', code: '225', added: ['01', '05', '07'], before: 8 },
  { country: 'BJ', code: '229', added: ['01'], before: 8 },
  { country: 'GA', code: '241', added: ['6', '7'], before: 7 },
] as const

/**
 * The other spelling of a mobile number in countries that have two. Brazil added a ninth digit to its mobile numbers until 2016,
 * and accounts from before may be known without it; Mexico dropped its 1 in 2019; Argentina's mobile numbers have a 9 when they
 * are dialled from abroad, which is how WhatsApp writes them; Gabon, Côte d'Ivoire and Benin made their numbers longer in 2019,
 * 2021 and 2024, and accounts from before may be known by the shorter one. Nothing is corrected automatically: only WhatsApp
 * knows which of the two has the account.
 */
export function otherSpelling(digits: string): PhoneSpelling | undefined {
  const [, brazil, nine, local] = /^(55\d{2})(9?)([6-9]\d{7})$/.exec(digits) ?? []
  if (brazil) return { country: 'BR', other: `${brazil}${nine ? '' : '9'}${local}`, isExpected: !nine }
  const [, mexico] = /^521(\d{10})$/.exec(digits) ?? []
  if (mexico) return { country: 'MX', other: `52${mexico}`, isExpected: true }
  const [, argentina] = /^54([1-8]\d{9})$/.exec(digits) ?? []
  if (argentina) return { country: 'AR', other: `549${argentina}`, isExpected: true }
  const longer = LONGER.find(({ code }) => digits.startsWith(code))
  if (!longer) return undefined
  const { country, code, added, before } = longer
  const national = digits.slice(code.length)
  const short = national.slice(-before)
  const isShort = national === short || national === `0${short}`
  // The comparison finds the prefix that belongs to the number.
  const other = (isShort ? added.map((prefix) => `${code}${prefix}${short}`) : [`${code}${short}`]).find(
    (candidate) => comparePhoneNumbers(`+${candidate}`, digits) === 'same',
  )
  return other === undefined ? undefined : { country, other, isExpected: isShort }
}
