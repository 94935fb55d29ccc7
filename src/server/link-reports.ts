import { comparePhoneNumbers } from '../core/compare-phone-numbers.js'
import type { PairingAccount, PairingSnapshot } from '../core/provider.js'
import { HandlerError, type Report } from './report.js'
import { tagOf } from './session-tag.js'
import { type SessionTarget, sessionKey } from './session-target.js'

/** A link, as `onLinked` of `createPairingHandler` gets it. */
export interface LinkedEvent {
  /** As your `tenant` function returned it; `''` where `provider` is one object. */
  readonly tenant: string
  /** The linked account, as far as the provider names it. */
  readonly account: PairingAccount
  /**
   * Names the link: equal on every replica and after a restart. It is derived from the tenant, the provider, the instance and
   * the number of the account (its id where there is no number), so a phone that is linked again after an unlink has it again.
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
  /** Takes a response of the provider. Messages of other replicas do not count: anybody with access to the bus can send them. */
  observe(target: SessionTarget, snapshot: PairingSnapshot): void
  /** The provider has ended the link. */
  unlinked(target: SessionTarget): void
  /** From now on, and until this time, a link of another phone is reported to `onError`. */
  expect(target: SessionTarget, phoneNumber: string, until: number): void
}

/** What {@link createLinkReports} needs. */
export interface LinkReportsOptions {
  readonly onLinked: ((event: LinkedEvent) => void | Promise<void>) | undefined
  readonly onUnlinked: ((event: UnlinkedEvent) => void | Promise<void>) | undefined
  readonly secret: string | undefined
  readonly report: Report
}

/** A session that is forgotten is reported once more, which `linkId` makes harmless. */
const MAX_SESSIONS = 10_000

interface KnownSession {
  /** Of the link that was reported; `undefined` where none is known. */
  readonly linkId?: string | undefined
  /** Of the link that was reported as one of another phone. Pages that expect different phones report it once. */
  readonly wrongLinkId?: string | undefined
  readonly expected?: { readonly phoneNumber: string; readonly until: number } | undefined
}

const endings: readonly PairingSnapshot['status'][] = ['unlinked', 'qr', 'stale']

/** Makes the reports of one handler. */
export function createLinkReports({ onLinked, onUnlinked, secret, report }: LinkReportsOptions): LinkReports {
  const sessions = new Map<string, KnownSession>()

  function remember(key: string, change: KnownSession): void {
    const known = { ...sessions.get(key), ...change }
    // The one that was used last goes to the end.
    sessions.delete(key)
    sessions.set(key, known)
    const [oldest] = sessions.keys()
    if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
  }

  function linked(target: SessionTarget, account: PairingAccount): void {
    const { tenant, provider } = target
    const key = sessionKey(target)
    const { phoneNumber, id = '' } = account
    const linkId = tagOf(['link', tenant, provider.id, provider.sessionId, phoneNumber ?? id], secret)
    const { linkId: reported, wrongLinkId, expected } = sessions.get(key) ?? {}
    const isCompared = expected && phoneNumber && Date.now() < expected.until
    const match = isCompared ? comparePhoneNumbers(expected.phoneNumber, phoneNumber) : 'same'
    if (match === 'different') {
      if (wrongLinkId === linkId) return
      remember(key, { wrongLinkId: linkId })
      report(wrongPhone(tenant), 'expectedPhoneNumber')
      return
    }
    if (reported === linkId) return
    remember(key, { linkId })
    if (match === 'probably') report(probablyRight(tenant), 'expectedPhoneNumber')
    const failed = (error: unknown): void => {
      report(error, 'onLinked')
      // The next response of the provider tries again.
      if (sessions.get(key)?.linkId === linkId) remember(key, { linkId: undefined })
    }
    attempt(() => onLinked?.({ tenant, account, linkId }), failed)
  }

  function unlinked(target: SessionTarget): void {
    const key = sessionKey(target)
    const { linkId, wrongLinkId } = sessions.get(key) ?? {}
    if (linkId === undefined && wrongLinkId === undefined) return
    remember(key, { linkId: undefined, wrongLinkId: undefined })
    // A link that `onLinked` did not get has no end for the app.
    if (linkId === undefined) return
    attempt(
      () => onUnlinked?.({ tenant: target.tenant }),
      (error) => report(error, 'onUnlinked'),
    )
  }

  return {
    observe(target, snapshot) {
      if (snapshot.status === 'linked') linked(target, snapshot.account)
      else if (endings.includes(snapshot.status)) unlinked(target)
    },
    unlinked,
    expect: (target, phoneNumber, until) =>
      remember(sessionKey(target), { expected: { phoneNumber, until } }),
  }
}

/** Calls a function of the app, which may throw or reject. */
function attempt(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure)
  } catch (error) {
    onFailure(error)
  }
}

function probablyRight(tenant: string): HandlerError {
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
