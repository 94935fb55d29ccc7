/** WhatsApp's letters for pairing codes: no 0, I, O or U. */
const PAIRING_CODE_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTVWXYZ'

/** The prefix of the old form since 2026. With it, a phone's camera opens the right screen. */
const QR_PREFIX = 'https://wa.me/settings/linked_devices#'

/** The last field of the QR text: "Chrome". */
const PLATFORM_ID = '1'

/**
 * The QR text of one code: reference from WhatsApp, three public keys of the device, platform. Each code has a different
 * reference. The keys stay until the device is logged out.
 */
export function qrTextOf(seed: number, device: number, serial: number): string {
  const key = (name: string): string => base64(`${seed}/${name}/${device}`, 32)
  const ref = `2@${base64(`${seed}/ref/${serial}`, 72)}`
  return QR_PREFIX + [ref, key('noise'), key('identity'), key('adv'), PLATFORM_ID].join(',')
}

/** The eight characters of one pairing code. */
export function pairingCodeOf(seed: number, serial: number): string {
  return eightCharacters(`${seed}/pairing-code/${serial}`)
}

/** The code that the phone shows in a passkey ceremony, with a dash. */
export function passkeyCodeOf(seed: number, serial: number): string {
  const code = eightCharacters(`${seed}/passkey-code/${serial}`)
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** The challenge of a passkey ceremony: 32 bytes in base64url. */
export function passkeyChallengeOf(seed: number, serial: number): string {
  const text = base64(`${seed}/passkey-challenge/${serial}`, 32)
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function eightCharacters(label: string): string {
  return randomBytes(label, 8)
    .map((byte) => PAIRING_CODE_ALPHABET.charAt(byte % PAIRING_CODE_ALPHABET.length))
    .join('')
}

/** Whether a phone would recognise a text as a WhatsApp code. */
export function isQrText(text: string): boolean {
  return text.startsWith(QR_PREFIX) || /^\d@[^,]+,/.test(text)
}

function base64(label: string, length: number): string {
  return btoa(String.fromCharCode(...randomBytes(label, length)))
}

/** The same bytes for the same label, everywhere: FNV-1a for the seed, mulberry32 for the stream. */
function randomBytes(label: string, length: number): number[] {
  let state = 0x811c9dc5
  for (let index = 0; index < label.length; index += 1) {
    state = Math.imul(state ^ label.charCodeAt(index), 0x01000193)
  }
  return Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) & 0xff
  })
}
