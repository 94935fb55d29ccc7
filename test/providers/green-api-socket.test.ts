import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import type { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot, SubscribeOptions } from '../../src/core/provider.js'
import { type GreenApiOptions, greenApi } from '../../src/providers/green-api.js'
import { type EmulatedServerEnd, EmulatedWebSocket } from '../../src/testing/emulated-web-socket.js'
import type { Emulator, MockGreenApiSocket, MockServer } from '../../src/testing.js'
import { createEmulator, mockGreenApi, mockGreenApiSocket } from '../../src/testing.js'
import { eventually } from '../eventually.js'
import { everythingIn, IMAGE, PNG } from './fetch-stub.js'

const idInstance = '1101000001'
const apiTokenInstance = 'd75b3a66374942c5b3c019c698abc2067e151558acbd451234'
const credentials = { idInstance, apiTokenInstance }

/** The notifications of a subscriber, in order. */
interface Heard {
  readonly snapshots: PairingSnapshot[]
  readonly errors: PairingError[]
  /** States, `gap`, and codes of errors. */
  readonly log: string[]
  stop(): void
}

function listen(provider: PairingProvider, options: SubscribeOptions = {}): Heard {
  const snapshots: PairingSnapshot[] = []
  const errors: PairingError[] = []
  const log: string[] = []
  const stop = provider.subscribe?.(
    (snapshot) => {
      snapshots.push(snapshot)
      log.push(snapshot.status)
    },
    {
      onGap: () => log.push('gap'),
      onError: (error) => {
        errors.push(error)
        log.push(error.code)
      },
      ...options,
    },
  )
  return { snapshots, errors, log, stop: () => stop?.() }
}

/** Lets time pass, modules load and codes be drawn. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await vi.dynamicImportSettled()
  await vi.advanceTimersByTimeAsync(0)
}

/** The same after the connection, with what it has sent so far. */
async function listened(provider: PairingProvider, options?: SubscribeOptions): Promise<Heard> {
  const heard = listen(provider, options)
  await pass(0)
  return heard
}

interface Emulated {
  readonly emulator: Emulator
  readonly http: MockServer
  readonly socket: MockGreenApiSocket
  readonly provider: PairingProvider
}

/** The adapter over the emulated account, by HTTP and by WebSocket. */
function emulated(options: Partial<GreenApiOptions> = {}): Emulated {
  const emulator = createEmulator({ seed: 7 })
  const http = mockGreenApi(emulator, credentials)
  const socket = mockGreenApiSocket(emulator, credentials)
  const provider = greenApi({ ...credentials, fetch: http.fetch, webSocket: socket, ...options })
  return { emulator, http, socket, provider }
}

type Script = (server: EmulatedServerEnd, connection: number) => void

interface Scripted {
  readonly provider: PairingProvider
  /** When each connection was opened, in order. */
  readonly openedAt: number[]
  readonly sockets: EmulatedWebSocket[]
  /** The provider's end of the last connection. */
  server(): EmulatedServerEnd
}

/** The adapter over a provider with responses that the emulator does not have. */
function scripted(script: Script, options: Partial<GreenApiOptions> = {}): Scripted {
  const openedAt: number[] = []
  const sockets: EmulatedWebSocket[] = []
  let last: EmulatedServerEnd | undefined
  const webSocket = class extends EmulatedWebSocket {
    constructor(url: string) {
      super(url, (server) => {
        last = server
        script(server, openedAt.length)
      })
      openedAt.push(Date.now() - startedAt)
      sockets.push(this)
    }
  }
  const provider = greenApi({
    ...credentials,
    fetch: mockGreenApi(createEmulator(), credentials).fetch,
    webSocket,
    ...options,
  })
  const server = (): EmulatedServerEnd => {
    if (!last) throw new Error('No client has connected')
    return last
  }
  return { provider, openedAt, sockets, server }
}

