import { describe, expect, it } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import {
  type LinkEvent,
  type LinkFacts,
  linkPauseMs,
  linkStatusAfter,
  unknownLink,
  viewLinkStatus,
} from '../../src/core/link-status.js'

type Update = Extract<LinkEvent, { update: unknown }>['update']

const account = { phoneNumber: '5511987654321', name: 'Ana' }

/** An update or an error, one second after the previous step. All updates come from one process. */
type Step = Partial<Update> | PairingErrorCode

const linked: Step = { status: 'linked', account }
const unlinked: Step = { status: 'unlinked' }
const copied = (syncProgress: number | undefined, more?: Partial<Update>): Step => ({
  status: 'linked',
  account,
  syncProgress,
  ...more,
})
const refused = (code: PairingErrorCode, more?: Partial<Update>): Step => ({
  status: 'preparing',
  error: { code },
  ...more,
})

function fold(steps: readonly Step[]): LinkFacts {
  let facts = unknownLink
  steps.forEach((step, index) => {
    const at = (index + 1) * 1_000
    const news: LinkEvent =
      typeof step === 'string'
        ? { at, error: new PairingError(step) }
        : {
            at,
            update: {
              session: 's',
              origin: 'o',
              seq: index,
              status: 'preparing',
              abilities: ['unlink'],
              ...step,
            },
          }
    facts = linkStatusAfter(facts, news)
  })
  return facts
}

/** The view as text, such as `linked Ana` or `unknown (last linked Ana as of 1 s, network)`. */
function words(facts: LinkFacts): string {
  const { status, last, asOf = 0, reason, error, account: who } = viewLinkStatus(facts)
  const details = [reason, who?.name].filter(Boolean).join(' ')
  if (status !== 'unknown') return [status, details].filter(Boolean).join(' ')
  const known = last && ['last', last, details, `as of ${asOf / 1_000} s`].filter(Boolean).join(' ')
  return [status, [known, error].filter(Boolean).join(', ')].filter(Boolean).join(': ')
}

describe('linkStatusAfter()', () => {
  it.each<[string, string, readonly Step[]]>([
    ['is unknown before the first read', 'unknown', []],
    ['shows the linked account', 'linked Ana', [linked]],
    [
      'adds a name that arrives later',
      'linked Ana',
      [{ status: 'linked', account: { phoneNumber: account.phoneNumber } }, linked],
    ],
    [
      'does not mix the data of two phones',
      'linked',
      [linked, { status: 'linked', account: { phoneNumber: '447700900123' } }],
    ],
    ['reports that no phone is linked', 'not-linked', [unlinked]],
    ['does not treat a code on screen as a link', 'not-linked', [{ status: 'qr' }]],
    ['does not treat a stopped provider session as a link', 'not-linked', [{ status: 'stopped' }]],
    [
      'reports data of an earlier link that prevents a new one',
      'needs-attention session-stale',
      [{ status: 'stale' }],
    ],
    ['reports a required passkey', 'needs-attention passkey-required', [{ status: 'passkey-required' }]],
    [
      'reports a phone that was logged out before the first read',
      'needs-attention unlinked-on-phone',
      [{ status: 'stopped', reason: 'unlinked' }],
    ],
    [
      'accepts the end of a link immediately if the provider reports it',
      'needs-attention unlinked-on-phone Ana',
      [linked, { status: 'unlinked', reason: 'unlinked' }],
    ],
    ['does not accept the end of a link after a single denial', 'linked Ana', [linked, unlinked]],
    [
      'does not count a repeated update as a second denial',
      'linked Ana',
      [linked, unlinked, { status: 'unlinked', seq: 1 }],
    ],
    [
      'accepts the end of a link after a second denial',
      'needs-attention unlinked-on-phone Ana',
      [linked, unlinked, unlinked],
    ],
    ['discards a denial if the link is confirmed', 'linked Ana', [linked, unlinked, linked, unlinked]],
    [
      'keeps requiring attention while nothing changes',
      'needs-attention unlinked-on-phone Ana',
      [linked, unlinked, unlinked, { status: 'stopped' }],
    ],
    [
      'is not linked immediately after a page has unlinked it',
      'not-linked',
      [linked, { status: 'unlinked', reason: 'disconnected', revision: 5 }],
    ],
    [
      'is not linked while the provider still removes a link that a page has ended',
      'not-linked',
      [linked, { status: 'preparing', reason: 'disconnected', revision: 5 }],
    ],
    [
      'is not linked if another replica reports the change without its reason',
      'not-linked',
      [linked, { status: 'unlinked', revision: 5 }],
    ],
    [
      'no longer requires attention after a new pairing begins',
      'not-linked',
      [linked, unlinked, unlinked, { status: 'unlinked', revision: 5 }],
    ],
    [
      'keeps the last status while the provider starts',
      'unknown: last linked Ana as of 1 s',
      [linked, { status: 'preparing' }],
    ],
    [
      'keeps the last status while a phone is being linked',
      'unknown: last not-linked as of 1 s',
      [unlinked, { status: 'linking' }],
    ],
    [
      'keeps the status after a failed read',
      'unknown: last linked Ana as of 1 s, network',
      [linked, 'network'],
    ],
    ['has no earlier status if the first read failed', 'unknown: timeout', ['timeout']],
    [
      'keeps the time of the last status through several failures',
      'unknown: last linked Ana as of 2 s, network',
      [linked, linked, 'network', 'timeout', 'network'],
    ],
    [
      'does not treat a sign-out from the app as the end of the link',
      'unknown: last linked Ana as of 1 s, sign-in-required',
      [linked, 'sign-in-required'],
    ],
    [
      'does not treat an outage of the provider as the end of the link',
      'unknown: last linked Ana as of 1 s, provider-unavailable',
      [linked, refused('provider-unavailable')],
    ],
    [
      'waits until a refusal is confirmed',
      'unknown: unauthorized',
      [refused('unauthorized', { willRetry: true })],
    ],
    ['reports a refused key', 'needs-attention unauthorized', [refused('unauthorized')]],
    [
      'reports an unpaid plan, and which account was linked',
      'needs-attention subscription-expired Ana',
      [linked, refused('subscription-expired')],
    ],
    ['reports a banned account', 'needs-attention account-blocked', [refused('account-blocked')]],
    [
      'reports a provider session that was deleted',
      'needs-attention session-not-found',
      [refused('session-not-found')],
    ],
    ['recovers from a refusal', 'linked Ana', [refused('unauthorized'), linked]],
    ['recovers from a failed read', 'linked Ana', [linked, 'network', linked]],
    [
      'ignores an older response',
      'linked Ana',
      [unlinked, { status: 'linked', account, seq: 9 }, { status: 'unlinked', seq: 8 }],
    ],
    [
      'ignores a response that was read before the last change',
      'not-linked',
      [
        { status: 'unlinked', revision: 9 },
        { status: 'linked', revision: 8, origin: 'another' },
      ],
    ],
    ['keeps no data of another session', 'not-linked', [linked, { status: 'unlinked', session: 'another' }]],
    [
      'keeps no data of another session if its update has no state',
      'unknown',
      [linked, { status: 'preparing', session: 'another' }],
    ],
  ])('%s: %s', (_, expected, steps) => {
    expect(words(fold(steps))).toBe(expected)
  })

  it('lists the actions that the provider supports', () => {
    expect(viewLinkStatus(fold([linked])).abilities).toEqual(['unlink'])
    expect(viewLinkStatus(fold([{ status: 'linked', abilities: [] }])).abilities).toEqual([])
  })

  it('removes the progress figure of a state that was not read again', () => {
    expect(viewLinkStatus(fold([copied(40)])).syncProgress).toBe(40)
    expect(viewLinkStatus(fold([copied(40), 'network'])).syncProgress).toBeUndefined()
  })
})

