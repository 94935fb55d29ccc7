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

// Each recording is passed to the history as the adapter would see it. The adapter reads the state every 3
// seconds, the list too if the instance is closed, and codes when the recorder requested them. The meaning
// that the history returns for each close is compared with what WhatsApp saw.

const POLL_MS = 3_000

/** How long nothing may be sent after the instance is first found closed. */
const QUIET_MS = 8_000

/**
 * The start of a recording. The dates in the list come from the clock of the server, which is also the clock
 * of the recording.
 */
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

/**
 * In these recordings the adapter was the client. Its own polls are replayed, because no other client polled.
 */
const isOfAdapter = (name: string): boolean => name.includes('-12-')

/**
 * Returns the meaning that the history gives at each poll that finds the instance closed. `offsetMs` shifts
 * the polls.
 */
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
  // A response counts from the time of its arrival.
  const arrived = entries
    .map((entry) => ({ entry, at: entry.t + (entry.kind === 'exchange' ? entry.ms : 0) }))
    .sort((one, other) => one.at - other.at)
  for (const { entry, at } of arrived) {
    for (; nextAt < at; nextAt += pollMs) if (state !== undefined || listed) see(nextAt)
    if (entry.kind !== 'exchange') continue
    if (isOf('connectionState/', entry)) {
      state = asRecord(asRecord(entry.body).instance).state
      // After a closed state, the adapter reads the list.
      if (isOfAdapter(name) && state !== 'close') see(at)
    } else if (isOf('fetchInstances', entry)) {
      listed = listedIn(entry, startedAt) ?? listed
      if (isOfAdapter(name)) see(at)
    } else if (isOf('connect/', entry)) {
      const fields = asRecord(entry.body)
      // The server delays responses of a closed instance.
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

/** Five clients that poll at different times. */
const polls = [0, 700, 1_400, 2_100, 2_800]

/** The meanings of each recording other than `starting`, if the list does not confirm the `close`. */
const table: Readonly<Record<string, readonly MeaningOfClose[]>> = {
  // This gap lasts 12 milliseconds. One request of the recorder falls into it.
  'evolution-2.3.7-01-first-link': ['gap'],
  'evolution-2.3.7-02-linked-at-open': [],
  'evolution-2.3.7-03-pairing-code': [],
  'evolution-2.3.7-04-qr-then-code': [],
  'evolution-2.3.7-05-phone-logs-out': [],
  'evolution-2.3.7-06-api-logout': [],
  // At the limit, the list reports `connecting` permanently, and the code has expired.
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
  // Version 2.4 does not reconnect after a logout through its API.
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
  // No poll sees the outage, so the close looks like a link that does not arrive, until a `connect` for it
  // returns no code.
  'evolution-2.4-12-code-then-restart-unseen': ['fault', 'gap', 'over', 'untyped'],
  'evolution-2.4.0-09-not-activated': [],
}

describe('the history of an instance distinguishes the meanings of `close`', () => {
  describe.each([
    ['with the dates of the list', true],
    ['without the dates of the list', false],
  ] as const)('%s', (_title, isDated) => {
    it.each(Object.entries(table))('%s: %j', (name, expected) => {
      const told = polls.flatMap((offset) => tell(name, offset, isDated).told)
      const meanings = new Set(told.map(({ meaning }) => meaning).filter((meaning) => meaning !== 'starting'))
      expect([...meanings].sort()).toEqual(expected)
    })

    it.each(Object.keys(table).filter((name) => /-(?:04|06|07)-/.test(name)))(
      '%s: sends nothing for 8 seconds after the first `close`',
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
  ])('%s: detects two connections that replace each other', (name, pollMs) => {
    for (const offset of polls) expect(tell(name, offset, true, pollMs).wasRepeated).toBe(true)
  })

  it.each(Object.keys(table).filter((name) => !name.includes('-10-')))(
    '%s: does not report other links as two connections that replace each other',
    (name) => {
      for (const offset of polls) expect(tell(name, offset).wasRepeated).toBe(false)
    },
  )

  it('covers every recording', () => {
    expect(Object.keys(table).sort()).toEqual(recordingsOf('evolution'))
  })
})
