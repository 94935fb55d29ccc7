import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, type Emulator, mockWaha } from '../../src/testing.js'
import { differences } from './differences.js'
import { type Json, readRecording, recordingsOf } from './recording.js'
import { type ReplayListener, type ReplayTarget, replay } from './replay.js'

interface Run {
  /** What the session was before the recording. By default it was stopped, and nothing was linked. */
  readonly isLinked?: boolean
  /** From a start to SCAN_QR_CODE on that day. By default 65 ms, as on a quiet machine. */
  readonly startingMs?: number
  /** How long the phone took to enter a code. By default 0. */
  readonly typingMs?: number
  /** By default 500. */
  readonly toleranceMs?: number
  /** Lines that are not compared, each with the reason. */
  readonly except?: Readonly<Record<number, string>>
}

const EARLIER = 'a webhook about what was done before the recording'

const BYTES = 'bytes of a picture: test/testing/mock-servers/mock-waha.test.ts reads the code in it'

const runs: Readonly<Record<string, Run>> = {
  '01-first-link': { except: { 14: BYTES } },
  '02-linked-at-open': { isLinked: true },
  '03-pairing-code': { startingMs: 917, typingMs: 858, except: { 3: EARLIER } },
  '04-qr-then-code': {},
  // The machine was busy: 1.4 s for one start, 36 ms for the other.
  '05-phone-logs-out': { isLinked: true, startingMs: 36, toleranceMs: 1_450 },
  '06-api-logout': {
    isLinked: true,
    except: { 15: 'the last poll sees STARTING, which was there for 80 ms and which the recorder missed' },
  },
  '07-never-scanned': { except: { 3: EARLIER } },
  '08-server-restart': { except: { 2: EARLIER } },
  '09-errors': { except: { 4: EARLIER, 67: BYTES, 68: BYTES, 69: BYTES } },
}

const config = {
  webhooks: [
    {
      url: 'http://127.0.0.1:18080/hooks/waha?secret=a-secret-of-thirty-two-characters',
      events: ['session.status'],
      retries: { attempts: 2, delaySeconds: 2, policy: 'constant' },
    },
  ],
}

/** Keys, ids, times, pictures, stack traces, and what depends on messages that the account got. */
const ignoredFields = new Set([
  ...[
    'hmac',
    'id',
    'lid',
    'timestamp',
    'timestamps',
    'presence',
    'data',
    'binary',
    'stack',
    'request',
    'version',
  ],
])

/** The recorded server was away for 13.5 s, 3 s of which it still answered. */
const DOWN_MS = 10_350

// Loading what draws pictures takes real time, in which a fake clock would go on.
beforeAll(() => qrImage('2@a,b').then(() => undefined))
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(
  { isLinked = false, startingMs = 65, typingMs = 0 }: Run,
  listener: ReplayListener,
): ReplayTarget {
  // What is linked was linked a while ago.
  let agoMs = 60_000
  const emulator = createEmulator({
    now: () => Date.now() - agoMs,
    account: { name: '' },
    // WhatsApp's part of a link, 2 s, and the login.
    linkingMs: 2_100,
    seed: 7,
  })
  if (isLinked) {
    emulator.start()
    emulator.scan()
  }
  agoMs = 0
  const mockServer = mockWaha(emulator, {
    apiKey: 'WAHAKEY',
    session: 'default',
    stopped: !isLinked,
    startingMs,
    config,
    sendWebhook: async (request) => listener.webhook((await request.json()) as Json),
  })
  return {
    fetch: (input, init) => mockServer.fetch(input, withoutHmac(init)),
    ...phoneOf(emulator, typingMs),
    stop: () => mockServer.restartServer(DOWN_MS),
    start: () => {},
  }
}

function phoneOf(
  emulator: Emulator,
  typingMs: number,
): Pick<ReplayTarget, 'scan' | 'typeCode' | 'logOutAllDevices'> {
  return {
    scan: (text) => void emulator.scan(text),
    typeCode: (code) => void setTimeout(() => emulator.typeCode(code), typingMs),
    logOutAllDevices: () => void emulator.disconnect(),
  }
}

/** Signing takes real time, in which a fake clock goes on. The unit tests check the signature. */
function withoutHmac(init: RequestInit = {}): RequestInit {
  if (typeof init.body !== 'string') return init
  return {
    ...init,
    body: JSON.stringify(JSON.parse(init.body), (key, value) => (key === 'hmac' ? undefined : value)),
  }
}

describe('WAHA mock server', () => {
  it.each(recordingsOf('waha-core-2026.2.1'))('does what the real server did: %s', async (name) => {
    const recording = readRecording(name)
    const run = runs[name.replace('waha-core-2026.2.1-', '')]
    if (!run) throw new Error(`How ${name} begins is not known.`)
    const transcript = await replay(recording, (listener) => setUp(run, listener))
    expect(
      differences(recording, transcript, {
        toleranceMs: run.toleranceMs ?? 500,
        // The statuses of a session that was linked before the recording begin before it.
        ignoredFields: run.isLinked ? new Set([...ignoredFields, 'statuses']) : ignoredFields,
        codeFields: new Set(['value', 'code']),
        except: run.except ?? {},
        ignoresWhatsApp: true,
      }),
    ).toEqual([])
  })
})
