import { describe, expect, it, vi } from 'vitest'
import { asRecord, asText, parseJson } from '../../../src/core/json.js'
import type {
  Emulator,
  EmulatorFault,
  MockGreenApiSocket,
  MockGreenApiSocketOptions,
} from '../../../src/testing.js'
import { createEmulator, mockGreenApiSocket } from '../../../src/testing.js'
import { advance, emulateTime, settle } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { shownText } from '../seeded-emulator.js'

const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345'
const url = `wss://1101.api.greenapi.com/waInstance1101000001/scanqrcode/${token}`

interface Client {
  /** The types of the frames, and other events: `open`, `close 1006`, `no JSON`. */
  readonly log: string[]
  readonly frames: Readonly<Record<string, unknown>>[]
  close(): void
}

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockGreenApiSocket
  connect(address?: string): Promise<Client>
}

function setUp(options: Partial<MockGreenApiSocketOptions> = {}): SetUp {
  const emulator = createEmulator({ seed: 7 })
  const mockServer = mockGreenApiSocket(emulator, {
    idInstance: 1101000001,
    apiTokenInstance: token,
    ...options,
  })
  async function connect(address = url): Promise<Client> {
    const socket = new mockServer(address)
    const log: string[] = []
    const frames: Readonly<Record<string, unknown>>[] = []
    socket.addEventListener('open', () => log.push('open'))
    socket.addEventListener('message', ({ data }) => {
      const frame = asRecord(parseJson(String(data)))
      frames.push(frame)
      log.push(asText(frame.type) ?? 'no JSON')
    })
    socket.onclose = ({ code }) => log.push(`close ${code}`)
    await pass(0)
    return { log, frames, close: () => socket.close() }
  }
  return { emulator, mockServer, connect }
}

/** Advances the clock and waits until codes are drawn. */
async function pass(ms: number): Promise<void> {
  await advance(ms)
  await vi.dynamicImportSettled()
  await settle()
}

emulateTime()

