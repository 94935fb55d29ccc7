/** A number that WhatsApp may know in another spelling, and the country that is the reason. */
export interface PhoneSpelling {
  readonly country: 'BR' | 'MX' | 'AR'
  /** The other spelling: international, digits only. */
  readonly other: string
  /** The other one is the rule, and this one the exception. Otherwise the other one is only worth a try. */
  readonly isExpected: boolean
}

/**
 * The other spelling of a mobile number in the three countries that have two. Brazil added a ninth digit to its mobile numbers
 * until 2016, and accounts from before may be known without it; Mexico dropped its 1 in 2019; Argentina's mobile numbers have a 9
 * when they are dialled from abroad, which is how WhatsApp writes them. Nothing is corrected by itself: WhatsApp alone knows which of
 * the two has the account.
 */
export function otherSpelling(digits: string): PhoneSpelling | undefined {
  const [, brazil, nine, local] = /^(55\d{2})(9?)([6-9]\d{7})$/.exec(digits) ?? []
  if (brazil) return { country: 'BR', other: `${brazil}${nine ? '' : '9'}${local}`, isExpected: !nine }
  const [, mexico] = /^521(\d{10})$/.exec(digits) ?? []
  if (mexico) return { country: 'MX', other: `52${mexico}`, isExpected: true }
  const [, argentina] = /^54([1-8]\d{9})$/.exec(digits) ?? []
  if (argentina) return { country: 'AR', other: `549${argentina}`, isExpected: true }
  return undefined
}
