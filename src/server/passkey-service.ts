import { PairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import type { PasskeyAction, PasskeyReply } from '../core/passkey.js'
import type { PairingUpdate } from '../core/update.js'
import { performPasskey } from '../poller/perform-passkey.js'
import type { Poller } from '../poller/poller.js'
import { createRateLimit, type RateLimit } from './rate-limit.js'
import { type SessionTarget, sessionKey } from './session-target.js'

/** Handles the passkey requests that the handler has allowed. */
export interface PasskeyService {
  /** The update with only the abilities that this server allows. */
  allowed(update: PairingUpdate): PairingUpdate
  /** @throws {@link PairingError} `forbidden`, `rate-limited`, and what `performPasskey` throws */
  perform(
    poller: Poller,
    target: SessionTarget,
    action: PasskeyAction,
    body: unknown,
    signal: AbortSignal,
  ): Promise<PasskeyReply>
}

/** Limits for a ceremony. WhatsApp does not respond to a wrong answer, and each code is a request to the provider. */
const LIMITS: Readonly<Record<PasskeyAction, { readonly size: number; readonly intervalMs: number }>> = {
  'passkey-challenge': { size: 5, intervalMs: 10_000 },
  'passkey-answer': { size: 3, intervalMs: 30_000 },
  'passkey-confirm': { size: 3, intervalMs: 30_000 },
  'passkey-handoff': { size: 3, intervalMs: 30_000 },
}

const passkeyActions: readonly string[] = Object.keys(LIMITS)

/** Whether an action is one about a passkey ceremony. */
export function isPasskeyAction(value: unknown): value is PasskeyAction {
  return typeof value === 'string' && passkeyActions.includes(value)
}

/** Creates the passkey service of one handler. */
export function createPasskeyService({
  allowPasskeyAnswers,
}: {
  readonly allowPasskeyAnswers: boolean
}): PasskeyService {
  const limits: Readonly<Record<PasskeyAction, RateLimit>> = {
    'passkey-challenge': createRateLimit(LIMITS['passkey-challenge']),
    'passkey-answer': createRateLimit(LIMITS['passkey-answer']),
    'passkey-confirm': createRateLimit(LIMITS['passkey-confirm']),
    'passkey-handoff': createRateLimit(LIMITS['passkey-handoff']),
  }

  return {
    allowed(update) {
      if (allowPasskeyAnswers || !update.abilities.includes('passkey')) return update
      return { ...update, abilities: update.abilities.filter((ability) => ability !== 'passkey') }
    },
    async perform(poller, target, action, body, signal) {
      if (!allowPasskeyAnswers && (action === 'passkey-challenge' || action === 'passkey-answer')) {
        throw new PairingError(
          'forbidden',
          'This server passes no answers of passkeys on. Set allowPasskeyAnswers of createPairingHandler() to allow it, after ' +
            'reading what that costs.',
        )
      }
      const waitMs = limits[action].take(sessionKey(target))
      if (waitMs > 0)
        throw new PairingError(
          'rate-limited',
          'Too many passkey requests in this session. Wait before the next one.',
          {
            retryAfterMs: waitMs,
          },
        )
      const { assertion, code } = asRecord(body)
      return performPasskey(poller, target.provider, { action, assertion, code }, signal)
    },
  }
}
