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
  /** Of the refs of one registration, in order; as many as there are refs. */
  readonly refLifetimesMs?: readonly number[] | undefined
  readonly phoneNumber?: string | undefined
  /** @default none, as where the account hides it */
  readonly pictureUrl?: string | undefined
  /**
   * How long each frame of the server is on its way, in milliseconds. Before 7.0.0-rc10 Baileys loses what arrives while it still
   * makes its keys, which no real line is fast enough for.
   * @default 0
   */
  readonly latencyMs?: number | undefined
}

/** What the server says no to, and with which code. */
export interface Refusals {
  registration?: number | undefined
  login?: number | undefined
  pairingCode?: number | undefined
}

export interface WhatsAppServerEvents {
  /** A device wants to be linked. */
  registration: []
  'code-requested': [exchange: LinkCodeExchange]
  /** The device has signed, and gets the request to reconnect. */
  linked: [device: LinkedDevice]
  login: [device: LinkedDevice]
  'login-refused': [code: number]
  /** By the device itself, or on the phone. */
  'logged-out': [device: LinkedDevice]
  /** A client has disconnected. */
  close: []
}

/** The half of WhatsApp that linked devices talk to. */
export interface WhatsAppServer {
  /** What `waWebSocketUrl` of Baileys takes. On 127.0.0.1 only. */
  readonly url: string
  readonly phone: Phone
  readonly events: EventEmitter<WhatsAppServerEvents>
  readonly refusals: Refusals
  /** It listens, and answers nothing. */
  isMute: boolean
  /** A device that was let in gets the request to reconnect only by {@link restart}: WhatsApp takes its time too. */
  holdsRestart: boolean
  /** Clients on the line. */
  readonly connectionCount: number
  /** What this server or a client did against the protocol. */
  readonly faults: readonly unknown[]
  /** Every ref is over at once, and every client that waits with one is rejected. */
  expireRefs(): void
  /** Makes every client reconnect, as WhatsApp does now and then. */
  restart(): void
  /** Cuts every line without a word. */
  drop(): void
  /**
   * Every connection is lost from now on, and no side has noticed: nothing is read any more, and no close arrives
   * either.
   */
  freeze(): void
  close(): Promise<void>
}

/** Starts a server that a real Baileys client pairs with, after `trustTestServers()`. */
export async function startWhatsAppServer({
  refLifetimesMs = WHATSAPP_REF_LIFETIMES_MS,
  phoneNumber = '5511987654321',
  pictureUrl,
  latencyMs,
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
      latencyMs,
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

/** The requests of a client once it is logged in. Anything else gets an empty result, which Baileys accepts. */
function answerTo(question: string | undefined, pictureUrl: string | undefined): readonly BinaryNode[] {
  switch (question) {
    case 'count':
      // More keys than Baileys wants there to be: it uploads none.
      return [node('count', { value: '800' })]
    case 'digest':
      return [node('digest')]
    case 'picture':
      return pictureUrl === undefined ? [] : [node('picture', { url: pictureUrl })]
    default:
      return []
  }
}
