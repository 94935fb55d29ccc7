import { PairingError, toPairingError } from '../core/errors.js'
import { PASSKEY_LIFETIME_MS, type PasskeyAction } from '../core/passkey.js'
import type { PairingMethod, PairingSnapshot, RequestOptions } from '../core/provider.js'
import { PAIRING_CODE, type PairingAction, type PairingUpdate, type PairingWant } from '../core/update.js'
import { callProvider, readProvider, timingOf } from './call-provider.js'
import { makeUpdate } from './make-update.js'
import { createPictureReader } from './picture-reader.js'
import {
  afterChange,
  afterFailure,
  afterGap,
  afterSnapshot,
  initialPollState,
  isSetBack,
  type PollState,
  type SnapshotOrigin,
} from './poll-state.js'
import type { Poller, PollerOptions } from './poller.js'
import { createProviderSubscription } from './provider-subscription.js'
import { createRefresh } from './refresh.js'
import { dueRequest, nextRequest } from './schedule.js'
import { createSessionChanges } from './session-changes.js'
import { createSessionTurns } from './session-turns.js'
import { afterRecord, createSharedRecord, recordStateOf } from './shared-record.js'
import { createSharedRequests } from './shared-requests.js'
import { createWatchLoop } from './watch-loop.js'
import { afterWebhook, areTrusted } from './webhook-record.js'

/** Longer than any pace at which a page reads, so that polling pages share state and backoff. In milliseconds. */
const IDLE_MS = 60_000

/** The longest time to keep an unused session, because a provider may require a pause of up to an hour. In milliseconds. */
const KEEP_LONGEST_MS = 3_600_000

