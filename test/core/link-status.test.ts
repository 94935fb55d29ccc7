import { describe, expect, it } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import {
  type LinkFacts,
  type LinkNews,
  linkPauseMs,
  linkStatusAfter,
  unknownLink,
  viewLinkStatus,
} from '../../src/core/link-status.js'

type Update = Extract<LinkNews, { update: unknown }>['update']

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
    const news: LinkNews =
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
    ['knows nothing before the first read', 'unknown', []],
    ['shows who is linked', 'linked Ana', [linked]],
    [
      'takes a name that comes later',
      'linked Ana',
      [{ status: 'linked', account: { phoneNumber: account.phoneNumber } }, linked],
    ],
    [
      'mixes no two phones',
      'linked',
      [linked, { status: 'linked', account: { phoneNumber: '447700900123' } }],
    ],
    ['says that no phone is linked', 'not-linked', [unlinked]],
    ['takes a code on screen for no link', 'not-linked', [{ status: 'qr' }]],
    ['takes a provider that sleeps for no link', 'not-linked', [{ status: 'stopped' }]],
    ['names the leftovers that are in the way', 'needs-attention session-stale', [{ status: 'stale' }]],
    ['names a passkey', 'needs-attention passkey-required', [{ status: 'passkey-required' }]],
    [
      'names a phone that was logged out before the first read',
      'needs-attention unlinked-on-phone',
      [{ status: 'stopped', reason: 'unlinked' }],
    ],
    [
      'believes the end of a link at once where it is reported',
      'needs-attention unlinked-on-phone Ana',
      [linked, { status: 'unlinked', reason: 'unlinked' }],
    ],
    ['does not believe a single denial', 'linked Ana', [linked, unlinked]],
    [
      'does not take a repeated statement for a second one',
      'linked Ana',
      [linked, unlinked, { status: 'unlinked', seq: 1 }],
    ],
    ['believes the second denial', 'needs-attention unlinked-on-phone Ana', [linked, unlinked, unlinked]],
    ['forgets a denial when the link is there again', 'linked Ana', [linked, unlinked, linked, unlinked]],
    [
      'keeps asking for attention while nothing changes',
      'needs-attention unlinked-on-phone Ana',
      [linked, unlinked, unlinked, { status: 'stopped' }],
    ],
    [
      'is not linked at once where a page has disconnected it',
      'not-linked',
      [linked, { status: 'unlinked', reason: 'disconnected', revision: 5 }],
    ],
    [
      'is not linked while the provider still clears a link that a page has ended',
      'not-linked',
      [linked, { status: 'preparing', reason: 'disconnected', revision: 5 }],
    ],
    [
      'is not linked where another replica reports the change without its reason',
      'not-linked',
      [linked, { status: 'unlinked', revision: 5 }],
    ],
    [
      'ends the need for attention with a new pairing',
      'not-linked',
      [linked, unlinked, unlinked, { status: 'unlinked', revision: 5 }],
    ],
    [
      'keeps what was known while the provider starts',
      'unknown: last linked Ana as of 1 s',
      [linked, { status: 'preparing' }],
    ],
    [
      'keeps what was known while a link is made',
      'unknown: last not-linked as of 1 s',
      [unlinked, { status: 'linking' }],
    ],
    [
      'keeps what was known after a failed read',
      'unknown: last linked Ana as of 1 s, network',
      [linked, 'network'],
    ],
    ['has nothing to keep where the first read failed', 'unknown: timeout', ['timeout']],
    [
      'keeps the time of what was known through several failures',
      'unknown: last linked Ana as of 2 s, network',
      [linked, linked, 'network', 'timeout', 'network'],
    ],
    [
      'does not take a sign-out of the app for the end of the link',
      'unknown: last linked Ana as of 1 s, sign-in-required',
      [linked, 'sign-in-required'],
    ],
    [
      'does not take an outage of the provider for the end of the link',
      'unknown: last linked Ana as of 1 s, provider-unavailable',
      [linked, refused('provider-unavailable')],
    ],
    [
      'waits until a refusal is final',
      'unknown: unauthorized',
      [refused('unauthorized', { willRetry: true })],
    ],
    ['names a refused key', 'needs-attention unauthorized', [refused('unauthorized')]],
    [
      'names a plan that is over, and who was linked',
      'needs-attention subscription-expired Ana',
      [linked, refused('subscription-expired')],
    ],
    ['names a banned account', 'needs-attention account-blocked', [refused('account-blocked')]],
    ['names a session that is gone', 'needs-attention session-not-found', [refused('session-not-found')]],
    ['recovers from a refusal', 'linked Ana', [refused('unauthorized'), linked]],
    ['recovers from a failed read', 'linked Ana', [linked, 'network', linked]],
    [
      'ignores an older response',
      'linked Ana',
      [unlinked, { status: 'linked', account, seq: 9 }, { status: 'unlinked', seq: 8 }],
    ],
    [
      'ignores a response from before the last change',
      'not-linked',
      [
        { status: 'unlinked', revision: 9 },
        { status: 'linked', revision: 8, origin: 'another' },
      ],
    ],
    ['keeps nothing of another session', 'not-linked', [linked, { status: 'unlinked', session: 'another' }]],
    [
      'keeps nothing of another session that brings no state',
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
    ['is the usual one for a settled state', USUAL_MS, [linked]],
    ['is short for the second word about the end of a link', 2_000, [linked, unlinked]],
    ['is as long as the server has nothing new', 4_000, [{ status: 'preparing', nextInMs: 4_000 }]],
    ['grows with the failures', 8_000, failures(3)],
    ['ends with the usual one', USUAL_MS, failures(7)],
    ['is the usual one again when the state is settled', USUAL_MS, [...failures(3), linked]],
    ['is the usual one where no figure of copied chats is known', USUAL_MS, [copied(undefined)]],
    [
      'is as long as the server takes until it has another figure of copied chats',
      15_000,
      [copied(40, { nextInMs: 15_000 })],
    ],
    [
      'is the usual one where the figure comes from a pairing screen, which brings the next one too',
      USUAL_MS,
      [copied(40)],
    ],
    ['is short while the figure goes up', 9_000, [copied(40), copied(41, { nextInMs: 9_000 })]],
    ['is two seconds at least for a figure', 2_000, [copied(40), copied(41, { nextInMs: 1 })]],
    [
      'is the same after a repeated update',
      9_000,
      [copied(40, { nextInMs: 15_000 }), copied(40, { seq: 0, nextInMs: 9_000 })],
    ],
    [
      'is the usual one where the figure stands still',
      USUAL_MS,
      [copied(40), copied(40, { nextInMs: 9_000 })],
    ],
    ['is the usual one when all chats are copied', USUAL_MS, [copied(40), copied(100, { nextInMs: 9_000 })]],
    [
      'is the usual one when the figure is missing again',
      USUAL_MS,
      [copied(40), copied(undefined, { nextInMs: 9_000 })],
    ],
    ['is that of a failed read, whatever figure there was', 2_000, [copied(40), 'network']],
  ])('%s', (_, expected, steps) => {
    expect(linkPauseMs(fold(steps), USUAL_MS)).toBe(expected)
  })

  it('is never longer than the usual pause', () => {
    expect(linkPauseMs(fold([{ status: 'preparing', nextInMs: 60_000 }]), 20_000)).toBe(20_000)
    expect(linkPauseMs(fold([copied(40, { nextInMs: 15_000 })]), 5_000)).toBe(5_000)
  })
})
