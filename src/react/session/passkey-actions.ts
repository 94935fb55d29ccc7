import type { QueryClient } from '@tanstack/react-query'
import type { PairingConnection, PairingSource, PasskeyBody } from '../../core/connection.js'
import { PairingError, toPairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import type { PasskeyDeed } from '../../core/pairing-session.js'
import type {
  PasskeyAction,
  PasskeyAssertion,
  PasskeyHandoff,
  PasskeyHandoffReply,
  PasskeyReply,
  PasskeyRequestOptions,
} from '../../core/passkey.js'
import type { SessionEvent } from '../../core/session-event.js'
import type { PasskeyPhase } from '../../core/session-state.js'
import { callHost } from './call-host.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { connectionOf, inTime, limitOf } from './send-request.js'
import type { SessionStore } from './session-stores.js'

/**
 * Signs WhatsApp's request with the user's passkey. It has to run where browsers allow that: on a page of
 * `https://web.whatsapp.com` in a desktop app, in a browser extension, or in the credential manager of a phone. It rejects if
 * nothing was signed, with a `NotAllowedError` or an `AbortError` if the user cancelled or has no passkey there.
 */
export type SignPasskey = (
  /** Pass it on unchanged. It is a secret: do not store it. */
  options: PasskeyRequestOptions,
  /** `signal` is aborted when the user cancels, or when the answer is no longer needed. */
  context: { readonly signal: AbortSignal },
) => Promise<PasskeyAssertion>

/** The user's actions in a passkey ceremony. They exist at the latest when a ceremony begins, and have no effect without one. */
export interface PasskeyActions {
  /**
   * Requests the challenge, calls `signPasskey`, and sends the answer. For the step `assert` with `canAnswer`. Missing without
   * `signPasskey`.
   */
  readonly signWithPasskey?: (() => void) | undefined
  /** Cancels `signPasskey` through its `signal`. The session stays at its step. */
  readonly cancelPasskey: () => void
  /**
   * Requests the provider's own procedure: a code for its browser extension, or a link. For the step `assert` with `canHandOff`.
   */
  readonly requestPasskeyHandoff: () => void
  /**
   * Reports whether the phone shows the code of `passkey` too. For the step `confirm`. With `false` the ceremony is reset, and
   * the session fails with `passkey-mismatch`.
   */
  readonly confirmPasskey: (isSame: boolean) => void
}

/** What a ceremony needs from the component with the pressed button. */
type PasskeyHost = () => Pick<PairingCallbacks, 'onError'> & {
  readonly provider: PairingSource
  readonly signPasskey?: SignPasskey | undefined
}

interface PasskeyTools {
  readonly client: QueryClient
  readonly store: SessionStore
  readonly host: PasskeyHost
  /** Applies an event to the session, and sends a read if one is due. */
  readonly fold: (event: EventOfPasskey) => void
}

type EventOfPasskey = SessionEvent extends infer Event
  ? Event extends { readonly type: `passkey-${string}` }
    ? Omit<Event, 'at'>
    : never
  : never

/** The actions of a ceremony. None of them throws, and nothing is sent twice. */
export function passkeyActions(client: QueryClient, store: SessionStore, host: PasskeyHost): PasskeyActions {
  const { queryKey } = store
  const fold = (event: EventOfPasskey) =>
    store.fold({ ...event, at: Date.now() }, () => void client.invalidateQueries({ queryKey }))
  const tools = { client, store, host, fold }
  return {
    signWithPasskey: host().signPasskey && (() => void run('sign', tools, sign)),
    cancelPasskey: () => fold({ type: 'passkey-failed', deed: 'sign', problem: undefined }),
    requestPasskeyHandoff: () => void run('hand-off', tools, requestHandoff),
    confirmPasskey: (isSame) => {
      if (isSame) void run('confirm', tools, confirm)
      else if (phaseOf(store)) void deny(tools)
    },
  }
}

/** Runs an action, if the ceremony is on screen and no other action is in progress. */
async function run(
  deed: PasskeyDeed,
  tools: PasskeyTools,
  act: (tools: PasskeyTools, phase: PasskeyPhase) => Promise<void>,
): Promise<void> {
  const { store, fold } = tools
  const phase = phaseOf(store)
  if (!phase || phase.deed) return
  fold({ type: 'passkey-begun', deed })
  try {
    await act(tools, phase)
  } catch (thrown) {
    const problem = thrown === cancelled ? 'cancelled' : toPairingError(thrown)
    fold({ type: 'passkey-failed', deed, problem })
  }
}

/** Thrown if the passkey was not used. */
const cancelled: Error = new Error('The passkey was not used.')

/** The challenge exists only in this function, and is stored nowhere. */
async function sign(tools: PasskeyTools): Promise<void> {
  const { client, store, host, fold } = tools
  const { signPasskey, onError } = host()
  if (!signPasskey) throw new PairingError('not-supported', 'signWithPasskey() needs the option signPasskey.')
  const controller = new AbortController()
  const { signal } = controller
  // The user cancelled, the ceremony has moved on or ended, or the last component was unmounted.
  const stop = client.getQueryCache().subscribe(() => {
    const phase = phaseOf(store)
    if (phase?.deed !== 'sign' || store.read()?.facts.leftAt !== undefined) controller.abort()
  })
  let assertion: PasskeyAssertion
  try {
    const { challenge } = await send(tools, 'passkey-challenge', {}, signal)
    if (!challenge)
      throw new PairingError('invalid-answer', 'The server gave no passkey challenge. Try again.')
    assertion = await Promise.race([
      // Also catches synchronous exceptions.
      (async () => signPasskey(challenge.options, { signal }))().catch((exception: unknown) => {
        if (signal.aborted || isCancelled(exception)) throw cancelled
        callHost('signPasskey', () => Promise.reject(exception), onError)
        throw new PairingError('unknown', 'signPasskey of the app failed with an exception.')
      }),
      aborted(signal),
    ])
  } finally {
    stop()
  }
  // A late press on Cancel does not abort it, because it would be unknown whether it has arrived.
  await send(tools, 'passkey-answer', { assertion }, new AbortController().signal)
  fold({ type: 'passkey-answered' })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancelled)))
}

