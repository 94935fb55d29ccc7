import { comparePhoneNumbers } from '../core/compare-phone-numbers.js'
import type { PairingAccount, PairingSnapshot } from '../core/provider.js'
import { HandlerError, type Report } from './report.js'
import { sessionTag, tagOf } from './session-tag.js'
import { rememberSession, type SessionTarget } from './session-target.js'
import type { SharedLinks } from './shared-links.js'

/** A link, as `onLinked` of `createPairingHandler` gets it. */
export interface LinkedEvent {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
  /** The linked account, with the details that the provider reports. */
  readonly account: PairingAccount
  /**
   * The id of the link, equal on every replica and after a restart. It is derived from the tenant, the provider, the instance and
   * the number of the account (or its id, if there is no number). A phone that is linked again after an unlink has the same id.
   */
  readonly linkId: string
}

/** The end of a link, as `onUnlinked` of `createPairingHandler` gets it. */
export interface UnlinkedEvent {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
}

/** Calls the app when a link begins and when it ends. */
export interface LinkReports {
  /**
   * Handles a response of the provider. Messages of other replicas must not be passed in, because every program with access to
   * the bus can send them.
   */
  observe(target: SessionTarget, snapshot: PairingSnapshot): void
  /** Handles the end of a link at the provider. */
  unlinked(target: SessionTarget): void
  /** Until this time, a link of another phone is reported to `onError`. */
  expect(target: SessionTarget, phoneNumber: string, until: number): void
  /** Resolves when all calls of the app have ended and the other replicas know of them; after 1.5 seconds at the latest. */
  settled(): Promise<void>
}

/** Options of {@link createLinkReports}. */
export interface LinkReportsOptions {
  readonly onLinked: ((event: LinkedEvent) => void | Promise<void>) | undefined
  readonly onUnlinked: ((event: UnlinkedEvent) => void | Promise<void>) | undefined
  readonly secret: string | undefined
  /** Makes all replicas report each link once. Without it, each process reports separately. */
  readonly shared: SharedLinks | undefined
  readonly report: Report
}

/**
 * How long a replica trusts its state of a link before it checks again, because another one may have seen the end. In
 * milliseconds.
 */
const CHECK_AGAIN_MS = 60_000

/** A process has to end within two seconds after the signal to stop. Another process repeats a call that takes longer. */
const SETTLE_LIMIT_MS = 1_500

interface ReportedSession {
  /** The id of the reported link; `null` if there is none, `undefined` if that is unknown. */
  readonly linkId?: string | null | undefined
  /** When that was checked with the other replicas. */
  readonly checkedAt: number
  /** The id of the link that was reported as one of another phone. It is reported once, even if pages expect different phones. */
  readonly wrongLinkId?: string | undefined
  readonly expected?: { readonly phoneNumber: string; readonly until: number } | undefined
  /** A check with the other replicas or a call of the app is in progress. */
  readonly isBusy?: boolean
}

const endings: readonly PairingSnapshot['status'][] = ['unlinked', 'qr', 'stale']

