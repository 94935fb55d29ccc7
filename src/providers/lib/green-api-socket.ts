import { normalizeAccount } from '../../core/account.js'
import { asText } from '../../core/json.js'
import { normalizeQrPayload } from '../../core/normalize-qr-payload.js'
import type { PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { isPasskeyRequired } from './green-api-responses.js'
import { createPushSocket, type FrameMeaning, type PushSocket } from './push-socket.js'
import { type WebSocketConstructor, webSocketOpener } from './web-socket.js'

// https://green-api.com/en/docs/api/account/Scanqrcode/

/**
 * A code is replaced after 20 seconds, plus the time for its transfer. The age of the first code on a connection is unknown: it
 * may be replaced sooner, or be valid for a minute, which a request then confirms.
 */
const NEXT_CODE_MS = 21_000

/**
 * The state is still read, as often as codes change. The documentation has only examples of the frames after a scan, and a user
 * must not wait for a frame that never comes.
 */
const NEXT_STATE_MS = 20_000

/** The provider ends a connection after 100 seconds. If it does not, the connection is broken. */
const SILENCE_LIMIT_MS = 110_000

/** The functions of the adapter that also apply to frames, because HTTP responses have the same content. */
export interface GreenApiSocketOptions {
  readonly url: string
  readonly webSocket: WebSocketConstructor | undefined
  /** Remembers that WhatsApp demands a passkey. */
  readonly passkeyRequired: (options: RequestOptions) => PairingSnapshot
  /** Whether a passkey is demanded: a connection would then begin another pairing. */
  readonly hasCeremony: (options: RequestOptions) => boolean
  /** The current meaning of `alreadyLogged`. */
  readonly alreadyLogged: (options: RequestOptions) => Promise<PairingSnapshot>
  /** The meaning of an error text; `undefined` for an unknown one. */
  readonly fromText: (text: string, options: RequestOptions) => Promise<PairingSnapshot> | undefined
}

/** Pushes the QR codes of an instance; `undefined` without a WebSocket. */
export async function createGreenApiSocket({
  url,
  webSocket,
  passkeyRequired,
  hasCeremony,
  alreadyLogged,
  fromText,
}: GreenApiSocketOptions): Promise<PushSocket | undefined> {
  const openSocket = await webSocketOpener(webSocket)
  if (!openSocket) return undefined

  function read(
    { type, message, wid, pushname }: Readonly<Record<string, unknown>>,
    options: RequestOptions,
  ): FrameMeaning | undefined {
    if (isPasskeyRequired(type)) return last(passkeyRequired(options))
    switch (type) {
      case 'qrCode':
        return qrCode(message)
      case 'alreadyLogged':
        return last(alreadyLogged(options))
      case 'accountData':
        return last({
          status: 'linked',
          account: normalizeAccount({ phoneNumber: wid, name: pushname, id: wid }),
        })
      // The type was renamed, and it is not documented which one is sent.
      case 'timeout':
      case 'timeoutExpired':
        return { kind: 'time-limit' }
      case 'error': {
        const snapshot = fromText(asText(message) ?? '', options)
        return snapshot && last(snapshot)
      }
      default:
        return undefined
    }
  }

  return createPushSocket({
    open: () => openSocket(url),
    mayOpen: (options) => !hasCeremony(options),
    read,
    silenceLimitMs: SILENCE_LIMIT_MS,
  })
}

function qrCode(message: unknown): FrameMeaning | undefined {
  try {
    const qrCode = normalizeQrPayload(asText(message) ?? '')
    const snapshot = { status: 'qr', qrCode, nextInMs: NEXT_STATE_MS, confirmInMs: NEXT_CODE_MS } as const
    return { kind: 'snapshot', snapshot }
  } catch {
    // Not a picture. An HTTP request returns the reason.
    return undefined
  }
}

function last(snapshot: PairingSnapshot | Promise<PairingSnapshot>): FrameMeaning {
  return { kind: 'last', snapshot }
}
