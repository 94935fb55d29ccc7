import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import {
  PairingError,
  type PairingErrorCode,
  type PairingNotice,
  type PairingSession,
  pairingErrorCodes,
} from '../../src/index.js'
import { en } from '../../src/locales/en.js'
import { PairingCard } from '../../src/parts.js'
import { sessionStatusText, sessionTitle } from '../../src/react/session-texts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { heading, part } from './user.js'

// A title must not claim more than the app knows.

afterEach(cleanup)

/** The facts that an error proves, and the titles that claim no more. */
const KNOWN = {
  'the provider refuses what this app has': ['This app can’t link WhatsApp now'],
  'this app is configured wrongly': ['This app isn’t set up right'],
  'this app refuses the request': ['Not allowed', 'Please sign in'],
  'the provider says that the account is blocked': ['This account is blocked'],
  'nothing goes on': ['The connection is stuck', 'This took too long', 'Stopped'],
  'no code came': ['No code was issued'],
  'the number of the linked phone is another one': ['Another number is linked'],
  'the text is no number': ['Check the number'],
  'the answer of the passkey is refused': ['The passkey was not accepted'],
  'the passkey was not used in time': ['The passkey took too long'],
  'the user says that the codes differ': ['The codes were different'],
  'requests are limited': ['Too many attempts'],
  'the provider lacks it': ['Not possible here'],
  'a server responds, but not as documented': ['Not available right now'],
  'a server was not reached': ['No connection'],
  'nothing else': ['Something went wrong'],
} as const

const knownOf: Readonly<Record<PairingErrorCode, keyof typeof KNOWN>> = {
  unauthorized: 'the provider refuses what this app has',
  'session-not-found': 'the provider refuses what this app has',
  'subscription-expired': 'the provider refuses what this app has',
  'account-blocked': 'the provider says that the account is blocked',
  'session-stale': 'nothing goes on',
  'code-refused': 'no code came',
  'wrong-phone-number': 'the number of the linked phone is another one',
  'invalid-phone-number': 'the text is no number',
  'passkey-refused': 'the answer of the passkey is refused',
  'passkey-expired': 'the passkey was not used in time',
  'passkey-mismatch': 'the user says that the codes differ',
  'rate-limited': 'requests are limited',
  'not-supported': 'the provider lacks it',
  'invalid-answer': 'nothing else',
  'provider-unavailable': 'a server responds, but not as documented',
  network: 'a server was not reached',
  timeout: 'nothing goes on',
  'sign-in-required': 'this app refuses the request',
  forbidden: 'this app refuses the request',
  'invalid-request': 'nothing else',
  'server-only': 'this app is configured wrongly',
  'invalid-options': 'this app is configured wrongly',
  aborted: 'nothing goes on',
  'component-failed': 'nothing else',
  unknown: 'nothing else',
}

/** The errors that prove something about WhatsApp or about the user's phone. */
const ABOUT_WHATSAPP: readonly PairingErrorCode[] = ['account-blocked']

const { qr, 'phone-code': phone } = pairingStates()
const failed = (code: PairingErrorCode): PairingSession => ({
  ...qr.failed,
  error: new PairingError(code, 'Internal: 0xBEEF'),
})

