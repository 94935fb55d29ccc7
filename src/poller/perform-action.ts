import { PairingError } from '../core/errors.js'
import type { PhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { PairingAction } from '../core/update.js'
import { isCeremonyOver } from './is-ceremony-over.js'
import type { Poller } from './poller.js'

const actions: readonly string[] = [
  'start',
  'request-pairing-code',
  'reset',
  'unlink',
] satisfies readonly PairingAction[]

/** Whether an untrusted value is an action. */
export function isAction(value: unknown): value is PairingAction {
  return typeof value === 'string' && actions.includes(value)
}

/** An action and what it needs. */
export interface ActionInput {
  readonly action: PairingAction
  /** Of `request-pairing-code`. */
  readonly phoneNumber?: PhoneNumber | undefined
}

/**
 * Performs an action at the provider. Resolves with whether a change was sent: a running session needs no start.
 *
 * @throws {@link PairingError} `not-supported` if the provider lacks the method, `invalid-phone-number`, and the errors of the
 * provider.
 */
export async function performAction(
  poller: Poller,
  provider: PairingProvider,
  { action, phoneNumber }: ActionInput,
  signal: AbortSignal,
): Promise<boolean> {
  const { requestPairingCode, reset, resetPasskey, unlink } = provider
  const { status, error } = poller.update('qr')
  const hasCeremony = status === 'passkey-required' && !isCeremonyOver(error)
  // A login or a new code would end the user's passkey ceremony.
  if (hasCeremony && (action === 'start' || action === 'request-pairing-code'))
    throw new PairingError(
      'invalid-request',
      'WhatsApp waits for a passkey in this session, so no code was requested. Finish that, or reset the session first.',
    )
  switch (action) {
    case 'start':
      if (provider.startsOnRead) {
        await poller.read('state', signal)
        if (poller.update('qr').status !== 'stopped' || !(await poller.permitStart(signal))) return false
        await poller.read('code', signal)
        return true
      }
      // No start is sent if the provider is not stopped, or if another page has just started it.
      if (!reset || (await poller.read('code', signal)).status !== 'stopped') return false
      return poller.change(action, signal, (options) => reset.call(provider, options))
    case 'request-pairing-code': {
      if (!requestPairingCode) throw unsupported('pairing codes')
      if (!phoneNumber) throw new PairingError('invalid-phone-number', 'A pairing code needs a phone number.')
      let snapshot: PairingSnapshot | undefined
      let requestedAt = 0
      await poller.change(action, signal, async (options) => {
        requestedAt = Date.now()
        snapshot = decodeSnapshot(await requestPairingCode.call(provider, phoneNumber, options), provider.id)
      })
      if (snapshot) poller.receiveCode(snapshot, phoneNumber, requestedAt)
      return true
    }
    case 'reset': {
      const run = hasCeremony && resetPasskey ? resetPasskey : reset
      if (!run) throw unsupported('a reset')
      return poller.change(action, signal, (options) => run.call(provider, options))
    }
    case 'unlink':
      if (!unlink) throw unsupported('ending a link')
      return poller.change(action, signal, (options) => unlink.call(provider, options))
  }
}

function unsupported(ability: string): PairingError {
  return new PairingError('not-supported', `The provider of this session does not offer ${ability}.`)
}
