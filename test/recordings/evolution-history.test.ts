import { describe, expect, it } from 'vitest'
import { asRecord, asText } from '../../src/core/json.js'
import type { EvolutionListed } from '../../src/providers/lib/evolution-code.js'
import {
  type EvolutionHistory,
  evolutionHistory,
  isRepeatedlyOpen,
  type MeaningOfClose,
  meaningOfClose,
} from '../../src/providers/lib/evolution-history.js'
import { type Entry, type Exchange, readRecording, recordingsOf } from './recording.js'

// Each recording is given to the history as the adapter would have seen it: a state is read every 3 seconds, the list with it where the
// instance is closed, and codes where the recorder requested them. What the history says of each close is compared with what
// WhatsApp saw.

const POLL_MS = 3_000

/** So long nothing may be sent after the instance was first found closed. */
const QUIET_MS = 8_000

/** The start of a recording. The list is dated by the clock of the server, which is that of the recording. */
const startOf = (entries: readonly Entry[]): number => {
  const dates = entries.flatMap((entry) => {
    const stamp = entry.kind === 'webhook' ? asText(asRecord(entry.body).date_time) : undefined
    return stamp ? [Date.parse(stamp) - entry.t] : []
  })
  // A webhook arrives some milliseconds after its date.
  return Math.max(...dates, 0)
}

const isOf = (call: string, { request, status }: Exchange): boolean =>
  request.path.includes(`/instance/${call}`) && status === 200

function listedIn({ body }: Exchange, startedAt: number): EvolutionListed | undefined {
  const entry = asRecord(Array.isArray(body) ? body[0] : undefined)
  const updatedAt = asText(entry.updatedAt)
  if (!updatedAt) return undefined
  return { connectionStatus: entry.connectionStatus, updatedAt, listedAt: Date.parse(updatedAt) - startedAt }
}

interface Told {
  readonly t: number
  readonly meaning: MeaningOfClose
}

/** The adapter itself was the client of these: its own polls are repeated, since no other client polled. */
const isOfAdapter = (name: string): boolean => name.includes('-12-')

/** What the history says at each poll that finds the instance closed. `offsetMs` shifts the polls. */
function tell(name: string, offsetMs: number, isDated = true, pollMs = POLL_MS) {
  const { entries } = readRecording(name)
  const startedAt = startOf(entries)
  let history: EvolutionHistory | undefined
  let listed: EvolutionListed | undefined
  let state: unknown
  let nextAt = isOfAdapter(name) ? Number.POSITIVE_INFINITY : offsetMs
  let wasRepeated = false
  const told: Told[] = []
  const see = (at: number): void => {
    const entry = isDated ? listed : listed && { connectionStatus: listed.connectionStatus }
    history = evolutionHistory(history, { type: 'seen', at, state, listed: entry })
    wasRepeated ||= isRepeatedlyOpen(history, at)
    const isClosed =
      state === 'close' && listed?.connectionStatus !== 'close' && listed?.connectionStatus !== 'open'
    if (isClosed) told.push({ t: at, meaning: meaningOfClose(history, at) })
  }
  // What the server says is known when its response has arrived.
  const arrived = entries
    .map((entry) => ({ entry, at: entry.t + (entry.kind === 'exchange' ? entry.ms : 0) }))
    .sort((one, other) => one.at - other.at)
  for (const { entry, at } of arrived) {
    for (; nextAt < at; nextAt += pollMs) if (state !== undefined || listed) see(nextAt)
    if (entry.kind !== 'exchange') continue
    if (isOf('connectionState/', entry)) {
      state = asRecord(asRecord(entry.body).instance).state
      // Of a closed instance, the list is read next.
      if (isOfAdapter(name) && state !== 'close') see(at)
    } else if (isOf('fetchInstances', entry)) {
      listed = listedIn(entry, startedAt) ?? listed
      if (isOfAdapter(name)) see(at)
    } else if (isOf('connect/', entry)) {
      const fields = asRecord(entry.body)
      // Where the instance was closed, it was held.
      if (entry.ms > 1_900) {
        const phoneNumber = /number=(\d+)/.exec(entry.request.path)?.[1]
        const sent = { at: entry.t, until: entry.t + entry.ms }
        const isFault = state === 'close' && history && meaningOfClose(history, entry.t) === 'fault'
        history = evolutionHistory(
          history,
          isFault ? { type: 'heals', ...sent } : { type: 'begins', ...sent, phoneNumber },
        )
        history = evolutionHistory(history, { type: 'ended', at })
        const isEmpty = !fields.code && !fields.instance
        if (isEmpty && state === 'close') history = evolutionHistory(history, { type: 'no-code', at })
      }
      history = evolutionHistory(history, { type: 'codes', fields, sentAt: entry.t, at })
    }
  }
  return { told, wasRepeated }
}

