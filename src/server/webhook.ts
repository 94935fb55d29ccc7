import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { Poller } from '../poller/poller.js'
import { readJson } from './read-json.js'
import { HandlerError, type Report } from './report.js'
import type { SessionTarget } from './session-target.js'

/** Ends the path of the URL that a provider is given for its webhooks. */
const WEBHOOK_PATH = /\/webhook\/?$/

/** Query parameter for providers that can send no header. */
const SECRET_PARAMETER = 'secret'

/** A state with its history is about 1 kB; a provider may be told to send much more than states to one URL. */
const MAX_WEBHOOK_BYTES = 262_144

/** The secret of the host's webhooks, or a function that gives the one of this request: one for each tenant. */
export type WebhookSecret = string | ((request: Request) => string | undefined | Promise<string | undefined>)

/**
 * Whether a request is for the path of webhooks. By the path alone: a host that chooses the provider by it must not be
 * led to somebody else's by a page that is signed in and merely reads there.
 */
export function isWebhook({ url }: Request): boolean {
  return WEBHOOK_PATH.test(new URL(url).pathname)
}

/**
 * Refuses a webhook that does not know the secret: `Authorization: Bearer …`, or `?secret=…`.
 *
 * @throws {@link PairingError} `sign-in-required`, `forbidden`
 */
export async function checkWebhookSecret(
  request: Request,
  secret: WebhookSecret,
  report: Report,
): Promise<void> {
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const given = bearer ?? new URL(request.url).searchParams.get(SECRET_PARAMETER)
  if (!given) throw new PairingError('sign-in-required', 'A webhook needs the secret of this handler.')
  const expected = await expectedSecret(request, secret, report)
  // An environment variable that is not set must not let anybody in.
  if (!expected || !(await isSameText(given, expected)))
    throw new PairingError('forbidden', 'The webhook does not know the secret of this handler.')
}

async function expectedSecret(
  request: Request,
  secret: WebhookSecret,
  report: Report,
): Promise<string | undefined> {
  try {
    const expected = typeof secret === 'function' ? await secret(request) : secret
    if (expected !== '') return expected
  } catch (error) {
    report(error, 'webhookSecret')
    throw toPairingError(error)
  }
  const message =
    'webhookSecret is an empty string, so every webhook is refused. Set it; an environment variable that is missing is ' +
    'the usual cause.'
  report(new HandlerError('invalid-options', message), 'webhookSecret')
  return undefined
}

/**
 * Takes a webhook in.
 *
 * @throws {@link PairingError} `not-supported`, `invalid-request`; `invalid-answer` for a provider's word that is none
 */
export async function takeWebhook(
  request: Request,
  target: SessionTarget,
  pollerOf: (target: SessionTarget) => Poller,
  report: Report,
): Promise<void> {
  const { provider } = target
  if (!provider.readWebhook)
    throw new PairingError(
      'not-supported',
      'The provider of this session has no webhooks that are understood.',
    )
  const body = await readJson(request, report, MAX_WEBHOOK_BYTES)
  const snapshot = readWebhook(provider, body, report)
  // Messages and whatever else the provider tells at the same URL: not ours, and no reason to send it again.
  if (snapshot) pollerOf(target).receive(snapshot)
}

function readWebhook(provider: PairingProvider, body: unknown, report: Report): PairingSnapshot | undefined {
  try {
    const snapshot = provider.readWebhook?.(body)
    // Decoded, for what a host's own provider hands on beside the fields of a snapshot must not reach a page.
    return snapshot && decodeSnapshot(snapshot)
  } catch (error) {
    report(error, 'readWebhook')
    throw toPairingError(error)
  }
}

/** Compares signatures under a key of the moment, so that the time it takes tells nothing about the secret. */
async function isSameText(a: string, b: string): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const random = crypto.getRandomValues(new Uint8Array(32))
  const key = await crypto.subtle.importKey('raw', random, algorithm, false, ['sign', 'verify'])
  const encoder = new TextEncoder()
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(a))
  return crypto.subtle.verify('HMAC', key, signature, encoder.encode(b))
}
