import { type BinaryNode, Curve, type KeyPair, proto } from 'baileys'
import { hmacSha256 } from './ciphers.js'
import { node } from './stanzas.js'

/** The prefix of the data that an account signs for a device. */
const ACCOUNT_SIGNATURE_PREFIX = Buffer.from([6, 0])

/** A device that an account has accepted. */
export interface NewDevice {
  /** `5511987654321:1@s.whatsapp.net` */
  readonly jid: string
  readonly lid: string
  readonly index: number
  /** The identity key from its QR code, or from the exchange after a pairing code. */
  readonly identityKey: Uint8Array
  /** The secret that proves to the device that *its* code was used. */
  readonly advSecret: Uint8Array
}

/** The server's message to an accepted device: the account's signature over the device's identity. */
export function pairSuccess(account: KeyPair, device: NewDevice): BinaryNode {
  const details = proto.ADVDeviceIdentity.encode({
    rawId: 1,
    timestamp: Math.floor(Date.now() / 1000),
    keyIndex: device.index,
  }).finish()
  const signedContent = Buffer.concat([ACCOUNT_SIGNATURE_PREFIX, details, device.identityKey])
  const identity = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: account.public,
    accountSignature: Curve.sign(account.private, signedContent),
  }).finish()
  const hmac = hmacSha256(device.advSecret, identity)
  const sealed = proto.ADVSignedDeviceIdentityHMAC.encode({ details: identity, hmac }).finish()
  return node('pair-success', {}, [
    node('device-identity', {}, sealed),
    node('device', { jid: device.jid, lid: device.lid }),
    node('platform', { name: 'android' }),
  ])
}