/** Five clients that look at different moments. */
const polls = [0, 700, 1_400, 2_100, 2_800]

/** What is said of each recording, beside `starting`: of a `close` that the list does not confirm. */
const table: Readonly<Record<string, readonly MeaningOfClose[]>> = {
  // 12 milliseconds of it, which one request of the recorder has met.
  'evolution-2.3.7-01-first-link': ['gap'],
  'evolution-2.3.7-02-linked-at-open': [],
  'evolution-2.3.7-03-pairing-code': [],
  'evolution-2.3.7-04-qr-then-code': [],
  'evolution-2.3.7-05-phone-logs-out': [],
  'evolution-2.3.7-06-api-logout': [],
  // The limit: the list says `connecting` for ever, and the time of the code is over.
  'evolution-2.3.7-07-never-scanned-limit3': ['gap', 'over'],
  'evolution-2.3.7-07-never-scanned-limit30': [],
  'evolution-2.3.7-08-server-restart': [],
  'evolution-2.3.7-09-errors': ['gap'],
  'evolution-2.3.7-10-close-then-connect': ['gap'],
  'evolution-2.3.7-10-scan-then-connect': [],
  'evolution-2.3.7-11-code-then-restart': [],
  'evolution-2.4-01-first-link': ['gap'],
  'evolution-2.4-02-linked-at-open': [],
  'evolution-2.4-03-pairing-code': ['gap'],
  // After a logout by its API, 2.4 does not connect again.
  'evolution-2.4-04-qr-then-code': ['fault', 'gap'],
  'evolution-2.4-05-phone-logs-out': ['gap'],
  'evolution-2.4-06-api-logout': ['fault', 'gap'],
  'evolution-2.4-07-never-scanned-limit3': ['gap', 'over'],
  'evolution-2.4-07-never-scanned-limit30': ['gap'],
  'evolution-2.4-08-server-restart': ['gap'],
  'evolution-2.4-09-errors': ['gap'],
  'evolution-2.4-10-close-then-connect': ['gap'],
  'evolution-2.4-10-scan-then-connect': [],
  'evolution-2.4-11-code-then-restart': ['gap', 'untyped'],
  // No poll sees the outage, so the close looks like a link that does not come, until a `connect` for it brings no code.
  'evolution-2.4-12-code-then-restart-unseen': ['fault', 'gap', 'over', 'untyped'],
  'evolution-2.4.0-09-not-activated': [],
}

describe('the history of an instance distinguishes the meanings of `close`', () => {
  describe.each([
    ['with the dates of the list', true],
    ['without them', false],
  ] as const)('%s', (_title, isDated) => {
    it.each(Object.entries(table))('%s: %j', (name, expected) => {
      const told = polls.flatMap((offset) => tell(name, offset, isDated).told)
      const meanings = new Set(told.map(({ meaning }) => meaning).filter((meaning) => meaning !== 'starting'))
      expect([...meanings].sort()).toEqual(expected)
    })

    it.each(Object.keys(table).filter((name) => /-(?:04|06|07)-/.test(name)))(
      '%s: nothing is sent for 8 seconds after the first `close`',
      (name) => {
        for (const offset of polls) {
          let closedAt: number | undefined
          for (const { t, meaning } of tell(name, offset, isDated).told) {
            if (meaning === 'gap') closedAt ??= t
            else if (closedAt !== undefined) {
              if (meaning !== 'starting') expect(t - closedAt).toBeGreaterThanOrEqual(QUIET_MS)
              if (meaning === 'starting') closedAt = undefined
            }
          }
        }
      },
    )
  })

  it.each([
    ['evolution-2.3.7-10-close-then-connect', 250],
    ['evolution-2.4-10-close-then-connect', POLL_MS],
    ['evolution-2.4-10-scan-then-connect', POLL_MS],
  ])('%s: finds two connections that throw each other out', (name, pollMs) => {
    for (const offset of polls) expect(tell(name, offset, true, pollMs).wasRepeated).toBe(true)
  })

  it.each(Object.keys(table).filter((name) => !name.includes('-10-')))(
    '%s: does not take other links for two that throw each other out',
    (name) => {
      for (const offset of polls) expect(tell(name, offset).wasRepeated).toBe(false)
    },
  )

  it('leaves no recording out', () => {
    expect(Object.keys(table).sort()).toEqual(recordingsOf('evolution'))
  })
})
