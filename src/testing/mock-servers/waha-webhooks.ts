import { asRecord, asText } from '../../core/json.js'
import type { Emulator } from '../emulator.js'
import type { WahaMe, WahaSession, WahaStatus } from './waha-session.js'

/** One webhook in a session's configuration. */
interface WahaWebhook {
  readonly url: string
  readonly events: readonly unknown[]
  readonly hmacKey: string | undefined
}

/** What the webhooks need from a session. */
interface Source {
  readonly name: string
  readonly session: WahaSession
  readonly environment: Readonly<Record<string, unknown>>
  webhooks(): readonly WahaWebhook[]
  send(request: Request): unknown
}

interface Step {
  readonly status: WahaStatus
  readonly timestamp: number
}

/** WAHA reports `WORKING` only after this time. */
const WORKING_MS = 2_000

const REPORTED_STATUSES = 3

/**
 * Sends `session.status` for each change of the status, and for each new QR code. Call it after any possible
 * change. It schedules the next change automatically.
 */
export function createWahaWebhooks(emulator: Emulator, source: Source): () => void {
  const { session } = source
  let steps: readonly Step[] = []
  let reported = ''
  let workingSince: number | undefined
  let lastCredentials = session.credentials()
  let delivered: Promise<unknown> = Promise.resolve()
  let pause = new AbortController()

  function keyOf(): string {
    const status = session.status()
    if (status !== 'SCAN_QR_CODE') return status
    const { state } = emulator
    // After a scan there is no code, and WAHA does not report this.
    return state.status === 'pairing' ? `${status} ${state.qrText}` : reported
  }

  function report(status: WahaStatus): void {
    const timestamp = emulator.now()
    // Each start creates a new session object without the history of the previous one.
    const isNew = status === 'STARTING' && steps.at(-1)?.status === 'STOPPED'
    steps = [...(isNew ? [] : steps), { status, timestamp }].slice(-REPORTED_STATUSES)
    const content = bodyOf(status, reportedMe(status))
    lastCredentials = session.credentials()
    for (const webhook of source.webhooks()) {
      if (webhook.events.includes('session.status'))
        delivered = delivered.then(() => deliver(webhook, content))
    }
  }

  function reportedMe(status: WahaStatus): WahaMe | null {
    // A new session object has not read its credentials yet.
    if (status === 'STARTING' && steps.length === 1) return null
    // After a logout, the account that was removed.
    return session.credentials() ?? (status === 'STOPPED' ? lastCredentials : null)
  }

  function bodyOf(status: WahaStatus, me: WahaMe | null) {
    const timestamp = emulator.now()
    const data = session.statusData()
    return {
      id: `evt_${timestamp.toString(36)}`,
      timestamp,
      event: 'session.status',
      session: source.name,
      me,
      payload: { name: source.name, status, statuses: steps, ...(data && { data }) },
      engine: 'NOWEB',
      environment: source.environment,
    }
  }

  async function deliver({ url, hmacKey }: WahaWebhook, content: { timestamp: number }): Promise<void> {
    const body = JSON.stringify(content)
    const { timestamp } = content
    const headers = new Headers({
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/json',
      'user-agent': 'WAHA/2026.2.1',
      'x-webhook-request-id': timestamp.toString(36),
      'x-webhook-timestamp': String(timestamp),
    })
    if (hmacKey) {
      headers.set('x-webhook-hmac', await hmacOf(hmacKey, body))
      headers.set('x-webhook-hmac-algorithm', 'sha512')
    }
    // WAHA retries if the app's server fails. This mock server does not.
    await Promise.resolve(source.send(new Request(url, { method: 'POST', headers, body }))).catch(() => {})
  }

  function sendChanges(): void {
    pause.abort()
    pause = new AbortController()
    const key = keyOf()
    const status = session.status()
    const at = emulator.now()
    if (status !== 'WORKING') workingSince = undefined
    else workingSince ??= at
    const reportsAt = workingSince === undefined ? at : workingSince + WORKING_MS
    if (key !== reported && at >= reportsAt) {
      reported = key
      report(status)
    }
    const isPending = key !== reported
    const next = Math.min(session.nextChangeAt(), isPending ? reportsAt : Number.POSITIVE_INFINITY)
    if (Number.isFinite(next)) emulator.wait(next - at, pause.signal).then(sendChanges, () => {})
  }

  reported = keyOf()
  emulator.subscribe(({ action }) => {
    if (action !== 'fail' && action !== 'recover') sendChanges()
  })
  sendChanges()
  return sendChanges
}

/** The webhooks in a session's configuration. */
export function webhooksOf(config: unknown): readonly WahaWebhook[] {
  const { webhooks } = asRecord(config)
  if (!Array.isArray(webhooks)) return []
  return webhooks.flatMap((webhook: unknown) => {
    const { url, events, hmac } = asRecord(webhook)
    const address = asText(url)
    if (!address || !Array.isArray(events)) return []
    return [{ url: address, events, hmacKey: asText(asRecord(hmac).key) }]
  })
}

async function hmacOf(key: string, body: string): Promise<string> {
  const bytes = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-512' }
  const secret = await crypto.subtle.importKey('raw', bytes.encode(key), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', secret, bytes.encode(body)))
  return [...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
