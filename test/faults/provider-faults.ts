import type { PairingErrorCode } from '../../src/index.js'
import type { EmulatorFault } from '../../src/testing.js'
import { type Ends, ends, endsWithCode, type Fault, linked, SECOND } from './fault.js'
import {
  answering,
  brokenOff,
  changed,
  halfOf,
  type Interference,
  inflated,
  page,
  refused,
  repeating,
  silent,
  status,
  times,
  withWrongTypes,
} from './interference.js'

const first = 'at the first request'

function line(name: string, when: Fault['when'], interference: () => Interference, lineEnds: Ends): Fault {
  return {
    name,
    when,
    // GREEN-API's WebSocket would bypass a fault in requests.
    setup: { pushes: false },
    cause: ({ providerLink }) => {
      providerLink.interfere = interference()
    },
    ends: lineEnds,
  }
}

function lasting(name: string, interference: Interference, code: PairingErrorCode): Fault {
  return { ...line(name, first, () => interference, ends(`failed (${code})`)), code }
}

/** A pairing code on screen stays for its lifetime. When it expires, one last request is enough. */
function withCodeUp(code: PairingErrorCode): Ends {
  return ends(`failed (${code})`, 'expired (code-not-entered)')
}

/** The next request may succeed: a few failures are retried, and a lasting one is reported. */
function conditions(name: string, interference: Interference, code: PairingErrorCode): readonly Fault[] {
  return [
    line(`${name}, twice`, first, () => times(2, interference), linked),
    lasting(name, interference, code),
    line(name, 'while a code is on screen', () => interference, withCodeUp(code)),
  ].map((fault) => ({ ...fault, code }))
}

/** For faults that have an effect beyond their code: their duration, or the time of the next allowed request. */
const withoutCode = ({ code: _, ...fault }: Fault): Fault => fault

function slow(ms: number, slowEnds: Ends): Fault {
  return {
    name: `responses take ${ms / SECOND} s`,
    when: first,
    cause: ({ providerLink }) => {
      providerLink.delayMs = () => ms
    },
    ends: slowEnds,
  }
}

/** In the provider's own form, also over GREEN-API's WebSocket. */
function said(fault: EmulatorFault, saidEnds: Ends): Fault {
  return {
    name: `the provider’s own “${fault}”`,
    when: first,
    cause: ({ emulator }) => emulator.fail(fault),
    ends: saidEnds,
  }
}

const retryAfter = status(429, { 'retry-after': '20' })
const redirect = answering(302, null, { location: 'https://login.example/' })

const refusals = [
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'session-not-found'],
] as const

const statuses: readonly Fault[] = [
  lasting('HTTP 400', status(400), 'invalid-answer'),
  lasting('HTTP 401', status(401), 'unauthorized'),
  line('HTTP 401', 'while a code is on screen', () => status(401), ends('failed (unauthorized)')),
  lasting('HTTP 403', status(403), 'unauthorized'),
  lasting('HTTP 404', status(404), 'session-not-found'),
  lasting('HTTP 408', status(408), 'invalid-answer'),
  lasting('HTTP 409', status(409), 'invalid-answer'),
  ...conditions('HTTP 429', status(429), 'rate-limited'),
  ...conditions('HTTP 429 with Retry-After: 20', retryAfter, 'rate-limited').map(withoutCode),
  lasting('HTTP 500', status(500), 'provider-unavailable'),
  lasting('HTTP 502', status(502), 'provider-unavailable'),
  ...conditions('HTTP 503', status(503), 'provider-unavailable'),
  lasting('HTTP 504', status(504), 'provider-unavailable'),
  lasting('a redirect', redirect, 'invalid-options'),
  ...refusals.flatMap(([code, error]): readonly Fault[] => [
    lasting(`the HTTP ${code} of a gateway`, page(code), 'provider-unavailable'),
    {
      ...line(`the HTTP ${code} of a gateway, for two requests`, first, () => times(2, page(code)), linked),
      code: 'provider-unavailable',
    },
    {
      ...line(
        `HTTP ${code}, for two requests`,
        'while a code is on screen',
        () => times(2, status(code)),
        linked,
      ),
      code: error,
    },
  ]),
]

const bodies: readonly Fault[] = [
  ...conditions('no response', silent, 'timeout').map(withoutCode),
  ...conditions('no connection', refused, 'network'),
  ...conditions('the connection breaks in the middle of a response', changed(brokenOff), 'network'),
  ...conditions('half a response', changed(halfOf), 'invalid-answer'),
  lasting('a page in place of JSON', page(200), 'provider-unavailable'),
  lasting(
    'an empty response',
    changed(() => null),
    'invalid-answer',
  ),
  lasting('responses of wrong types', changed(withWrongTypes), 'invalid-answer'),
  lasting('responses of 3 MB', changed(inflated), 'invalid-answer'),
  // The code expires after a minute, even if it is sent again.
  line(
    'the same response to every request',
    first,
    repeating,
    ends('failed (session-stale)', 'expired (code-not-entered)'),
  ),
  slow(3 * SECOND, linked),
  // A request to Z-API times out after 10 seconds.
  slow(15 * SECOND, { ...linked, 'z-api/qr': 'failed (timeout)', 'z-api/phone-code': 'failed (timeout)' }),
]

const number = 'when the number is sent'

const later: readonly Fault[] = [
  line('HTTP 503', number, () => status(503), endsWithCode('awaiting-number (provider-unavailable)')),
  line('HTTP 503, once', number, () => times(1, status(503)), endsWithCode('linked')),
  line('HTTP 429', number, () => status(429), endsWithCode('awaiting-number')),
  line('HTTP 401', number, () => status(401), endsWithCode('failed (unauthorized)')),
  line('no response', number, () => silent, endsWithCode('awaiting-number (timeout)')),
  line('HTTP 503', 'between scan and link', () => status(503), withCodeUp('provider-unavailable')),
  line('HTTP 503, twice', 'between scan and link', () => times(2, status(503)), linked),
  line('no response', 'between scan and link', () => silent, withCodeUp('timeout')),
  line('no connection', 'once linked', () => refused, linked),
  line('HTTP 503', 'at the reset', () => status(503), ends('failed (provider-unavailable)')),
  line('no response, once', 'at the reset', () => times(1, silent), linked),
]

/** HTTP faults that every provider has in common. */
export const commonFaults: readonly Fault[] = [...statuses, ...bodies, ...later]

/** The provider's responses are missing or unusable. */
export const providerFaults: readonly Fault[] = [
  ...commonFaults,
  // This has no effect if no user sees the code.
  said('not-an-image', ends('failed (invalid-answer)', 'linked')),
  said('unauthorized', ends('failed (unauthorized)')),
  // GREEN-API sends a page that its gateway also sends for other reasons.
  said('unknown-instance', {
    ...ends('failed (session-not-found)'),
    'green-api/qr': 'failed (provider-unavailable)',
    'green-api/phone-code': 'failed (provider-unavailable)',
  }),
]
