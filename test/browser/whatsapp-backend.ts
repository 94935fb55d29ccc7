import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asRecord, asText, parseJson } from '../../src/core/json.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { type BaileysOptions, baileys } from '../../src/providers/baileys.js'
import { createHandler } from '../../src/server/handler.js'
import { toNodeListener } from '../../src/server.js'
import { trustTestServers } from '../whatsapp-server/certificates.js'
import { startWhatsAppServer, type WhatsAppServer } from '../whatsapp-server/whatsapp-server.js'
import type { AccountAction, PhoneAnswer } from './whatsapp-account.js'

/** An account with its phone, and an app that links it. */
interface Account {
  readonly server: WhatsAppServer
  /** The listener of the app process that runs now. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /** Ends the app's process and all open connections of pages. A new process continues with the stored data. */
  restartApp(): Promise<void>
  close(): Promise<void>
}

const accounts = new Map<string, Promise<Account>>()

/**
 * `PUT /{account}` opens an account and `DELETE /{account}` ends it. Between the two, `/{account}/pairing` is the pairing handler
 * of the app. `POST /{account}/act` performs an action of the user on the phone, or an event of the servers.
 */
export async function whatsappListener(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = '', subject] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
  if (request.method === 'PUT') {
    const opened = openAccount()
    accounts.set(name, opened)
    await opened
    response.writeHead(204).end()
    return
  }
  const account = await accounts.get(name)
  // Pages still send requests for a moment after their account has ended.
  if (!account) {
    response.writeHead(404).end()
    return
  }
  if (request.method === 'DELETE') {
    accounts.delete(name)
    await account.close()
    response.writeHead(204).end()
    return
  }
  if (subject === 'pairing') return account.listener(request, response)
  const { action, text } = asRecord(parseJson(await readText(request)))
  const answer = await actions[actionOf(action)](account, asText(text) ?? '')
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

const done: PhoneAnswer = { ok: true }

const actions: Readonly<
  Record<AccountAction, (account: Account, text: string) => PhoneAnswer | Promise<PhoneAnswer>>
> = {
  scan: ({ server }, text) => server.phone.scan(text),
  'type-code': ({ server }, text) => server.phone.typeCode(text),
  'log-out': ({ server }) => server.phone.logOut(),
  async 'restart-app'(account) {
    await account.restartApp()
    return done
  },
}

function actionOf(value: unknown): AccountAction {
  for (const action of Object.keys(actions)) if (action === value && isAction(action)) return action
  throw new Error('The action is unknown.')
}

function isAction(name: string): name is AccountAction {
  return Object.hasOwn(actions, name)
}

async function openAccount(): Promise<Account> {
  trustTestServers()
  const server = await startWhatsAppServer()
  const folder = await mkdtemp(join(tmpdir(), 'whatsapp-pairing-'))
  const options: BaileysOptions = {
    authFolder: folder,
    socketOptions: { waWebSocketUrl: server.url },
  }
  const startApp = () => {
    const provider = baileys(options)
    // Each handler has new pollers, as in a process that has just started.
    const handler = createHandler({ provider, authorize: () => true }, createPollerRegistry())
    const handle = toNodeListener(handler)
    const underWay = new Set<ServerResponse>()
    return {
      listener(request: IncomingMessage, response: ServerResponse): void {
        underWay.add(response)
        response.once('close', () => underWay.delete(response))
        handle(request, response)
      },
      async end() {
        for (const response of underWay) response.destroy()
        await handler.close()
        await provider.close()
      },
    }
  }
  let app = startApp()
  return {
    server,
    get listener() {
      return app.listener
    },
    async restartApp() {
      await app.end()
      app = startApp()
    },
    async close() {
      await app.end()
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