/** What a subscriber receives from such a provider, and when it connects, if `Math.random` returns this number. */
async function reconnecting(script: Script, random: number, durationMs: number) {
  vi.spyOn(Math, 'random').mockReturnValue(random)
  const { provider, openedAt } = scripted(script)
  const { log } = await listened(provider)
  await pass(durationMs)
  return { log, openedAt }
}

/** The response of a server to a WebSocket handshake. */
type Answering = (socket: Duplex) => void

const qrFrame = JSON.stringify({ type: 'qrCode', message: PNG })
const qrSnapshot = { status: 'qr', qrCode: IMAGE, nextInMs: 20_000, confirmInMs: 21_000 }

/** Accepts the handshake and sends these frames, objects as JSON. */
const saying =
  (...frames: readonly (string | object)[]): Script =>
  (server) => {
    server.accept()
    for (const frame of frames) server.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

const refusing: Script = (server) => server.close(1006)

let startedAt = 0

beforeEach(() => {
  vi.useFakeTimers()
  startedAt = Date.now()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.doUnmock('ws')
})

describe('greenApi subscribe(): codes', () => {
  it.each([
    ['https://7105.api.greenapi.com', 'wss://7105.api.greenapi.com'],
    ['http://localhost:8080/whatsapp/', 'ws://localhost:8080/whatsapp'],
  ])('connects below %s', async (apiUrl, expected) => {
    const { provider, sockets } = scripted(saying(), { apiUrl })
    await listened(provider)
    expect(sockets.map(({ url }) => url)).toEqual([
      `${expected}/waInstance${idInstance}/scanqrcode/${apiTokenInstance}`,
    ])
  })

  it('pushes the current code, with the time of the next one', async () => {
    const { provider } = scripted(saying(qrFrame))
    const { snapshots } = await listened(provider)
    expect(snapshots).toEqual([qrSnapshot])
  })

  it('pushes each code on arrival, without a single request', async () => {
    const { provider, http } = emulated()
    const { snapshots, log } = await listened(provider)
    await pass(60_000)
    await pass(20_000)
    expect(log).toEqual(['qr', 'qr', 'qr'])
    expect(new Set(snapshots.map((snapshot) => JSON.stringify(snapshot))).size).toBe(3)
    expect(http.requests).toEqual([])
  })

  it('opens no connection while a pairing code is on screen', async () => {
    const { provider, socket } = emulated()
    const { log, stop } = listen(provider, { method: 'phone-code' })
    await pass(60_000)
    stop()
    expect([socket.requests, log]).toEqual([[], []])
  })

  it.each<[string, string | object]>([
    ['an undocumented type', { type: 'somethingNew', message: 'hello' }],
    ['a type that is not a string', { type: 7 }],
    ['an empty frame', ''],
    ['a page', '<!DOCTYPE html><html></html>'],
    ['half a frame', qrFrame.slice(0, 40)],
    ['a list', []],
    ['null', 'null'],
    ['a code that is not a picture', { type: 'qrCode', message: 'not ready' }],
    ['a code without a message', { type: 'qrCode' }],
    ['an error with an unknown text', { type: 'error', message: 'out of luck' }],
    ['an error without a text', { type: 'error' }],
    [
      'a frame that is larger than any code',
      JSON.stringify({ type: 'qrCode', message: PNG.padEnd(2_000_001) }),
    ],
  ])('ignores %s and accepts what follows', async (_title, frame) => {
    const { provider } = scripted(saying(frame, qrFrame))
    const { log } = await listened(provider)
    expect(log).toEqual(['qr'])
  })

  it('ignores a binary frame', async () => {
    const { provider, sockets, server } = scripted(saying())
    const { log } = await listened(provider)
    sockets[0]?.dispatchEvent(new MessageEvent('message', { data: new TextEncoder().encode(qrFrame) }))
    server().send(qrFrame)
    expect(log).toEqual(['qr'])
  })

  it.each(['html', 'half-json', 'not-an-image'] as const)(
    'continues after the emulated fault %s',
    async (fault) => {
      const { emulator, provider } = emulated()
      emulator.fail(fault, { times: 1 })
      const { log } = await listened(provider)
      emulator.rotate()
      await pass(0)
      expect(log).toEqual(['qr'])
    },
  )
})

describe('greenApi subscribe(): last frames', () => {
  it('pushes the account after the link and does not reconnect', async () => {
    const { emulator, provider, socket } = emulated()
    const { log, snapshots } = await listened(provider)
    emulator.scan()
    await pass(2_000)
    expect(snapshots.at(-1)).toEqual({
      status: 'linked',
      account: { phoneNumber: '5511987654321', name: 'Ana Souza', id: '5511987654321@c.us' },
    })
    await pass(600_000)
    expect(log).toEqual(['qr', 'linked', 'gap'])
    expect(socket.requests).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['a number', { wid: 79001234567 }, { phoneNumber: '79001234567', id: '79001234567' }],
    ['a hidden number', { wid: '123456789012345@lid' }, { id: '123456789012345@lid' }],
    ['nothing', {}, {}],
  ])('accepts account data with %s', async (_title, fields, account) => {
    const { provider } = scripted(saying({ type: 'accountData', ...fields }))
    const { snapshots } = await listened(provider)
    expect(snapshots).toEqual([{ status: 'linked', account }])
  })

  it('reads the state after alreadyLogged: linked', async () => {
    const { emulator, provider } = emulated()
    emulator.start()
    emulator.scan()
    await pass(2_000)
    const { snapshots } = await listened(provider)
    expect(snapshots).toMatchObject([{ status: 'linked', account: { phoneNumber: '5511987654321' } }])
  })

  it('reads the state after alreadyLogged: linking, and does not reconnect', async () => {
    const { emulator, provider, socket } = emulated()
    emulator.start()
    emulator.scan()
    const { log } = await listened(provider)
    await pass(60_000)
    expect(log).toEqual(['linking', 'gap'])
    expect(socket.requests).toHaveLength(1)
  })

  it('reports a ban that follows a login', async () => {
    const { provider } = scripted(saying({ type: 'alreadyLogged' }), {
      fetch: async () => Response.json({ stateInstance: 'blocked' }),
    })
    const { log } = await listened(provider)
    expect(log).toEqual(['gap', 'account-blocked'])
  })

  it('pushes passkey-required, and neither reconnects nor forgets it until a reset', async () => {
    const memory = {}
    const { emulator, http, provider, socket } = emulated()
    const { log, snapshots, stop } = await listened(provider, { memory })
    emulator.demandPasskey()
    emulator.scan()
    await pass(60_000)
    expect(log).toEqual(['qr', 'passkey-required', 'gap'])
    expect(snapshots.at(-1)).toEqual({ status: 'passkey-required' })
    expect(await provider.getStatus({ memory })).toEqual({ status: 'passkey-required' })
    // A page that returns, even to an adapter that was created since.
    stop()
    const again = greenApi({ ...credentials, fetch: http.fetch, webSocket: socket })
    const back = [listen(provider, { memory }), listen(again, { memory })]
    await pass(100_000)
    expect(back.map((heard) => heard.log)).toEqual([['gap'], ['gap']])
    expect(socket.requests).toHaveLength(1)
    await provider.reset?.({ memory })
    await provider.getQrCode({ memory })
    await pass(0)
    expect(back[0]?.log).toEqual(['gap', 'qr'])
  })

  it('does not reconnect if a request for the QR code got the passkey first', async () => {
    const memory = {}
    const { provider, openedAt } = scripted((server) => server.accept(), {
      fetch: async () => Response.json({ type: 'passkeyRequired', message: '' }),
    })
    await listened(provider, { memory })
    await provider.getQrCode({ memory })
    // A connection that is silent for so long is closed, and another one would be opened.
    await pass(400_000)
    expect(openedAt).toHaveLength(1)
  })

  it('pushes stale and does not reconnect until a code exists', async () => {
    const { emulator, provider, socket } = emulated()
    emulator.leaveStaleAuth()
    const { log } = await listened(provider)
    await pass(60_000)
    expect(log).toEqual(['stale', 'gap'])
    await provider.getQrCode({})
    await pass(60_000)
    expect(socket.requests).toHaveLength(1)
    await provider.reset?.({})
    await provider.getQrCode({})
    await pass(0)
    expect(log).toEqual(['stale', 'gap', 'qr'])
    expect(socket.requests).toHaveLength(2)
  })

  it('waits and reconnects while leftovers are being removed', async () => {
    const { provider, openedAt } = scripted(
      (server, connection) => {
        const stale = { type: 'error', message: 'Instance has auth. You need to make log out' }
        saying(connection === 1 ? stale : qrFrame)(server, connection)
      },
      { fetch: async () => Response.json({ logoutProcess: true }) },
    )
    const { log } = await listened(provider)
    expect(log).toEqual(['preparing', 'gap'])
    await pass(1_000)
    expect(log).toEqual(['preparing', 'gap', 'qr'])
    expect(openedAt).toEqual([0, 1_000])
  })

  it('waits longer each time for an instance that is starting', async () => {
    const starting = saying({ type: 'error', message: 'instance in starting process try later' })
    const { log, openedAt } = await reconnecting(starting, 1, 120_000)
    expect(openedAt).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000])
    expect(log.slice(0, 4)).toEqual(['preparing', 'gap', 'preparing', 'gap'])
  })

  it('reconnects if no phone is authorized', async () => {
    const { provider, openedAt } = scripted(
      saying({ type: 'error', message: 'instance account not authorized' }),
    )
    const { log } = await listened(provider)
    await pass(1_000)
    expect(log.slice(0, 2)).toEqual(['unlinked', 'gap'])
    expect(openedAt).toHaveLength(2)
  })

  it.each([
    ['Instance account is expired. Renew your instance from personal area', 'subscription-expired'],
    ['Instance is deleted', 'session-not-found'],
  ])('reports "%s" as an error, and does not reconnect', async (message, code) => {
    const { provider, openedAt } = scripted(saying({ type: 'error', message }))
    const { log } = await listened(provider)
    await pass(600_000)
    expect(log).toEqual(['gap', code])
    expect(openedAt).toHaveLength(1)
  })
})

