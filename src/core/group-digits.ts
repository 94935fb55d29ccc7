/** How countries write mobile numbers, by calling code: digits in each group. */
const GROUPS: Readonly<Record<string, string>> = {
  7: '3322',
  20: '28',
  31: '18',
  33: '12222',
  34: '3222',
  44: '46',
  48: '333',
  49: '47',
  51: '333',
  54: '1244',
  55: '254',
  57: '37',
  61: '333',
  62: '333',
  81: '244',
  82: '244',
  86: '344',
  90: '3322',
  91: '55',
  92: '37',
  212: '12222',
  244: '333',
  254: '36',
  351: '333',
}

/** The usual groups of other countries, by the number of digits after the calling code. */
const USUAL = ['', '1', '2', '3', '4', '5', '33', '34', '44', '234', '334', '344', '444', '445']

/** Calling codes of two digits. North America and Russia have one digit, and all other countries three. */
const TWO_DIGITS = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/

/**
 * Formats an international number in groups for display: `5511987654321` → `+55 11 98765 4321`. The library that knows the groups
 * of every country is too large for a page that only shows a number.
 */
export function groupDigits(digits: string): string {
  const code = digits.slice(0, /^[17]/.test(digits) ? 1 : TWO_DIGITS.test(digits) ? 2 : 3)
  const rest = digits.slice(code.length)
  const own = GROUPS[code] ?? ''
  // Some numbers in Brazil still have eight digits after the area code.
  const short = code === '55' && rest.length === 10 ? '244' : USUAL[rest.length]
  let from = 0
  const groups = [...(sum(own) === rest.length ? own : (short ?? `${rest.length}`))].map((length) => {
    const start = from
    from += Number(length)
    return rest.slice(start, from)
  })
  return `+${[code, ...groups].join(' ')}`
}

function sum(groups: string): number {
  return [...groups].reduce((total, length) => total + Number(length), 0)
}
