import { asRecord } from '../core/json.js'
import type { PairingProvider } from '../core/provider.js'
import { HandlerError, kindOf } from './report.js'

/** A session, and who may share it. */
export interface SessionTarget {
  readonly provider: PairingProvider
  /**
   * Whose it is: pages of one tenant with one `id` and `sessionId` share what is learnt. `undefined` where nobody says: then
   * only one provider object is one session, since anybody could have named another's.
   */
  readonly tenant: string | undefined
}

/** @throws {@link HandlerError} `invalid-options` where a `provider` function returned anything but a provider */
export function checkedProvider(value: unknown): PairingProvider {
  if (isProvider(value)) return value
  throw new HandlerError(
    'invalid-options',
    `The provider function returned ${kindOf(value)} that has no getStatus() and getQrCode(), so nothing can be linked. ` +
      'Return greenApi({ … }) or another provider; for an unknown user throw new PairingError("forbidden").',
  )
}

function isProvider(value: unknown): value is PairingProvider {
  const { getStatus, getQrCode } = asRecord(value)
  return typeof getStatus === 'function' && typeof getQrCode === 'function'
}

/** @throws {@link HandlerError} `invalid-options` where a `tenant` function returned no text: all such tenants would be one */
export function checkedTenant(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new HandlerError(
    'invalid-options',
    `tenant returned ${value === '' ? 'an empty string' : kindOf(value)}, so its sessions cannot be told from those ` +
      'of other tenants. Return the id of the tenant.',
  )
}

const numbers = new WeakMap<PairingProvider, number>()
let lastNumber = 0

/** Names a session in memory: the same for all who share it. */
export function sessionKey({ provider, tenant }: SessionTarget): string {
  const { id, sessionId } = provider
  return JSON.stringify([tenant ?? numberOf(provider), id, sessionId])
}

/** Names a session among replicas, which know nothing of each other's objects; `undefined` where it is not shared. */
export function sharedName(target: SessionTarget): string | undefined {
  return target.tenant === undefined ? undefined : sessionKey(target)
}

function numberOf(provider: PairingProvider): number {
  const known = numbers.get(provider)
  if (known !== undefined) return known
  lastNumber += 1
  numbers.set(provider, lastNumber)
  return lastNumber
}
