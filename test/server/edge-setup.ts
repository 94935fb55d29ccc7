import {
  createPairingHandler,
  createPairingLink,
  normalizeQrPayload,
  type PairingHandler,
  type PairingLogEntry,
  type PairingProvider,
  type PairingSnapshot,
  verifyPairingLink,
} from '../../src/server.js'

// This file runs inside the edge runtime, so it imports nothing from Node or Vitest and returns text.

const HANDLER_URL = 'https://host.example/api/pairing'
const LINK_SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const WEBHOOK_SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

/** The response as text. */
interface EdgeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 200,
  qrMinIntervalMs: 100,
  statusIntervalMs: 200,
  pairingCodeLifetimeMs: 150_000,
  requestTimeoutMs: 30_000,
}

const calls: string[] = []
const log: PairingLogEntry[] = []

function answer(call: string, snapshot: PairingSnapshot): Promise<PairingSnapshot> {
  calls.push(call)
  return Promise.resolve(snapshot)
}

/** The phone has scanned. From its webhook on, the provider reports this, until another webhook arrives. */
let isScanned = false

const provider: PairingProvider = {
  id: 'edge',
  sessionId: 'tenant-7',
  timing,
  getStatus: () => answer('getStatus', { status: isScanned ? 'linking' : 'unlinked' }),
  getQrCode: () =>
    answer('getQrCode', { status: 'qr', qrCode: normalizeQrPayload('2@ref,noise,identity,adv,1') }),
  requestPairingCode: (phoneNumber) =>
    answer(`requestPairingCode ${phoneNumber}`, { status: 'pairing-code', pairingCode: 'ABCD1234' }),
  reset: async () => void calls.push('reset'),
  unlink: async () => void calls.push('unlink'),
  readWebhook(body) {
    isScanned = JSON.stringify(body) === '{"state":"scanned"}'
    return isScanned ? { status: 'linking' } : undefined
  },
}

const handler: PairingHandler = createPairingHandler({
  authorize: async (request) => Boolean(await verifyPairingLink(request, { secret: LINK_SECRET })),
  provider,
  webhookSecret: WEBHOOK_SECRET,
  allowedOrigins: ['https://app.example'],
  log: (entry) => log.push(entry),
})

/** Returns the token of a link that this runtime created `ageMs` ago, valid for a minute. */
async function tokenOf(ageMs: number): Promise<string> {
  const link = await createPairingLink({
    secret: LINK_SECRET,
    url: 'https://app.example/pair',
    sessionId: 'tenant-7',
    expiresInMs: 60_000,
    now: () => Date.now() - ageMs,
  })
  return new URL(link).hash.replace('#pairing=', '')
}

/** Sends a request and reads its whole response. */
async function send(path: string, init: RequestInit): Promise<EdgeAnswer> {
  const response = await handler(new Request(`${HANDLER_URL}${path}`, init))
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }
}

/** Reads a live stream until `isEnough`; runs `meanwhile` once the stream is open. */
async function watch(
  init: RequestInit,
  isEnough: (text: string) => boolean,
  meanwhile: () => Promise<unknown>,
): Promise<EdgeAnswer> {
  const response = await handler(new Request(`${HANDLER_URL}?events`, init))
  const reader = response.body?.getReader()
  if (!reader) throw new Error('The response has no body')
  const decoder = new TextDecoder()
  let body = ''
  const happened = meanwhile()
  while (!isEnough(body)) {
    const { done, value } = await reader.read()
    if (done) break
    body += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  await happened
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}

/** Returns the provider requests since the last call. */
function takeCalls(): readonly string[] {
  return calls.splice(0)
}

/** The number of watchers in the last log entry. */
function watchers(): number {
  return log.reduce((count, entry) => (entry.event === 'watchers' ? entry.watchers : count), 0)
}

/** The globals of Node that exist. */
function nodeGlobals(): readonly string[] {
  const names = [
    'process',
    'Buffer',
    'require',
    'module',
    'global',
    'setImmediate',
    '__dirname',
    '__filename',
  ]
  return names.filter((name) => name in globalThis)
}

/** What the test may call inside the runtime. */
export const edgeSetup = { WEBHOOK_SECRET, tokenOf, send, watch, takeCalls, watchers, nodeGlobals }
