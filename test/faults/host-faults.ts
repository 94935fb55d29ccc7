import type { PairingErrorCode } from '../../src/index.js'
import { type End, type Ends, ends, type Fault, later, linked, SECOND } from './fault.js'
import type { FaultSetup } from './fault-setup.js'
import {
  buffering,
  cuttingStreams,
  type Interference,
  onStreams,
  page,
  refused,
  silent,
  status,
} from './interference.js'

const moments = ['at the first request', 'while a code is on screen'] as const

function strikes(name: string, cause: Fault['cause'], strikesEnds: Ends, lastsMs = 0): readonly Fault[] {
  return moments.map((when) => ({ name, when, cause, lastsMs, ends: strikesEnds }))
}

/** Open connections break too. */
function interfere(setup: FaultSetup, interference: Interference): void {
  setup.pageLink.interfere = interference
  cutConnections(setup)
}

function cutConnections({ server }: FaultSetup): void {
  server.kill()
  server.start()
}

function unreachable(name: string, interference: Interference, code: PairingErrorCode): readonly Fault[] {
  const failed: End = `failed (${code})`
  return moments.map((when) => ({
    name,
    when,
    cause: (setup) => interfere(setup, interference),
    // A pairing code on screen stays for its lifetime. When it expires, one last request is enough.
    ends: ends(failed, when === 'at the first request' ? failed : 'expired (code-not-entered)'),
  }))
}

function slow(ms: number, slowEnds: Ends): Fault {
  return {
    name: `responses of the host take ${ms / SECOND} s`,
    when: 'at the first request',
    cause: ({ pageLink }) => {
      pageLink.delayMs = () => ms
    },
    ends: slowEnds,
  }
}

/** Faults on the way from the page to the host, and at the host. */
export const hostFaults: readonly Fault[] = [
  ...unreachable('the host never responds', silent, 'timeout'),
  ...unreachable('the host is unreachable', refused, 'network'),
  ...unreachable('the host has a bug: HTTP 500', status(500), 'provider-unavailable'),
  ...unreachable('a gateway in place of the host: HTTP 502', page(502), 'provider-unavailable'),
  ...unreachable('a hotel’s page in place of the host: HTTP 200', page(200), 'invalid-answer'),
  ...strikes(
    'the host no longer recognises the user: HTTP 401',
    (setup) => {
      setup.visitor = 'unknown'
      cutConnections(setup)
    },
    ends('failed (sign-in-required)'),
  ),
  ...strikes(
    'the host denies access: HTTP 403',
    (setup) => {
      setup.visitor = 'forbidden'
      cutConnections(setup)
    },
    ends('failed (forbidden)'),
  ),
  ...strikes(
    'the host restarts, which takes 3 s',
    ({ server }) => {
      server.kill()
      later(3 * SECOND, server.start)
    },
    linked,
    3 * SECOND,
  ),
  ...strikes('event streams are cut', (setup) => interfere(setup, cuttingStreams(7 * SECOND)), linked),
  ...strikes('a proxy buffers event streams', (setup) => interfere(setup, buffering), linked),
  ...strikes('event streams are refused', (setup) => interfere(setup, onStreams(status(404))), linked),
  slow(3 * SECOND, linked),
  // A QR code that is valid for 20 s is 15 s old when it arrives. It leaves the screen before the user has scanned it.
  slow(15 * SECOND, ends('expired (unscanned)', 'linked')),
  {
    name: 'every other response of the host takes 6 s',
    when: 'at the first request',
    // The response to a later request arrives earlier, because live events are sent immediately.
    cause: ({ pageLink }) => {
      let answers = 0
      pageLink.delayMs = () => {
        answers += 1
        return answers % 2 === 1 ? 0 : 6 * SECOND
      }
    },
    ends: linked,
  },
]
