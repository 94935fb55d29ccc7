import { type BinaryNode, getBinaryNodeChild } from 'baileys'
import type { Account, LinkedDevice } from './account.js'
import type { Connection } from './connection.js'
import { pairSuccess } from './device-identity.js'
import { type LinkCodeExchange, openLinkCodeExchange } from './link-code.js'
import type { Refs } from './refs.js'
import { errorOf, node, notification, orderOf, resultOf } from './stanzas.js'

/** The result of an attempt to link, as the phone gets it. */
export type LinkOutcome = 'linked' | 'wrong-code' | 'device-gone' | 'passkey-required'

/** A device that is not linked yet and waits for a phone. */
export interface Registration {
  readonly refs: Refs
  readonly noiseKey: Buffer
  /** The valid request for a pairing code, which is the last one. */
  readonly exchange: LinkCodeExchange | undefined
  /** Sends the refs to the device. */
  begin(): void
  /** Accepts the device after the phone has scanned its code. */
  letIn(identityKey: Buffer, advSecret: Buffer): Promise<LinkOutcome>
  /** The phone has entered a pairing code. If the code is correct, the device is accepted. */
  enterCode(exchange: LinkCodeExchange, code: string): Promise<LinkOutcome>
  /** @returns false if the stanza does not concern linking. */
  onNode(stanza: BinaryNode): boolean
  /** Accepts the waiting device after the passkey succeeded. `undefined` if no device waits. */
  passPasskey(): Promise<LinkOutcome> | undefined
  onClose(): void
}

interface RegistrationListener {
  /** The error code if pairing codes are refused, otherwise undefined. */
  readonly codeRefusal: () => number | undefined
  onCodeRequest(exchange: LinkCodeExchange): void
  /** Whether WhatsApp requires a passkey before it accepts the device. */
  readonly wantsPasskey: () => boolean
  /** Called when the device must reconnect and log in. */
  onLinked(device: LinkedDevice): void
}

/** As recorded on a gated account: https://github.com/WhiskeySockets/Baileys/pull/2689 */
const PASSKEY_OPTIONS = {
  challenge: 'c2VjcmV0LW9mLXRoZS1jZXJlbW9ueS1vZi10aGUtdGVzdA',
  timeout: 600_000,
  rpId: 'whatsapp.com',
  allowCredentials: [],
  userVerification: 'required',
  extensions: { uvm: true },
}

export function openRegistration(
  connection: Connection,
  account: Account,
  noiseKey: Buffer,
  refs: Refs,
  listener: RegistrationListener,
): Registration {
  let exchange: LinkCodeExchange | undefined
  let device: LinkedDevice | undefined
  let lastId = 0
  let report: (outcome: LinkOutcome) => void = () => undefined

  const nextId = (): string => {
    lastId += 1
    return `server-${lastId}`
  }
  const outcome = (): Promise<LinkOutcome> =>
    new Promise((resolve) => {
      report = resolve
    })
  let waiting: readonly [identityKey: Buffer, advSecret: Buffer] | undefined
  const sendIdentity = (identityKey: Buffer, advSecret: Buffer): void => {
    if (listener.wantsPasskey() && !waiting) {
      waiting = [identityKey, advSecret]
      const options = node('passkey_request_options', {}, Buffer.from(JSON.stringify(PASSKEY_OPTIONS)))
      connection.send(notification(nextId(), 'passkey_prologue_request', options))
      report('passkey-required')
      return
    }
    device = account.nextDevice(noiseKey)
    connection.send(orderOf(nextId(), pairSuccess(account.keys, { ...device, identityKey, advSecret })))
  }

  const onCompanionHello = (stanza: BinaryNode, hello: BinaryNode): void => {
    const refusal = listener.codeRefusal()
    if (refusal !== undefined) {
      connection.send(errorOf(stanza, refusal))
      return
    }
    exchange = openLinkCodeExchange(hello)
    connection.send(resultOf(stanza, exchange.acceptance))
    listener.onCodeRequest(exchange)
  }

  const onCompanionFinish = (stanza: BinaryNode, finish: BinaryNode): void => {
    connection.send(resultOf(stanza))
    const secrets = exchange?.readKeyBundle(finish, account.keys)
    if (secrets) sendIdentity(secrets.identityKey, secrets.advSecret)
    else report('wrong-code')
  }

  return {
    refs,
    noiseKey,
    get exchange() {
      return exchange
    },
    begin() {
      const children = refs.values.map((ref) => node('ref', {}, Buffer.from(ref)))
      connection.send(orderOf(nextId(), node('pair-device', {}, children)))
    },
    letIn(identityKey, advSecret) {
      const linked = outcome()
      sendIdentity(identityKey, advSecret)
      return linked
    },
    async enterCode(entered, code) {
      const linked = outcome()
      const answer = await entered.typeCode(code, account.keys)
      connection.send(notification(nextId(), 'link_code_companion_reg', answer))
      return linked
    },
    onNode(stanza) {
      if (stanza.tag !== 'iq') return false
      if (getBinaryNodeChild(stanza, 'pair-device-sign') && device) {
        account.add(device)
        report('linked')
        listener.onLinked(device)
        return true
      }
      const linkCode = getBinaryNodeChild(stanza, 'link_code_companion_reg')
      if (linkCode?.attrs.stage === 'companion_hello') onCompanionHello(stanza, linkCode)
      else if (linkCode?.attrs.stage === 'companion_finish') onCompanionFinish(stanza, linkCode)
      else return false
      return true
    },
    passPasskey() {
      if (!waiting) return undefined
      const linked = outcome()
      sendIdentity(...waiting)
      return linked
    },
    onClose: () => report('device-gone'),
  }
}
