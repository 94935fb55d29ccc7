import { beforeAll, describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, type MockEvolutionApiOptions, mockEvolutionApi } from '../../src/testing.js'
import { emulateTime } from '../time.js'
import { type Comparison, differences } from './differences.js'
import {
  type Entry,
  type Json,
  type Recording,
  readRecording,
  recordingsOf,
  type WhatsAppEventName,
} from './recording.js'
import { type ReplayListener, type ReplayTarget, replay } from './replay.js'

const HOUR_MS = 3_600_000

/**
 * Not compared: ids, tokens, dates, the names of mock accounts, and settings that the mock server does not
 * have.
 */
const ignoredFields = new Set([
  ...['base64', 'date_time', 'server_url', 'apikey', 'destination', 'sender', 'wuid', 'profileName'],
  ...['profilePicUrl', 'profilePictureUrl', 'id', 'token', 'hash', 'instanceId', 'instance_id', 'clientName'],
  ...['createdAt', 'updatedAt', 'disconnectionAt', 'disconnectionObject', 'Chatwoot', 'Proxy', 'Rabbitmq'],
  ...['Nats', 'Sqs', 'Websocket', 'Setting', '_count', 'settings', 'webhook', 'websocket', 'rabbitmq'],
  ...['nats', 'sqs', 'webhookWaBusiness', 'accessTokenWaBusiness'],
])

const comparison: Comparison = {
  toleranceMs: 1_000,
  ignoredFields,
  codeFields: new Set(['code', 'pairingCode']),
}

interface Run extends Partial<Comparison>, Pick<MockEvolutionApiOptions, 'qrLimit' | 'gapMs'> {
  /** Whether the phone was linked before the recording began. */
  readonly isLinked?: boolean
  /** Lines that are not replayed. */
  readonly leaveOut?: (line: number) => boolean
}

const linked: Run = { isLinked: true }

// The load of the machine is the first number of `loadAverage` in the recording.
const runs: Readonly<Record<string, Run>> = {
  'evolution-2.3.7-01-first-link': {},
  'evolution-2.3.7-02-linked-at-open': linked,
  'evolution-2.3.7-03-pairing-code': {},
  'evolution-2.3.7-04-qr-then-code': {},
  'evolution-2.3.7-05-phone-logs-out': linked,
  'evolution-2.3.7-06-api-logout': linked,
  // The load was 17 at the end, so the login after the scan took 1.3 s.
  'evolution-2.3.7-07-never-scanned-limit3': { qrLimit: 3, toleranceMs: 1_600 },
  'evolution-2.3.7-07-never-scanned-limit30': {},
  'evolution-2.3.7-08-server-restart': {},
  'evolution-2.3.7-09-errors': {
    // Line 13 checks the `number` of `create`. Lines 80 to 175 concern other instances on the same server.
    leaveOut: (line) => line === 13 || (line >= 80 && line <= 175),
    except: {
      178: 'of another instance',
      208: '47 ms after `delete` the state is still there, and in line 76 it is not',
    },
  },
  'evolution-2.3.7-10-scan-then-connect': {},
  'evolution-2.3.7-11-code-then-restart': {},
  'evolution-2.4-01-first-link': {},
  'evolution-2.4-02-linked-at-open': linked,
  'evolution-2.4-03-pairing-code': {
    toleranceMs: 2_200,
    except: { 7: 'a load of 15: the socket was up 1.6 s after `connect`, so its response had no code yet' },
  },
  'evolution-2.4-04-qr-then-code': {},
  'evolution-2.4-05-phone-logs-out': { ...linked, toleranceMs: 1_300 },
  'evolution-2.4-06-api-logout': linked,
  // The load was 15 at the end, so the link and the login after the gap took 0.9 s each.
  'evolution-2.4-07-never-scanned-limit3': { qrLimit: 3, toleranceMs: 2_200 },
  'evolution-2.4-07-never-scanned-limit30': {},
  'evolution-2.4-08-server-restart': {},
  'evolution-2.4-09-errors': {
    leaveOut: (line) => line === 13 || (line >= 77 && line <= 152),
    except: {
      43: 'asked 151 ms after `connect`, answered 245 ms later: in between the first code was counted',
      154: 'of another instance',
      168: 'asked 6 ms before the socket was there, and answered 32 ms later',
      73: '15 ms after `delete` the state is still there, and in line 186 it is not',
    },
  },
  'evolution-2.4-10-scan-then-connect': {
    except: { 42: 'while the sockets throw each other out, a poll may see `close` for some milliseconds' },
  },
  'evolution-2.4-11-code-then-restart': {},
  // The recorded server had no webhook configured.
  'evolution-2.4-12-code-then-restart-unseen': {
    ignoresWebhooks: true,
    except: { 59: 'as line 7 of 03: asked when WhatsApp had not issued the pairing code yet' },
  },
  'evolution-2.4.0-09-not-activated': {},
}

