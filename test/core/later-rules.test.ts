import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { laterRules } from '../../src/core/later-rules.js'
import { transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-event.js'
import type { SessionState } from '../../src/core/session-state.js'
import { rulesMissing } from '../../src/core/session-updates.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { beginning, T, updateAt } from './session-steps.js'

const code: Partial<PairingUpdate> = {
  status: 'qr',
  qrCode: { kind: 'text', value: '2@a' },
  codeId: 'id-a',
  hideInMs: 20_000,
  expiresInMs: 20_000,
}

const updated = (fields: Partial<PairingUpdate>, at = T): SessionEvent => ({
  type: 'updated',
  update: updateAt(0, 'preparing', { seq: 1, ...fields }),
  sentAt: at,
  at,
})

const failed = (error: PairingError['code'], at = T): SessionEvent => ({
  type: 'request-failed',
  request: 'read',
  error: new PairingError(error),
  at,
})

const stateAfter = (...events: readonly SessionEvent[]): SessionState =>
  events.reduce((state, event) => transition(state, event, undefined), beginning())

describe('a session before its later rules have loaded', () => {
  it.each<[string, string, readonly SessionEvent[]]>([
    ['waits while the provider prepares', 'preparing', [updated({})]],
    ['waits while the phone is not linked', 'preparing', [updated({ status: 'unlinked' })]],
    ['shows the first QR code', 'awaiting-scan', [updated(code)]],
    [
      'removes the code when it expires',
      'preparing',
      [updated(code), { type: 'time-passed', at: T + 20_000 }],
    ],
    [
      'shows the next QR code',
      'awaiting-scan',
      [
        updated(code),
        updated({ ...code, qrCode: { kind: 'text', value: '2@b' }, codeId: 'id-b', seq: 2 }, T + 20_000),
      ],
    ],
    ['retries after a transient error', 'preparing', [failed('network')]],
    [
      'retries after a transient error of the provider',
      'preparing',
      [updated({ error: { code: 'timeout' } })],
    ],
    ['fails if only the developer can solve the problem', 'failed', [failed('unauthorized')]],
    [
      'fails if its later rules do not load',
      'failed',
      Array.from({ length: 8 }, () => ({ ...failed('network'), request: 'rules' }) as SessionEvent),
    ],
    ['waits on a hidden page', 'preparing', [{ type: 'watched', isWatched: false, at: T }]],
  ])('%s', (_, status, events) => {
    expect(stateAfter(...events).session.status).toBe(status)
  })

  it.each<[string, readonly SessionEvent[]]>([
    ['the user retries after a failure', [failed('unauthorized'), { type: 'started', at: T }]],
    ['the user chooses the other method', [{ type: 'method-chosen', method: 'phone-code', at: T }]],
    ['the user submits a number', [{ type: 'number-submitted', phoneNumber: '+55 11 98765-4321', at: T }]],
    ['the user ends the session', [{ type: 'cancelled', at: T }]],
    ['the phone is linked', [updated({ status: 'linked', account: {} })]],
    ['the code was scanned', [updated(code), updated({ status: 'linking', seq: 2 })]],
    ['a passkey is required', [updated({ status: 'passkey-required' })]],
    ['the provider session is stopped', [updated({ status: 'stopped' })]],
    ['the provider still has an earlier link', [updated({ status: 'stale' })]],
    [
      'another page requested a pairing code',
      [updated({ pairingCode: { value: 'ABCD1234', lastDigits: '4321', expiresInMs: 9_000 } })],
    ],
    ['another user signed in', [updated(code), updated({ ...code, session: 'session-b' })]],
    ['the clock was set back', [updated(code), { type: 'time-passed', at: T - 60_000 }]],
  ])('requests the later rules, and does not change, if %s', (_, events) => {
    const before = stateAfter(...events.slice(0, -1))
    const [last] = events.slice(-1)
    if (!last) throw new Error('There is no event.')
    expect(() => transition(before, last, undefined)).toThrow(rulesMissing)
    expect(transition(before, last, laterRules)).not.toBe(before)
  })

  it('fails if an idle user presses Start and the later rules do not load', () => {
    const missing: SessionEvent = {
      type: 'request-failed',
      request: 'rules',
      error: new PairingError('network'),
      at: T,
    }
    expect(transition(beginning({ autoStart: false }), missing, undefined).session.status).toBe('failed')
  })
})
