import { describe, expect, it } from 'vitest'
import { readRecording, recordingsOf } from './recording.js'

const names = [...recordingsOf('evolution'), ...recordingsOf('waha')]

describe('recordings', () => {
  it('exist for two versions of Evolution API and for WAHA', () => {
    expect(names).toHaveLength(37)
  })

  it.each(names)('%s has its lines in order, and a body for each response', (name) => {
    const { server, entries } = readRecording(name)
    expect(server).not.toBe('')
    const times = entries.map(({ t }) => t)
    expect(times).toEqual([...times].sort((one, other) => one - other))
    for (const entry of entries) {
      if (entry.kind !== 'exchange') continue
      expect(entry.status === undefined, `line ${entry.line}`).toBe(entry.error !== undefined)
      if (entry.isPoll && entry.status === 200) expect(entry.body, `line ${entry.line}`).toBeDefined()
    }
  })
})
