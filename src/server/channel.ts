import { PairingError, toPairingError } from '../core/errors.js'
import type {
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
} from '../core/provider.js'
import { decodeSnapshot, decodeTiming, type WireAction, withDetails } from '../core/wire.js'
import type { PairingBus } from './bus.js'
import { createBusLink } from './bus-link.js'
import {
  type AnswerOrigin,
  afterChange,
  currentQr,
  type Knowledge,
  learn,
  learnFailure,
  nextRead,
  nothingKnown,
  type ReadQuestion,
} from './knowledge.js'
import type { PairingLogger } from './log.js'
import { createProviderPush } from './provider-push.js'
import type { Report } from './report.js'
import { createSharedReads } from './shared-reads.js'
import { upstream } from './upstream.js'

/** What a watcher is told of. Of each kind only the newest counts. */
export type Topic = 'state' | 'qr' | 'problem'

/** Somebody who is told of everything that is learnt about a session. */
export interface Watcher {
  /** What they have in front of them: nobody asks for QR codes that nobody sees. */
  readonly method: PairingMethod
  /** There is something new of this kind. Read it from the channel, now or as soon as there is room for it. */
  tell(topic: Topic): void
}

/** A failure, and how long until the question is put again; `undefined` where only a change helps. */
export interface Problem {
  readonly error: PairingError
  readonly nextInMs: number | undefined
}

/** All that this server does for one session: every question goes through here, and every answer is for all. */
export interface Channel {
  /** Puts a question, or joins one that is under way. */
  read(question: ReadQuestion, signal: AbortSignal): Promise<PairingSnapshot>
  /** Changes something at the provider; what was known before is forgotten, also where it failed. */
  change<Value>(
    action: WireAction,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<Value>,
  ): Promise<Value>
  /** Takes in what nobody asked for: a webhook of the provider's. */
  hear(snapshot: PairingSnapshot): void
  /** From now on the provider is asked without anybody's question. Returns what ends that. */
  watch(watcher: Watcher): () => void
  readonly state: PairingSnapshot | undefined
  /** The code that may be shown at this moment. */
  readonly qr: Extract<PairingSnapshot, { status: 'qr' }> | undefined
  /** Another number for each code. */
  readonly qrVersion: string
  readonly problem: Problem | undefined
  readonly watchers: number
}

/** What {@link createChannel} needs. */
export interface ChannelOptions {
  /** Names the session among replicas. */
  readonly name: string
  /** The provider of this session; may be another object each time it is called. */
  readonly provider: () => PairingProvider
  readonly bus: PairingBus | undefined
  readonly log: PairingLogger
  readonly report: Report
  /** Called with each response and push of the provider. */
  readonly onSnapshot: (snapshot: PairingSnapshot) => void
  /** Nobody watches or asks any more: nothing would be lost with it. */
  readonly onIdle: () => void
}

