import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takePairingLinkToken } from '../../src/client/pairing-link-token.js'

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl-_'
const PAGE = new URL('/pair', location.href).href

function open(address: string, state: unknown = null): void {
  history.replaceState(state, '', address)
}

beforeEach(() => {
  sessionStorage.clear()
})

afterEach(() => {
  vi.restoreAllMocks()
  open('/')
})

describe('takePairingLinkToken()', () => {
  it.each([
    [`#pairing=${TOKEN}`, ''],
    [`?lang=de#pairing=${TOKEN}`, '?lang=de'],
    [`#lang=de&pairing=${TOKEN}`, '#lang=de'],
    [`#pairing=${TOKEN}&lang=de`, '#lang=de'],
    [`#a=1&pairing=${TOKEN}&b=2`, '#a=1&b=2'],
    [`#/pair?pairing=${TOKEN}`, '#/pair'],
    [`#/pair?lang=de&pairing=${TOKEN}`, '#/pair?lang=de'],
    [`#/pair?pairing=${TOKEN}&step=2`, '#/pair?step=2'],
    [`#pairing=an.older.one&pairing=${TOKEN}`, ''],
    [`#/pair?pairing=a.b.c&pairing=${TOKEN}&x=1`, '#/pair?x=1'],
    [`#a=1&pairing=a.b&b=2&pairing=a.b&pairing=${TOKEN}&c=3`, '#a=1&b=2&c=3'],
    [`?pairing=1#pairing=${TOKEN}`, '?pairing=1'],
    [`#repairing=2&pairing=${TOKEN}`, '#repairing=2'],
  ])('returns the token of %s and leaves %s in the address bar', (before, after) => {
    open(`/pair${before}`)
    expect(takePairingLinkToken()).toBe(TOKEN)
    expect(location.href).toBe(`${PAGE}${after}`)
    expect(location.href).not.toContain(TOKEN)
  })

  it('is fast for a URL that repeats the parameter 20,000 times', () => {
    open(`/pair#${'pairing=a.b&'.repeat(20_000)}pairing=${TOKEN}`)
    const startedAt = performance.now()
    expect(takePairingLinkToken()).toBe(TOKEN)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(location.href).toBe(PAGE)
  })

  it('adds no entry to the history, and keeps the state of the router', () => {
    open(`/pair#pairing=${TOKEN}`, { key: 'of-the-router' })
    const { length } = history
    takePairingLinkToken()
    expect(history.length).toBe(length)
    expect(history.state).toEqual({ key: 'of-the-router' })
  })

  it('returns the same token again, even after a reload', async () => {
    open(`/pair#pairing=${TOKEN}`)
    takePairingLinkToken()
    expect(takePairingLinkToken()).toBe(TOKEN)
    vi.resetModules()
    const reloaded = await import('../../src/client/pairing-link-token.js')
    expect(reloaded.takePairingLinkToken()).toBe(TOKEN)
  })

  it('returns the token of a link that is opened later in the same tab', () => {
    open(`/pair#pairing=${TOKEN}`)
    takePairingLinkToken()
    open('/pair#pairing=an.other.one')
    expect(takePairingLinkToken()).toBe('an.other.one')
    expect(takePairingLinkToken()).toBe('an.other.one')
  })

  it('works if the browser denies storage', () => {
    const denied = (): never => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(denied)
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(denied)
    open(`/pair#pairing=${TOKEN}`)
    expect(takePairingLinkToken()).toBe(TOKEN)
    expect(location.href).toBe(PAGE)
    expect(takePairingLinkToken()).toBe(TOKEN)
  })

  it('returns undefined and does not change the URL if no link was opened', async () => {
    vi.resetModules()
    const fresh = await import('../../src/client/pairing-link-token.js')
    open('/pair?a=1#section')
    expect(fresh.takePairingLinkToken()).toBeUndefined()
    expect(location.href).toBe(`${PAGE}?a=1#section`)
  })
})