/** Browsers throw the same error if the user cancelled and if there is no passkey for the site. */
function isCancelled(exception: unknown): boolean {
  const { name } = asRecord(exception)
  return name === 'NotAllowedError' || name === 'AbortError'
}

async function requestHandoff(tools: PasskeyTools): Promise<void> {
  const sentAt = Date.now()
  const { handoff } = await send(tools, 'passkey-handoff', {}, new AbortController().signal)
  if (!handoff) throw new PairingError('invalid-answer', 'The server gave no code and no link. Try again.')
  tools.fold({ type: 'passkey-handed', handoff: handoffAt(handoff, sentAt) })
}

function handoffAt(reply: PasskeyHandoffReply, at: number): PasskeyHandoff {
  if (reply.kind === 'link') return reply
  const { expiresInMs, ...rest } = reply
  return { ...rest, expiresAt: at + expiresInMs }
}

async function confirm(tools: PasskeyTools, { code }: PasskeyPhase): Promise<void> {
  if (code === undefined) throw new PairingError('invalid-request', 'There is no code to confirm.')
  await send(tools, 'passkey-confirm', { code }, new AbortController().signal)
  tools.fold({ type: 'passkey-confirmed', code })
}

/**
 * Another device may be about to be linked. So the warning appears immediately, and the ceremony ends even if the reset fails.
 */
async function deny({ store, host, fold }: PasskeyTools): Promise<void> {
  const { offer, method } = store.read()?.facts ?? {}
  fold({ type: 'passkey-denied' })
  if (!method || !offer?.abilities.includes('reset')) return
  try {
    const connection = await connectionOf(host().provider)
    await connection.act('reset', { method })
  } catch {
    // Starting over resets it again.
  }
}

async function send(
  { store, host }: PasskeyTools,
  action: PasskeyAction,
  body: PasskeyBody,
  signal: AbortSignal,
): Promise<PasskeyReply> {
  const connection: PairingConnection = await connectionOf(host().provider)
  return inTime(
    async (options) => {
      if (!connection.passkey)
        throw new PairingError('not-supported', 'This connection has no passkey requests.')
      return connection.passkey(action, body, options)
    },
    limitOf(store.read()?.facts),
    signal,
  )
}

/** The ceremony, if the screen shows one. */
function phaseOf(store: SessionStore): PasskeyPhase | undefined {
  const facts = store.read()?.facts
  return facts?.isConfirmed && facts.phase.name === 'passkey-required' ? facts.phase : undefined
}
