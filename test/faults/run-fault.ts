import type { PairingMethod, PairingSession } from '../../src/index.js'
import type { End, Fault, Moment } from './fault.js'
import { createFaultSetup, type FaultSetup } from './fault-setup.js'
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
  const setup = createFaultSetup({ id, method, isStopped: isReset && id === 'wasend', ...fault.setup })
  try {
    if (isReset && id !== 'wasend') setup.emulator.leaveStaleAuth()
    const end = await runToEnd(setup, fault)
    const broken = [
      ...(end ? await checkSilence(setup) : []),
      ...(await checkCalm(setup)),
      ...checkWay(setup),
      ...(await checkClosed(setup)),
    ]
    return { end, broken }
  } finally {
    setup.end()
  }
}

async function runToEnd(setup: FaultSetup, fault: Fault): Promise<End | undefined> {
  const { page, pageLink, machine } = setup
  let causedAt: number | undefined
  const reach = (moment: Moment): void => {
    if (moment !== fault.when || causedAt !== undefined) return
    causedAt = machine.awake()
    fault.cause(setup)
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
  const leave = startUser(setup, habits, (step) => reach(moments[step]))
  let requests = 0
  let quietSince = 0
  do {
    await setup.pass(10 * SECOND)
    const { session } = page
    const isWatched = session?.status === 'linked'
    const requestsNow = requestsOf(setup)
    if (requestsNow > requests && !isWatched) quietSince = machine.awake()
    requests = requestsNow
    const overAt = causedAt === undefined ? Number.POSITIVE_INFINITY : causedAt + (fault.lastsMs ?? 0)
    const since = Math.max(quietSince, setup.changedAt, overAt)
    if (session && documentedEnds.includes(session.status) && machine.awake() - since >= STABLE_MS) {
      leave()
      return endOf(session)
    }
  } while (machine.awake() < LONGEST_MS)
  leave()
  return undefined
}

/** The state with its error or reason, in the form of the table. */
function endOf(session: PairingSession): End {
  if (session.status === 'expired') return `expired (${session.reason})`
  return 'error' in session && session.error ? `${session.status} (${session.error.code})` : session.status
}

/** Counts failed requests too, and provider requests that no page caused. */
function requestsOf({ pageLink, providerLink }: FaultSetup): number {
  return pageLink.sent + providerLink.sent
}

async function checkSilence(setup: FaultSetup): Promise<readonly string[]> {
  await setup.pass(WATCHED_MS)
  const before = requestsOf(setup)
  await setup.pass(SILENCE_MS)
  const requests = requestsOf(setup) - before
  return requests > 0 ? [`${requests} requests after the end`] : []
}

/** When the fault has ended, the user presses the available button and the phone scans: the session must link. */
export async function checkCalm(setup: FaultSetup): Promise<readonly string[]> {
  const { page, emulator } = setup
  const statusNow = () => page.session?.status
  const before = statusNow()
  if (before === 'linked') return []
  setup.calm()
  emulator.solvePasskey()
  // WASend cannot clear leftovers through its API; users do it in its console.
  if (setup.id === 'wasend' && emulator.state.status === 'stale-auth') emulator.logout()
  await setup.pass(10 * SECOND)
  setup.setSeen(false)
  setup.setSeen(true)
  page.press('retry-button')
  const leave = startUser(setup, { scans: true, startsOver: true, givesUpOnCodes: true })
  for (let minute = 0; minute < 4 && statusNow() !== 'linked'; minute += 1) {
    emulator.solvePasskey()
    await setup.pass(MINUTE)
  }
  leave()
  const after = statusNow()
  return after === 'linked' ? [] : [`went from ${before} to ${after} in calm minutes`]
}

/** Checks the rules that apply all the time. */
export function checkWay(setup: FaultSetup, allowedMs: number = setup.unavoidableMs): readonly string[] {
  const { overdueMs, page, pageLink, providerLink } = setup
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
export async function checkClosed(setup: FaultSetup): Promise<readonly string[]> {
  const { page, pageLink, providerLink, server } = setup
  const before = requestsOf(setup)
  page.close()
  await setup.pass(GONE_MS)
  const left = {
    ...setup.held(),
    queries: page.cached,
    'requests under way': pageLink.underWay + providerLink.underWay,
    'open streams': server.openStreams,
    watchers: server.watchers,
    'requests of a closed page': requestsOf(setup) - before,
  }
  return Object.entries({ ...nothingHeld, ...left })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what} left`)
}
