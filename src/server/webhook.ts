import { PairingError, toPairingError } from '../core/errors.js'
import { asAmount } from '../core/json.js'
import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { Poller } from '../poller/poller.js'
import type { PairingLogger } from './log.js'
import { createRateLimit } from './rate-limit.js'
import { jsonOf, readJson, readJsonText } from './read-json.js'
import { HandlerError, type Report } from './report.js'
import type { SessionTarget } from './session-target.js'

/**
 * The end of the path of the webhook URL. With `webhookByEvents`, Evolution API appends the name of the event to that URL: to the
 * path, or to the secret after it.
 */
const WEBHOOK_PATH = /\/webhook(?:\/[a-z-]+)?\/?$/
const EVENT_NAME = /\/[a-z-]+$/

/** WAHA's, with the algorithm in a second header. */
const SIGNATURE_HEADER = 'x-webhook-hmac'
const ALGORITHM_HEADER = 'x-webhook-hmac-algorithm'

/** Query parameter for providers that cannot send headers. */
const SECRET_PARAMETER = 'secret'

/** A state with its history is about 1 kB; a provider may be configured to send much more than states to one URL. */
const MAX_WEBHOOK_BYTES = 262_144

/** An older webhook was delayed, or a third party replays it. */
const MAX_AGE_MS = 60_000

/** A QR code lives 20 seconds. */
const MAX_CODE_AGE_MS = 10_000

/** How far the provider's clock may be ahead. */
const CLOCK_SKEW_MS = 60_000

/** The states in which a phone may still scan a code. */
const waitingStates: readonly PairingSnapshot['status'][] = ['unlinked', 'qr', 'preparing']

/** Also for the option `secret` of the handler. In base64 that is 96 bits. */
export const MIN_SECRET_CHARACTERS = 16

/** Random text of 16 characters has more different characters, even if it has only digits. */
const MIN_DIFFERENT_CHARACTERS = 4

/** Wrong secrets that are refused with 403; after that it is 429. */
const WRONG_SECRETS = { size: 20, intervalMs: 5_000 }

/**
 * The secret of your webhooks: at least 16 characters. Or a function that returns the secret for this request, for example by
 * tenant; `undefined` refuses the request.
 */
export type WebhookSecret = string | ((request: Request) => string | undefined | Promise<string | undefined>)

/**
 * Whether a request is for the path of webhooks. Only the path decides: an app may choose the provider by that path, and a page
 * that reads there must not get the provider of another tenant.
 */
export function isWebhook({ url }: Request): boolean {
  return WEBHOOK_PATH.test(new URL(url).pathname)
}

/** Checks the secret of webhooks. */
export interface WebhookGuard {
  /**
   * Resolves with the text of the body, if its signature was checked.
   *
   * @throws {@link PairingError} `sign-in-required`, `forbidden`, `rate-limited`, `invalid-options`, `invalid-request`
   */
  check(request: Request): Promise<string | undefined>
}

/**
 * Creates the guard of one handler. It accepts `Authorization: Bearer …`, `?secret=…`, or `X-Webhook-Hmac`, the HMAC-SHA-512 of
 * the body under the secret, in hexadecimal digits. WAHA signs like this if its `hmac.key` is the secret; then no URL contains
 * it.
 *
 * @see https://waha.devlike.pro/docs/how-to/events/#hmac-authentication
 *
 * @throws {@link PairingError} `invalid-options` for a secret that can be guessed
 */
export function createWebhookGuard(secret: WebhookSecret, report: Report): WebhookGuard {
  if (typeof secret !== 'function' && !isStrong(secret)) throw weakSecretError()
  const wrongSecrets = createRateLimit(WRONG_SECRETS)

  return {
    async check(request) {
      const bearer = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
      const given = bearer ?? new URL(request.url).searchParams.get(SECRET_PARAMETER)
      const signature = request.headers.get(SIGNATURE_HEADER)
      if (!given && !signature)
        throw new PairingError('sign-in-required', 'A webhook needs the secret of this handler.')
      const expected = await expectedSecret(request, secret, report)
      // A correct secret is always accepted. Otherwise an attacker could lock the provider out by guessing.
      if (given) {
        // A `+` of base64 that is pasted into a URL arrives as a space, and a file of a secret ends with a line break.
        const spellings = [given, given.replaceAll(' ', '+')].flatMap((one) => [
          one,
          one.replace(EVENT_NAME, ''),
        ])
        for (const one of new Set(spellings))
          if (expected !== undefined && (await isSameText(one.trim(), expected.trim()))) return undefined
      } else if (expected !== undefined && isSha512(request)) {
        const text = await readJsonText(request, report, MAX_WEBHOOK_BYTES)
        if (await isSigned(text, signature ?? '', expected)) return text
      }
      const retryAfterMs = wrongSecrets.take('')
      if (retryAfterMs > 0) {
        throw new PairingError('rate-limited', 'Too many webhooks with a wrong secret were sent.', {
          retryAfterMs,
        })
      }
      throw new PairingError('forbidden', 'The webhook does not know the secret of this handler.')
    },
  }
}

