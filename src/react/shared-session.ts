import { focusManager, onlineManager, type QueryClient } from '@tanstack/react-query'
import { toPairingError } from '../core/errors.js'
import { nextDeadline } from '../core/next-request.js'
import { printOnce } from '../core/print-error.js'
import type { PairingProvider } from '../core/provider.js'
import { transition } from '../core/session.js'
import type { SessionEvent, SessionState } from '../core/session-state.js'
import { callHost } from './call-host.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { SessionCell, type SessionMemory } from './session-cell.js'
import type { PushWatch } from './watch-push.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** What tells one session from another in the query cache. Holds no secret. */
export type PairingQueryKey = readonly ['whatsapp-pairing', 'session' | 'status', string, string]

/** The part of a provider that names it. */
export type PairingTarget = Pick<PairingProvider, 'id' | 'sessionId'>

/** The key of the cached session of a provider. */
export function pairingSessionQueryKey({ id, sessionId }: PairingTarget): PairingQueryKey {
  return ['whatsapp-pairing', 'session', id, sessionId]
}

/** What a component that shows the session wants of it, at this moment. */
export interface SessionMember extends PairingCallbacks {
  readonly provider: PairingProvider
  readonly autoStart?: boolean | undefined
}

/** What lies between two states; `before` is missing for the first one. */
interface Step {
  readonly before: SessionState | undefined
  readonly after: SessionState
  readonly at: number
}

/** Timers stand still while a machine sleeps: after that, no code is up for longer than this beyond its time. */
const LONGEST_TIMER_MS = 2_000

/** The sessions that components of a client show. One subscription to the cache serves them all. */
interface ClientSessions {
  readonly byKey: Map<string, SharedSession>
  readonly unsubscribe: () => void
}

const clients = new WeakMap<QueryClient, ClientSessions>()

function nameOf(id: unknown, sessionId: unknown): string {
  return JSON.stringify([id, sessionId])
}

function sessionsOf(client: QueryClient): ClientSessions {
  const known = clients.get(client)
  if (known) return known
  const byKey = new Map<string, SharedSession>()
  const unsubscribe = client.getQueryCache().subscribe(({ type, query: { queryKey } }) => {
    if (type !== 'updated' && type !== 'added' && type !== 'removed') return
    const [scope, kind, id, sessionId] = queryKey
    // Each event concerns one session: with many on a page, the others must not spend time on it.
    if (scope === 'whatsapp-pairing' && kind === 'session') byKey.get(nameOf(id, sessionId))?.update()
  })
  const sessions = { byKey, unsubscribe }
  clients.set(client, sessions)
  return sessions
}

/**
 * Adds a component to those that show a session. The first one makes it run: its timers, what is pushed, its callbacks.
 *
 * @param read What the component wants, at any moment until it has left.
 * @param isReopened The user opened a dialog.
 * @returns What the component calls when it is unmounted. The session does not end at once with the last one: StrictMode, and
 * a component that moves, mount again in the same turn.
 */
export function joinSession(
  client: QueryClient,
  target: PairingTarget,
  read: () => SessionMember,
  isReopened = false,
): () => void {
  const { byKey } = sessionsOf(client)
  const name = nameOf(target.id, target.sessionId)
  const session = byKey.get(name) ?? new SharedSession(client, target)
  byKey.set(name, session)
  const member = { read }
  session.join(member, isReopened)
  return () =>
    queueMicrotask(() => {
      if (!session.leave(member)) return
      byKey.delete(name)
      if (byKey.size > 0) return
      clients.get(client)?.unsubscribe()
      clients.delete(client)
    })
}

/**
 * The provider to send the next request with. Outside production each object among the components has its turn, because only
 * a response shows whether it reaches the same session as the others.
 */
export function senderOf(
  client: QueryClient,
  target: PairingTarget,
  provider: PairingProvider,
): PairingProvider {
  if (process.env.NODE_ENV === 'production') return provider
  const { id, sessionId } = target
  return clients.get(client)?.byKey.get(nameOf(id, sessionId))?.untested() ?? provider
}

/** Reports the steps of a session from now on, because a component has begun to want them. */
export function recordSession(client: QueryClient, { id, sessionId }: PairingTarget): void {
  clients.get(client)?.byKey.get(nameOf(id, sessionId))?.record()
}

