import type { PairingSnapshot } from '../../core/provider.js'
import type { Emulator } from '../emulator.js'

/** What is going on at the provider, by the snapshot that says so. */
export type ProviderSituation = Exclude<PairingSnapshot['status'], 'preparing'>

type Statuses = readonly PairingSnapshot['status'][]

interface Facts {
  /** For the names of tests. */
  readonly title: string
  /** Brings an emulated account there. */
  arrange(emulator: Emulator, pass: (ms: number) => void): void
  /**
   * What a provider may say of it. Not every provider knows everything: between scan and link most say that they
   * prepare, and some that nothing is linked. What none may say is that it is over, or give a code that is not there.
   */
  readonly status: Statuses
  readonly qrCode: Statuses
}

const nothing: Statuses = ['unlinked', 'stopped', 'preparing']
const between: Statuses = ['linking', 'preparing', 'unlinked', 'stopped']

/** Longer than the emulated phone takes to link, shorter than a code lives. */
const LINKING_MS = 2_000

/** All six codes of a round: the first lives a minute, the others 20 seconds. */
const ROUND_MS = 160_000

function scan(emulator: Emulator): void {
  emulator.start()
  emulator.scan()
}

/** Every situation there is. */
export const situations: Readonly<Record<ProviderSituation, Facts>> = {
  unlinked: {
    title: 'nothing is linked',
    arrange: () => {},
    status: nothing,
    qrCode: [...nothing, 'qr'],
  },
  qr: {
    title: 'a QR code is up',
    arrange: (emulator) => emulator.start(),
    status: [...nothing, 'qr'],
    qrCode: ['qr'],
  },
  'pairing-code': {
    title: 'a pairing code was issued',
    arrange: (emulator) => void emulator.requestPairingCode('5511987654321'),
    status: [...nothing, 'qr', 'pairing-code'],
    qrCode: [...nothing, 'qr', 'pairing-code'],
  },
  linking: {
    title: 'the phone has answered, and the link is not finished',
    arrange: scan,
    status: between,
    qrCode: between,
  },
  linked: {
    title: 'a phone is linked',
    arrange(emulator, pass) {
      scan(emulator)
      pass(LINKING_MS)
    },
    status: ['linked'],
    qrCode: ['linked'],
  },
  'passkey-required': {
    title: 'WhatsApp wants a passkey',
    arrange(emulator) {
      emulator.demandPasskey()
      scan(emulator)
    },
    status: [...between, 'passkey-required'],
    qrCode: [...between, 'passkey-required'],
  },
  stale: {
    title: 'leftovers of an earlier link are in the way',
    arrange: (emulator) => emulator.leaveStaleAuth(),
    status: [...nothing, 'stale'],
    qrCode: [...nothing, 'stale'],
  },
  stopped: {
    title: 'the codes have run out',
    arrange(emulator, pass) {
      emulator.start()
      pass(ROUND_MS)
    },
    status: nothing,
    qrCode: [...nothing, 'qr'],
  },
}

/** The names of all situations. */
export function situationNames(): readonly ProviderSituation[] {
  return Object.keys(situations).filter(isSituation)
}

function isSituation(name: string): name is ProviderSituation {
  return Object.hasOwn(situations, name)
}