async function expectedSecret(
  request: Request,
  secret: WebhookSecret,
  report: Report,
): Promise<string | undefined> {
  let expected: string | undefined
  try {
    expected = typeof secret === 'function' ? await secret(request) : secret
  } catch (error) {
    report(error, 'webhookSecret')
    throw toPairingError(error)
  }
  if (expected === undefined || isStrong(expected)) return expected
  const error = weakSecretError()
  report(error, 'webhookSecret')
  throw error
}

/** In JavaScript the secret may be any value. */
function isStrong(secret: unknown): boolean {
  if (typeof secret !== 'string') return false
  const text = secret.trim()
  return text.length >= MIN_SECRET_CHARACTERS && new Set(text).size >= MIN_DIFFERENT_CHARACTERS
}

function weakSecretError(): HandlerError {
  return new HandlerError(
    'invalid-options',
    `webhookSecret must have at least ${MIN_SECRET_CHARACTERS} characters that cannot be guessed, or an attacker could send webhooks. ` +
      'Make one with "openssl rand -base64 32"; an environment variable that is empty is the usual cause.',
  )
}

/** The parts of the handler that {@link handleWebhook} needs. */
export interface WebhookContext {
  /** The body, if it was read to check its signature. */
  readonly text: string | undefined
  readonly pollerOf: (target: SessionTarget) => Poller
  readonly log: PairingLogger
  readonly report: Report
}

/**
 * Handles a webhook. Pages never show its state, because it may be late, replayed, or forged by a third party with the secret.
 * Instead the handler reads the state from the provider, and pages show that. Only its QR code is shown, if it is new and the
 * session still waits for a scan.
 *
 * @throws {@link PairingError} `not-supported`, `invalid-request`; `invalid-answer` for an invalid snapshot
 */
export async function handleWebhook(
  request: Request,
  target: SessionTarget,
  { text, pollerOf, log, report }: WebhookContext,
): Promise<void> {
  const { provider } = target
  if (!provider.readWebhook)
    throw new PairingError(
      'not-supported',
      'The provider of this session has no webhooks that are understood.',
    )
  const receivedAt = Date.now()
  const body = text === undefined ? await readJson(request, report, MAX_WEBHOOK_BYTES) : jsonOf(text)
  // Read before a poller is created, so that a refused webhook does not create one.
  const { snapshot, sentAt } = readWebhook(provider, body, report)
  // Other events that the provider sends to the same URL are accepted, so that it does not resend them.
  if (!snapshot || (sentAt !== undefined && Date.now() - sentAt > MAX_AGE_MS)) return
  log({ event: 'webhook', provider: provider.id, sessionId: provider.sessionId })
  const poller = pollerOf(target)
  // Not awaited: the provider may wait for this response before it responds to the read.
  void poller.refresh().then(({ status, error }) => {
    const isWaiting = !error && waitingStates.includes(status)
    if (snapshot.status === 'qr' && isWaiting && isNew(sentAt)) poller.receive(snapshot, receivedAt)
  })
}

function isNew(sentAt: number | undefined): boolean {
  if (sentAt === undefined) return false
  const ageMs = Date.now() - sentAt
  return ageMs < MAX_CODE_AGE_MS && ageMs > -CLOCK_SKEW_MS
}

function readWebhook(
  provider: PairingProvider,
  body: unknown,
  report: Report,
): { readonly snapshot?: PairingSnapshot | undefined; readonly sentAt?: number | undefined } {
  try {
    const snapshot = provider.readWebhook?.(body)
    if (!snapshot) return {}
    // Decoded again, because additional fields of the app's own provider must not reach a page.
    return {
      snapshot: decodeSnapshot(snapshot, provider.id),
      sentAt: asAmount(provider.webhookSentAt?.(body)),
    }
  } catch (error) {
    report(error, 'readWebhook')
    throw toPairingError(error)
  }
}

function isSha512({ headers }: Request): boolean {
  return (headers.get(ALGORITHM_HEADER) ?? 'sha512').toLowerCase() === 'sha512'
}

async function isSigned(text: string, signature: string, secret: string): Promise<boolean> {
  if (!/^[0-9a-f]{128}$/i.test(signature)) return false
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-512' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify'])
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text))
}

/** Compares signatures under a random key, so that the time of the comparison reveals nothing about the secret. */
async function isSameText(a: string, b: string): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const random = crypto.getRandomValues(new Uint8Array(32))
  const key = await crypto.subtle.importKey('raw', random, algorithm, false, ['sign', 'verify'])
  const encoder = new TextEncoder()
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(a))
  return crypto.subtle.verify('HMAC', key, signature, encoder.encode(b))
}
