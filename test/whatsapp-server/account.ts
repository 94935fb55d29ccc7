import { Curve, type KeyPair } from 'baileys'

/** A device of the account, as in *Linked devices* on the phone. */
export interface LinkedDevice {
  /** `5511987654321:1@s.whatsapp.net` */
  readonly jid: string
  readonly lid: string
  readonly index: number
  /** The key with which the device must log in. */
  readonly noiseKey: Buffer
}

/** The account of one phone. */
export interface Account {
  readonly phoneNumber: string
  readonly keys: KeyPair
  readonly devices: readonly LinkedDevice[]
  /** Returns the next device. It is not in the list before {@link add}. */
  nextDevice(noiseKey: Buffer): LinkedDevice
  add(device: LinkedDevice): void
  remove(device: LinkedDevice): void
  /** Returns the device with this number, index and key. */
  find(phoneNumber: string, index: number, noiseKey: Buffer): LinkedDevice | undefined
}

/** The account's id that hides its phone number. */
const LID = '123456789012345'

export function createAccount(phoneNumber: string): Account {
  let devices: readonly LinkedDevice[] = []
  let lastIndex = 0
  return {
    phoneNumber,
    keys: Curve.generateKeyPair(),
    get devices() {
      return devices
    },
    nextDevice(noiseKey) {
      lastIndex += 1
      const jid = `${phoneNumber}:${lastIndex}@s.whatsapp.net`
      return { jid, lid: `${LID}:${lastIndex}@lid`, index: lastIndex, noiseKey }
    },
    add(device) {
      devices = [...devices, device]
    },
    remove(device) {
      devices = devices.filter((other) => other !== device)
    },
    find: (number, index, noiseKey) =>
      devices.find(
        (device) => number === phoneNumber && device.index === index && device.noiseKey.equals(noiseKey),
      ),
  }
}
