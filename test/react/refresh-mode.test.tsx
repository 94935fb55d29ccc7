import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import {
  type PairingEvent,
  type PairingSnapshot,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { openTab, part, press, statusLine } from './user.js'

emulateTime()

/** A provider that issues a new code every twenty seconds, and reports no scan unless the test sets one. */
function rotating() {
  const from = Date.now()
  const codeNow = () => Math.floor((Date.now() - from) / 20_000)
  let state: PairingSnapshot = { status: 'unlinked' }
  const provider = scriptedProvider({
    getQrCode: () => qr(codeNow(), 20_000 - ((Date.now() - from) % 20_000)),
    getStatus: () => state,
  })
  const says = (next: PairingSnapshot) => {
    state = next
  }
  return { ...provider, says }
}

function show(props: Partial<WhatsAppPairingProps> = {}) {
  const provider = rotating()
  const queryClient = new QueryClient()
  const element = (more: Partial<WhatsAppPairingProps> = {}) => (
    <WhatsAppPairing
      provider={provider}
      queryClient={queryClient}
      refreshMode="manual"
      {...props}
      {...more}
    />
  )
  const view = render(element())
  return {
    ...view,
    provider,
    queryClient,
    again: (more: Partial<WhatsAppPairingProps>) => view.rerender(element(more)),
  }
}

const isOffered = () => screen.queryByRole('button', { name: 'Show a new code' }) !== null

describe('refreshMode manual', () => {
  it('removes a code at its expiry, and shows the next one only after a press', async () => {
    const { provider } = show()
    await advance(19_000)
    expect(statusLine()).toContain('1 of 3')
    await advance(2_000)
    expect(part('qr-code')).toBeNull()
    expect(isOffered()).toBe(true)
    const asked = provider.calls.length
    await advance(600_000)
    expect(provider.calls.length).toBe(asked)
    expect(isOffered()).toBe(true)
    await press('Show a new code')
    await advance(1_500)
    expect(statusLine()).toContain('2 of 3')
  })

  it('counts the codes that the user requests, and offers Retry with a new round after three', async () => {
    show()
    for (const number of [1, 2, 3]) {
      await advance(1_500)
      expect(statusLine()).toContain(`${number} of 3`)
      await advance(20_000)
      if (number < 3) await press('Show a new code')
    }
    expect(isOffered()).toBe(false)
    await press('Retry')
    await advance(1_500)
    expect(statusLine()).toContain('1 of 3')
  })

  it('polls for a scan while a code is on screen, and once more after it has expired', async () => {
    const { provider } = show()
    await advance(19_000)
    provider.says({ status: 'linked', account: { name: 'Ana Souza' } })
    await advance(4_000)
    expect(shownStatus()).toBe('linked')
  })

  it('shows no other code if the provider replaces it early', async () => {
    let name = 'a'
    const provider = scriptedProvider({ getQrCode: () => qr(name) })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} refreshMode="manual" />)
    await advance(2_000)
    name = 'b'
    await advance(6_000)
    expect(isOffered()).toBe(true)
    await press('Show a new code')
    await advance(1_500)
    expect(statusLine()).toContain('2 of 3')
  })

  it('offers the phone number too, and its button is still there on return', async () => {
    show({
      provider: { ...rotating(), methods: ['qr', 'phone-code'], requestPairingCode: async () => qr('x') },
    })
    await advance(21_500)
    expect(screen.getByRole('button', { name: 'Use your phone number instead' })).toBeTruthy()
    await openTab('Phone number')
    await advance(5_000)
    await openTab('QR code')
    expect(isOffered()).toBe(true)
  })

  it('can be turned off and on at any time', async () => {
    const { again } = show()
    await advance(21_500)
    expect(isOffered()).toBe(true)
    again({ refreshMode: 'auto' })
    await advance(1_500)
    expect(statusLine()).toContain('2 of 3')
    again({ refreshMode: 'manual' })
    await advance(20_000)
    expect(isOffered()).toBe(true)
  })

  it('is turned off if the app omits the prop again', async () => {
    const { again } = show()
    await advance(21_500)
    expect(isOffered()).toBe(true)
    again({ refreshMode: undefined })
    await advance(1_500)
    expect(statusLine()).toContain('2 of 3')
    await advance(20_000)
    expect(statusLine()).toContain('3 of 3')
  })

  it('is not changed by another component with the same session and without the prop', async () => {
    const { provider, queryClient } = show()
    function Badge() {
      return <p>{usePairingSession({ provider, queryClient }).session.status}</p>
    }
    render(<Badge />)
    await advance(21_500)
    expect(isOffered()).toBe(true)
    await advance(30_000)
    expect(isOffered()).toBe(true)
  })

  it('does not end an attempt: the next code has the same id in events', async () => {
    const events: PairingEvent[] = []
    const { unmount } = show({ onEvent: (event) => events.push(event) })
    await advance(21_500)
    await press('Show a new code')
    await advance(22_000)
    unmount()
    await settle()
    expect(events.map(({ type, number }) => [type, number])).toEqual([
      ['started', undefined],
      ['shown', 1],
      ['refreshed', 2],
      ['gave-up', undefined],
    ])
    expect(new Set(events.map(({ attemptId }) => attemptId)).size).toBe(1)
  })

  it('moves the focus from the button that requested a code to the panel', async () => {
    show()
    await advance(21_500)
    screen.getByRole('button', { name: 'Show a new code' }).focus()
    await press('Show a new code')
    expect(document.activeElement).toBe(part('panel'))
  })
})

// The first provider pushes its codes, and the second returns the next code only on a request.
describe.each(['green-api', 'evolution-api'] as const)('refreshMode manual at %s', (id) => {
  it('links with the second code, which the user requested', async () => {
    const setup = createSetup(id, { linkingMs: 500 })
    setup.show({ refreshMode: 'manual' })
    await advance(3_000)
    expect(statusLine()).toContain('1 of 3')
    await advance(65_000)
    expect(shownStatus()).toBe('expired')
    await press('Show a new code')
    await advance(6_000)
    expect(statusLine()).toContain('2 of 3')
    await doing(() => void setup.emulator.scan())
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
  })
})
