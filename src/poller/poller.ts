import { decodeTiming } from '../core/decode-offer.js'
import { PairingError, toPairingError } from '../core/errors.js'
import type {
  PairingMemory,
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
} from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import {
  PAIRING_CODE,
  type PairingAction,
  type PairingUpdate,
  type PairingWant,
  type UpdateReason,
} from '../core/update.js'
import { callProvider } from './call-provider.js'
import { makeUpdate } from './make-update.js'
import type { PolledSession, PollerHost } from './poller-host.js'
import { createProviderSubscription } from './provider-subscription.js'
import {
  afterChange,
  afterFailure,
  afterGap,
  afterSnapshot,
  dueRequest,
  initialPollState,
  isSetBack,
  nextRequest,
  type PollState,
  type SnapshotOrigin,
} from './schedule.js'
import { createSharedRequests } from './shared-requests.js'

/** A page that gets each update of a session. */
export interface Watcher {
  /** What its user sees: a QR code that no page shows is not requested. */
  readonly method: PairingMethod
  /** There is a newer update. Read it with {@link Poller.update}, now or as soon as there is room for it. */
  notify(): void
}

/** The only place that decides what to request from a provider, and when. One for each session. */
export interface Poller {
  /**
   * The update of this moment. A request is sent to the provider, or joined, only where one is due.
   *
   * @param expired - The `codeId` of a QR code, or `pairing-code`, that has expired in front of a user: the state is read once
   * more, so that a scan in its last moment is seen. Once for each code, however many pages say so.
   * @throws {@link PairingError} `aborted` when `signal` is; a failed request is an update with an `error`.
   */
  read(want: PairingWant, signal: AbortSignal, expired?: string | null): Promise<PairingUpdate>
  /** Changes something at the provider; the cached state from before is invalid, also where the change fails. */
  change<Value>(
    action: PairingAction,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<Value>,
  ): Promise<Value>
  /**
   * Requests the state because the provider says that something has changed: at most one request for each minimum interval of
   * the provider. Resolves with the update after it.
   */
  refresh(): Promise<PairingUpdate>
  /** Takes in a snapshot that was not requested: the QR code of a webhook. */
  receive(snapshot: PairingSnapshot): void
  /** Takes in a pairing code that the provider issued for a number. */
  receiveCode(snapshot: PairingSnapshot, phoneNumber: string): void
  /** Polls the provider until the returned function is called. */
  watch(watcher: Watcher): () => void
  /** The cached update, as a page with this method gets it. */
  update(method: PairingMethod): PairingUpdate
  readonly watchers: number
  /** Whether a start would be another one: several pages that see a sleeping session start it once. */
  readonly mayStart: boolean
  /** The user asked for a start, at a provider whose reads start a pairing. */
  permitStart(): void
  /** Ends all requests, timers and subscriptions. */
  close(): void
}

/** What {@link createPoller} needs. */
export interface PollerOptions {
  /** Names the session; see {@link PairingUpdate.session}. */
  readonly session: string
  /** The provider of this session, which may be another object at each call, and whose it is. */
  readonly target: () => PolledSession
  /** May be another object at each call. */
  readonly host: () => PollerHost
  /** Nothing reads, watches or changes the session any more; its state is worth keeping for so many milliseconds. */
  readonly onIdle: (keepMs: number) => void
}

/** Longer than any pace at which a page reads, so that polling pages share state and backoff. In milliseconds. */
const IDLE_MS = 60_000

/** A provider may want a pause of up to an hour; no timer may keep what no page reads for longer. In milliseconds. */
const KEEP_LONGEST_MS = 3_600_000

/** Starts of several pages within this time (milliseconds) are one. */
const START_TOGETHER_MS = 30_000

const reasons: Readonly<Record<PairingAction, UpdateReason | undefined>> = {
  start: undefined,
  reset: 'reset',
  unlink: 'unlinked',
  'request-pairing-code': 'code-replaced',
}

