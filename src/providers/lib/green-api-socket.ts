import { normalizeAccount } from '../../core/account.js'
import { asText } from '../../core/json.js'
import { normalizeQrPayload } from '../../core/normalize-qr-payload.js'
import type { PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { isPasskeyRequired } from './green-api-words.js'
import { createPushSocket, type FrameMeaning, type PushSocket } from './push-socket.js'
import { type WebSocketConstructor, webSocketOpener } from './web-socket.js'

// https://green-api.com/en/docs/api/account/Scanqrcode/

/**
 * A code is replaced after 20 seconds, and the next one has a way to go. Of the first one on a connection the age is
 * unknown: it may be replaced sooner, and some first codes are valid for a minute, which a request then confirms.
 */
const NEXT_CODE_MS = 21_000

/**
 * The state is read all the same, as often as codes change: which frame follows a scan, and when, is documented by examples
 * only, and a user must not wait for a frame that never comes.
 */
const NEXT_STATE_MS = 20_000

/** The provider ends a connection after 100 seconds: where it did not, the other side is down. */
const SILENCE_LIMIT_MS = 110_000

/** What the adapter already knows about frames, since HTTP responses say the same. */
export interface GreenApiSocketOptions {
  readonly url: string
  readonly webSocket: WebSocketConstructor | undefined
  /** Remembers that WhatsApp wants a passkey. */
  readonly passkeyRequired: (options: RequestOptions) => PairingSnapshot
  /** A passkey is wanted: a connection would begin another pairing. */
  readonly hasCeremony: (options: RequestOptions) => boolean
  /** What `alreadyLogged` means at this moment. */
  readonly alreadyLogged: (options: RequestOptions) => Promise<PairingSnapshot>
  /** What the text of an error means; `undefined` for an unknown one. */
  readonly fromText: (text: string, options: RequestOptions) => Promise<PairingSnapshot> | undefined
}

/** The QR codes of an instance as they come; `undefined` where there is no WebSocket to be had. */
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
      // Renamed; which one comes is not documented.
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
    // Not a picture. A request over HTTP gets the reason.
    return undefined
  }
}

function last(snapshot: PairingSnapshot | Promise<PairingSnapshot>): FrameMeaning {
  return { kind: 'last', snapshot }
}
