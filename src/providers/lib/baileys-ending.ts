import { PairingError, toPairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import { printOnce } from '../../core/print-error.js'

/** Why a socket ended. */
export type SocketEnding =
  /** WhatsApp requires the client to reconnect immediately, as always after a scan. */
  | { readonly kind: 'restart' }
  /** The link has ended, on the phone or by this process. */
  | { readonly kind: 'logged-out' }
  /** A retry cannot help: a person has to act. */
  | { readonly kind: 'refused'; readonly error: PairingError; readonly isLinkOver: boolean }
  /** The connection was lost or could not be opened, and a retry may help. */
  | { readonly kind: 'lost'; readonly error: PairingError }

/**
 * The meaning of the error with which Baileys closes a socket. Its numbers are WhatsApp's, but those of the WebSocket come in the
 * same field: a 401 or 403 of a proxy must not end a link.
 *
 * @see https://github.com/WhiskeySockets/Baileys `DisconnectReason`, https://github.com/tulir/whatsmeow
 *   `ConnectFailureReason`
 */
export function endingOf(error: unknown): SocketEnding {
  const { data, output } = asRecord(error)
  const code = data instanceof Error ? undefined : asRecord(output).statusCode
  switch (code) {
    case 515:
      return { kind: 'restart' }
    case 401:
      return { kind: 'logged-out' }
    case 440:
      return { kind: 'refused', error: replaced(), isLinkOver: false }
    case 402:
      return { kind: 'refused', error: blocked(), isLinkOver: false }
    case 403:
    case 406:
      return { kind: 'refused', error: blocked(), isLinkOver: true }
    case 405:
    case 409:
      return { kind: 'refused', error: outdated(), isLinkOver: false }
    case 411:
      return { kind: 'refused', error: stale(), isLinkOver: true }
    case 429:
      return { kind: 'lost', error: tooManyLogins() }
    default:
      return { kind: 'lost', error: unreachable() }
  }
}

/**
 * WhatsApp's server cannot be reached.
 *
 * @param client The package and its version, if it may also be the reason.
 */
export function unreachable(client?: string): PairingError {
  return new PairingError(
    'network',
    'WhatsApp cannot be reached from this server, so no phone can be linked. Check its connection to the internet' +
      (client === undefined ? '.' : `, and whether there is a newer version than ${client}.`),
  )
}

/** WhatsApp closed the connection, so earlier requests get no response. */
export function ended(): PairingError {
  return new PairingError(
    'provider-unavailable',
    'The connection to WhatsApp ended before there was an answer. Try again.',
  )
}

/** The text of an error of the app's functions, `authState` and `onSocket`, is printed only in the console. */
export function hostError(error: unknown): PairingError {
  if (PairingError.isInstance(error)) return error
  printOnce('baileys', '"authState" or "onSocket" of baileys() failed, or Baileys itself.', error)
  return toPairingError(error)
}

/** The app has closed the session. */
export function closed(): PairingError {
  return new PairingError(
    'provider-unavailable',
    'This provider was closed, so it answers no more. Make a new one.',
  )
}

function blocked(): PairingError {
  return new PairingError('account-blocked', 'WhatsApp has locked or banned this account. Look at its phone.')
}

function outdated(): PairingError {
  return new PairingError(
    'not-supported',
    'WhatsApp refuses this version of Baileys. Install a newer one, or set "version" in "socketOptions".',
  )
}

/**
 * Another process has logged in with a copy of the credentials. This one waits for a reset, because otherwise both would
 * disconnect each other endlessly.
 */
function replaced(): PairingError {
  return new PairingError(
    'invalid-options',
    'Another process logged in with the same credentials, and WhatsApp lets one at a time in, so this one was thrown out. End one of ' +
      'the two, and never copy the credentials of a link. Then reset() brings the link back here.',
  )
}

function stale(): PairingError {
  return new PairingError(
    'session-stale',
    'WhatsApp no longer takes these credentials. Start over to clear them.',
  )
}

function tooManyLogins(): PairingError {
  return new PairingError('rate-limited', 'WhatsApp received too many requests. Wait before the next one.')
}
