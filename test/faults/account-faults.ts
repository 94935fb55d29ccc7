import { type Ends, ends, type Fault, later, linked, MINUTE, SECOND } from './fault.js'
import { answering, type Interference, status } from './interference.js'
import type { Service } from './provider-side.js'

/** Z-API restores a session on its own, without a scan. */
const restored: Ends = { 'z-api/qr': 'linked', 'z-api/phone-code': 'linked' }

/**
 * The response of GREEN-API when its quota is used up. The other providers document none, so they get the matching HTTP status.
 */
const quotaWords: Readonly<Record<Service, Interference>> = {
  'green-api': status(466),
  'z-api': status(402),
  wasend: status(402),
}

const expired = ends('expired (unscanned)', 'expired (code-not-entered)')

/** Actions of the phone, WhatsApp or the instance. */
export const accountFaults: readonly Fault[] = [
  { name: 'nothing', when: 'at the first request', cause: () => {}, ends: linked },
  { name: 'no phone scans', when: 'at the first request', cause: () => {}, isUnscanned: true, ends: expired },
  {
    name: 'the plan has expired',
    when: 'at the first request',
    setup: { pushes: false },
    cause: ({ id, providerLink }) => {
      providerLink.interfere = quotaWords[id]
    },
    ends: ends('failed (subscription-expired)'),
  },
  {
    name: 'WhatsApp has blocked the account',
    when: 'while a code is on screen',
    setup: { pushes: false },
    cause: ({ providerLink }) => {
      providerLink.interfere = answering(200, '{"stateInstance":"blocked"}')
    },
    // No other provider documents such a state.
    ends: { 'green-api/qr': 'failed (account-blocked)', 'green-api/phone-code': 'failed (account-blocked)' },
  },
  {
    name: 'leftovers of an earlier link',
    when: 'at the first request',
    cause: ({ emulator }) => emulator.leaveStaleAuth(),
    ends: ends('failed (session-stale)', 'awaiting-number (code-refused)', restored),
  },
  {
    name: 'leftovers of an earlier link',
    when: 'while a code is on screen',
    cause: ({ emulator }) => emulator.leaveStaleAuth(),
    // GREEN-API reports them only in the response to a request for a QR code.
    ends: ends('failed (session-stale)', 'expired (code-not-entered)', restored),
  },
  {
    name: 'clearing leftovers takes 8 s',
    when: 'at the reset',
    cause: () => {},
    setup: { resettingMs: 8 * SECOND },
    ends: linked,
  },
  {
    name: 'a passkey is required, and given after 40 s',
    when: 'while a code is on screen',
    cause: ({ emulator }) => {
      emulator.demandPasskey()
      later(45 * SECOND, () => void emulator.solvePasskey())
    },
    lastsMs: 90 * SECOND,
    ends: linked,
  },
  {
    name: 'a passkey is required, and never given',
    when: 'while a code is on screen',
    cause: ({ emulator }) => emulator.demandPasskey(),
    // GREEN-API and Z-API report it only in response to a request for a QR code.
    ends: ends('failed (passkey-expired)', 'expired (code-not-entered)'),
  },
  {
    name: 'the code is replaced early',
    when: 'while a code is on screen',
    cause: ({ emulator }) => void emulator.rotate(),
    ends: linked,
  },
  {
    name: 'codes are replaced every 3 s',
    when: 'while a code is on screen',
    cause: ({ emulator }) => {
      for (let count = 1; count < 6; count += 1) later(3 * SECOND * count, () => void emulator.rotate())
    },
    isUnscanned: true,
    ends: expired,
  },
  {
    name: 'the provider restarts',
    when: 'while a code is on screen',
    cause: ({ emulator }) => emulator.restart(),
    // A pairing code ends with the connection it was issued on, without any notice.
    ends: ends('linked', 'expired (code-not-entered)'),
  },
  ...(['between scan and link', 'once linked'] as const).map(
    (when): Fault => ({
      name: 'the provider restarts',
      when,
      cause: ({ emulator }) => emulator.restart(),
      ends: linked,
    }),
  ),
  {
    name: 'the phone removes the device',
    when: 'between scan and link',
    cause: ({ emulator }) => void emulator.disconnect(),
    // A used pairing code looks like an unused one.
    ends: ends('linked', 'expired (code-not-entered)'),
  },
  ...[5 * SECOND, 2 * MINUTE].map(
    (ms): Fault => ({
      name: `the phone removes the device after ${ms / SECOND} s`,
      when: 'once linked',
      cause: ({ emulator }) => later(ms, () => void emulator.disconnect()),
      lastsMs: ms + MINUTE,
      ends: linked,
    }),
  ),
]
