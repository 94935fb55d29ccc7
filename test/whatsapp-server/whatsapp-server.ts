import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { type BinaryNode, getAllBinaryNodeChildren } from 'baileys'
import { WebSocketServer } from 'ws'
import { createAccount, type LinkedDevice } from './account.js'
import { serverCertificates } from './certificates.js'
import { acceptConnection, type Connection } from './connection.js'
import type { LinkCodeExchange } from './link-code.js'
import type { ClientIntroduction } from './noise.js'
import { createPhone, type Phone } from './phone.js'
import { issueRefs, WHATSAPP_REF_LIFETIMES_MS } from './refs.js'
import { openRegistration, type Registration } from './registration.js'
import { failure, node, nothingMissed, resultOf, streamError, success } from './stanzas.js'

export interface WhatsAppServerOptions {
  /** The lifetimes of the refs of one registration, in order. There are as many refs as lifetimes. */
  readonly refLifetimesMs?: readonly number[] | undefined
  readonly phoneNumber?: string | undefined
  /** @default none, as if the account hides its picture */
  readonly pictureUrl?: string | undefined
  /**
   * Sends nothing after the handshake until the client has derived its keys. Baileys before 7.0.0-rc10 loses frames that arrive
   * earlier. No real connection is fast enough for that.
   * @default false
   */
  readonly waitsForKeys?: boolean | undefined
}

/** The requests that the server refuses, and the error code for each. */
export interface Refusals {
  registration?: number | undefined
  login?: number | undefined
  pairingCode?: number | undefined
}

export interface WhatsAppServerEvents {
  /** A device requests to be linked. */
  registration: []
  'code-requested': [exchange: LinkCodeExchange]
  /** The device has signed, and receives the request to reconnect. */
  linked: [device: LinkedDevice]
  login: [device: LinkedDevice]
  'login-refused': [code: number]
  /** The device logged out itself, or the phone removed it. */
  'logged-out': [device: LinkedDevice]
  /** A client has disconnected. */
  close: []
}

/** The part of WhatsApp that linked devices connect to. */
export interface WhatsAppServer {
  /** The value for `waWebSocketUrl` of Baileys. On 127.0.0.1 only. */
  readonly url: string
  readonly phone: Phone
  readonly events: EventEmitter<WhatsAppServerEvents>
  readonly refusals: Refusals
  /** When true, the server accepts connections but does not respond. */
  isMute: boolean
  /**
   * When true, an accepted device gets the request to reconnect only through {@link restart}. WhatsApp also
   * delays it.
   */
  holdsRestart: boolean
  /** The number of connected clients. */
  readonly connectionCount: number
  /** Violations of the protocol by this server or a client. */
  readonly faults: readonly unknown[]
  /** Makes every ref expire immediately, and rejects every client that waits with one. */
  expireRefs(): void
  /** Makes every client reconnect, as WhatsApp occasionally does. */
  restart(): void
  /** Closes every connection without a message. */
  drop(): void
  /**
   * Simulates lost connections that neither side has detected: the server stops reading, and no close
   * arrives.
   */
  freeze(): void
  close(): Promise<void>
}

