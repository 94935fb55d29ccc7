import { beforeAll, describe, expect, it } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, mockWaha } from '../../src/testing.js'
import { emulateTime } from '../time.js'
import { differences } from './differences.js'
import { type Json, readRecording, recordingsOf } from './recording.js'
import { type ReplayListener, type ReplayTarget, replay } from './replay.js'

interface Run {
  /** Whether the session was linked before the recording. By default it was stopped and not linked. */
  readonly isLinked?: boolean
  /** The time from a start to SCAN_QR_CODE on that day. The default of 65 ms is that of an idle machine. */
  readonly startingMs?: number
  /** The time that the phone took to enter a code. 0 by default. */
  readonly typingMs?: number
  /** 500 by default. */
  readonly toleranceMs?: number
  /** Lines that are not compared, with the reason for each. */
  readonly except?: Readonly<Record<number, string>>
}

const EARLIER = 'a webhook about what was done before the recording'

const BYTES = 'bytes of a picture: test/testing/mock-servers/mock-waha.test.ts reads the code in it'

const runs: Readonly<Record<string, Run>> = {
  '01-first-link': { except: { 14: BYTES } },
  '02-linked-at-open': { isLinked: true },
  '03-pairing-code': { startingMs: 917, typingMs: 858, except: { 3: EARLIER } },
  '04-qr-then-code': {},
  // The machine was busy: one start took 1.4 s, the other 36 ms.
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

/** Keys, ids, times, pictures, stack traces, and fields that depend on messages to the account. */
const ignoredFields = new Set([
  ...['hmac', 'id', 'lid', 'timestamp', 'timestamps', 'presence', 'data', 'binary', 'stack', 'request'],
  'version',
])

/** The recorded server was down for 13.5 s. It still responded during 3 s of that time. */
const DOWN_MS = 10_350

// The image library takes real time to load, and a fake clock would continue during the import.
beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

function setUp(
  { isLinked = false, startingMs = 65, typingMs = 0 }: Run,
  listener: ReplayListener,
): ReplayTarget {
  // A linked session was linked some time ago.
  let agoMs = 60_000
  const emulator = createEmulator({
    now: () => Date.now() - agoMs,
    account: { name: '' },
    // WhatsApp's part of a link, 2 s, plus the login.
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
    scan: (text) => void emulator.scan(text),
    typeCode: (code) => void setTimeout(() => emulator.typeCode(code), typingMs),
    logOutAllDevices: () => void emulator.disconnect(),
    stop: () => mockServer.restartServer(DOWN_MS),
    start: () => {},
  }
}

/** Signing takes real time, and a fake clock continues during it. The unit tests check the signature. */
function withoutHmac(init: RequestInit = {}): RequestInit {
  if (typeof init.body !== 'string') return init
  return {
    ...init,
    body: JSON.stringify(JSON.parse(init.body), (key, value) => (key === 'hmac' ? undefined : value)),
  }
}

describe('the mock server of WAHA', () => {
  it.each(recordingsOf('waha-core-2026.2.1'))('repeats the recording %s', async (name) => {
    const recording = readRecording(name)
    const run = runs[name.replace('waha-core-2026.2.1-', '')]
    if (!run) throw new Error(`How ${name} begins is not known.`)
    const transcript = await replay(recording, (listener) => setUp(run, listener))
    expect(
      differences(recording, transcript, {
        toleranceMs: run.toleranceMs ?? 500,
        // A session that was linked before the recording has statuses from before the recording.
        ignoredFields: run.isLinked ? new Set([...ignoredFields, 'statuses']) : ignoredFields,
        codeFields: new Set(['value', 'code']),
        except: run.except ?? {},
        ignoresWhatsApp: true,
      }),
    ).toEqual([])
  })
})
