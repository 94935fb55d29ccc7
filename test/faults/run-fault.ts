import type { PairingMethod, PairingSession } from '../../src/index.js'
import type { End, Fault, Moment } from './fault.js'
import { createFaultWorld, type FaultWorld } from './fault-world.js'
import type { Service } from './provider-side.js'
import { startUser, type UserStep } from './user.js'
import { nothingHeld } from './watch-leaks.js'

/** The result of a fault at one provider, with one method. */
export interface Outcome {
  /** The final state; `undefined` if it never settled, or if the fault never occurred. */
  readonly end: End | undefined
  /** Descriptions of broken rules. */
  readonly broken: readonly string[]
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * The state is final after this time without a change or request: no request hangs longer than two minutes, and no pause is
 * longer than 38 s.
 */
const STABLE_MS = 170 * SECOND

/** Eight requests that hang for two minutes each, plus the pauses between them. */
const LONGEST_MS = 30 * MINUTE

/** A link is watched for three minutes, and a passkey ceremony lasts ten. */
const WATCHED_MS = 11 * MINUTE
const SILENCE_MS = 10 * MINUTE

/** The cached session is removed a minute after the page; streams and connections close immediately. */
const GONE_MS = 3 * MINUTE

/** The documented states in which a session may stay. */
export const documentedEnds: readonly PairingSession['status'][] = [
  'awaiting-number',
  'expired',
  'linked',
  'failed',
]

const moments: Readonly<Record<UserStep, Moment>> = {
  'code-seen': 'while a code is on screen',
  'code-taken': 'between scan and link',
  linked: 'once linked',
}

/**
 * Runs a fault until the state is final, then checks three more phases: silence, a minute without faults in which it links, and a
 * closed page.
 */
export async function runFault(fault: Fault, id: Service, method: PairingMethod): Promise<Outcome> {
  const isReset = fault.when === 'at the reset'
  const world = createFaultWorld({ id, method, isStopped: isReset && id === 'wasend', ...fault.world })
  try {
    if (isReset && id !== 'wasend') world.emulator.leaveStaleAuth()
    const end = await runToEnd(world, fault)
    const broken = [
      ...(end ? await checkSilence(world) : []),
      ...(await checkCalm(world)),
      ...checkWay(world),
      ...(await checkClosed(world)),
    ]
    return { end, broken }
  } finally {
    world.end()
  }
}

async function runToEnd(world: FaultWorld, fault: Fault): Promise<End | undefined> {
  const { page, pageLink, time } = world
  let causedAt: number | undefined
  const reach = (moment: Moment): void => {
    if (moment !== fault.when || causedAt !== undefined) return
    causedAt = time.awake()
    fault.cause(world)
  }
  pageLink.onSend = (kind) => {
    // A sleeping session is started instead of reset.
    if (kind === 'reset' || kind === 'start') reach('at the reset')
    if (kind === 'request-pairing-code') reach('when the number is sent')
  }
  reach('at the first request')
  page.open()
  const isReset = fault.when === 'at the reset'
  const habits = { scans: !fault.isUnscanned, startsOver: isReset, givesUpOnCodes: isReset }
  const leave = startUser(world, habits, (step) => reach(moments[step]))
  let requests = 0
  let quietSince = 0
  do {
    await world.pass(10 * SECOND)
    const { session } = page
    const isWatched = session?.status === 'linked'
    const requestsNow = requestsOf(world)
    if (requestsNow > requests && !isWatched) quietSince = time.awake()
    requests = requestsNow
    const overAt = causedAt === undefined ? Number.POSITIVE_INFINITY : causedAt + (fault.lastsMs ?? 0)
    const since = Math.max(quietSince, world.changedAt, overAt)
    if (session && documentedEnds.includes(session.status) && time.awake() - since >= STABLE_MS) {
      leave()
      return endOf(session)
    }
  } while (time.awake() < LONGEST_MS)
  leave()
  return undefined
}

/** The state with its error or reason, in the form of the table. */
function endOf(session: PairingSession): End {
  if (session.status === 'expired') return `expired (${session.reason})`
  return 'error' in session && session.error ? `${session.status} (${session.error.code})` : session.status
}

/** Counts failed requests too, and provider requests that no page caused. */
function requestsOf({ pageLink, providerLink }: FaultWorld): number {
  return pageLink.sent + providerLink.sent
}

async function checkSilence(world: FaultWorld): Promise<readonly string[]> {
  await world.pass(WATCHED_MS)
  const before = requestsOf(world)
  await world.pass(SILENCE_MS)
  const requests = requestsOf(world) - before
  return requests > 0 ? [`${requests} requests after the end`] : []
}

/** When the fault has ended, the user presses the available button and the phone scans: the session must link. */
export async function checkCalm(world: FaultWorld): Promise<readonly string[]> {
  const { page, emulator } = world
  const statusNow = () => page.session?.status
  const before = statusNow()
  if (before === 'linked') return []
  world.calm()
  emulator.solvePasskey()
  // WASend cannot clear leftovers through its API; users do it in its console.
  if (world.id === 'wasend' && emulator.state.status === 'stale-auth') emulator.logout()
  await world.pass(10 * SECOND)
  world.setSeen(false)
  world.setSeen(true)
  page.press('retry-button')
  const leave = startUser(world, { scans: true, startsOver: true, givesUpOnCodes: true })
  for (let minute = 0; minute < 4 && statusNow() !== 'linked'; minute += 1) {
    emulator.solvePasskey()
    await world.pass(MINUTE)
  }
  leave()
  const after = statusNow()
  return after === 'linked' ? [] : [`went from ${before} to ${after} in calm minutes`]
}

/** Checks the rules that apply all the time. */
export function checkWay(world: FaultWorld, allowedMs: number = world.unavoidableMs): readonly string[] {
  const { overdueMs, page, pageLink, providerLink } = world
  const { told, events } = page
  return [
    ...(overdueMs > allowedMs ? [`a dead code was up for ${overdueMs} ms`] : []),
    ...(pageLink.mostOfOneKind > 1 ? ['the page asked the same twice at the same time'] : []),
    ...(providerLink.mostOfOneKind > 1 ? ['requests to the provider overlapped'] : []),
    ...(told.linked === events.linked ? [] : [`onLinked was called ${told.linked} times`]),
    ...(told.error === events.error ? [] : [`onError was called ${told.error} times`]),
  ]
}

/** A closed page sends no request and leaves nothing behind. */
export async function checkClosed(world: FaultWorld): Promise<readonly string[]> {
  const { page, pageLink, providerLink, server } = world
  const before = requestsOf(world)
  page.close()
  await world.pass(GONE_MS)
  const left = {
    ...world.held(),
    queries: page.cached,
    'requests under way': pageLink.underWay + providerLink.underWay,
    'open streams': server.openStreams,
    watchers: server.watchers,
    'requests of a closed page': requestsOf(world) - before,
  }
  return Object.entries({ ...nothingHeld, ...left })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what} left`)
}