describe('linkPauseMs()', () => {
  const USUAL_MS = 300_000
  const failures = (count: number): Step[] => Array.from({ length: count }, () => 'network')

  it.each<[string, number, readonly Step[]]>([
    ['is the usual pause for a settled state', USUAL_MS, [linked]],
    ['is short before the second update about the end of a link', 2_000, [linked, unlinked]],
    ['lasts until the server has a new state', 4_000, [{ status: 'preparing', nextInMs: 4_000 }]],
    ['increases with each failure', 8_000, failures(3)],
    ['is at most the usual pause after failures', USUAL_MS, failures(7)],
    ['is the usual pause again when the state is settled', USUAL_MS, [...failures(3), linked]],
    ['is the usual pause if the progress of copied chats is unknown', USUAL_MS, [copied(undefined)]],
    ['lasts until the server has a new progress of copied chats', 15_000, [copied(40, { nextInMs: 15_000 })]],
    [
      'is the usual pause if the progress comes from a pairing screen, which also reports the next one',
      USUAL_MS,
      [copied(40)],
    ],
    ['is short while the progress increases', 9_000, [copied(40), copied(41, { nextInMs: 9_000 })]],
    ['is at least 2 s while the progress increases', 2_000, [copied(40), copied(41, { nextInMs: 1 })]],
    [
      'does not change after a repeated update',
      9_000,
      [copied(40, { nextInMs: 15_000 }), copied(40, { seq: 0, nextInMs: 9_000 })],
    ],
    ['is usual if the progress does not change', USUAL_MS, [copied(40), copied(40, { nextInMs: 9_000 })]],
    ['is usual when all chats are copied', USUAL_MS, [copied(40), copied(100, { nextInMs: 9_000 })]],
    [
      'is the usual pause when the progress is missing again',
      USUAL_MS,
      [copied(40), copied(undefined, { nextInMs: 9_000 })],
    ],
    ['is that of a failed read, for any progress', 2_000, [copied(40), 'network']],
  ])('%s', (_, expected, steps) => {
    expect(linkPauseMs(fold(steps), USUAL_MS)).toBe(expected)
  })

  it('is never longer than the usual pause', () => {
    expect(linkPauseMs(fold([{ status: 'preparing', nextInMs: 60_000 }]), 20_000)).toBe(20_000)
    expect(linkPauseMs(fold([copied(40, { nextInMs: 15_000 })]), 5_000)).toBe(5_000)
  })
})
