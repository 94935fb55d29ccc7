import type { ExpiredReason, PairingErrorCode, PairingMethod, PairingSessionStatus } from '../../src/index.js'
import type { FaultSetup, FaultSetupOptions } from './fault-setup.js'
import { type Service, services } from './provider-side.js'

/** When a fault begins. */
export type Moment =
  | 'at the first request'
  | 'when the number is sent'
  | 'while a code is on screen'
  | 'between scan and link'
  | 'once linked'
  | 'at the reset'

/** The final state, with the code of its error or its reason. */
export type End = PairingSessionStatus | `${PairingSessionStatus} (${PairingErrorCode | ExpiredReason})`

/** A provider, and the method with which the page is opened. */
export type Column = `${Service}/${PairingMethod}`

/** The end in each column; a column is missing if its moment never occurs. */
export type Ends = Partial<Readonly<Record<Column, End>>>

/** One row of the matrix. */
export interface Fault {
  readonly name: string
  readonly when: Moment
  /** Causes the fault, anywhere between the page and the phone. */
  readonly cause: (setup: FaultSetup) => void
  /** The duration of the fault, if it ends without an action. */
  readonly lastsMs?: number
  /** Options of the test setup that differ from the start. */
  readonly setup?: Partial<FaultSetupOptions>
  /** No phone is in front of the page. */
  readonly isUnscanned?: boolean
  /**
   * The error of the adapter, if all that follows depends only on this code. Tables (`test/providers/provider-error`,
   * `fetch-failure`, `request`) list the responses for each code, so `npm test` runs one fault per code.
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

/** The end with a QR code, the end with a pairing code, and the columns that differ. */
export function ends(withQr: End, withCode: End = withQr, others: Ends = {}): Ends {
  return { ...inColumns(qrColumns, withQr), ...inColumns(codeColumns, withCode), ...others }
}

/** The end of a fault that only affects requests for a pairing code. */
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

/** Runs an action after a delay. */
export function later(afterMs: number, action: () => void): void {
  setTimeout(action, afterMs)
}