/**
 * Folds an event into the cached session and returns whether it changed anything. A state that stays is not written:
 * its timers run on.
 *
 * @param from The provider whose response it is.
 */
export function foldEvent(
  client: QueryClient,
  target: PairingTarget,
  event: SessionEvent,
  from?: PairingProvider,
): boolean {
  const queryKey = pairingSessionQueryKey(target)
  const cell = client.getQueryData(queryKey)
  const before = SessionCell.stateIn(cell)
  const after = before && transitionSafely(before, event)
  const session = clients.get(client)?.byKey.get(nameOf(target.id, target.sessionId))
  if (from && event.type === 'responded') session?.compareTags(from, event.snapshot.session)
  if (!after || after === before) return false
  client.setQueryData(queryKey, new SessionCell(after, cell))
  session?.report({ before, after, at: event.at })
  return true
}

/** A provider of your own may send data of no documented form; the same request must not be repeated without end. */
function transitionSafely(state: SessionState, event: SessionEvent): SessionState {
  try {
    return transition(state, event)
  } catch (error) {
    const request = 'request' in event ? event.request : 'status'
    return transition(state, { type: 'request-failed', request, error: toPairingError(error), at: event.at })
  }
}

interface Member {
  readonly read: () => SessionMember
}

/** All that runs once for a cached session, however many components show it. */
class SharedSession {
  readonly #client: QueryClient
  readonly #target: PairingTarget
  readonly #members = new Set<Member>()
  #stops: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #deadline = Number.POSITIVE_INFINITY
  #push: PushWatch | 'loading' | undefined
  /** Takes steps as soon as a component wants them. */
  #record: ((step: Step) => void) | undefined
  /** Steps wait for the module that names them, and the callbacks for the end wait for the steps. */
  #areStepsLate = false
  /** The component that steps are reported to; the last one also gets those of its own leaving. */
  #recorder: Member | undefined

  constructor(client: QueryClient, target: PairingTarget) {
    this.#client = client
    this.#target = target
  }

