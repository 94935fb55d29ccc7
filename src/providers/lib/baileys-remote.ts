import { isPairingErrorCode, PairingError, toPairingError } from '../../core/errors.js'
import { asAmount, asRecord, parseJson } from '../../core/json.js'
import type { PairingBus } from '../../core/pairing-bus.js'
import { isPhoneNumber, type PhoneNumber } from '../../core/phone-number.js'
import type { PairingSnapshot } from '../../core/provider.js'
import { decodeSnapshot } from '../../core/snapshot.js'

/** A call that a process forwards to the one that holds the folder. */
export type RemoteCall =
  | { readonly name: 'status' | 'qrCode' | 'reset' | 'unlink' }
  | { readonly name: 'requestPairingCode'; readonly phoneNumber: PhoneNumber }

/** The processes of one folder, over the bus. */
export interface BaileysRemote {
  /**
   * Forwards a call to the process that holds the folder. Resolves with `undefined` if that does not respond, because it has no
   * bus or has just ended.
   *
   * @throws {@link PairingError} the error of the other process
   */
  call(
    call: RemoteCall,
    timeoutMs: number,
  ): Promise<{ readonly snapshot: PairingSnapshot | undefined } | undefined>
  close(): void
}

/** Options of {@link createBaileysRemote}. */
export interface BaileysRemoteOptions {
  readonly bus: PairingBus
  /** The same in all processes of the folder. */
  readonly sessionId: string
  /** Whether this process holds the folder, and therefore responds. */
  readonly isHolder: () => boolean
  readonly run: (call: RemoteCall) => Promise<PairingSnapshot | undefined>
}

/** Older messages were queued by the broker, and their sender has given up. The clocks of two hosts may differ a little. */
const MAX_AGE_MS = 5_000

type Pending = (response: Readonly<Record<string, unknown>>) => void

export function createBaileysRemote({ bus, sessionId, isHolder, run }: BaileysRemoteOptions): BaileysRemote {
  const self = crypto.randomUUID()
  const channel = `whatsapp-pairing.baileys ${sessionId}`
  const pending = new Map<string, Pending>()

  const send = (message: Readonly<Record<string, unknown>>): void =>
    void bus.publish(channel, JSON.stringify({ ...message, sentAt: Date.now() }))

  async function respond(id: string, call: RemoteCall): Promise<void> {
    try {
      send({ to: id, snapshot: await run(call) })
    } catch (error) {
      const { code, retryAfterMs } = toPairingError(error)
      send({ to: id, code, retryAfterMs })
    }
  }

  const unsubscribe = bus.subscribe(channel, (text) => {
    const message = asRecord(parseJson(text))
    const ageMs = Math.abs(Date.now() - (asAmount(message.sentAt) ?? 0))
    if (ageMs > MAX_AGE_MS) return
    if (typeof message.to === 'string') pending.get(message.to)?.(message)
    const call = callIn(message)
    if (typeof message.id === 'string' && message.from !== self && call && isHolder())
      void respond(message.id, call)
  })

  return {
    async call(call, timeoutMs) {
      const id = crypto.randomUUID()
      let timer: ReturnType<typeof setTimeout> | undefined
      try {
        const response = await new Promise<Readonly<Record<string, unknown>> | undefined>((resolve) => {
          pending.set(id, resolve)
          timer = setTimeout(resolve, timeoutMs, undefined)
          send({ id, from: self, ...call })
        })
        if (!response) return undefined
        const { code, retryAfterMs, snapshot } = response
        if (code !== undefined) throw refusal(code, asAmount(retryAfterMs))
        return { snapshot: snapshot === undefined ? undefined : decodeSnapshot(snapshot) }
      } finally {
        clearTimeout(timer)
        pending.delete(id)
      }
    },
    close: unsubscribe,
  }
}

function callIn({ name, phoneNumber }: Readonly<Record<string, unknown>>): RemoteCall | undefined {
  switch (name) {
    case 'status':
    case 'qrCode':
    case 'reset':
    case 'unlink':
      return { name }
    case 'requestPairingCode':
      return isPhoneNumber(phoneNumber) ? { name, phoneNumber } : undefined
    default:
      return undefined
  }
}

function refusal(value: unknown, retryAfterMs: number | undefined): PairingError {
  const code = isPairingErrorCode(value) ? value : 'unknown'
  return new PairingError(
    code,
    `The process that has the link failed with "${code}". Its own log says more.`,
    { retryAfterMs },
  )
}
