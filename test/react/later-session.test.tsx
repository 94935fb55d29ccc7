import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot, PairingUpdate, WhatsAppPairingProps } from '../../src/index.js'
import { qr, scriptedProvider, timing } from './scripted-provider.js'
import { part } from './user.js'

const LATER = '../../src/react/session/later-session.js'

beforeEach(() => void vi.resetModules())
afterEach(() => vi.doUnmock(LATER))

/** Imitates a short loss of the network, or a chunk that a deployment removed. */
function refuse(): void {
  vi.doMock(LATER, () => {
    throw new Error('Failed to fetch dynamically imported module')
  })
}

/** Loads the component without the modules that load on demand. */
async function show(snapshot: () => PairingSnapshot, props: Partial<WhatsAppPairingProps> = {}) {
  const { WhatsAppPairing } = await import('../../src/index.js')
  const provider = scriptedProvider({
    getQrCode: snapshot,
    getStatus: snapshot,
    requestPairingCode: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
  })
  render(<WhatsAppPairing provider={provider} {...props} />)
  await turn()
  return provider
}

/** A refused import takes some turns of the real clock. */
const turn = (ms = 50) => act(() => new Promise((resolve) => setTimeout(resolve, ms)))
const status = () => part('root')?.dataset.status
const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }

describe('before the rules of later states have loaded', () => {
  it('a press of the other tab takes effect after they have loaded', async () => {
    await show(() => qr('a'))
    fireEvent.click(screen.getByRole('tab', { name: 'Phone number' }))
    await waitFor(() => expect(status()).toBe('awaiting-number'))
  })

  it('an existing link is shown, and onLinked is called once', async () => {
    const onLinked = vi.fn()
    await show(() => linked, { onLinked })
    await waitFor(() => expect(status()).toBe('linked'))
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('onEvent gets the events in order from the first one on', async () => {
    const types: string[] = []
    await show(() => qr('a'), { onEvent: ({ type }) => types.push(type) })
    await waitFor(() => expect(types).toEqual(['started', 'shown']))
  })

  it('an invalid expected number prevents any request', async () => {
    const onError = vi.fn()
    const provider = await show(() => qr('a'), { expectedPhoneNumber: '12', onError })
    await waitFor(() => expect(onError).toHaveBeenCalledTimes(1))
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'invalid-options' })
    expect(provider.calls).toEqual([])
  })

  it('a number with a possibly valid code is restored after a reload', async () => {
    const { id, sessionId } = scriptedProvider({ getQrCode: () => qr('a') })
    const own = JSON.stringify(['whatsapp-pairing', 'session', id, sessionId])
    sessionStorage.setItem(own, JSON.stringify({ phoneNumber: '5511987654321', until: Date.now() + 60_000 }))
    const provider = await show(() => qr('a'))
    await waitFor(() => expect(status()).toBe('awaiting-number'))
    expect(provider.calls).not.toContain('getQrCode')
    sessionStorage.removeItem(own)
  })
})

describe('if the rules of later states fail to load', () => {
  beforeEach(refuse)

  it('the page shows the QR code, and continues after they have loaded', async () => {
    let now: PairingSnapshot = qr('a')
    await show(() => now)
    await waitFor(() => expect(status()).toBe('awaiting-scan'))
    now = linked
    vi.doUnmock(LATER)
    await waitFor(() => expect(status()).toBe('linked'), { timeout: 15_000 })
  })

  it('Start fails, and Try again works', async () => {
    await show(() => qr('a'), { autoStart: false })
    fireEvent.click(screen.getByRole('button', { name: 'Show code' }))
    await waitFor(() => expect(status()).toBe('failed'))
    expect(part('error-code')?.dataset.code).toBe('network')
    vi.doUnmock(LATER)
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(status()).toBe('awaiting-scan'))
  })

  it('the page polls a linked phone at growing intervals, and not in a loop', async () => {
    const read = vi.fn(async () => update)
    const { WhatsAppPairing } = await import('../../src/index.js')
    const connection = { read, act: read }
    render(<WhatsAppPairing provider={{ id: 'proxy', sessionId: 'linked', connection }} />)
    await turn(2_500)
    // Requests are sent after 1 s and 2 s, and not every quarter of a second.
    expect(read.mock.calls.length).toBeGreaterThan(1)
    expect(read.mock.calls.length).toBeLessThan(4)
  })
})

const update: PairingUpdate = {
  v: 1,
  session: 'session-a',
  origin: 'process-1',
  seq: 1,
  at: 1_800_000_000_000,
  status: 'linked',
  account: {},
  provider: 'any',
  methods: ['qr', 'phone-code'],
  abilities: [],
  timing,
}