/** Makes the poller of a session. */
export function createPoller({ session, target, host, onIdle }: PollerOptions): Poller {
  const provider = () => target().provider
  const timing = timingOf(provider())
  const origin = crypto.randomUUID()
  const watchers = new Set<Watcher>()
  const ended = new AbortController()
  let poll: PollState = { ...initialPollState, startsOnRead: provider().startsOnRead === true }
  /** What adapters that are made anew for each request keep of this session. */
  const memory: PairingMemory = {}
  let seq = 0
  let revision: number | undefined
  let reason: UpdateReason | undefined
  /** How long the last response travelled: what is promised must leave time for it. */
  let latencyMs = 0
  /** The last code that a page reported as expired. */
  let lookedFor: string | undefined
  let startedAt = Number.NEGATIVE_INFINITY
  /** The session was awake after the last start. */
  let wasAwake = true
  /** Changes under way. */
  let changes = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The last request to the provider. */
  let requestedAt = Number.NEGATIVE_INFINITY
  let refreshing: Promise<PairingUpdate> | undefined
  /** Of the requests that only watchers wait for; `undefined` while no page watches. */
  let loop: AbortController | undefined

  const requests = createSharedRequests(async (want, signal) => {
    const sentAt = Date.now()
    requestedAt = sentAt
    const sentIn = revision
    const asked = provider()
    try {
      const snapshot = await callProvider(
        { provider: asked, call: want, host: host(), signals: [signal] },
        async ({ signal: own }) => {
          const options = { signal: own, memory }
          // Fields that are no part of a snapshot must not leave the server.
          return decodeSnapshot(
            await (want === 'state' ? asked.getStatus(options) : asked.getQrCode(options)),
          )
        },
      )
      latencyMs = Date.now() - sentAt
      // A response from before a change, or to an aborted request, says nothing about now.
      if (signal.aborted || sentIn !== revision) return
      take(snapshot, { want, sentAt, at: Date.now() })
      host().observe(target(), snapshot)
      publish(snapshot)
    } catch (error) {
      // By the signal and not by the code: a provider may call anything aborted.
      if (!signal.aborted && sentIn === revision) fail(toPairingError(error))
    }
  }, rest)

  const replicas = host().connect(session, (message) => {
    // Updates from other replicas are treated like our own responses.
    if (message.type === 'changed') changed(message.revision, undefined)
    else receive(message.snapshot)
  })

  const subscription = createProviderSubscription({
    provider,
    host,
    onSnapshot(snapshot) {
      receive(snapshot, true)
      host().observe(target(), snapshot)
      publish(snapshot)
    },
    onError: fail,
    onGap() {
      poll = afterGap(poll)
      plan()
    },
  })

  function set(next: PollState): void {
    poll = next
    seq += 1
    plan()
    for (const watcher of [...watchers]) watcher.notify()
  }

  function take(snapshot: PairingSnapshot, from: SnapshotOrigin): void {
    if (snapshot.status !== 'stopped' && snapshot.status !== 'preparing') wasAwake = true
    set(afterSnapshot(poll, snapshot, from, timing))
  }

  function receive(snapshot: PairingSnapshot, isPushed = false): void {
    const at = Date.now()
    take(snapshot, { isPushed, sentAt: at, at })
  }

  function fail(error: PairingError): void {
    set(afterFailure(poll, error, Date.now(), Math.random()))
  }

  function changed(at: number, why: UpdateReason | undefined, isStarted = false): void {
    if (revision !== undefined && at <= revision) return
    revision = at
    reason = why
    requests.forget()
    set(afterChange(poll, isStarted))
  }

  async function refresh(): Promise<PairingUpdate> {
    const at = Date.now()
    // A clock that was set back must not hold it up.
    const nextAt = requestedAt > at ? at : requestedAt + timing.qrMinIntervalMs
    const waitMs = Math.max(nextAt, poll.quietUntil) - at
    if (waitMs > 0) await pause(waitMs, ended.signal)
    await requests.join('state', ended.signal).catch(() => {})
    rest()
    return update('qr')
  }

  function publish(snapshot: PairingSnapshot): void {
    const next = loop && nextDue()
    const at = Date.now()
    const promise = next && { nextInMs: Math.max(next.at - at, 0) + latencyMs }
    replicas.publish({ type: 'snapshot', snapshot: { ...snapshot, ...promise } })
  }

  function showsQrCode(): boolean {
    for (const { method } of watchers) if (method === 'qr') return true
    return false
  }

  const nextDue = () => nextRequest(poll, showsQrCode(), timing)

  /** Sets the timer for the next request, where a page watches. */
  function plan(): void {
    clearTimeout(timer)
    const { signal } = loop ?? {}
    const next = nextDue()
    if (!signal || !next) return
    // `take` and `fail` plan again.
    const send = () => void requests.join(next.want, signal).catch(() => {})
    timer = setTimeout(send, Math.max(next.at - Date.now(), 0))
  }

  function watchersChanged(): void {
    host().log({ event: 'watchers', watchers: watchers.size }, provider())
    if (watchers.size > 0) {
      if (!loop) {
        loop = new AbortController()
        replicas.open()
      }
      subscription.follow(showsQrCode() ? 'qr' : 'phone-code')
      plan()
    } else {
      clearTimeout(timer)
      loop?.abort()
      loop = undefined
      replicas.close()
      subscription.follow(undefined)
      // Nothing is pushed any more: the next read is not held by what was promised.
      poll = afterGap(poll)
      rest()
    }
  }

  function rest(): void {
    if (watchers.size > 0 || changes > 0 || requests.isBusy || ended.signal.aborted) return
    const at = Date.now()
    // After the clock was set back, no time of before counts.
    const keepUntil = isSetBack(poll, at) ? at : Math.max(poll.quietUntil, poll.issued?.expiresAt ?? 0)
    onIdle(Math.min(Math.max(keepUntil - at, IDLE_MS), KEEP_LONGEST_MS))
  }

  const codeId = () => `${origin}-${poll.qrCount}`

  function isFirstLook(expired: string | null | undefined): boolean {
    const current = expired === codeId() ? expired : expired === PAIRING_CODE ? poll.issued?.value : undefined
    const isFirst = current !== undefined && current !== lookedFor
    if (isFirst) lookedFor = current
    return isFirst
  }

  function update(method: PairingMethod): PairingUpdate {
    const at = Date.now()
    const next = nextRequest(poll, loop ? showsQrCode() : method === 'qr', timing)
    // A page that polls causes the request itself; one that watches waits for its response.
    const nextInMs = next && Math.max(next.at - at, 0) + (loop ? latencyMs : 0)
    const source = { session, revision, origin, seq, reason, codeId: codeId() }
    return makeUpdate(poll, { ...source, at, method, nextInMs, provider: provider(), timing })
  }

  return {
    async read(want, signal, expired) {
      if (ended.signal.aborted) throw closedError()
      const isLastLook = want === 'state' && isFirstLook(expired)
      try {
        // A change in the meantime makes a response void; the second request is from after it.
        for (let attempt = 0; attempt < 2; attempt += 1) {
          const due = isLastLook ? want : dueRequest(poll, want, Date.now(), timing)
          if (!due) break
          const sentIn = revision
          await requests.join(due, signal)
          if (sentIn === revision) break
        }
        return update(want === 'code' ? 'qr' : 'phone-code')
      } finally {
        rest()
      }
    },
    async change(action, signal, run) {
      if (ended.signal.aborted) throw closedError()
      changes += 1
      if (action === 'start') {
        startedAt = Date.now()
        wasAwake = false
      }
      try {
        const signals = [signal, ended.signal]
        return await callProvider({ provider: provider(), call: action, host: host(), signals }, (options) =>
          run({ ...options, memory }),
        )
      } finally {
        changes -= 1
        const at = Math.max(Date.now(), (revision ?? 0) + 1)
        changed(at, reasons[action], action === 'start' || action === 'reset')
        replicas.publish({ type: 'changed', revision: at })
        rest()
      }
    },
    refresh() {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      return refreshing
    },
    receive(snapshot) {
      receive(snapshot)
      publish(snapshot)
      rest()
    },
    receiveCode(snapshot, phoneNumber) {
      receive(snapshot)
      const { issued } = poll
      if (snapshot.status === 'pairing-code' && issued) set({ ...poll, issued: { ...issued, phoneNumber } })
      publish(snapshot)
      rest()
    },
    watch(watcher) {
      watchers.add(watcher)
      // A page that comes after a refusal may have repaired its cause.
      if (poll.isRefused)
        poll = { ...poll, isRefused: false, error: undefined, quietUntil: initialPollState.quietUntil }
      watchersChanged()
      return () => {
        if (watchers.delete(watcher)) watchersChanged()
      }
    },
    update,
    permitStart() {
      startedAt = Date.now()
      wasAwake = false
      const at = Math.max(startedAt, (revision ?? 0) + 1)
      changed(at, undefined, true)
      replicas.publish({ type: 'changed', revision: at })
    },
    get mayStart() {
      return wasAwake || Date.now() - startedAt >= START_TOGETHER_MS
    },
    get watchers() {
      return watchers.size
    },
    close() {
      ended.abort()
      clearTimeout(timer)
      loop?.abort()
      loop = undefined
      watchers.clear()
      replicas.close()
      subscription.follow(undefined)
    },
  }
}

/** Waits, but no longer than until the signal is aborted. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

/** From JavaScript, which checks no types: without a time to wait, requests would be sent without a pause. */
function timingOf({ timing }: PairingProvider): ProviderTiming {
  const checked = decodeTiming(timing)
  if (checked) return checked
  throw new PairingError(
    'invalid-options',
    'The provider has no complete "timing", so the pace of requests is unknown. Give all six durations in milliseconds.',
  )
}

function closedError(): PairingError {
  return new PairingError('provider-unavailable', 'This handler was closed. Try again in a few seconds.')
}
