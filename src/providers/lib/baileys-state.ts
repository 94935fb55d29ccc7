import { normalizeAccount } from '../../core/account.js'
import type { PairingError } from '../../core/errors.js'
import { normalizeQrPayload } from '../../core/normalize-qr-payload.js'
import type { PairingAccount, PairingSnapshot } from '../../core/provider.js'

/** A code and its expiry in epoch milliseconds. */
export interface TimedCode {
  readonly value: string
  readonly expiresAt: number
}

/** How much of the chats the phone has sent, and when it reported that. */
export interface HistorySync {
  /** 0 to 100. */
  readonly progress: number
  readonly at: number
}

/** Baileys treats the copying as stalled after this time without progress. In milliseconds. */
const SYNC_SILENCE_MS = 120_000

/** The state of a session. */
export type LinkState =
  /** It was not checked yet whether there is a link. */
  | { readonly status: 'unread' }
  /** No link, and no socket. */
  | { readonly status: 'idle' }
  /** A socket waits for a phone, or is being opened. */
  | {
      readonly status: 'pairing'
      readonly qrCode?: TimedCode | undefined
      readonly pairingCode?: TimedCode | undefined
      /** Why there is currently no socket. */
      readonly trouble?: PairingError | undefined
    }
  /** A phone has accepted the device, and WhatsApp demands a passkey on the current socket. */
  | { readonly status: 'passkey-required' }
  /** A phone has accepted the device, and the device reconnects. */
  | { readonly status: 'linking' }
  /** There are stored credentials. The login will show whether they are still a link. */
  | { readonly status: 'login'; readonly trouble?: PairingError | undefined }
  /** Linked, also during a short loss of the connection. */
  | { readonly status: 'linked'; readonly account: PairingAccount; readonly sync?: HistorySync | undefined }
  /** A person has to act first. */
  | {
      readonly status: 'refused'
      readonly error: PairingError
      /** The credentials are no longer valid. */
      readonly isLinkOver: boolean
    }

/**
 * The response to a read of the state. It has no codes, because a badge that only reads the state must not get them.
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
  // Without a socket, only `reset` may open one.
  if (state.status === 'idle') return { status: 'stopped' }
  if (state.status === 'pairing' && isLive(state.qrCode, now)) {
    const { value, expiresAt } = state.qrCode
    return { status: 'qr', qrCode: normalizeQrPayload(value), expiresInMs: expiresAt - now }
  }
  return statusSnapshot(state, now)
}

/** A phone that is switched off during copying does not report it, so old progress is ignored. */
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
