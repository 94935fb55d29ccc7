import { Curve, type KeyPair, proto, WA_CERT_DETAILS } from 'baileys'

const { Details } = proto.CertChain.NoiseCertificate

/** The certificates that the server presents in the handshake. */
export interface ServerCertificates {
  readonly staticKeyPair: KeyPair
  /** The encoded chain: the leaf signed by the intermediate, the intermediate signed by the root. */
  readonly chain: Uint8Array
}

// One root per process, because Baileys trusts only one key and servers may run in parallel.
const root = Curve.generateKeyPair()

/** The key that a client in another process must trust, in hex. */
export const testRootKey: string = Buffer.from(root.public).toString('hex')

/**
 * Makes Baileys in this process trust the test servers instead of WhatsApp. The pinned key is a field of an
 * exported object. Baileys has no option for it, and the adapter must not have one either. (7.0.0-rc14
 * accepts any signature because it ignores the result of its library. A version that checks the result needs
 * this function.)
 */
export function trustTestServers(rootKey: string = testRootKey): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')
}

let issued: ServerCertificates | undefined

/** Shared by all servers of this process, because a signature takes longer than a test. */
export function serverCertificates(): ServerCertificates {
  issued ??= issueCertificates()
  return issued
}

function issueCertificates(): ServerCertificates {
  const intermediate = Curve.generateKeyPair()
  const staticKeyPair = Curve.generateKeyPair()
  const always = { notBefore: 0, notAfter: Date.UTC(2100, 0) / 1000 }
  const intermediateDetails = Details.encode({
    ...always,
    serial: 1,
    issuerSerial: WA_CERT_DETAILS.SERIAL,
    key: intermediate.public,
  }).finish()
  const leafDetails = Details.encode({
    ...always,
    serial: 2,
    issuerSerial: 1,
    key: staticKeyPair.public,
  }).finish()
  const chain = proto.CertChain.encode({
    leaf: { details: leafDetails, signature: Curve.sign(intermediate.private, leafDetails) },
    intermediate: { details: intermediateDetails, signature: Curve.sign(root.private, intermediateDetails) },
  }).finish()
  return { staticKeyPair, chain }
}