describe('greenApi subscribe(): connections', () => {
  it.each(['timeout', 'timeoutExpired'])('continues after %s without a report', async (type) => {
    const { provider, openedAt, server } = scripted(saying(qrFrame))
    const { log } = await listened(provider)
    await pass(100_000)
    server().send(JSON.stringify({ type, message: type }))
    await pass(0)
    expect(openedAt).toEqual([0, 100_000])
    expect(log).toEqual(['qr', 'qr'])
  })

  it('follows the emulated account beyond the 100 seconds of a connection', async () => {
    const { provider, socket } = emulated()
    const { log } = await listened(provider)
    for (let seconds = 0; seconds < 210; seconds += 1) await pass(1_000)
    expect(socket.requests).toHaveLength(3)
    expect(log).not.toContain('gap')
  })

  const lost: Script = (server) => {
    server.accept()
    server.close(1011)
  }
  const lostAfterACode: Script = (server, connection) => {
    server.accept()
    if (connection === 4) server.send(qrFrame)
    server.close(1011)
  }

  it.each<[string, Script, number, number, readonly number[]]>([
    ['ends before its first code', saying({ type: 'timeout' }), 1, 15_000, [0, 1, 3, 7, 15]],
    ['is lost: at most 30 seconds', lost, 1, 130_000, [0, 1, 3, 7, 15, 31, 61, 91, 121]],
    ['is lost, with attempts that are spread, but at least a second apart', lost, 0, 10_000, [0, 1, 2, 4, 8]],
    ['is lost after a code: a second again', lostAfterACode, 1, 10_000, [0, 1, 3, 7, 8, 10]],
  ])('waits longer each time if a connection %s', async (_title, script, random, durationMs, seconds) => {
    const { log, openedAt } = await reconnecting(script, random, durationMs)
    expect(openedAt).toEqual(seconds.map((second) => second * 1_000))
    expect(log[0]).toBe('gap')
    expect(log.join()).not.toContain('gap,gap')
  })

  it('reports a broken connection once and resumes with the next one', async () => {
    const { emulator, provider } = emulated()
    const { log } = await listened(provider)
    await pass(5_000)
    emulator.fail('server-error', { times: 2 })
    await pass(0)
    expect(log).toEqual(['qr', 'gap'])
    await pass(1_000)
    expect(log).toEqual(['qr', 'gap'])
    await pass(2_000)
    expect(log).toEqual(['qr', 'gap', 'qr'])
    emulator.fail('network', { times: 1 })
    await pass(0)
    expect(log).toEqual(['qr', 'gap', 'qr', 'gap'])
  })

  it('stops after three failed handshakes in a row', async () => {
    const { emulator, provider, socket } = emulated()
    emulator.fail('unauthorized')
    const { log } = await listened(provider)
    await pass(600_000)
    expect(socket.requests).toHaveLength(3)
    expect(log).toEqual(['gap'])
    emulator.recover()
    await provider.getQrCode({})
    await pass(60_000)
    expect(socket.requests).toHaveLength(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('reconnects for a new subscriber after three failed handshakes', async () => {
    const { emulator, provider } = emulated()
    emulator.fail('network')
    const first = await listened(provider)
    await pass(60_000)
    emulator.recover()
    first.stop()
    const second = await listened(provider)
    expect(second.log).toEqual(['qr'])
  })

  it('does not give up while some connections succeed', async () => {
    const { provider, openedAt } = scripted((server, connection) => {
      if (connection % 3 !== 0) return refusing(server, connection)
      server.accept()
      server.close(1011)
    })
    await listened(provider)
    await pass(300_000)
    expect(openedAt.length).toBeGreaterThan(10)
  })

  it('treats a handshake without a response within 15 seconds as failed', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const { provider, openedAt, sockets } = scripted(() => {})
    const { log } = await listened(provider)
    await pass(14_999)
    expect(log).toEqual([])
    await pass(1)
    expect(log).toEqual(['gap'])
    expect(sockets[0]?.readyState).toBe(3)
    await pass(600_000)
    expect(openedAt).toEqual([0, 16_000, 33_000])
  })

  it('stops after three attempts if the WebSocket class throws', async () => {
    let attempts = 0
    const webSocket = class extends EmulatedWebSocket {
      constructor(url: string) {
        super(url, () => {})
        attempts += 1
        throw new SyntaxError(`${url} is blocked`)
      }
    }
    const { log } = await listened(greenApi({ ...credentials, webSocket }))
    await pass(600_000)
    expect([attempts, log]).toEqual([3, ['gap']])
  })

  it('treats a connection that opens and sends nothing as lost', async () => {
    const { emulator, provider, socket } = emulated()
    emulator.fail('hang', { times: 1 })
    const { log } = await listened(provider)
    await pass(109_999)
    expect(log).toEqual([])
    await pass(1)
    expect(log).toEqual(['gap'])
    await pass(1_000)
    expect(log).toEqual(['gap', 'qr'])
    expect(socket.requests).toHaveLength(2)
  })

  it('reports no secret in any case', async () => {
    const words = ['Instance is deleted', 'account is expired', 'make log out'].map((message) => ({
      type: 'error',
      message: `${message} ${apiTokenInstance}`,
    }))
    for (const frame of [...words, { type: 'alreadyLogged' }]) {
      const { provider } = scripted(saying(frame), {
        fetch: async (input) => Response.json({ stateInstance: 'blocked', message: String(input) }),
      })
      const { snapshots, errors, log } = await listened(provider)
      expect(log).not.toEqual([])
      expect(everythingIn([snapshots, errors, provider])).not.toContain(apiTokenInstance)
    }
  })
})

describe('greenApi subscribe(): its end', () => {
  it.each<[string, (heard: Heard, controller: AbortController) => void]>([
    ['the returned function', ({ stop }) => stop()],
    ['its signal', (_heard, controller) => controller.abort()],
    [
      'both, twice',
      ({ stop }, controller) => {
        stop()
        controller.abort()
        stop()
      },
    ],
  ])('closes the connection by %s, and reports nothing afterwards', async (_title, end) => {
    const controller = new AbortController()
    const { emulator, provider, socket } = emulated()
    const heard = await listened(provider, { signal: controller.signal })
    end(heard, controller)
    expect(socket.isConnected).toBe(false)
    emulator.scan()
    await pass(60_000)
    expect(heard.log).toEqual(['qr'])
    expect(socket.requests).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends during the wait for the next attempt', async () => {
    const { emulator, provider, socket } = emulated()
    emulator.fail('server-error')
    const { log, stop } = await listened(provider)
    stop()
    expect(vi.getTimerCount()).toBe(0)
    await pass(60_000)
    expect([socket.requests.length, log]).toEqual([1, ['gap']])
  })

  it('aborts the request for the state', async () => {
    let signal: AbortSignal | null | undefined
    const { provider } = scripted(saying({ type: 'alreadyLogged' }), {
      fetch: (_input, init) => {
        signal = init?.signal
        return new Promise(() => {})
      },
    })
    const { log, stop } = await listened(provider)
    stop()
    await pass(60_000)
    expect(signal?.aborted).toBe(true)
    expect(log).toEqual([])
  })

  it('is possible from within its own callbacks', async () => {
    const { provider, openedAt } = scripted(saying(qrFrame, qrFrame))
    const snapshots: PairingSnapshot[] = []
    const stop = provider.subscribe?.((snapshot) => {
      snapshots.push(snapshot)
      stop?.()
    }, {})
    await pass(60_000)
    expect([snapshots.length, openedAt.length, vi.getTimerCount()]).toEqual([1, 1, 0])
  })

  it.each<[string, () => Script]>([
    ['a broken connection', () => refusing],
    ['the end of its lifetime', () => saying({ type: 'timeout' })],
    ['an instance that is starting', () => saying({ type: 'error', message: 'try later' })],
  ])('is possible from within the report of %s', async (_title, script) => {
    const { provider, openedAt } = scripted(script())
    const stop = provider.subscribe?.(() => {}, { onGap: () => stop?.() })
    await pass(60_000)
    expect([openedAt.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  it('opens nothing if the subscription ends immediately or never began', async () => {
    const { provider, socket } = emulated()
    listen(provider).stop()
    listen(provider, { signal: AbortSignal.abort() })
    await pass(60_000)
    expect(socket.requests).toEqual([])
  })

  it('closes a pending handshake', async () => {
    const { provider, sockets } = scripted(() => {})
    const { log, stop } = await listened(provider)
    stop()
    await pass(60_000)
    expect(sockets.map(({ readyState }) => readyState)).toEqual([3])
    expect(log).toEqual([])
  })
})

describe('greenApi subscribe(): several subscribers', () => {
  it('share one connection, and a later one gets the current code with its remaining time', async () => {
    const { provider, openedAt, server } = scripted(saying(qrFrame))
    const first = await listened(provider)
    await pass(8_000)
    const second = await listened(provider)
    expect(second.snapshots).toEqual([{ ...qrSnapshot, nextInMs: 12_000, confirmInMs: 13_000 }])
    server().send(qrFrame)
    expect([first.log, second.log, openedAt]).toEqual([['qr', 'qr'], ['qr', 'qr'], [0]])
  })

  it('keep the connection until the last one leaves', async () => {
    const { emulator, provider, socket } = emulated()
    const first = listen(provider)
    const second = await listened(provider)
    first.stop()
    emulator.rotate()
    await pass(0)
    expect([first.log, second.log]).toEqual([['qr'], ['qr', 'qr']])
    second.stop()
    expect(socket.isConnected).toBe(false)
  })

  it('wait a second between two connections', async () => {
    const { provider, socket } = emulated()
    listen(provider).stop()
    const first = await listened(provider)
    await pass(300)
    first.stop()
    const second = listen(provider)
    await pass(699)
    expect(socket.requests).toHaveLength(1)
    await pass(1)
    expect(second.log).toEqual(['qr'])
  })

  it('start again if the previous ones ended without codes', async () => {
    const { provider, openedAt } = scripted(
      saying({ type: 'error', message: 'Instance has auth. You need to make log out' }),
    )
    const first = await listened(provider)
    await pass(60_000)
    const second = await listened(provider)
    expect([first.log, second.log]).toEqual([
      ['stale', 'gap', 'stale', 'gap'],
      ['stale', 'gap'],
    ])
    expect(openedAt).toEqual([0, 60_000])
  })
})

describe('greenApi subscribe(): its WebSocket class', () => {
  it('is the global one if none is given', async () => {
    const { socket } = emulated()
    vi.stubGlobal('WebSocket', socket)
    const { log } = await listened(greenApi(credentials))
    expect(log).toEqual(['qr'])
  })

  it('is not the global one if fetch is overridden', async () => {
    const { socket, provider } = emulated({ webSocket: undefined })
    vi.stubGlobal('WebSocket', socket)
    const { log } = listen(provider)
    await pass(60_000)
    expect(log).toEqual([])
    expect(socket.requests).toEqual([])
  })

  it('may be missing on a runtime: codes are not pushed, and no error is reported', async () => {
    vi.stubGlobal('WebSocket', undefined)
    vi.doMock('ws', () => {
      throw new Error('Cannot find package')
    })
    const { log, stop } = listen(greenApi(credentials))
    await pass(60_000)
    stop()
    expect(log).toEqual([])
  })

  it.each<[string, Answering, string[]]>([
    ['refused', (socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'), ['gap']],
    ['aborted while it connects', (socket) => socket.on('end', () => socket.end()).resume(), []],
  ])('is ws, which throws an error without a listener: one that is %s', async (_title, answer, expected) => {
    vi.useRealTimers()
    vi.stubGlobal('WebSocket', undefined)
    const server = createServer().on('upgrade', (_request, socket) => answer(socket))
    server.listen(0, '127.0.0.1')
    try {
      await once(server, 'listening')
      const upgrade = once(server, 'upgrade')
      const heard = listen(greenApi({ ...credentials, apiUrl: `http://127.0.0.1:${portOf(server)}` }))
      const [, socket] = await upgrade
      const closed = once(socket, 'close')
      await vi.waitFor(() => expect(heard.log).toEqual(expected), eventually)
      heard.stop()
      await closed
      expect(heard.log).toEqual(expected)
    } finally {
      server.close()
      await once(server, 'close')
    }
  })

  it('is the package ws on Node without a global one', async () => {
    vi.useRealTimers()
    vi.stubGlobal('WebSocket', undefined)
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    try {
      await once(server, 'listening')
      const paths: (string | undefined)[] = []
      server.on('connection', (client, request) => {
        paths.push(request.url)
        client.send(Buffer.from(qrFrame), { binary: true })
        client.send(qrFrame)
      })
      const provider = greenApi({ ...credentials, apiUrl: `http://127.0.0.1:${portOf(server)}` })
      const { snapshots, stop } = listen(provider)
      await vi.waitFor(() => expect(snapshots).toEqual([qrSnapshot]), eventually)
      expect(paths).toEqual([`/waInstance${idInstance}/scanqrcode/${apiTokenInstance}`])
      const [client] = server.clients
      stop()
      await vi.waitFor(() => expect(client?.readyState).toBe(3), eventually)
    } finally {
      for (const client of server.clients) client.terminate()
      server.close()
      await once(server, 'close')
    }
  })
})

function portOf(server: Pick<WebSocketServer, 'address'>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen')
  return address.port
}
