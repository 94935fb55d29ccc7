import { isPairingErrorCode } from '../core/errors.js'
import { methodsOf, type PairingMethod, type PairingProvider, type ProviderTiming } from '../core/provider.js'
import {
  type PairingAbility,
  type PairingUpdate,
  pairingAbilities,
  type UpdateReason,
  WIRE_VERSION,
} from '../core/update.js'
import { isCodeUsed, type PollState } from './poll-state.js'
import { needsStart, shownPairingCode, shownQrCode } from './schedule.js'

/** The fields of an update that are not in the cached state. */
export interface UpdateContext extends Pick<PairingUpdate, 'session' | 'origin' | 'seq' | 'at'> {
  readonly revision: number | undefined
  readonly reason: UpdateReason | undefined
  /** The id of the current QR code. */
  readonly codeId: string
  /** The method on the screen of the page. */
  readonly method: PairingMethod
  readonly nextInMs: number | undefined
  readonly provider: PairingProvider
  readonly timing: ProviderTiming
}

/** Makes the update of a page from the cached state. */
export function makeUpdate(poll: PollState, context: UpdateContext): PairingUpdate {
  const { session, origin, seq, at, revision, codeId, method, nextInMs, provider, timing } = context
  const { state, error } = poll
  const reason = poll.isUnlinked ? 'unlinked' : context.reason
  const isUsed = state && isCodeUsed(state)
  const qr = method === 'qr' && !isUsed ? shownQrCode(poll, at, timing) : undefined
  const issued = isUsed ? undefined : shownPairingCode(poll, at)
  return {
    v: WIRE_VERSION,
    session,
    ...(revision !== undefined && { revision }),
    origin,
    seq,
    at,
    // A request for a pairing code starts a pairing too.
    status: qr ? 'qr' : method === 'qr' && needsStart(poll) ? 'stopped' : (state?.status ?? 'preparing'),
    ...(reason && { reason }),
    ...(error && {
      error: {
        code: isPairingErrorCode(error.code) ? error.code : 'unknown',
        ...(error.retryable && nextInMs !== undefined && { retryInMs: nextInMs }),
      },
    }),
    ...(error && !error.retryable && !poll.isRefused && { willRetry: true }),
    ...(qr && { qrCode: qr.payload, codeId, hideInMs: qr.hideInMs, expiresInMs: qr.expiresInMs }),
    ...(issued && {
      pairingCode: {
        value: issued.value,
        lastDigits: issued.phoneNumber.slice(-4),
        expiresInMs: issued.expiresAt - at,
      },
    }),
    ...(state?.status === 'linked' && {
      account: state.account,
      ...(state.syncProgress !== undefined && { syncProgress: state.syncProgress }),
    }),
    ...(state?.status === 'passkey-required' && {
      ...passkeyOf(state, poll.respondedAt, at),
      ...(state.helpUrl && { helpUrl: state.helpUrl }),
    }),
    ...(nextInMs !== undefined && { nextInMs }),
    provider: state?.provider ?? provider.id,
    methods: state?.methods ?? methodsOf(provider),
    abilities: abilitiesOf(provider),
    timing: state?.timing ?? timing,
  }
}

type PasskeyState = Extract<PollState['state'], { status: 'passkey-required' }>

function passkeyOf(
  { step, code, expiresInMs }: PasskeyState,
  respondedAt: number,
  at: number,
): Pick<PairingUpdate, 'passkey'> {
  if (!step) return {}
  return {
    passkey: {
      step,
      ...(step === 'confirm' && code && { code }),
      ...(expiresInMs !== undefined && { expiresInMs: Math.max(respondedAt + expiresInMs - at, 0) }),
    },
  }
}

function abilitiesOf(provider: PairingProvider): readonly PairingAbility[] {
  const has: Readonly<Record<PairingAbility, unknown>> = {
    unlink: provider.unlink,
    reset: provider.reset,
    passkey: provider.getPasskeyChallenge && provider.answerPasskey,
    'passkey-confirm': provider.confirmPasskey,
    'passkey-handoff': provider.getPasskeyHandoff,
  }
  return pairingAbilities.filter((ability) => has[ability])
}
