import type { PairingProvider } from '../core/provider.js'

/** A session, and who may share it. */
export interface SessionTarget {
  readonly provider: PairingProvider
  /**
   * Whose it is: pages of one tenant with one `id` and `sessionId` share what is learnt. `undefined` where nobody says: then
   * only one provider object is one session, since anybody could have named another's.
   */
  readonly tenant: string | undefined
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
