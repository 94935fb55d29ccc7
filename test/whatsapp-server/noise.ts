import { Curve, NOISE_MODE, NOISE_WA_HEADER, proto } from 'baileys'
import type { ServerCertificates } from './certificates.js'
import { hkdf, openGcm, sealGcm, sha256 } from './ciphers.js'

/** What a client reports about itself in the last step of the handshake. */
export interface ClientIntroduction {
  /** The client's long-lived noise key, which is also in its QR code. */
  readonly noiseKey: Buffer
  readonly payload: proto.ClientPayload
}

/** The server's half of Noise XX as WhatsApp uses it: hello, finish, then sealed frames. */
export interface NoiseResponder {
  /** Returns the server's hello in response to the client's. */
  answerHello(frame: Uint8Array): Uint8Array
  readFinish(frame: Uint8Array): ClientIntroduction
  seal(plain: Uint8Array): Buffer
  open(frame: Uint8Array): Buffer
}

export function createNoiseResponder({ staticKeyPair, chain }: ServerCertificates): NoiseResponder {
  const ephemeral = Curve.generateKeyPair()
  let hash: Buffer = Buffer.from(NOISE_MODE)
  let salt = hash
  let key = hash
  let counter = 0
  let transport: { readonly receive: Direction; readonly send: Direction } | undefined

  const mixHash = (data: Uint8Array): void => {
    hash = sha256(Buffer.concat([hash, data]))
  }
  const mixKey = (secret: Uint8Array): void => {
    const mixed = hkdf(secret, 64, { salt })
    salt = mixed.subarray(0, 32)
    key = mixed.subarray(32)
    counter = 0
  }
  const seal = (plain: Uint8Array): Buffer => {
    const sealed = sealGcm(plain, key, ivOf(counter++), hash)
    mixHash(sealed)
    return sealed
  }
  const open = (sealed: Uint8Array): Buffer => {
    const plain = openGcm(sealed, key, ivOf(counter++), hash)
    mixHash(sealed)
    return plain
  }

  mixHash(NOISE_WA_HEADER)
  return {
    answerHello(frame) {
      const hello = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral
      if (!hello) throw new Error('The handshake began without a hello.')
      mixHash(hello)
      mixHash(ephemeral.public)
      mixKey(Curve.sharedKey(ephemeral.private, hello))
      const sealedStatic = seal(staticKeyPair.public)
      mixKey(Curve.sharedKey(staticKeyPair.private, hello))
      const serverHello = { ephemeral: ephemeral.public, static: sealedStatic, payload: seal(chain) }
      return proto.HandshakeMessage.encode({ serverHello }).finish()
    },
    readFinish(frame) {
      const finish = proto.HandshakeMessage.decode(frame).clientFinish
      if (!finish?.static || !finish.payload) throw new Error('The handshake was not finished.')
      const noiseKey = open(finish.static)
      mixKey(Curve.sharedKey(ephemeral.private, noiseKey))
      const payload = proto.ClientPayload.decode(open(finish.payload))
      const keys = hkdf(new Uint8Array(0), 64, { salt })
      transport = { receive: direction(keys.subarray(0, 32)), send: direction(keys.subarray(32)) }
      return { noiseKey, payload }
    },
    seal: (plain) => {
      if (!transport) throw new Error('Nothing may be sent before the handshake is over.')
      return sealGcm(plain, transport.send.key, transport.send.nextIv())
    },
    open: (frame) => {
      if (!transport) throw new Error('Nothing can be read before the handshake is over.')
      return openGcm(frame, transport.receive.key, transport.receive.nextIv())
    },
  }
}

interface Direction {
  readonly key: Buffer
  nextIv(): Buffer
}

function direction(key: Buffer): Direction {
  let counter = 0
  return { key, nextIv: () => ivOf(counter++) }
}

function ivOf(counter: number): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  return iv
}
