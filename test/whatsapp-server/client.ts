import {
  type AuthenticationState,
  type ConnectionState,
  initAuthCreds,
  makeWASocket,
  type SignalDataSet,
  type WASocket,
} from 'baileys'
import { asAmount, asRecord } from '../../src/core/json.js'
import type { WhatsAppServer } from './whatsapp-server.js'

/** The state that Baileys keeps between two connections, in memory during the test. */
export function memoryAuth(): AuthenticationState {
  const kept = new Map<string, unknown>()
  return {
    creds: initAuthCreds(),
    keys: {
      get: (kind, ids) =>
        Object.assign(
          {},
          ...ids.map((id) => (kept.has(`${kind}/${id}`) ? { [id]: kept.get(`${kind}/${id}`) } : {})),
        ),
      set: (data: SignalDataSet) => {
        for (const [kind, values] of Object.entries(data)) {
          for (const [id, value] of Object.entries(values ?? {})) kept.set(`${kind}/${id}`, value)
        }
      },
    },
  }
}

/** A Baileys client as in the Baileys documentation, without the adapter. */
export interface Client {
  readonly socket: WASocket
  /** Resolves with the next QR code, or with the last one that no call has returned yet. */
  nextQrCode(): Promise<string>
  readonly paired: Promise<void>
  readonly opened: Promise<void>
  /** The status code with which the connection closed. */
  readonly closed: Promise<number | undefined>
}

const nothing = (): void => undefined

const silent: WASocket['logger'] = {
  level: 'silent',
  child: () => silent,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}

export function connectClient(
  { url }: Pick<WhatsAppServer, 'url'>,
  auth: AuthenticationState,
  { qrTimeout }: { readonly qrTimeout?: number } = {},
): Client {
  const socket = makeWASocket({ auth, waWebSocketUrl: url, logger: silent, ...(qrTimeout && { qrTimeout }) })
  const until = <Value>(read: (update: Partial<ConnectionState>) => { value: Value } | undefined) =>
    new Promise<Value>((resolve) => {
      const listener = (update: Partial<ConnectionState>): void => {
        const found = read(update)
        if (!found) return
        socket.ev.off('connection.update', listener)
        resolve(found.value)
      }
      socket.ev.on('connection.update', listener)
    })
  const codes: string[] = []
  const takers: ((code: string) => void)[] = []
  socket.ev.on('connection.update', ({ qr }) => {
    if (!qr) return
    const take = takers.shift()
    if (take) take(qr)
    else codes.push(qr)
  })
  return {
    socket,
    nextQrCode() {
      const code = codes.shift()
      return code ? Promise.resolve(code) : new Promise((resolve) => takers.push(resolve))
    },
    paired: until(({ isNewLogin }) => (isNewLogin ? { value: undefined } : undefined)),
    opened: until(({ connection }) => (connection === 'open' ? { value: undefined } : undefined)),
    closed: until(({ connection, lastDisconnect }) =>
      connection === 'close' ? { value: statusCodeOf(lastDisconnect?.error) } : undefined,
    ),
  }
}

function statusCodeOf(error: unknown): number | undefined {
  return asAmount(asRecord(asRecord(error).output).statusCode)
}
