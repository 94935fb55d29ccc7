import { describe, expect, it } from 'vitest'
import { type Comparison, differences } from './differences.js'
import { readRecording } from './recording.js'
import type { MockExchange, Transcript } from './replay.js'

const recording = readRecording('evolution-2.3.7-06-api-logout')

const comparison: Comparison = {
  toleranceMs: 500,
  ignoredFields: new Set(),
  codeFields: new Set(['code']),
}

/** The transcript of a mock server that repeats the recording exactly. */
function same(): Transcript {
  const exchanges = recording.entries.flatMap((entry): MockExchange[] => {
    if (entry.kind !== 'exchange') return []
    const { t, until, ms, status, body } = entry
    const times = entry.isPoll ? [t, until] : [t]
    return times.map((at) => ({ recorded: entry, t: at, ms, status, body }))
  })
  return {
    exchanges,
    webhooks: recording.entries.flatMap((entry) => (entry.kind === 'webhook' ? [entry] : [])),
    whatsapp: recording.entries.flatMap((entry) => (entry.kind === 'whatsapp' ? [entry] : [])),
    codes: new Map(),
  }
}

const changed = (change: Partial<Transcript>): readonly string[] =>
  differences(recording, { ...same(), ...change }, comparison)

/** Changes the recorded exchange of one request. */
function changedExchanges(path: string, change: Partial<MockExchange>): readonly MockExchange[] {
  return same().exchanges.map((exchange) =>
    exchange.recorded.request.path.startsWith(path) && !exchange.recorded.isPoll
      ? { ...exchange, ...change }
      : exchange,
  )
}

describe('differences()', () => {
  it('returns none between a recording and itself', () => {
    expect(differences(recording, same(), comparison)).toEqual([])
  })

  it('reports another status, another body and another response time', () => {
    const exchanges = changedExchanges('/instance/connect/', { status: 500, body: {}, ms: 0 })
    expect(changed({ exchanges })).toEqual([
      expect.stringContaining('status 500, recorded 200'),
      expect.stringContaining('{}, recorded {"base64"'),
      expect.stringContaining('held 0 ms, recorded 2032 ms'),
    ])
  })

  it('reports a late state and a missing state', () => {
    const exchanges = same().exchanges.map((exchange) =>
      exchange.recorded.isPoll ? { ...exchange, body: { instance: { state: 'close' } } } : exchange,
    )
    expect(changed({ exchanges }).join('\n')).toMatch(/never 200 .*open/)
  })

  it('reports a missing, late or extra webhook, and an extra login', () => {
    const [first, ...webhooks] = same().webhooks
    const { whatsapp } = same()
    const late = { t: (first?.t ?? 0) + 501, body: first?.body ?? null }
    expect(changed({ webhooks })).toEqual([expect.stringMatching(/^webhook .* is missing/)])
    expect(changed({ webhooks: [late, ...webhooks] })).toEqual([
      expect.stringMatching(/^webhook .* is missing/),
      expect.stringMatching(/^webhook .* is too many/),
    ])
    expect(changed({ whatsapp: [...whatsapp, { t: 12_200, event: 'login' }] })).toEqual([
      'WhatsApp at 12200 ms is too many: login',
    ])
  })

  it('ignores the lines in the exceptions', () => {
    const transcript = { ...same(), exchanges: changedExchanges('/instance/connect/', { ms: 0 }) }
    const except = { 35: 'the reason' }
    expect(differences(recording, transcript, { ...comparison, except })).toEqual([])
  })
})
