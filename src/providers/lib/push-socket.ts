import { type PairingError, toPairingError } from '../../core/errors.js'
import { asRecord, parseForeignJson } from '../../core/json.js'
import { printOnce } from '../../core/print-error.js'
import type { PairingMemory, PairingSnapshot, RequestOptions, SubscribeOptions } from '../../core/provider.js'
import { MAX_FRAME_BYTES, type WebSocketLike } from './web-socket.js'

/** Providers limit new connections; GREEN-API allows one per second. */
const OPEN_INTERVAL_MS = 1_000

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** The time limit for a handshake, because a network may drop it silently. */
const HANDSHAKE_LIMIT_MS = 15_000

/** The close code of a refused or broken connection. Browsers hide the reason of a refusal. */
const ABNORMAL_CLOSURE = 1006

/** After this many refusals in a row, the token is wrong or a proxy does not support WebSockets. */
const REFUSAL_LIMIT = 3

/** The meaning of a frame. */
export type FrameMeaning =
  /** More frames will follow. */
  | { readonly kind: 'snapshot'; readonly snapshot: PairingSnapshot }
  /** It is the last frame of this connection. */
  | { readonly kind: 'last'; readonly snapshot: PairingSnapshot | Promise<PairingSnapshot> }
  /** The provider ends each connection after some time; the next connection continues. */
  | { readonly kind: 'time-limit' }

/** Options of {@link createPushSocket}. */
export interface PushSocketOptions {
  /** Opens a connection. */
  readonly open: () => WebSocketLike
  /** Whether a connection may be opened now. If not, {@link PushSocket.wake} opens it later. */
  readonly mayOpen: (options: RequestOptions) => boolean
  /** The meaning of a JSON frame; `undefined` if it has none. Never throws. */
  readonly read: (
    frame: Readonly<Record<string, unknown>>,
    options: RequestOptions,
  ) => FrameMeaning | undefined
  /** A connection that is silent for longer than this counts as lost. */
  readonly silenceLimitMs: number
}

/** The subscribers. */
export type PushListener = (snapshot: PairingSnapshot) => void

/** At most one connection, shared by all subscribers. */
export interface PushSocket {
  /** Pushes until the signal is aborted. */
  subscribe(listener: PushListener, options: Omit<SubscribeOptions, 'signal'>, signal: AbortSignal): void
  /** Codes are available again: reconnects after a last frame. */
  wake(): void
}

interface Subscriber extends Pick<SubscribeOptions, 'onError' | 'onGap'> {
  readonly listener: PushListener
}

/**
 * A push over a WebSocket. It is opened with the first subscriber, shared by all, reopened when it breaks, and closed with the
 * last one. It also ends after a last frame and after too many refusals.
 */
