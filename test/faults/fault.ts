import type { ExpiredReason, PairingErrorCode, PairingMethod, PairingSessionStatus } from '../../src/index.js'
import type { FaultWorld, FaultWorldOptions } from './fault-world.js'
import { type Service, services } from './provider-side.js'

/** When a fault begins. */
export type Moment =
  | 'at the first request'
  | 'when the number is sent'
  | 'while a code is on screen'
  | 'between scan and link'
  | 'once linked'
  | 'at the reset'

/** The state that it ends in, with the code of its error or the reason. */
export type End = PairingSessionStatus | `${PairingSessionStatus} (${PairingErrorCode | ExpiredReason})`

/** A provider, and the method that the page is opened with. */
export type Column = `${Service}/${PairingMethod}`

/** Where a fault ends; a column is missing where its moment never comes. */
export type Ends = Partial<Readonly<Record<Column, End>>>

/** One line of the matrix. */
export interface Fault {
  readonly name: string
  readonly when: Moment
  /** What happens, on the whole way from the page to the phone. */
  readonly cause: (world: FaultWorld) => void
  /** How long it goes on, where it ends by itself. */
  readonly lastsMs?: number
  /** What is different from the beginning. */
  readonly world?: Partial<FaultWorldOptions>
  /** No phone is in front of the page. */
  readonly isUnscanned?: boolean
  /**
   * What the adapter makes of it at once: all that follows depends on this code alone. Which responses give which code is in tables
   * (`test/providers/answer-error`, `fetch-failure`, `request`), so that `npm test` walks through one of each code.
   */
  readonly code?: PairingErrorCode
  /** As documented in “Headless and parts” and “Errors”. */
  readonly ends: Ends
}

const methods: readonly PairingMethod[] = ['qr', 'phone-code']

export const columns: readonly (readonly [Column, Service, PairingMethod])[] = services.flatMap((id) =>
  methods.map((method) => [`${id}/${method}`, id, method] as const),
)

/** WASend has no pairing code: a page that is opened with that method shows the QR code. */
const qrColumns: readonly Column[] = ['green-api/qr', 'z-api/qr', 'wasend/qr', 'wasend/phone-code']
const codeColumns: readonly Column[] = ['green-api/phone-code', 'z-api/phone-code']

/** Where it ends with a QR code, with a pairing code, and where one column differs. */
export function ends(withQr: End, withCode: End = withQr, others: Ends = {}): Ends {
  return { ...inColumns(qrColumns, withQr), ...inColumns(codeColumns, withCode), ...others }
}

/** For what only a request for a pairing code meets. */
export function endsWithCode(end: End, others: Ends = {}): Ends {
  return { ...inColumns(codeColumns, end), ...others }
}

function inColumns(names: readonly Column[], end: End): Ends {
  return Object.fromEntries(names.map((name) => [name, end]))
}

export const linked: Ends = ends('linked')

export const SECOND = 1_000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE

/** Does something when its time has come. */
export function later(afterMs: number, action: () => void): void {
  setTimeout(action, afterMs)
}