/** Creates the reports of one handler. */
export function createLinkReports({
  onLinked,
  onUnlinked,
  secret,
  report,
  ...options
}: LinkReportsOptions): LinkReports {
  const shared = onLinked || onUnlinked ? options.shared : undefined
  const sessions = new Map<string, ReportedSession>()
  const underWay = new Set<Promise<void>>()

  function track(reporting: Promise<void>): void {
    underWay.add(reporting)
    void reporting.then(() => underWay.delete(reporting))
  }

  function remember(session: string, change: Partial<ReportedSession>): void {
    rememberSession(sessions, session, { checkedAt: Date.now(), ...sessions.get(session), ...change })
  }

  /** Whether this process may trust its own state. */
  const isFresh = (record: ReportedSession | undefined): boolean =>
    record?.linkId !== undefined && (!shared || Date.now() - record.checkedAt < CHECK_AGAIN_MS)

  function linked(target: SessionTarget, account: PairingAccount): void {
    const { tenant, provider } = target
    const session = sessionTag(target, secret)
    const { phoneNumber, id = '' } = account
    const linkId = tagOf(['link', tenant, provider.id, provider.sessionId, phoneNumber ?? id], secret)
    const record = sessions.get(session)
    const { wrongLinkId, expected } = record ?? {}
    const isCompared = expected && phoneNumber && Date.now() < expected.until
    const match = isCompared ? comparePhoneNumbers(expected.phoneNumber, phoneNumber) : 'same'
    if (match === 'different') {
      if (wrongLinkId === linkId) return
      remember(session, { wrongLinkId: linkId })
      report(wrongPhone(tenant), 'expectedPhoneNumber')
      return
    }
    if (record?.isBusy || (record?.linkId === linkId && isFresh(record))) return
    if (record?.linkId !== linkId) {
      if (match === 'probably') report(unconfirmedPhone(tenant), 'expectedPhoneNumber')
      if (expected && !phoneNumber && Date.now() < expected.until)
        report(unknownPhone(tenant), 'expectedPhoneNumber')
    }
    const call = async (): Promise<void> => onLinked?.({ tenant, account, linkId })
    if (shared) {
      track(
        withOthers(session, record?.linkId, async (before) => {
          if (before === linkId) shared.note(session, linkId)
          else if (!(await shared.report({ session, linkId, isEnd: false, call }))) return undefined
          return linkId
        }),
      )
      return
    }
    remember(session, { linkId })
    track(
      call().catch((error: unknown) => {
        report(error, 'onLinked')
        // The next response of the provider retries the call.
        if (sessions.get(session)?.linkId === linkId) remember(session, { linkId: undefined })
      }),
    )
  }

  function unlinked(target: SessionTarget): void {
    const session = sessionTag(target, secret)
    const record = sessions.get(session)
    const call = async (): Promise<void> => {
      try {
        await onUnlinked?.({ tenant: target.tenant })
      } catch (error) {
        report(error, 'onUnlinked')
      }
    }
    if (record?.wrongLinkId !== undefined) remember(session, { wrongLinkId: undefined })
    if (record?.isBusy || (record?.linkId === null && isFresh(record))) return
    if (shared) {
      track(
        withOthers(session, record?.linkId, async (before) => {
          if (before && !(await shared.report({ session, linkId: before, isEnd: true, call })))
            return undefined
          return null
        }),
      )
      return
    }
    // The app gets the end of a link only if `onLinked` got the link.
    if (record?.linkId == null) return
    remember(session, { linkId: null })
    track(call())
  }

  /** Reads what the other replicas have reported, then continues from that state. Resolves with the new state. */
  async function withOthers(
    session: string,
    own: string | null | undefined,
    proceed: (before: string | null | undefined) => Promise<string | null | undefined>,
  ): Promise<void> {
    remember(session, { isBusy: true })
    let linkId: string | null | undefined
    try {
      const before = await shared?.reported(session)
      // During an outage, the state of this process is used.
      linkId = await proceed(before === undefined ? own : before)
    } catch (error) {
      report(error, 'onLinked')
    } finally {
      remember(session, { isBusy: false, linkId, checkedAt: Date.now() })
    }
  }

  return {
    observe(target, snapshot) {
      if (snapshot.status === 'linked') linked(target, snapshot.account)
      else if (endings.includes(snapshot.status)) unlinked(target)
    },
    unlinked,
    expect: (target, phoneNumber, until) =>
      remember(sessionTag(target, secret), { expected: { phoneNumber, until } }),
    async settled() {
      let timer: ReturnType<typeof setTimeout> | undefined
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, SETTLE_LIMIT_MS)
      })
      await Promise.race([Promise.all(underWay), limit])
      clearTimeout(timer)
    },
  }
}

function unconfirmedPhone(tenant: string): HandlerError {
  const text =
    'was linked to a phone that probably is that of expectedPhoneNumber, under an older or newer number. onLinked was called.'
  return new HandlerError(
    'wrong-phone-number',
    `A session of tenant "${tenant}" ${text} Compare account.phoneNumber there, and correct the number that your app keeps.`,
    `A session ${text}`,
  )
}

function wrongPhone(tenant: string): HandlerError {
  const text = 'was linked to another phone than expectedPhoneNumber of its authorization.'
  return new HandlerError(
    'wrong-phone-number',
    `A session of tenant "${tenant}" ${text} It stays linked, and onLinked was not called. Unlink it, or correct the number.`,
    `A session ${text} It stays linked, and onLinked was not called.`,
  )
}

function unknownPhone(tenant: string): HandlerError {
  const text =
    'was linked, and the provider does not say which phone it is, so expectedPhoneNumber was not checked.'
  return new HandlerError(
    'invalid-answer',
    `A session of tenant "${tenant}" ${text} onLinked is called without a number. Read the number where your provider shows it.`,
    `A session ${text} onLinked is called without a number. Read the number where your provider shows it.`,
  )
}
