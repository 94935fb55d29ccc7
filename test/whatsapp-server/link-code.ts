import { randomBytes } from 'node:crypto'
import { type BinaryNode, Curve, getBinaryNodeChild, type KeyPair } from 'baileys'
import { applyCtr, hkdf, openGcm, pairingCodeKey } from './ciphers.js'
import { bytesIn, node } from './stanzas.js'

/** One request for a pairing code, from the device's hello to its key bundle. */
export interface LinkCodeExchange {
  /** The phone that the code is for: `5511987654321@s.whatsapp.net`. */
  readonly jid: string
  /** The device name that the phone shows: `Chrome (Mac OS)`. */
  readonly display: string
  /** The server's response to the hello. */
  readonly acceptance: BinaryNode
  /**
   * Returns what the phone sends after the user has typed a code. Only the device's response shows that a
   * code is wrong.
   */
  typeCode(code: string, account: KeyPair): Promise<BinaryNode>
  /** Returns the device's secrets from its response, or `undefined` if the typed code is wrong. */
  readKeyBundle(finish: BinaryNode, account: KeyPair): DeviceSecrets | undefined
}

export interface DeviceSecrets {
  readonly identityKey: Buffer
  readonly advSecret: Buffer
}

const SALT_BYTES = 32
const CTR_IV_BYTES = 16
const GCM_IV_BYTES = 12
const KEY_BYTES = 32

/** @param hello The `link_code_companion_reg` of the stage `companion_hello`. */
export function openLinkCodeExchange(hello: BinaryNode): LinkCodeExchange {
  const wrappedKey = bytesIn(hello, 'link_code_pairing_wrapped_companion_ephemeral_pub')
  const ref = randomBytes(16)
  const ephemeral = Curve.generateKeyPair()
  let sharedSecret: Buffer | undefined

  return {
    jid: hello.attrs.jid ?? '',
    display: getBinaryNodeChild(hello, 'companion_platform_display')?.content?.toString() ?? '',
    acceptance: node('link_code_companion_reg', { stage: 'companion_hello' }, [
      node('link_code_pairing_ref', {}, ref),
    ]),
    async typeCode(code, account) {
      const { head: salt, rest } = cut(wrappedKey, SALT_BYTES)
      const { head: iv, rest: sealedKey } = cut(rest, CTR_IV_BYTES)
      const deviceKey = applyCtr(sealedKey, await pairingCodeKey(code, salt), iv)
      sharedSecret = Curve.sharedKey(ephemeral.private, deviceKey)

      const ownSalt = randomBytes(SALT_BYTES)
      const ownIv = randomBytes(CTR_IV_BYTES)
      const sealedOwnKey = applyCtr(ephemeral.public, await pairingCodeKey(code, ownSalt), ownIv)
      return node('link_code_companion_reg', { stage: 'primary_hello' }, [
        node(
          'link_code_pairing_wrapped_primary_ephemeral_pub',
          {},
          Buffer.concat([ownSalt, ownIv, sealedOwnKey]),
        ),
        node('primary_identity_pub', {}, account.public),
        node('link_code_pairing_ref', {}, ref),
      ])
    },
    readKeyBundle(finish, account) {
      if (!sharedSecret) return undefined
      const identityKey = bytesIn(finish, 'companion_identity_public')
      const { head: salt, rest } = cut(bytesIn(finish, 'link_code_pairing_wrapped_key_bundle'), SALT_BYTES)
      const { head: iv, rest: sealed } = cut(rest, GCM_IV_BYTES)
      const key = hkdf(sharedSecret, KEY_BYTES, { salt, info: 'link_code_pairing_key_bundle_encryption_key' })
      const bundle = opened(sealed, key, iv)
      // The device's identity, the account's identity, and a secret that only these two share.
      if (!bundle) return undefined
      const random = bundle.subarray(2 * KEY_BYTES)
      const identitySecret = Curve.sharedKey(account.private, identityKey)
      const advSecret = hkdf(Buffer.concat([sharedSecret, identitySecret, random]), KEY_BYTES, {
        info: 'adv_secret',
      })
      return { identityKey, advSecret }
    },
  }
}

function opened(sealed: Buffer, key: Buffer, iv: Buffer): Buffer | undefined {
  try {
    return openGcm(sealed, key, iv)
  } catch {
    return undefined
  }
}

function cut(bytes: Buffer, length: number): { readonly head: Buffer; readonly rest: Buffer } {
  return { head: bytes.subarray(0, length), rest: bytes.subarray(length) }
}
