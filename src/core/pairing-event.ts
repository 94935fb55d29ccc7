import type { PairingErrorCode } from './errors.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PairingMethod } from './provider.js'

/**
 * Why a session is `expired`: the allowed QR codes went unscanned, or the pairing code was not entered in time; with
 * `refreshMode: 'manual'` also: one QR code has expired, and the next one of the round waits for the user.
 */
export type ExpiredReason = 'unscanned' | 'code-not-entered' | 'refresh-due'

/**
 * Other actions of the user: copied the pairing code, enlarged the QR code, opened the list of the phone's messages, or opened
 * WhatsApp on the same phone.
 */
export type PairingUserStep = 'copied' | 'enlarged' | 'trouble-opened' | 'opened-in-whatsapp'

/**
 * Every step that is reported, in the order of an attempt: `started` (mounted, `start`, Retry, or a new round after a link has
 * ended) · `shown` (the first QR code) · `refreshed` (each later one) · `method-chosen` · `code-requested` and `code-shown` (a
 * pairing code) · `slow-code` (it has been shown for half a minute) · `stalled` (nothing could be shown for as long) · `retrying`
 * (a request failed and is retried) · an action of the user ({@link PairingUserStep}) · `linking` (the phone has scanned or
 * entered a code) · `linked` · `unlinked` (ended again, soon after) · `passkey-required` and `passkey-step` (the ceremony reached
 * a step) · `expired` · `failed` · `gave-up` (cancelled, or the screen was closed before the attempt ended).
 */
export type PairingEventType =
  | PairingUserStep
  | 'started'
  | 'shown'
  | 'refreshed'
  | 'method-chosen'
  | 'code-requested'
  | 'code-shown'
  | 'slow-code'
  | 'stalled'
  | 'retrying'
  | 'linking'
  | 'linked'
  | 'unlinked'
  | 'passkey-required'
  | 'passkey-step'
  | 'expired'
  | 'failed'
  | 'gave-up'

/** A step of an attempt, for your statistics and support. Contains no code, phone number or name. */
export interface PairingEvent {
  readonly type: PairingEventType
  /** A random id, the same for all steps from `started` on. Retry begins another attempt. */
  readonly attemptId: string
  /** `id` of the provider; behind `proxy` the id of the server's provider, as soon as it is known. */
  readonly provider: string
  readonly method: PairingMethod
  /** Since the attempt was `started`, in milliseconds. */
  readonly elapsedMs: number
  /** Of `shown` and `refreshed`: which code of the attempt, from 1. */
  readonly number?: number | undefined
  /** Of `expired`. A code that waits for the user (`refresh-due`) ends no attempt and is not reported. */
  readonly reason?: ExpiredReason | undefined
  /** Of `passkey-step`. */
  readonly step?: PasskeyStep | undefined
  /** Of `failed` and `retrying`. */
  readonly code?: PairingErrorCode | undefined
}