/** Makes the channel of a session. */
export function createChannel({
  name,
  provider,
  bus,
  log,
  report,
  onSnapshot,
  onIdle,
}: ChannelOptions): Channel {
  const { id, sessionId } = provider()
  const timing = timingOf(provider())
  const self = crypto.randomUUID()
  const watchers = new Set<Watcher>()
  let knowledge: Knowledge = nothingKnown
  let lastError: PairingError | undefined
  /** How long the last answer travelled: what is promised must leave time for it. */
  let latencyMs = 0
  /** Changes under way. */
  let changes = 0
  /** Changes so far: an answer to a question from before one says nothing about now. */
  let era = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Of the questions that only the watchers wait for; `undefined` while nobody watches. */
  let loop: AbortController | undefined

  const reads = createSharedReads(async (question, signal) => {
    const askedAt = Date.now()
    const askedIn = era
    const asked = provider()
    try {
      const snapshot = await upstream(
        { provider: asked, call: question, log, report, signal },
        async (options) =>
          // What a host's own provider returns beside the fields of a snapshot must not leave the server.
          decodeSnapshot(await (question === 'status' ? asked.getStatus(options) : asked.getQrCode(options))),
      )
      latencyMs = Date.now() - askedAt
      if (askedIn === era) {
        take(snapshot, { question, askedAt, at: Date.now() })
        onSnapshot(snapshot)
        publishAnswer(snapshot)
      }
      return snapshot
    } catch (error) {
      const failure = toPairingError(error)
      // By the signal and not by the code: a provider may call anything aborted, and then nobody would ask again.
      if (!signal.aborted && askedIn === era) fail(failure)
      throw failure
    }
  }, rest)

  // What another replica has learnt is as good as an answer of our own, and it goes on asking.
  const replicas = createBusLink({
    bus,
    name,
    self,
    receive: (message) => (message.type === 'changed' ? forget() : hear(message.snapshot)),
  })

  const push = createProviderPush({
    provider,
    report,
    onSnapshot(snapshot) {
      hear(snapshot)
      onSnapshot(snapshot)
      publishAnswer(snapshot)
    },
    onError: fail,
    onGap() {
      knowledge = { ...knowledge, promisedAt: nothingKnown.promisedAt }
      plan()
    },
  })

  function take(snapshot: PairingSnapshot, origin: AnswerOrigin): void {
    knowledge = learn(knowledge, snapshot, origin, timing)
    lastError = undefined
    plan()
    tellAll(snapshot.status === 'qr' ? 'qr' : 'state')
  }

  /** Takes in what no question of ours has brought. */
  function hear(snapshot: PairingSnapshot): void {
    const at = Date.now()
    take(snapshot, { askedAt: at, at })
  }

  function fail(error: PairingError): void {
    knowledge = learnFailure(knowledge, error, Date.now(), Math.random())
    lastError = error
    plan()
    tellAll('problem')
  }

  function forget(): void {
    era += 1
    reads.forget()
    knowledge = afterChange(knowledge)
    lastError = undefined
    plan()
  }

  function tellAll(topic: Topic): void {
    for (const watcher of [...watchers]) watcher.tell(topic)
  }

  function publishAnswer({ status }: PairingSnapshot): void {
    const snapshot = status === 'qr' ? currentCode() : currentState()
    if (snapshot) replicas.publish({ type: 'snapshot', snapshot })
  }

  /** Asked for with each event of each watcher, so nothing is copied for it. */
  function isQrWanted(): boolean {
    for (const { method } of watchers) if (method === 'qr') return true
    return false
  }

  const nextDue = () => nextRead(knowledge, isQrWanted(), timing)

  /** Sets the timer for the next question, where somebody watches. */
  function plan(): void {
    clearTimeout(timer)
    const { signal } = loop ?? {}
    const next = nextDue()
    if (!signal || !next) return
    // What comes of it is told by `take` and `fail`, which plan again.
    const ask = () => void reads.read(next.question, signal).catch(() => {})
    timer = setTimeout(ask, untilMs(next.at))
  }

  /** Somebody came or went. */
  function watchersChanged(): void {
    log({ event: 'watchers', provider: id, sessionId, watchers: watchers.size })
    if (watchers.size > 0) {
      if (!loop) {
        loop = new AbortController()
        replicas.open()
      }
      push.follow(isQrWanted() ? 'qr' : 'phone-code')
      plan()
    } else {
      clearTimeout(timer)
      loop?.abort()
      loop = undefined
      replicas.close()
      push.follow(undefined)
      rest()
    }
  }

  function rest(): void {
    if (watchers.size === 0 && changes === 0 && !reads.isBusy) onIdle()
  }

  function current<Snapshot extends PairingSnapshot>(snapshot: Snapshot | undefined): Snapshot | undefined {
    // Promised only while somebody here goes on asking.
    const next = loop && nextDue()
    const promise = next && { nextInMs: untilMs(next.at) + latencyMs }
    return snapshot && { ...withDetails(snapshot, provider()), ...promise }
  }

  const currentState = () => current(knowledge.state)
  const currentCode = () => current(currentQr(knowledge, Date.now(), timing))

  return {
    read: (question, signal) => reads.read(question, signal).finally(rest),
    async change(action, signal, run) {
      changes += 1
      try {
        return await upstream({ provider: provider(), call: action, log, report, signal }, run)
      } finally {
        changes -= 1
        forget()
        replicas.publish({ type: 'changed' })
        rest()
      }
    },
    hear(snapshot) {
      hear(snapshot)
      publishAnswer(snapshot)
      rest()
    },
    watch(watcher) {
      watchers.add(watcher)
      // Who comes after a refusal may be the one who has mended it: they are told what the provider says now.
      if (knowledge.isRefused) lastError = undefined
      knowledge = { ...knowledge, isRefused: false }
      watchersChanged()
      return () => {
        if (watchers.delete(watcher)) watchersChanged()
      }
    },
    get state() {
      return currentState()
    },
    get qr() {
      return currentCode()
    },
    get qrVersion() {
      return `${self}-${knowledge.qrVersion}`
    },
    get problem() {
      const next = nextDue()
      return lastError && { error: lastError, nextInMs: next && untilMs(next.at) }
    },
    get watchers() {
      return watchers.size
    },
  }
}

function untilMs(at: number): number {
  return Math.max(at - Date.now(), 0)
}

/** From JavaScript, where nobody checks: without a time to wait, the provider would be asked without a pause. */
function timingOf({ timing }: PairingProvider): ProviderTiming {
  const checked = decodeTiming(timing)
  if (checked) return checked
  throw new PairingError(
    'invalid-options',
    'The provider has no complete "timing", so nobody knows how often it may be asked.',
  )
}
