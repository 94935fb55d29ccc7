import { asRecord } from '../core/json.js'
import type { PairingProvider } from '../core/provider.js'
import { HandlerError, kindOf } from './report.js'

/** A session and its tenant. */
export interface SessionTarget {
  readonly provider: PairingProvider
  /**
   * The id of the tenant. Requests with the same tenant, and with the same `id` and `sessionId` of the provider, share a session.
   * `''` if there is a single provider.
   */
  readonly tenant: string
}

/** @throws {@link HandlerError} `invalid-options` if the option is no provider, or its function did not return one */
export function checkedProvider(value: unknown): PairingProvider {
  if (isProvider(value)) return value
  throw new HandlerError(
    'invalid-options',
    `"provider" of createPairingHandler() is, or returned, ${kindOf(value)} without "id", "sessionId", getStatus() and getQrCode(), so ` +
      'nothing can be linked. Give or return greenApi({ … }) or another provider; for an unknown user throw new ' +
      'PairingError("forbidden").',
  )
}

/** Without the two ids, different providers would share a session. */
function isProvider(value: unknown): value is PairingProvider {
  const { id, sessionId, getStatus, getQrCode } = asRecord(value)
  const isNamed = [id, sessionId].every((name) => typeof name === 'string' || typeof name === 'number')
  return isNamed && typeof getStatus === 'function' && typeof getQrCode === 'function'
}

/**
 * @throws {@link HandlerError} `invalid-options` if a `tenant` function did not return a text, because all such tenants would
 * share a session
 */
export function checkedTenant(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new HandlerError(
    'invalid-options',
    `tenant returned ${value === '' ? 'an empty string' : kindOf(value)}, so its sessions cannot be distinguished from those ` +
      'of other tenants. Return the id of the tenant as text.',
  )
}

/** Identifies a session, equally on every replica. */
export function sessionKey({ provider, tenant }: SessionTarget): string {
  const { id, sessionId } = provider
  return JSON.stringify([tenant, id, sessionId])
}

/**
 * The provider of a handler that may start nothing. If getting a code may start a pairing, the state is read instead, even after
 * the last code has expired.
 */
export function withoutStarts(provider: PairingProvider): PairingProvider {
  if (!provider.startsOnRead) return provider
  // Not a copy: a provider may be an instance of a class with private fields.
  return new Proxy(provider, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name === 'getQrCode' ? 'getStatus' : name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A session beyond this limit is treated as new. Its link is reported once more, which is harmless because of `linkId`. */
const MAX_SESSIONS = 10_000

/** Stores a value for a session. Beyond the limit, the one that was not stored for the longest time is dropped. */
export function rememberSession<Value>(sessions: Map<string, Value>, key: string, value: Value): void {
  // Moves the session to the end.
  sessions.delete(key)
  sessions.set(key, value)
  const [oldest] = sessions.keys()
  if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
}