export function createPushSocket({ open, mayOpen, read, silenceLimitMs }: PushSocketOptions): PushSocket {
  const subscribers = new Set<Subscriber>()
  /** From the first subscriber until the last one leaves. */
  let watch: AbortController | undefined
  /** The memory of the subscribers' session. */
  let memory: PairingMemory | undefined
  /** `resting` after a last frame, `barred` after too many refusals. */
  let phase: 'on' | 'resting' | 'barred' = 'on'
  let socket: WebSocketLike | undefined
  /** The next opening, or the end of the wait for this connection. */
  let timer: ReturnType<typeof setTimeout> | undefined
  let openedAt = Number.NEGATIVE_INFINITY
  /** Connections in a row without a snapshot, and how many of them were refused. */
  let failures = 0
  let refusals = 0
  let isGapReported = false
  /** The last push on this connection. */
  let pushed: { readonly snapshot: PairingSnapshot; readonly at: number } | undefined

  function start(): void {
    phase = 'on'
    failures = 0
    refusals = 0
    isGapReported = false
    openIn(0)
  }

  function openIn(pauseMs: number): void {
    const untilAllowedMs = openedAt + OPEN_INTERVAL_MS - performance.now()
    wait(Math.max(pauseMs, untilAllowedMs), connect)
  }

  function connect(): void {
    if (!mayOpen({ memory })) {
      phase = 'resting'
      reportGap()
      return
    }
    openedAt = performance.now()
    let opened: WebSocketLike
    try {
      opened = open()
    } catch (error) {
      // Prints only its class, because its text may contain the URL with the token.
      printOnce(
        'WebSocket',
        `A WebSocket could not be made: it threw a ${asRecord(error).name}. The state is polled.`,
      )
      connectionLost(true)
      return
    }
    socket = opened
    let hasReceived = false
    // Events of a connection that was dropped are ignored.
    const isCurrent = (): boolean => socket === opened
    opened.addEventListener('open', () => {
      if (isCurrent()) wait(silenceLimitMs, () => connectionLost(false))
    })
    opened.addEventListener('message', ({ data }) => {
      if (!isCurrent()) return
      hasReceived = true
      wait(silenceLimitMs, () => connectionLost(false))
      receive(data)
    })
    opened.addEventListener('close', ({ code }) => {
      if (isCurrent()) connectionLost(code === ABNORMAL_CLOSURE && !hasReceived)
    })
    // A close event follows. Without a listener, `ws` throws the error, even for a dropped connection.
    opened.addEventListener('error', () => {})
    wait(HANDSHAKE_LIMIT_MS, () => connectionLost(true))
  }

  function receive(data: unknown): void {
    if (!watch || typeof data !== 'string' || data.length > MAX_FRAME_BYTES) return
    const { signal } = watch
    const meaning = read(asRecord(parseForeignJson(data)), { signal, memory })
    switch (meaning?.kind) {
      case 'snapshot':
        failures = 0
        refusals = 0
        push(meaning.snapshot)
        break
      case 'last':
        drop()
        Promise.resolve(meaning.snapshot).then(
          (snapshot) => conclude(snapshot, signal),
          (error: unknown) => refuse(toPairingError(error), signal),
        )
        break
      case 'time-limit': {
        const wasUseful = pushed !== undefined
        drop()
        openIn(wasUseful ? 0 : nextPauseMs())
        if (!wasUseful) reportGap()
      }
    }
  }

  /** After the last frame: reconnects after a while for a temporary state, and otherwise waits for {@link PushSocket.wake}. */
  function conclude(snapshot: PairingSnapshot, signal: AbortSignal): void {
    if (signal.aborted) return
    const isPassing = snapshot.status === 'preparing' || snapshot.status === 'unlinked'
    if (isPassing) openIn(nextPauseMs())
    else phase = 'resting'
    push(snapshot)
    reportGap()
  }

  function refuse(error: PairingError, signal: AbortSignal): void {
    if (signal.aborted) return
    phase = 'resting'
    reportGap()
    for (const { onError } of subscribers) onError?.(error)
  }

  /** The connection was lost, and neither side closed it on purpose. */
  function connectionLost(isRefusal: boolean): void {
    drop()
    refusals = isRefusal ? refusals + 1 : 0
    if (refusals < REFUSAL_LIMIT) openIn(nextPauseMs())
    else phase = 'barred'
    reportGap()
  }

  function drop(): void {
    clearTimeout(timer)
    const dropped = socket
    socket = undefined
    pushed = undefined
    dropped?.close()
  }

  function push(snapshot: PairingSnapshot): void {
    isGapReported = false
    if (socket) pushed = { snapshot, at: performance.now() }
    for (const { listener } of subscribers) listener(snapshot)
  }

  function reportGap(): void {
    if (isGapReported) return
    isGapReported = true
    for (const { onGap } of subscribers) onGap?.()
  }

  function wait(durationMs: number, then: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(then, Math.max(durationMs, 0))
  }

  function nextPauseMs(): number {
    const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)
    failures += 1
    // Random, so that servers that lost their connections together do not reconnect together.
    return longestMs * (0.5 + Math.random() / 2)
  }

  return {
    subscribe(listener, { onError, onGap, ...options }, signal) {
      if (signal.aborted) return
      memory = options.memory
      const subscriber = { listener, onError, onGap }
      subscribers.add(subscriber)
      signal.addEventListener('abort', () => {
        subscribers.delete(subscriber)
        if (subscribers.size > 0) return
        drop()
        watch?.abort()
        watch = undefined
      })
      if (watch && phase === 'on') {
        if (pushed) listener(aged(pushed.snapshot, performance.now() - pushed.at))
      } else {
        watch ??= new AbortController()
        start()
      }
    },
    wake() {
      if (watch && phase === 'resting') start()
    },
  }
}

/** A snapshot for a later subscriber, with its durations reduced by the elapsed time. */
function aged(snapshot: PairingSnapshot, ageMs: number): PairingSnapshot {
  const left = (durationMs: number | undefined): number | undefined =>
    durationMs === undefined ? undefined : Math.max(durationMs - ageMs, 0)
  const nextInMs = left(snapshot.nextInMs)
  return snapshot.status === 'qr'
    ? { ...snapshot, nextInMs, confirmInMs: left(snapshot.confirmInMs) }
    : { ...snapshot, nextInMs }
}