  get #cell(): unknown {
    return this.#client.getQueryData(pairingSessionQueryKey(this.#target))
  }

  get #state(): SessionState | undefined {
    return SessionCell.stateIn(this.#cell)
  }

  get #memory(): SessionMemory | undefined {
    return SessionCell.memoryIn(this.#cell)
  }

  #fold(event: SessionEvent, from?: PairingProvider): boolean {
    return foldEvent(this.#client, this.#target, event, from)
  }

  join(member: Member, isReopened: boolean): void {
    const isFirst = this.#members.size === 0
    this.#members.add(member)
    const { autoStart = true } = member.read()
    this.record()
    if (isFirst) {
      this.#stops = [focusManager.subscribe(this.#look), onlineManager.subscribe(this.#look)]
      this.#look()
      if (this.#fold({ type: 'returned', autoStart, isReopened, at: Date.now() })) this.#refetch()
    }
    this.#startPush()
    this.#reportEnd()
    this.update()
  }

  /** Returns whether it was the last one. */
  leave(member: Member): boolean {
    if (this.#members.size === 1) this.#fold({ type: 'left', at: Date.now() })
    this.#members.delete(member)
    if (this.#members.size > 0) return false
    for (const stop of this.#stops) stop()
    clearTimeout(this.#timer)
    if (typeof this.#push === 'object') this.#push.stop()
    return true
  }

  /** The cached session has changed. */
  update(): void {
    if (this.#members.size === 0) return
    const state = this.#state
    const deadline = state ? nextDeadline(state.facts) : Number.POSITIVE_INFINITY
    if (deadline !== this.#deadline) {
      this.#deadline = deadline
      clearTimeout(this.#timer)
      const waitMs = Math.min(Math.max(deadline - Date.now(), 0), LONGEST_TIMER_MS)
      if (Number.isFinite(deadline)) this.#timer = setTimeout(this.#pass, waitMs)
    }
    if (typeof this.#push === 'object') this.#push.update()
  }

  /** Time is up while a request hangs or the network is gone too: the refetch interval waits for responses. */
  readonly #pass = (): void => {
    this.#deadline = Number.POSITIVE_INFINITY
    this.#fold({ type: 'time-passed', at: Date.now() })
    this.update()
  }

  readonly #look = (): void => {
    const isWatched = focusManager.isFocused() && onlineManager.isOnline()
    this.#fold({ type: 'attention-changed', isWatched, at: Date.now() })
    this.update()
  }

  #refetch(): void {
    const queryKey = pairingSessionQueryKey(this.#target)
    void this.#client.invalidateQueries({ queryKey }, { cancelRefetch: false })
  }

  /** What pushing takes is loaded beside the first request; without it, the session polls. */
  #startPush(): void {
    const provider = () => [...this.#members].map(({ read }) => read().provider).find(canPush)
    if (this.#push || !provider()) return
    this.#push = 'loading'
    import('./watch-push.js').then(
      ({ watchPush }) => {
        if (this.#members.size === 0) return
        this.#push = watchPush({
          state: () => this.#state,
          fold: (event, from) => this.#fold(event, from),
          provider,
        })
        this.#push.update()
      },
      () => {},
    )
  }

  /** What turns states into steps is loaded when a component wants them; until it is there, they are kept. */
  record(): void {
    const recorder = [...this.#members].find(({ read }) => read().onEvent)
    this.#recorder = recorder ?? this.#recorder
    if (!recorder || this.#record) return
    const waiting: Step[] = []
    this.#record = (step) => void waiting.push(step)
    this.#areStepsLate = true
    const state = this.#state
    const memory = this.#memory
    if (state && memory && memory.reported !== state) {
      memory.reported = state
      waiting.push({ before: undefined, after: state, at: Date.now() })
    }
    import('../core/session-report.js').then(
      ({ reportSteps }) => {
        this.#record = ({ before, after, at }) => {
          for (const event of reportSteps(before, after, at)) {
            const { onEvent, onError } = this.#recorder?.read() ?? {}
            callHost('onEvent', () => onEvent?.(event), onError)
          }
        }
        for (const step of waiting) this.#record(step)
        this.#areStepsLate = false
        this.#reportEnd()
      },
      () => {
        // Without it no steps are reported, which the user does not notice.
        this.#areStepsLate = false
        this.#reportEnd()
      },
    )
  }

  /** Something happened to the session. */
  report(step: Step): void {
    this.record()
    const memory = this.#memory
    if (this.#record && memory) memory.reported = step.after
    this.#record?.(step)
    this.#reportEnd()
  }

  /** Calls `onLinked` or `onError` of one component, once for an end. */
  #reportEnd(): void {
    const state = this.#state
    const memory = this.#memory
    if (!state || !memory || this.#areStepsLate) return
    const { session, facts } = state
    // No time in it: a clock that is set back must not make it another end.
    const end = `${facts.attempt} ${facts.phase.name}`
    if ((session.status !== 'linked' && session.status !== 'failed') || memory.end === end) return
    const name = session.status === 'linked' ? 'onLinked' : 'onError'
    const member = [...this.#members].map(({ read }) => read()).find((callbacks) => callbacks[name])
    if (!member) return
    memory.end = end
    const { onLinked, onError } = member
    if (session.status === 'linked') callHost(name, () => onLinked?.(session.account), onError)
    else callHost(name, () => onError?.(session.error), onError)
  }

  /** A provider of a component of which no tag is known, where another one has sent a tag. */
  untested(): PairingProvider | undefined {
    const tags = this.#memory?.tags
    if (!tags || !this.#state?.facts.setup.tag) return undefined
    return [...this.#members].map(({ read }) => read().provider).find((provider) => !tags.has(provider))
  }

  /** Two providers that name the same session must reach the same one. */
  compareTags(from: PairingProvider, tag: string | undefined): void {
    const tags = this.#memory?.tags
    if (!tag || !tags) return
    tags.set(from, tag)
    if (process.env.NODE_ENV === 'production') return
    const providers = [...this.#members].map(({ read }) => read().provider)
    const isMixed = providers.includes(from) && providers.some((other) => (tags.get(other) ?? tag) !== tag)
    const { id, sessionId } = this.#target
    if (isMixed)
      printOnce(
        `tags ${id} ${sessionId}`,
        `Two providers have the id "${id}" and the sessionId "${sessionId}", but the server says that they are different sessions. They share one cached session, so each shows the codes of the other. Give each its own sessionId: proxy({ url, sessionId }).`,
      )
  }
}

function canPush({ subscribe }: PairingProvider): boolean {
  return subscribe !== undefined
}