/** Creates the poller of a session. */
export function createPoller({ session, target, host, onIdle }: PollerOptions): Poller {
  const provider = () => target().provider
  const timing = timingOf(provider())
  const origin = crypto.randomUUID()
  const ended = new AbortController()
  let poll: PollState = { ...initialPollState, startsOnRead: provider().startsOnRead === true }
  let seq = 0
  const changes = createSessionChanges()
  /** How long the last response took. Promised times have to include it. */
  let latencyMs = 0
  /** The last code that a page reported as expired. */
  let lastExpired: string | undefined
  /** Until when the session remembers what was sent in a passkey ceremony, so that nothing is sent twice. */
  let ceremonyUntil = 0
  /** The last request to the provider. */
  let requestedAt = Number.NEGATIVE_INFINITY

  const pictures = createPictureReader(() => host().readPicture)

  const requests = createSharedRequests((want, signal) => {
    if (want === 'state' || !poll.startsOnRead) return request(want, want, signal)
    // Two processes that start a pairing at the same time would disconnect each other.
    return turns.runOrElse(
      () => request('code', want, signal),
      () => request('state', want, signal),
    )
  }, rest)

  /** Never rejects. */
  async function request(call: PairingWant, want: PairingWant, signal: AbortSignal): Promise<void> {
    requestedAt = Date.now()
    if (replicas.load) await record.load()
    const sentAt = Date.now()
    requestedAt = sentAt
    const sentIn = changes.revision
    try {
      const how = { provider: provider(), call, host: host(), signals: [signal] }
      const snapshot = await readProvider(how, record.memory)
      latencyMs = Date.now() - sentAt
      await pictures.read(snapshot, (read, age) => {
        // A response from before a change, or to an aborted request, is outdated.
        if (signal.aborted || sentIn !== changes.revision) return
        const now = Date.now()
        take(read, { want, sentAt, at: now - age() })
        host().observe(target(), read)
        publish(read, sentAt)
      })
    } catch (error) {
      // Checks the signal and not the code, because a provider may throw `aborted` for any reason.
      if (!signal.aborted && sentIn === changes.revision) fail(toPairingError(error))
    } finally {
      if (replicas.save) await record.save()
    }
  }

  const replicas = host().connect(session, (message) => {
    // Messages of other replicas are treated like own responses.
    if (message.type === 'snapshot') {
      take(message.snapshot, { sentAt: message.requestedAt, at: Date.now() })
      // The code to compare is not sent over the bus, so this process reads it.
      const { snapshot } = message
      if (snapshot.status === 'passkey-required' && snapshot.step === 'confirm') void refresh.run()
    } else if (changes.receive(message.revision)) changed()
  })

  const record = createSharedRecord({
    replicas,
    read: () => recordStateOf(poll, changes),
    receive(state) {
      if (state.revision > 0 && changes.receive(state.revision, state.action)) changed()
      if (state.revision < (changes.revision ?? 0)) return
      changes.start(state.startedAt)
      const next = afterRecord(poll, state, Date.now(), timing)
      if (next !== poll) set(next)
    },
  })

  const subscription = createProviderSubscription({
    provider,
    host,
    memory: record.memory,
    onSnapshot(snapshot) {
      const sentIn = changes.revision
      void pictures.read(snapshot, (read, age) => {
        if (loop.size === 0 || sentIn !== changes.revision) return
        const sentAt = receive(read, age, true)
        host().observe(target(), read)
        publish(read, sentAt)
      })
    },
    onError: fail,
    onGap() {
      poll = afterGap(poll)
      loop.plan()
    },
  })

  const nextDue = () => nextRequest(poll, loop.showsQrCode, timing)

  const loop = createWatchLoop({
    next: nextDue,
    // `take` and `fail` plan again.
    send: (want, signal) => void requests.join(want, signal).catch(() => {}),
    onChange() {
      host().log({ event: 'watchers', watchers: loop.size }, provider())
      if (loop.size > 0) {
        replicas.open()
        subscription.follow(loop.showsQrCode ? 'qr' : 'phone-code')
        return
      }
      replicas.close()
      subscription.follow(undefined)
      // The push has ended, so the next read does not wait for the promised time.
      poll = afterGap(poll)
      rest()
    },
  })

  function set(next: PollState): void {
    poll = next
    seq += 1
    loop.plan()
    loop.notify()
  }

  function take(snapshot: PairingSnapshot, from: SnapshotOrigin): void {
    changes.observe(snapshot)
    set(afterSnapshot(poll, snapshot, from, timing))
  }

  /**
   * Applies a snapshot of this age, and returns when it arrived. The clock is read before the age, because a pause between the
   * two would make the snapshot look younger.
   */
  function receive(snapshot: PairingSnapshot, age: () => number, isPushed = false): number {
    const at = Date.now()
    const sentAt = at - age()
    take(snapshot, { isPushed, sentAt, at })
    return sentAt
  }

  function fail(error: PairingError): void {
    set(afterFailure(poll, error, Date.now(), Math.random()))
  }

  function changed(isStarted = false): void {
    requests.forget()
    set(afterChange(poll, isStarted))
  }

  function changedHere(action: PairingAction, isDone: boolean): void {
    const revision = changes.make(action, isDone)
    changed(action !== 'unlink')
    replicas.publish({ type: 'changed', revision })
  }

  function call<Value>(
    action: PairingAction | PasskeyAction,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<Value>,
  ): Promise<Value> {
    const signals = [signal, ended.signal]
    return callProvider({ provider: provider(), call: action, host: host(), signals }, (options) =>
      run({ ...options, memory: record.memory }),
    )
  }

  const refresh = createRefresh({
    nextAt() {
      // A clock that was set back must not delay it.
      const nextAt = requestedAt > Date.now() ? 0 : requestedAt + timing.qrMinIntervalMs
      return Math.max(nextAt, poll.quietUntil)
    },
    async read() {
      await requests.join('state', ended.signal).catch(() => {})
      rest()
    },
  })

  function publish(snapshot: PairingSnapshot, requestedAt: number): void {
    const next = loop.size > 0 ? nextDue() : undefined
    const promise = next && { nextInMs: Math.max(next.at - Date.now(), 0) + latencyMs }
    // Only the user may get the code to compare.
    const shared = snapshot.status === 'passkey-required' ? { ...snapshot, code: undefined } : snapshot
    replicas.publish({
      type: 'snapshot',
      snapshot: { ...shared, ...promise },
      requestedAt,
    })
  }

  function rest(): void {
    if (loop.size > 0 || turns.isBusy || requests.isBusy || ended.signal.aborted) return
    const at = Date.now()
    // After the clock was set back, earlier times are invalid.
    const keepUntil = isSetBack(poll, at)
      ? at
      : Math.max(poll.quietUntil, poll.issued?.expiresAt ?? 0, ceremonyUntil)
    onIdle(Math.min(Math.max(keepUntil - at, IDLE_MS), KEEP_LONGEST_MS))
  }

  /**
   * Whether only a start brings a code, from the cached state if that is fresh. With replicas the state is requested, because
   * messages are lost during an outage of the bus.
   */
  async function isInactive(signal: AbortSignal): Promise<boolean> {
    const want = poll.startsOnRead ? 'state' : 'code'
    const due = replicas.take ? want : dueRequest(poll, want, Date.now(), timing)
    if (due) await requests.join(due, signal)
    // If the request failed, the earlier state may be wrong now.
    if (due && poll.error) throw poll.error
    return update('qr').status === 'stopped'
  }

  const turns = createSessionTurns({
    replicas,
    // A change may take two requests, and a start reads the state first.
    callMs: 2 * timing.requestTimeoutMs,
    changes,
    record,
    isInactive,
    onChange: changedHere,
    onEnd: rest,
  })

  const codeId = () => `${origin}-${poll.qrCount}`

  function isFirstRead(expired: string | null | undefined): boolean {
    const current = expired === codeId() ? expired : expired === PAIRING_CODE ? poll.issued?.value : undefined
    const isFirst = current !== undefined && current !== lastExpired
    if (isFirst) lastExpired = current
    return isFirst
  }

  function update(method: PairingMethod): PairingUpdate {
    const at = Date.now()
    const isWatched = loop.size > 0
    const next = nextRequest(poll, isWatched ? loop.showsQrCode : method === 'qr', timing)
    // A page that polls causes the request, and a page that watches waits for its response.
    const waitMs = next && Math.max(next.at - at, 0)
    // A page that polls gets changes from webhooks out of the cache, so it reads more often than the poller requests.
    const pollMs = waitMs && areTrusted(poll.webhooks) ? Math.min(waitMs, timing.statusIntervalMs) : waitMs
    const nextInMs = isWatched ? waitMs && waitMs + latencyMs : pollMs
    const { revision, reason } = changes
    const source = { session, revision, origin, seq, reason, codeId: codeId() }
    return makeUpdate(poll, { ...source, at, method, nextInMs, provider: provider(), timing })
  }

  return {
    async read(want, signal, expired) {
      if (ended.signal.aborted) throw closedError()
      const isLastRead = want === 'state' && isFirstRead(expired)
      try {
        // A change during the request makes the response invalid. The second request is sent after that change.
        for (let attempt = 0; attempt < 2; attempt += 1) {
          const due = isLastRead ? want : dueRequest(poll, want, Date.now(), timing)
          if (!due) break
          const sentIn = changes.revision
          await requests.join(due, signal)
          if (sentIn === changes.revision) break
        }
        return update(want === 'code' ? 'qr' : 'phone-code')
      } finally {
        rest()
      }
    },
    async change(action, signal, run) {
      if (ended.signal.aborted) throw closedError()
      return turns.change(action, signal, () => call(action, signal, run))
    },
    async call(action, signal, run) {
      if (ended.signal.aborted) throw closedError()
      if (action === 'passkey-answer' || action === 'passkey-confirm')
        ceremonyUntil = Date.now() + PASSKEY_LIFETIME_MS
      try {
        return await call(action, signal, run)
      } finally {
        rest()
      }
    },
    async refresh() {
      poll = { ...poll, webhooks: afterWebhook(poll.webhooks, Date.now()) }
      loop.plan()
      await refresh.run()
      return update('qr')
    },
    receive(snapshot, receivedAt) {
      const sentIn = changes.revision
      const before = Date.now() - receivedAt
      void pictures.read(snapshot, (read, age) => {
        if (ended.signal.aborted || sentIn !== changes.revision) return
        publish(
          read,
          receive(read, () => before + age()),
        )
        rest()
      })
    },
    receiveCode(snapshot, phoneNumber, requestedAt) {
      const at = Date.now()
      changes.observe(snapshot)
      const next = afterSnapshot(poll, snapshot, { sentAt: requestedAt, at }, timing)
      const isCode = snapshot.status === 'pairing-code' && next.issued
      // In one update, because a page treats a code without a number as its own.
      set(isCode ? { ...next, issued: { ...isCode, phoneNumber } } : next)
      publish(snapshot, requestedAt)
      void record.save()
      rest()
    },
    watch(watcher) {
      // The cause of a refusal may be repaired when a new page opens.
      if (poll.isRefused)
        poll = { ...poll, isRefused: false, error: undefined, quietUntil: initialPollState.quietUntil }
      return loop.add(watcher)
    },
    update,
    async permitStart(signal) {
      if (ended.signal.aborted) throw closedError()
      return turns.change('start', signal, async () => {})
    },
    get watchers() {
      return loop.size
    },
    close() {
      ended.abort()
      refresh.close()
      loop.close()
      replicas.close()
      subscription.follow(undefined)
    },
  }
}

function closedError(): PairingError {
  return new PairingError('provider-unavailable', 'This handler was closed. Try again in a few seconds.')
}
