import { normalizeAccount } from '../../core/account.js'
import type { PairingError } from '../../core/errors.js'
import { normalizeQrPayload } from '../../core/normalize-qr-payload.js'
import type { PairingAccount, PairingSnapshot } from '../../core/provider.js'

/** A code and the moment it ends, in epoch milliseconds. */
export interface TimedCode {
  readonly value: string
  readonly expiresAt: number
}

/** How much of the chats the phone has sent, and when that was said. */
export interface HistorySync {
  /** 0 to 100. */
  readonly progress: number
  readonly at: number
}

/** Baileys itself takes a copying that is silent for so long for one that has stalled. In milliseconds. */
const SYNC_SILENCE_MS = 120_000

/** Where a session stands. */
export type LinkState =
  /** Not checked yet whether there is a link. */
  | { readonly status: 'unread' }
  /** No link, and no socket. */
  | { readonly status: 'idle' }
  /** A socket waits for a phone, or is being made. */
  | {
      readonly status: 'pairing'
      readonly qrCode?: TimedCode | undefined
      readonly pairingCode?: TimedCode | undefined
      /** Why there is no socket at this moment. */
      readonly trouble?: PairingError | undefined
    }
  /** A phone has let the device in, and WhatsApp wants a passkey on the socket that is there. */
  | { readonly status: 'passkey-required' }
  /** A phone has let the device in, and the device is on its way back. */
  | { readonly status: 'linking' }
  /** Credentials were kept; whether they still are a link is what the login will show. */
  | { readonly status: 'login'; readonly trouble?: PairingError | undefined }
  /** Also while the connection is away for a moment. */
  | { readonly status: 'linked'; readonly account: PairingAccount; readonly sync?: HistorySync | undefined }
  /** Nothing goes on before a person acts. */
  | {
      readonly status: 'refused'
      readonly error: PairingError
      /** The credentials are of no use any more. */
      readonly isLinkOver: boolean
    }

/**
 * The response to a read of the state. It has no codes: those belong to the screen that shows them, and not to every
 * badge that reads whether a phone is linked.
 *
 * @throws {@link PairingError} what stands in the way
 */
export function statusSnapshot(state: LinkState, now: number): PairingSnapshot {
  switch (state.status) {
    case 'unread':
      return { status: 'preparing' }
    case 'idle':
      return { status: 'unlinked' }
    case 'pairing':
      if (state.trouble) throw state.trouble
      return { status: 'unlinked' }
    case 'passkey-required':
    case 'linking':
      return { status: state.status }
    case 'login':
      if (state.trouble) throw state.trouble
      return { status: 'preparing' }
    case 'linked':
      return { status: 'linked', account: state.account, syncProgress: progressOf(state.sync, now) }
    case 'refused':
      if (state.error.code === 'session-stale') return { status: 'stale' }
      throw state.error
  }
}

/**
 * The response to a request for the QR code.
 *
 * @throws {@link PairingError} what stands in the way
 */
export function qrSnapshot(state: LinkState, now: number): PairingSnapshot {
  // Only `reset` may open a socket where there is none.
  if (state.status === 'idle') return { status: 'stopped' }
  if (state.status === 'pairing' && isLive(state.qrCode, now)) {
    const { value, expiresAt } = state.qrCode
    return { status: 'qr', qrCode: normalizeQrPayload(value), expiresInMs: expiresAt - now }
  }
  return statusSnapshot(state, now)
}

/** A phone that is switched off in the middle does not say so: what it said last is not known to be true any more. */
function progressOf(sync: HistorySync | undefined, now: number): number | undefined {
  return sync && now - sync.at < SYNC_SILENCE_MS ? sync.progress : undefined
}

export function isLive(code: TimedCode | undefined, now: number): code is TimedCode {
  return code !== undefined && now < code.expiresAt
}

/** The account in the credentials of a link. */
export function accountOf(
  me: { readonly id: string; readonly name?: string | undefined } | undefined,
  avatarUrl?: string | undefined,
): PairingAccount {
  return normalizeAccount({ phoneNumber: me?.id, name: me?.name, id: me?.id, avatarUrl })
}