/**
 * Recordings over a slow connection in which two sockets replace each other. Only the number of logins is
 * compared.
 */
const wars: Readonly<Record<string, Run>> = {
  'evolution-2.3.7-10-close-then-connect': { gapMs: 300 },
  'evolution-2.4-10-close-then-connect': {},
}

/** Excludes requests to parts of the API that the mock server does not have. */
function isOfPairing(entry: Entry): boolean {
  if (entry.kind !== 'exchange') return true
  const { method, path } = entry.request
  return method !== 'OPTIONS' && path !== '/' && !path.startsWith('/chat/')
}

function nameOf({ entries }: Recording): string {
  for (const entry of entries) {
    if (entry.kind !== 'exchange') continue
    const [, name] = /\/instance\/connectionState\/(\w+)$/.exec(entry.request.path) ?? []
    if (name && name !== 'nobody') return name
  }
  throw new Error('No request for a state.')
}

function setUp(recording: Recording, { isLinked, qrLimit, gapMs }: Run) {
  return async ({ webhook, whatsapp }: ReplayListener): Promise<ReplayTarget> => {
    const { name, entries } = recording
    const answer = entries.find(
      (entry) => entry.kind === 'phone' && entry.isAccepted && entry.text !== undefined,
    )
    // The emulator also counts the server's own 90 ms.
    const linkingMs = answer?.kind === 'phone' ? answer.ms + 90 : 100
    const emulator = createEmulator({ seed: 7, linkingMs })
    if (isLinked) {
      emulator.start()
      emulator.scan()
      await vi.advanceTimersByTimeAsync(HOUR_MS)
    }
    const options: MockEvolutionApiOptions = {
      apiKey: 'GLOBALKEY',
      instanceName: nameOf(recording),
      token: tokenOf(recording),
      version: name.startsWith('evolution-2.4') ? '2.4' : '2.3.7',
      isActivated: !name.startsWith('evolution-2.4.0'),
      qrLimit,
      gapMs,
      onWebhook: (body) => webhook(asJson(body)),
      onWhatsApp: ({ event }) => whatsapp(event as WhatsAppEventName),
    }
    const server = mockEvolutionApi(emulator, options)
    if (entries.some((entry) => entry.kind === 'exchange' && entry.request.path === '/instance/create')) {
      const url = `http://mock.example/instance/delete/${options.instanceName}`
      await server.fetch(url, { method: 'DELETE', headers: { apikey: 'GLOBALKEY' } })
      await vi.advanceTimersByTimeAsync(HOUR_MS)
    }
    return {
      fetch: server.fetch,
      origin: 'http://127.0.0.1:18090',
      scan: (text) => void emulator.scan(text),
      typeCode: (code) => void emulator.typeCode(code),
      logOutAllDevices: () => void emulator.disconnect(),
      stop: server.stop,
      start: server.start,
    }
  }
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value))
}

/** The instance's own token, if the recording uses it. */
function tokenOf({ entries }: Recording): string {
  const keys = entries.flatMap((entry) => (entry.kind === 'exchange' ? [entry.request.headers.apikey] : []))
  return keys.find((key) => key?.includes('-')) ?? 'INSTANCE-TOKEN'
}

// Loads the image libraries before the fake clock is installed, because modules load in real time.
beforeAll(() => qrImage('2@a,b').then(() => undefined))

emulateTime()

function read(name: string, { leaveOut = () => false }: Run): Recording {
  const recording = readRecording(name)
  const entries = recording.entries.filter((entry) => isOfPairing(entry) && !leaveOut(entry.line))
  return { ...recording, entries }
}

describe('the mock server of Evolution API', () => {
  it.each(Object.entries(runs))('repeats the responses and times of %s', async (name, run) => {
    const recording = read(name, run)
    const transcript = await replay(recording, setUp(recording, run))
    expect(differences(recording, transcript, { ...comparison, ...run })).toEqual([])
  })

  it.each(Object.entries(wars))('has at least as many logins as %s', async (name, run) => {
    const recording = read(name, run)
    const recorded = recording.entries.filter((entry) => entry.kind === 'whatsapp' && entry.event === 'login')
    const { whatsapp } = await replay(recording, setUp(recording, run))
    const logins = whatsapp.filter(({ event }) => event === 'login').length
    expect(logins).toBeGreaterThanOrEqual(recorded.length)
  })

  it('replays every recording', () => {
    expect([...Object.keys(runs), ...Object.keys(wars)].sort()).toEqual(recordingsOf('evolution'))
  })
})
