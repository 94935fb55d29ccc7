import type { EmulatedServerEnd } from '../emulated-web-socket.js'
import { EmulatedWebSocket } from '../emulated-web-socket.js'
import type { Emulator, EmulatorFault } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { MockServerRequest } from './create-mock-server.js'
import { codeImage } from './create-mock-server.js'
import { addressOf } from './mock-green-api.js'

// https://green-api.com/en/docs/api/account/Scanqrcode/

/** Options of {@link mockGreenApiSocket}. */
export interface MockGreenApiSocketOptions {
  readonly idInstance: string | number
  readonly apiTokenInstance: string
  /** How long the creation of the instance takes, during which connections end with an error. By default 0. */
  readonly creatingMs?: number | undefined
  /** After this time a connection ends. By default 100,000. */
  readonly limitMs?: number | undefined
  /** The type of the frame at that time, which the provider has renamed. By default `timeoutExpired`. */
  readonly limitType?: 'timeout' | 'timeoutExpired' | undefined
}

/** Replaces the global `WebSocket`: `greenApi({ …, webSocket: mockGreenApiSocket(emulator, …) })`. */
export interface MockGreenApiSocket {
  new (url: string | URL): EmulatedWebSocket
  /** Every handshake so far, oldest first. */
  readonly requests: readonly MockServerRequest[]
  /** Whether there is a connection at this moment. */
  readonly isConnected: boolean
}

/** https://green-api.com/en/docs/api/ratelimiter */
const OPEN_INTERVAL_MS = 1_000

const NORMAL_CLOSURE = 1000
const ABNORMAL_CLOSURE = 1006
const INTERNAL_ERROR = 1011

/** Faults that refuse the handshake. The client cannot distinguish them. */
const REFUSALS: readonly EmulatorFault[] = ['unauthorized', 'unknown-instance', 'rate-limited', 'network']

/** Faults that end an open connection. */
const BREAKS: readonly EmulatorFault[] = ['network', 'server-error']

/** Faults of a single frame. After `hang`, the connection sends no more frames. */
const FRAME_FAULTS: readonly EmulatorFault[] = ['html', 'half-json', 'empty-body', 'hang']

/**
 * The WebSocket of GREEN-API, which sends each QR code and the result of the pairing. An instance allows one connection, and one
 * attempt per second; others are refused. It follows the emulator's actions immediately, and its clock with `setTimeout`.
 */
export function mockGreenApiSocket(
  emulator: Emulator,
  options: MockGreenApiSocketOptions,
): MockGreenApiSocket {
  const { idInstance, apiTokenInstance, creatingMs = 0 } = options
  const { limitMs = 100_000, limitType = 'timeoutExpired' } = options
  const requests: MockServerRequest[] = []
  const createdAt = emulator.now() + creatingMs
  let openedAt = Number.NEGATIVE_INFINITY
  let connected: EmulatedServerEnd | undefined

  function attend(server: EmulatedServerEnd): void {
    const at = emulator.now()
    const address = addressOf(server.url)
    requests.push({ method: 'GET', path: address?.path ?? '/…', at })
    const isKnown =
      address?.path === '/scanqrcode' &&
      address.id === String(idInstance) &&
      address.token === apiTokenInstance
    const isAllowed = isKnown && !connected && at - openedAt >= OPEN_INTERVAL_MS
    if (takeFault(emulator, REFUSALS) || !isAllowed) {
      server.close(ABNORMAL_CLOSURE)
      return
    }
    openedAt = at
    connected = server
    server.onEnd(() => {
      connected = undefined
    })
    server.accept()
    serve(server, at + limitMs)
  }

  function serve(server: EmulatedServerEnd, endsAt: number): void {
    let isOver = false
    let isMute = false
    let hasReceived = false
    let shownText: string | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let updates = Promise.resolve()
    // Reads run in sequence, and not while the emulator still notifies others, because drawing a code takes time.
    const update = (): void => {
      updates = updates.then(follow)
    }
    const unsubscribe = emulator.subscribe(update)
    server.onEnd(() => {
      isOver = true
      unsubscribe()
      clearTimeout(timer)
    })

    function sendFrame(frame: Readonly<Record<string, string>>): void {
      const text = JSON.stringify(frame)
      const fault = takeFault(emulator, FRAME_FAULTS)
      isMute ||= fault === 'hang'
      hasReceived = true
      if (!isMute) server.send(garbled(text, fault))
    }

    function sendLastFrame(type: string, fields: Readonly<Record<string, string>>): void {
      sendFrame({ type, ...fields })
      if (!isMute) server.close(NORMAL_CLOSURE)
    }

    function updateAt(time: number): void {
      clearTimeout(timer)
      timer = setTimeout(update, Math.max(Math.min(time, endsAt) - emulator.now(), 0))
    }

    async function follow(): Promise<void> {
      if (isOver || isMute) return
      const at = emulator.now()
      const fault = takeFault(emulator, BREAKS)
      if (fault) {
        server.close(fault === 'network' ? ABNORMAL_CLOSURE : INTERNAL_ERROR)
        return
      }
      if (at >= endsAt) {
        sendLastFrame(limitType, { message: limitType })
        return
      }
      if (at < createdAt) {
        sendLastFrame('error', { message: 'instance in starting process try later' })
        return
      }
      emulator.start()
      const { state } = emulator
      switch (state.status) {
        case 'pairing':
          if (state.qrText !== shownText) {
            shownText = state.qrText
            const message = toBase64(await codeImage(emulator, state.qrText))
            if (isOver) return
            sendFrame({ type: 'qrCode', message })
          }
          updateAt(state.qrExpiresAt)
          break
        case 'linking':
          if (hasReceived) updateAt(state.linkedAt)
          else sendLastFrame('alreadyLogged', { message: 'instance account already authorized' })
          break
        case 'linked': {
          const { phoneNumber, name } = state.account
          if (hasReceived)
            sendLastFrame('accountData', { wid: `${phoneNumber}@c.us`, pushname: name, webhookUrl: '' })
          else sendLastFrame('alreadyLogged', { message: 'instance account already authorized' })
          break
        }
        case 'stale-auth':
          sendLastFrame('error', { message: 'Instance has auth. You need to make log out' })
          break
        case 'passkey-required':
          sendLastFrame('passkeyRequired', { message: 'passkeyRequired' })
          break
        default:
          updateAt(endsAt)
      }
    }

    update()
  }

  return class extends EmulatedWebSocket {
    static readonly requests = requests

    static get isConnected(): boolean {
      return connected !== undefined
    }

    constructor(url: string | URL) {
      super(url, attend)
    }
  }
}

/** Returns the current fault and consumes it, if it is one of these. */
function takeFault(emulator: Emulator, faults: readonly EmulatorFault[]): EmulatorFault | undefined {
  const { fault } = emulator
  return fault && faults.includes(fault.fault) ? emulator.takeFault()?.fault : undefined
}

function garbled(text: string, fault: EmulatorFault | undefined): string {
  switch (fault) {
    case 'html':
      return '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body></body></html>\n'
    case 'half-json':
      return text.slice(0, Math.ceil(text.length / 2))
    case 'empty-body':
      return ''
    default:
      return text
  }
}
