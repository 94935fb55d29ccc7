import type { QueryCacheNotifyEvent, QueryClient } from '@tanstack/react-query'
import type { LinkEvent } from '../../core/link-status.js'
import type { SessionState } from '../../core/session-state.js'
import { SessionCell } from '../session/session-cell.js'
import { type PairingTarget, storeKey, storesOf } from '../session/session-stores.js'
import { StatusCell } from './status-cell.js'
import { statusQueryKey } from './status-query.js'

/** The number of components that share the two caches of a client, and the function that ends the sharing. */
interface Sharing {
  components: number
  readonly stop: () => void
}

const shares = new WeakMap<QueryClient, Sharing>()

/**
 * While a component shows a status, the pairing screens of the same page update it, and it updates them. There is one listener
 * for each client, for any number of components. Pages without a status have none.
 */
export function shareStatus(client: QueryClient): () => void {
  const sharing = shares.get(client) ?? { components: 0, stop: listen(client) }
  shares.set(client, sharing)
  sharing.components += 1
  return () => {
    sharing.components -= 1
    if (sharing.components > 0) return
    sharing.stop()
    shares.delete(client)
  }
}

function listen(client: QueryClient): () => void {
  /** Sessions that show a link, by the key of their store. */
  const linked = new Set<string>()
  for (const [key, store] of storesOf(client))
    if (store.read()?.facts.phase.name === 'linked') linked.add(key)
  return client.getQueryCache().subscribe((event) => {
    const changed = changeIn(event)
    if (!changed) return
    const { kind, id, sessionId, data } = changed
    if (kind === 'status') toSession(client, { id, sessionId }, data)
    else toStatus(client, { id, sessionId }, SessionCell.stateIn(data), linked)
  })
}

function changeIn(event: QueryCacheNotifyEvent) {
  if (event.type !== 'updated' || event.action.type !== 'success') return undefined
  const { queryKey } = event.query
  const [scope, kind, id, sessionId]: readonly unknown[] = queryKey
  if (scope !== 'whatsapp-pairing' || typeof id !== 'string' || typeof sessionId !== 'string')
    return undefined
  return { kind, id, sessionId, data: event.query.state.data }
}

/** A link on the pairing screen becomes a linked status. When it ends there, the status is read. */
function toStatus(
  client: QueryClient,
  target: PairingTarget,
  state: SessionState | undefined,
  linked: Set<string>,
): void {
  const key = storeKey(target.id, target.sessionId)
  const queryKey = statusQueryKey(target)
  const isShown = client.getQueryCache().find({ queryKey }) !== undefined
  const event = state && linkIn(state)
  const wasLinked = linked.has(key)
  if (event) linked.add(key)
  else linked.delete(key)
  if (!isShown) return
  if (event) client.setQueryData(queryKey, StatusCell.of(event))
  else if (wasLinked) void client.invalidateQueries({ queryKey })
}

function linkIn({ facts }: SessionState): LinkEvent | undefined {
  const { phase, source, offer, now, isConfirmed } = facts
  if (phase.name !== 'linked' || !source || !isConfirmed) return undefined
  const { account, syncProgress } = phase
  const { abilities } = offer
  return { at: now, update: { ...source, abilities, status: 'linked', account, syncProgress } }
}

/** A status that was read here updates a pairing screen that shows another state. */
function toSession(client: QueryClient, { id, sessionId }: PairingTarget, data: unknown): void {
  const store = storesOf(client).get(storeKey(id, sessionId))
  const facts = store?.read()?.facts
  const update = StatusCell.updateIn(data)
  const { cached, isCurrent } = StatusCell.factsIn(data)
  // A remounted component reads anyway.
  if (!store || !update || !isCurrent || !facts || facts.leftAt !== undefined) return
  if ((cached?.status === 'linked') === (facts.phase.name === 'linked')) return
  const at = Date.now()
  store.fold({ type: 'updated', update, sentAt: at, at })
}