describe('mockGreenApiSocket', () => {
  it('mockGreenApiSocket() sends the current code immediately and each next one on time', async () => {
    const { emulator, connect } = setUp()
    const { log, frames } = await connect()
    expect(log).toEqual(['open', 'qrCode'])
    const texts = [shownText(emulator)]
    await pass(59_999)
    expect(log).toHaveLength(2)
    await pass(1)
    texts.push(shownText(emulator))
    await pass(20_000)
    texts.push(shownText(emulator))
    expect(log).toEqual(['open', 'qrCode', 'qrCode', 'qrCode'])
    expect(frames.map(({ message }) => readPng(fromBase64(asText(message) ?? '')).text)).toEqual(texts)
  })

  it('mockGreenApiSocket() reports changes of the account immediately', async () => {
    const { emulator, connect } = setUp()
    const { log } = await connect()
    emulator.rotate()
    await pass(0)
    emulator.logout()
    await pass(0)
    expect(log).toEqual(['open', 'qrCode', 'qrCode', 'qrCode'])
  })

  it('mockGreenApiSocket() sends the account after the link and closes', async () => {
    const { emulator, mockServer, connect } = setUp()
    const { log, frames } = await connect()
    emulator.scan()
    await pass(1_999)
    expect(log).toEqual(['open', 'qrCode'])
    await pass(1)
    expect(log).toEqual(['open', 'qrCode', 'accountData', 'close 1000'])
    expect(frames.at(-1)).toMatchObject({ wid: '5511987654321@c.us', pushname: 'Ana Souza' })
    expect(mockServer.isConnected).toBe(false)
  })

  it.each<[string, (emulator: Emulator) => void, object]>([
    [
      'a phone that was linked before',
      (emulator) => {
        emulator.start()
        emulator.scan()
      },
      { type: 'alreadyLogged', message: 'instance account already authorized' },
    ],
    [
      'leftovers',
      (emulator) => emulator.leaveStaleAuth(),
      { type: 'error', message: 'Instance has auth. You need to make log out' },
    ],
    [
      'a passkey',
      (emulator) => {
        emulator.demandPasskey()
        emulator.start()
        emulator.scan()
      },
      { type: 'passkeyRequired', message: 'passkeyRequired' },
    ],
  ])('mockGreenApiSocket() reports %s instead of a code, and closes', async (_title, arrange, frame) => {
    const { emulator, connect } = setUp()
    arrange(emulator)
    const { log, frames } = await connect()
    expect(frames).toEqual([frame])
    expect(log.at(-1)).toBe('close 1000')
  })

  it('mockGreenApiSocket() reports "starting" while the instance is being created', async () => {
    const { connect } = setUp({ creatingMs: 5_000 })
    expect((await connect()).frames).toEqual([
      { type: 'error', message: 'instance in starting process try later' },
    ])
    await pass(5_000)
    expect((await connect()).log).toEqual(['open', 'qrCode'])
  })

  it.each(['timeout', 'timeoutExpired'] as const)(
    'mockGreenApiSocket() closes after 100 seconds with %s',
    async (limitType) => {
      const { connect } = setUp({ limitType })
      const { log } = await connect()
      await pass(99_999)
      expect(log).toEqual(['open', 'qrCode', 'qrCode', 'qrCode'])
      await pass(1)
      expect(log.slice(4)).toEqual([limitType, 'close 1000'])
    },
  )

  it('mockGreenApiSocket() refuses a second connection, and a new one within a second', async () => {
    const { mockServer, connect } = setUp()
    const first = await connect()
    expect((await connect()).log).toEqual(['close 1006'])
    first.close()
    await pass(999)
    expect((await connect()).log).toEqual(['close 1006'])
    await pass(1)
    expect((await connect()).log).toEqual(['open', 'qrCode'])
    expect(first.log).toEqual(['open', 'qrCode', 'close 1005'])
    expect(mockServer.isConnected).toBe(true)
  })

  it.each([
    ['token', `wss://api.green-api.com/waInstance1101000001/scanqrcode/other`, '/scanqrcode'],
    ['instance', `wss://api.green-api.com/waInstance7/scanqrcode/${token}`, '/scanqrcode'],
    ['method', `wss://api.green-api.com/waInstance1101000001/qr/${token}`, '/qr'],
    ['address', `wss://api.green-api.com/${token}`, '/…'],
  ])('mockGreenApiSocket() refuses a wrong %s, and its log has no secret', async (_title, address, path) => {
    const { mockServer, connect } = setUp()
    expect((await connect(address)).log).toEqual(['close 1006'])
    expect(mockServer.requests).toEqual([{ method: 'GET', path, at: Date.now() }])
  })

  it.each<[EmulatorFault, string[]]>([
    ['unauthorized', ['close 1006']],
    ['unknown-instance', ['close 1006']],
    ['rate-limited', ['close 1006']],
    ['network', ['close 1006']],
    ['server-error', ['open', 'close 1011']],
    ['html', ['open', 'no JSON']],
    ['half-json', ['open', 'no JSON']],
    ['empty-body', ['open', 'no JSON']],
    ['hang', ['open']],
  ])('mockGreenApiSocket() responds to the fault %s with %j', async (fault, expected) => {
    const { emulator, connect } = setUp()
    emulator.fail(fault, { times: 1 })
    const { log } = await connect()
    expect(log).toEqual(expected)
    expect(emulator.fault).toBeNull()
  })

  it('mockGreenApiSocket() sends a code that is not an image under the fault not-an-image', async () => {
    const { emulator, connect } = setUp()
    emulator.fail('not-an-image')
    const { frames } = await connect()
    expect(atob(asText(frames[0]?.message) ?? '')).toBe('The QR code is not ready.')
  })

  it.each<[EmulatorFault, string]>([
    ['network', 'close 1006'],
    ['server-error', 'close 1011'],
  ])('mockGreenApiSocket() breaks an open connection under the fault %s', async (fault, expected) => {
    const { emulator, connect } = setUp()
    const { log } = await connect()
    emulator.fail(fault)
    await pass(0)
    expect(log).toEqual(['open', 'qrCode', expected])
  })

  it('mockGreenApiSocket() sends nothing more after the fault hang', async () => {
    const { emulator, connect } = setUp()
    const { log } = await connect()
    emulator.fail('hang', { times: 1 })
    await pass(200_000)
    expect(log).toEqual(['open', 'qrCode'])
  })

  it('mockGreenApiSocket() leaves no timer when the client closes', async () => {
    const { connect } = setUp()
    const { close } = await connect()
    close()
    await pass(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('close() before the handshake sends nothing to the mock server', async () => {
    const { mockServer } = setUp()
    const socket = new mockServer(url)
    const codes: number[] = []
    socket.onclose = ({ code }) => codes.push(code)
    socket.close()
    expect(socket.readyState).toBe(2)
    await pass(0)
    expect([codes, socket.readyState]).toEqual([[1006], 3])
    expect(mockServer.requests).toEqual([])
  })
})
