import type { Account, LinkedDevice } from './account.js'
import { readQrText } from './qr-text.js'
import type { LinkOutcome, Registration } from './registration.js'

/** The reason why the phone could not link. A real phone shows the same sentence for most of these. */
export type PhoneRefusal =
  | 'code-expired'
  | 'wrong-code'
  | 'not-a-code'
  | 'no-code-requested'
  | 'device-gone'
  | 'declined'
  | 'passkey-required'
  | 'no-passkey-required'
  | 'not-linked'

export type PhoneResult = { readonly ok: true } | { readonly ok: false; readonly reason: PhoneRefusal }

/** A phone and its user. The device is not notified when the user declines. */
export interface Phone {
  readonly phoneNumber: string
  readonly devices: readonly LinkedDevice[]
  /**
   * When true, the phone shows "Couldn't link device" for every attempt, for example because four devices are
   * linked.
   */
  declines: boolean
  /** When true, WhatsApp requires a passkey of this account before it accepts a device. */
  wantsPasskey: boolean
  /** Scans a QR code. Settles when the device is linked or refused. */
  scan(qrText: string): Promise<PhoneResult>
  /** Types the eight characters. Settles when the device is linked or refused. */
  typeCode(code: string): Promise<PhoneResult>
  /** Completes the passkey, so WhatsApp accepts the waiting device. Settles when it is linked. */
  passPasskey(): Promise<PhoneResult>
  /** Performs *Linked devices* → *Log out* for all devices. */
  logOut(): PhoneResult
}

export function createPhone(
  account: Account,
  registrations: () => Iterable<Registration>,
  logOutDevice: (device: LinkedDevice) => void,
): Phone {
  const all = (): readonly Registration[] => [...registrations()]
  return {
    phoneNumber: account.phoneNumber,
    get devices() {
      return account.devices
    },
    declines: false,
    wantsPasskey: false,
    async scan(qrText) {
      if (this.declines) return refused('declined')
      const code = readQrText(qrText)
      if (!code) return refused('not-a-code')
      const registration = all().find(({ refs }) => refs.isLive(code.ref))
      if (!registration) return refused('code-expired')
      if (!registration.noiseKey.equals(code.noiseKey)) return refused('not-a-code')
      return resultOf(await registration.letIn(code.identityKey, code.advSecret))
    },
    async typeCode(code) {
      if (this.declines) return refused('declined')
      const jid = `${account.phoneNumber}@s.whatsapp.net`
      const registration = all().findLast(({ exchange }) => exchange?.jid === jid)
      if (!registration?.exchange) return refused('no-code-requested')
      if (!registration.refs.isAnyLive()) return refused('code-expired')
      const typed = code.replace(/[\s-]/g, '').toUpperCase()
      return resultOf(await registration.enterCode(registration.exchange, typed))
    },
    async passPasskey() {
      const outcome = all()
        .map((registration) => registration.passPasskey())
        .find((passed) => passed !== undefined)
      return outcome ? resultOf(await outcome) : refused('no-passkey-required')
    },
    logOut() {
      const devices = account.devices
      for (const device of devices) logOutDevice(device)
      return devices.length > 0 ? { ok: true } : refused('not-linked')
    },
  }
}

function resultOf(outcome: LinkOutcome): PhoneResult {
  return outcome === 'linked' ? { ok: true } : refused(outcome)
}

function refused(reason: PhoneRefusal): PhoneResult {
  return { ok: false, reason }
}