describe.each(pairingErrorCodes)('the error %s', (code) => {
  const text = en.messages.errors[code]

  it('has a title that claims no more than it proves', () => {
    expect(KNOWN[knownOf[code]]).toContain(sessionTitle(failed(code), en.messages))
  })

  it('makes no claim about WhatsApp or the phone without a report', () => {
    const claims = `${text.title}. ${text.cause ?? ''}`
    if (!ABOUT_WHATSAPP.includes(code))
      expect(claims).not.toMatch(
        /WhatsApp (?:has|gives|needs|ended|blocked|is down)|reach WhatsApp|(?:that was|your) .*phone/i,
      )
    expect(claims).not.toMatch(/\b(?:nobody|never|ran out|is down|restarting)\b/i)
  })

  it('has advice, a button to continue and its code, and no text of the provider', () => {
    render(<PairingCard pairing={stillPairing(failed(code))} />)
    expect(part('lead')?.textContent?.length).toBeGreaterThan(15)
    if (knownOf[code] === 'the provider refuses what this app has')
      expect(part('lead')?.textContent).toContain('contact the people who run this app')
    expect(document.body.textContent).not.toContain('0xBEEF')
    // Users reported screens that can only be closed and opened again.
    expect(screen.getAllByRole('button').map(({ dataset }) => dataset.part)).toEqual([
      'retry-button',
      'copy-error-button',
    ])
  })

  it("has the support link as its first action if only the app's operator can help", () => {
    render(<PairingCard supportUrl="https://app.example/help" pairing={stillPairing(failed(code))} />)
    const link = screen.queryByRole('link', { name: 'Contact support' })
    if (new PairingError(code).action !== 'contact-host') {
      expect(link).toBeNull()
      return
    }
    expect(link?.getAttribute('href')).toBe('https://app.example/help')
    const [first] = part('tile')?.querySelectorAll('a, button') ?? []
    expect(first).toBe(link)
    cleanup()
    render(<PairingCard pairing={stillPairing(failed(code))} />)
    expect(screen.queryByRole('link', { name: 'Contact support' })).toBeNull()
  })
})

describe('a state after the end of another one', () => {
  const notices = [
    'link-ended',
    'link-not-finished',
    'unlinked-on-phone',
    'code-replaced',
  ] as const satisfies readonly PairingNotice[]
  const sessions: readonly PairingSession[] = [...Object.values(qr), ...Object.values(phone)]

  it.each(notices.flatMap((notice) => sessions.map((session) => ({ ...session, notice }))))(
    '$method $status after $notice gives the reason in one sentence',
    (session) => {
      const texts = {
        'link-ended': en.messages.noticeLinkEnded,
        'link-not-finished': en.messages.noticeLinkNotFinished,
        'unlinked-on-phone': en.messages.noticeUnlinkedOnPhone,
        'code-replaced': en.messages.noticeCodeReplaced,
      }
      const status = sessionStatusText(session, en.messages)
      expect(status.split(texts[session.notice])).toHaveLength(2)
      render(<PairingCard pairing={stillPairing(session)} />)
      expect(part('status-text')?.dataset.notice).toBe(session.notice)
      expect(heading()).toBe(sessionTitle(session, en.messages))
    },
  )

  it.each([qr.expired, phone.expired])(
    '$method expired: the text says that there was no report of a scan or an entry',
    (session) => {
      expect(sessionStatusText(session, en.messages)).toMatch(/We didn’t see (?:a scan|you enter it)\.$/)
    },
  )

  it.each([qr.expired, phone.expired])(
    '$method expired: the text does not say so after a report of linking',
    (session) => {
      const status = sessionStatusText({ ...session, notice: 'link-not-finished' }, en.messages)
      expect(status).toBe('The code has expired. The link was not finished. Please try again.')
    },
  )

  it.each([
    ['link-ended', 'Link your WhatsApp again'],
    ['link-not-finished', 'Link your WhatsApp again'],
    ['unlinked-on-phone', 'Link your WhatsApp again'],
    ['code-replaced', 'Link your WhatsApp'],
    [undefined, 'Link your WhatsApp'],
  ] as const)('has the title for linking again if a link existed or had begun: %s', (notice, title) => {
    expect(sessionTitle({ ...qr['awaiting-scan'], notice }, en.messages)).toBe(title)
  })

  it('names the expected number in the phone tab, without mentioning a link', () => {
    const session: PairingSession = {
      ...phone['awaiting-number'],
      error: new PairingError('wrong-phone-number'),
    }
    render(<PairingCard pairing={stillPairing(session)} locale={en} />)
    expect(part('error')?.textContent).toBe('Another number is expected here.')
  })
})