/** Starts a server that a real Baileys client can pair with after `trustTestServers()`. */
export async function startWhatsAppServer({
  refLifetimesMs = WHATSAPP_REF_LIFETIMES_MS,
  phoneNumber = '5511987654321',
  pictureUrl,
  waitsForKeys,
}: WhatsAppServerOptions = {}): Promise<WhatsAppServer> {
  const account = createAccount(phoneNumber)
  const events = new EventEmitter<WhatsAppServerEvents>()
  const refusals: Refusals = {}
  const faults: unknown[] = []
  const connections = new Set<Connection>()
  const registrations = new Map<Connection, Registration>()
  const logins = new Map<Connection, LinkedDevice>()

  const register = (connection: Connection, noiseKey: Buffer): void => {
    const registration = openRegistration(connection, account, noiseKey, issueRefs(refLifetimesMs), {
      codeRefusal: () => refusals.pairingCode,
      onCodeRequest: (exchange) => events.emit('code-requested', exchange),
      wantsPasskey: () => server.phone.wantsPasskey,
      onLinked: (device) => {
        registrations.delete(connection)
        if (!server.holdsRestart) connection.end(streamError(515))
        events.emit('linked', device)
      },
    })
    registrations.set(connection, registration)
    registration.begin()
    events.emit('registration')
  }

  const logIn = (connection: Connection, device: LinkedDevice): void => {
    for (const [other, loggedIn] of logins) {
      if (loggedIn === device) other.end(streamError(440, 'replaced'))
    }
    logins.set(connection, device)
    connection.send(success(device.lid))
    connection.send(nothingMissed())
    events.emit('login', device)
  }

  const logOut = (device: LinkedDevice): void => {
    account.remove(device)
    for (const [connection, loggedIn] of logins) {
      if (loggedIn === device) connection.end(streamError(401, 'device_removed'))
    }
    events.emit('logged-out', device)
  }

  const onIntroduction = (connection: Connection, { noiseKey, payload }: ClientIntroduction): void => {
    if (payload.devicePairingData) {
      if (refusals.registration === undefined) register(connection, noiseKey)
      else connection.end(failure(refusals.registration))
      return
    }
    const device = account.find(String(payload.username), payload.device ?? 0, noiseKey)
    if (device && refusals.login === undefined) {
      logIn(connection, device)
      return
    }
    const code = refusals.login ?? 401
    connection.end(failure(code))
    events.emit('login-refused', code)
  }

  const onRequest = (connection: Connection, stanza: BinaryNode): void => {
    if (server.isMute || stanza.tag !== 'iq' || stanza.attrs.type === 'result') return
    const [question] = getAllBinaryNodeChildren(stanza)
    const device = logins.get(connection)
    connection.send(resultOf(stanza, ...answerTo(question?.tag, pictureUrl)))
    if (question?.tag === 'remove-companion-device' && device) logOut(device)
  }

  const certificates = serverCertificates()
  const http = createServer((_, response) => response.writeHead(404).end())
  const webSockets = new WebSocketServer({ server: http })
  webSockets.on('connection', (webSocket) => {
    const connection = acceptConnection(
      webSocket,
      certificates,
      {
        onIntroduction,
        onNode: (from, stanza) => {
          if (!registrations.get(from)?.onNode(stanza)) onRequest(from, stanza)
        },
        onClose: (closed) => {
          registrations.get(closed)?.onClose()
          connections.delete(closed)
          registrations.delete(closed)
          logins.delete(closed)
          events.emit('close')
        },
        onFault: (fault) => faults.push(fault),
      },
      waitsForKeys,
    )
    connections.add(connection)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')

  const server: WhatsAppServer = {
    url: `ws://127.0.0.1:${address.port}/ws/chat`,
    phone: createPhone(account, () => registrations.values(), logOut),
    events,
    refusals,
    isMute: false,
    holdsRestart: false,
    get connectionCount() {
      return connections.size
    },
    faults,
    expireRefs() {
      for (const [connection, { refs }] of registrations) {
        refs.expire()
        connection.end(node('xmlstreamend'))
      }
    },
    restart() {
      for (const connection of connections) connection.end(streamError(515))
    },
    drop() {
      for (const connection of connections) connection.drop()
    },
    freeze() {
      for (const connection of connections) connection.freeze()
    },
    async close() {
      for (const connection of connections) connection.drop()
      http.close()
      await once(http, 'close')
    },
  }
  return server
}

/**
 * Responds to the requests of a logged-in client. Other requests get an empty result, which Baileys accepts.
 */
function answerTo(question: string | undefined, pictureUrl: string | undefined): readonly BinaryNode[] {
  switch (question) {
    case 'count':
      // Reports more keys than Baileys requires, so that it uploads none.
      return [node('count', { value: '800' })]
    case 'digest':
      return [node('digest')]
    case 'picture':
      return pictureUrl === undefined ? [] : [node('picture', { url: pictureUrl })]
    default:
      return []
  }
}
