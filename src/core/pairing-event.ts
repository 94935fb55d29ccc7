import type { PairingErrorCode } from './errors.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PairingMethod } from './provider.js'

/**
 * Why a session is `expired`: the allowed QR codes went unscanned, or the pairing code was not entered in time; with
 * `refreshMode: 'manual'` also that one QR code has passed, and the next one of the round waits for the user.
 */
export type ExpiredReason = 'unscanned' | 'code-not-entered' | 'refresh-due'

/**
 * What the user did beside the pairing itself: copied the pairing code, opened the code over the whole screen, the list of what the
 * phone may say, or the link that opens WhatsApp on the same phone.
 */
export type PairingUserStep = 'copied' | 'enlarged' | 'trouble-opened' | 'opened-in-whatsapp'

/**
 * Every step that is reported, in the order of an attempt: `started` (mounted, `start`, Retry, or begun anew after the
 * link was ended) · `shown` (the first QR code) · `refreshed` (each later one) · `method-chosen` · `code-requested` and
 * `code-shown` (a pairing code) · `slow-code` (it has been there for half a minute) · `stalled` (nothing could be shown for as long) ·
 * `retrying` (a request failed, and is sent again) · what the user did ({@link PairingUserStep}) · `linking` (the phone answered) ·
 * `linked` · `unlinked` (ended again, soon after) · `passkey-required` and `passkey-step` (the ceremony has come to a step) ·
 * `expired` · `failed` · `gave-up` (cancelled, or the screen was closed before an end).
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

/** A step of an attempt, for the host's own statistics and support. Holds no code, phone number or name. */
export interface PairingEvent {
  readonly type: PairingEventType
  /**
   * The same for all steps from `started` on; Retry begins another attempt. Random, and without a meaning elsewhere.
   */
  readonly attemptId: string
  /** `id` of the provider; behind `proxy` that of the server's, as soon as it is known. */
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
